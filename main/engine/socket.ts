/**
 * The running engine's ear for other programs of the same user. In: one request a line, as JSON {name, input}.
 * Out: one Result a line. What it takes and refuses is the window's own table of calls.
 *
 * Only the holder of the home's lock may open it: a socket file that is there already is left of an engine that is dead.
 */
import { chmodSync, lstatSync, rmdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../contract/errors.ts';
import { reason, type Reason } from '../contract/reasons.ts';
import { failed, type Result } from '../contract/result.ts';
import { preparePlace, socketPlaces, type SocketPlace } from './socket-place.ts';

export type Call = (name: unknown, input: unknown) => Promise<Result<unknown>>;

export interface EngineSocket {
  readonly path: string;
  /** Answers what is under way, for a moment; then nobody listens and no file is left. */
  stop(): Promise<void>;
}

export interface SocketLimits {
  /** Bytes of one request. */
  readonly line: number;
  /** A caller that says nothing, or does not take its answer, is let go after this, milliseconds. */
  readonly silentMs: number;
  readonly callers: number;
  /** So long a stop waits for answers, milliseconds. */
  readonly graceMs: number;
}

const LIMITS: SocketLimits = { line: 1024 * 1024, silentMs: 30_000, callers: 64, graceMs: 1_000 };
const NEWLINE = 0x0a;

/** Null, and a line in the log, where no place for a socket can be had: then commands find the home locked. */
export async function openSocket(
  home: string,
  call: Call,
  log: (line: string) => void,
  limits: SocketLimits = LIMITS,
): Promise<EngineSocket | null> {
  const reasons: string[] = [];
  for (const place of socketPlaces(home)) {
    const callers = new Set<Caller>();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const caller = new Caller(socket, call, limits);
      callers.add(caller);
      socket.on('close', () => callers.delete(caller));
    });
    server.maxConnections = limits.callers;
    // The folder of a place goes with its last socket: another engine may just have taken it away.
    const reason = (await listen(server, place)) === null ? null : await listen(server, place);
    if (reason !== null) {
      reasons.push(`${place.path}: ${reason}`);
      continue;
    }
    server.on('error', (error) => {
      log(`the socket for other programs: ${error.message}`);
    });
    return { path: place.path, stop: () => stop(server, place, callers, limits.graceMs) };
  }
  log(`other programs cannot speak to this engine (${reasons.join('; ') || 'the path of the home is too long'})`);
  return null;
}

/** @returns why it cannot listen there; null: it does. */
async function listen(server: Server, place: SocketPlace): Promise<string | null> {
  if (!preparePlace(place)) return 'the folder is not this user’s own';
  const isFile = !place.path.startsWith('\\\\');
  if (isFile && !removeStale(place.path)) return 'something else stands there';
  const heard = new Promise<string | null>((resolve) => {
    server.once('listening', () => {
      server.removeAllListeners('error');
      resolve(null);
    });
    server.once('error', (error) => {
      resolve(error.message);
    });
  });
  // Nobody else may connect in the moment between the making of the file and the change of its mode.
  const mask = process.umask(0o077);
  try {
    server.listen(place.path);
  } finally {
    process.umask(mask);
  }
  const reason = await heard;
  if (reason === null && isFile) chmodSync(place.path, 0o600);
  return reason;
}

function removeStale(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return true;
  if (!found.isSocket()) return false;
  rmSync(path, { force: true });
  return true;
}

async function stop(
  server: Server,
  { path, folder }: SocketPlace,
  callers: ReadonlySet<Caller>,
  graceMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  const answered = Promise.all([...callers].map((caller) => caller.end()));
  const abort = new AbortController();
  await Promise.race([answered, sleep(graceMs, undefined, { signal: abort.signal }).catch(() => undefined)]);
  abort.abort();
  for (const caller of callers) caller.destroy();
  await closed;
  if (!path.startsWith('\\\\')) rmSync(path, { force: true });
  if (folder !== null) {
    try {
      rmdirSync(folder);
    } catch {
      // Sockets of other homes are in it.
    }
  }
}

/** One program that is connected. Its requests are answered one after the other, in their order. */
class Caller {
  readonly #socket: Socket;
  readonly #call: Call;
  readonly #limits: SocketLimits;
  #unread: Buffer[] = [];
  #bytes = 0;
  #busy: Promise<void> | null = null;
  /** It will say nothing more, or is not asked to. */
  #isLast = false;

  constructor(socket: Socket, call: Call, limits: SocketLimits) {
    this.#socket = socket;
    this.#call = call;
    this.#limits = limits;
    socket.setTimeout(limits.silentMs);
    socket.on('timeout', () => {
      socket.destroy();
    });
    socket.on('error', () => {
      socket.destroy();
    });
    socket.on('data', (chunk) => {
      this.#unread.push(chunk);
      this.#bytes += chunk.length;
      this.#next();
    });
    socket.on('end', () => {
      this.#isLast = true;
      this.#next();
    });
  }

  /** Lets the answer under way go out. */
  async end(): Promise<void> {
    this.#isLast = true;
    this.#unread = [];
    this.#bytes = 0;
    await this.#busy;
    this.#next();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #next(): void {
    if (this.#busy !== null || this.#socket.destroyed) return;
    const line = this.#takeLine();
    if (line === null) {
      if (this.#bytes > this.#limits.line) this.#refuse(reason('too-long-line', { most: this.#limits.line }));
      else if (this.#isLast) this.#socket.end();
      return;
    }
    this.#socket.pause();
    this.#busy = this.#answer(line).finally(() => {
      this.#busy = null;
      this.#socket.resume();
      this.#next();
    });
  }

  /** A whole line without its end; null where there is none yet, or where it is too long. */
  #takeLine(): Buffer | null {
    if (!this.#unread.some((chunk) => chunk.includes(NEWLINE))) return null;
    const all = Buffer.concat(this.#unread);
    const end = all.indexOf(NEWLINE);
    if (end > this.#limits.line) return null;
    const rest = all.subarray(end + 1);
    this.#unread = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
    return all.subarray(0, end);
  }

  async #answer(line: Buffer): Promise<void> {
    const request = parse(line);
    if (request === null) {
      this.#refuse(reason('no-request'));
      return;
    }
    // What a call takes is its own affair; that the caller has gone shows when the answer is written.
    this.#socket.setTimeout(0);
    const result = await this.#call(request.name, request.input);
    this.#socket.setTimeout(this.#limits.silentMs);
    await this.#write(result);
  }

  async #write(result: Result<unknown>): Promise<void> {
    if (this.#socket.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#socket.once('close', () => {
        resolve();
      });
      this.#socket.write(`${JSON.stringify(result)}\n`, () => {
        resolve();
      });
    });
  }

  /** After nonsense nothing that follows can be trusted to begin where a request begins. */
  #refuse(problem: Reason): void {
    this.#unread = [];
    this.#bytes = 0;
    this.#isLast = true;
    const refusal = failed(failure('bad-input', { field: 'request', problem }));
    this.#socket.removeAllListeners('data');
    this.#socket.resume();
    this.#socket.end(`${JSON.stringify(refusal)}\n`);
  }
}

function parse(line: Buffer): { readonly name: string; readonly input: unknown } | null {
  let value: unknown;
  try {
    value = JSON.parse(line.toString('utf8'));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string') return null;
  return { name: value.name, input: 'input' in value ? value.input : {} };
}
