/** A folder in; a lock on it out, or word that another process holds it. The system frees it with the process. */
import { createHash, randomBytes } from 'node:crypto';
import { realpath, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Longest path of a socket in bytes that every platform takes. */
const MAX_SOCKET_PATH = 100;

export interface FolderLock {
  release(): Promise<void>;
}

/** Where the socket of a folder is: in it, or, where that path is too long, in the temporary folder by a hash. */
function socketPath(folder: string): string {
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 32);
  if (process.platform === 'win32') return `\\\\.\\pipe\\cairn-practice-${hash}`;
  const inside = join(folder, 'lock.sock');
  return Buffer.byteLength(inside) <= MAX_SOCKET_PATH ? inside : join(tmpdir(), `cairn-practice-${hash}.sock`);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Listens and greets everyone with `token`. Undefined where the path is taken. */
function listen(path: string, token: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(token);
    });
    server.once('error', (error) => {
      if (codeOf(error) === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({ path, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** What whoever listens there says; undefined where nobody does. */
function greeting(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(path);
    socket.setTimeout(2000, () => socket.destroy());
    socket.setEncoding('utf8');
    let connected = false;
    socket.on('connect', () => {
      connected = true;
    });
    socket.on('data', (data) => {
      text += String(data);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(connected ? text : undefined);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}

/** Takes a dead socket out of the way. One that turns out to live is put back; then false. */
async function removeDead(path: string): Promise<boolean> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    // Another process was faster; the next round shows whether it lives.
    return codeOf(error) === 'ENOENT';
  }
  if ((await greeting(aside)) !== undefined) {
    await rename(aside, path);
    return false;
  }
  await rm(aside, { force: true });
  return true;
}

/** Takes the lock of an existing folder. Undefined where a living process has it. */
export async function lockFolder(folder: string): Promise<FolderLock | undefined> {
  const path = socketPath(await realpath(folder));
  const token = randomBytes(16).toString('hex');
  for (let round = 0; round < 5; round += 1) {
    const server = await listen(path, token);
    if (server !== undefined) {
      // Two processes may both have cleared away a dead socket: the one that the path leads to has the lock.
      if ((await greeting(path)) === token) return { release: () => close(server) };
      await close(server);
      return undefined;
    }
    if ((await greeting(path)) !== undefined || !(await removeDead(path))) return undefined;
  }
  return undefined;
}
