/** Asks the engine that works in a home. In: a call of the contract. Out: its Result; or that nobody is there. */
import { connect, type Socket } from 'node:net';
import type { CallInput, CallOutput, EngineCallName } from '../contract/calls.ts';
import { failure, FAILURE_CODES, type Failure } from '../contract/errors.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { isTrusted, socketPlaces } from './socket-place.ts';

export type Asked<T> =
  | { readonly kind: 'answered'; readonly result: Result<T> }
  /** No engine listens. Nothing was changed. */
  | { readonly kind: 'nobody' }
  /** The engine took the call and ended, or fell silent: what was asked for may have been done or not. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'cancelled' };

export interface AskOptions {
  /** So long an answer is waited for, milliseconds; null: as long as the engine lives. */
  readonly patienceMs: number | null;
  readonly signal: AbortSignal;
}

/** A program that has stopped answers no connection. Milliseconds. */
const CONNECT_MS = 5_000;
const LONGEST_ANSWER = 64 * 1024 * 1024;

export async function askEngine<Name extends EngineCallName>(
  home: string,
  name: Name,
  input: CallInput<Name>,
  options: AskOptions,
): Promise<Asked<CallOutput<Name>>> {
  for (const place of socketPlaces(home)) {
    if (options.signal.aborted) return { kind: 'cancelled' };
    if (!isTrusted(place)) continue;
    const socket = await reach(place.path);
    if (socket === null) continue;
    try {
      return (await talk(socket, `${JSON.stringify({ name, input })}\n`, options)) as Asked<CallOutput<Name>>;
    } finally {
      socket.destroy();
    }
  }
  return { kind: 'nobody' };
}

function reach(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const give = (): void => {
      socket.destroy();
      resolve(null);
    };
    socket.setTimeout(CONNECT_MS, give);
    socket.once('error', give);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeListener('error', give);
      resolve(socket);
    });
  });
}

function talk(socket: Socket, request: string, options: AskOptions): Promise<Asked<unknown>> {
  return new Promise((resolve) => {
    const timer =
      options.patienceMs === null
        ? null
        : setTimeout(() => {
            end({ kind: 'lost' });
          }, options.patienceMs);
    const cancel = (): void => {
      end({ kind: 'cancelled' });
    };
    const end = (asked: Asked<unknown>): void => {
      if (timer !== null) clearTimeout(timer);
      options.signal.removeEventListener('abort', cancel);
      resolve(asked);
    };
    options.signal.addEventListener('abort', cancel);
    const chunks: Buffer[] = [];
    let bytes = 0;
    const lost = (): void => {
      end({ kind: 'lost' });
    };
    socket.on('error', lost);
    socket.on('close', lost);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > LONGEST_ANSWER) lost();
      else if (chunk.includes(0x0a)) end(read(Buffer.concat(chunks).toString('utf8')));
    });
    socket.write(request);
  });
}

function read(line: string): Asked<unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('ok' in value)) return { kind: 'lost' };
    if (value.ok === true) return { kind: 'answered', result: success('value' in value ? value.value : null) };
    const cause = 'failure' in value ? value.failure : null;
    if (typeof cause === 'object' && cause !== null) return { kind: 'answered', result: failed(known(cause)) };
  } catch {
    // No JSON: whoever answered is no engine of ours.
  }
  return { kind: 'lost' };
}

/** The engine may be of another release, with failures that this one has no name for; their sentences are good. */
function known(cause: object): Failure {
  const told = cause as Partial<Failure>;
  if (FAILURE_CODES.some((code) => code === told.code)) return cause as Failure;
  const { message, hint, ...rest } = failure('internal', { reference: String(told.code) });
  return { ...rest, message: told.message ?? message, hint: told.hint ?? hint };
}
