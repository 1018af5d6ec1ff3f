/**
 * Brings a version back to disk. In: a key, a version and a place. Out: the file there, whole and proven, or nothing.
 *
 * [Note: restoring] A version is received into a temporary file beside its place, its bytes are held against what is
 * known of them, it is flushed, and only then gets its name by a hard link, which fails where the name is taken. So
 * nothing is ever written over, and nothing half-written is ever seen under the name. The directory is held meanwhile
 * (`held.ts`), so that nothing is written outside of the folder that was chosen either.
 */
import { chmod, lstat, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Failure } from '../contract/errors.ts';
import type { Restored } from '../contract/models.ts';
import { reason, type Reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { holdRoot, type HeldDirectory, type HeldRoot } from './held.ts';
import { receive, receiveBytes, type Received, type ReceivePorts, type Source } from './receive.ts';
import { nameIt } from './name.ts';
import { temporaryName } from './temporary.ts';
import type { Writer } from './writer.ts';

export interface RestoreRequest extends Source {
  readonly path: string;
  /** Below the root, with `/`; its name must be free. */
  readonly place: string;
}

export interface RestorePorts extends ReceivePorts {
  parseMtime(text: string): bigint | null;
  /** A mark of this restore in the names of its temporaries. */
  readonly run: string;
  /** Writes small files, where many are restored; left out: each is written where it comes. */
  readonly writer?: Writer;
}

/** Up to this a file is received whole before it is written, where there is a writer. Bytes. */
const WRITTEN_AT_ONCE = 1024 * 1024;

/** A version that lies whole beside its place, under a temporary name. */
export interface Fetched extends Received {
  readonly held: HeldDirectory;
  /** Both absolute, through the held directory. */
  readonly temporary: string;
  readonly place: string;
  /** As the file system keeps it. */
  readonly mtimeNs: string;
}

/** @param root absolute: the folder that a person chose; made where it is missing. */
export async function restoreVersion(
  root: string,
  request: RestoreRequest,
  ports: RestorePorts,
  signal?: AbortSignal,
): Promise<Result<Restored>> {
  const to = join(root, request.place);
  let held: HeldRoot;
  try {
    held = await holdRoot(root);
  } catch (error) {
    return failed(writingFailed(error, to));
  }
  try {
    return await restoreInto(held, to, request, ports, signal);
  } finally {
    await held.close();
  }
}

/**
 * The same below a root that is held already.
 * @param to the place in full, for a person to read.
 * @param before is told what is to get its name next.
 */
export function restoreInto(
  root: HeldRoot,
  to: string,
  request: RestoreRequest,
  ports: RestorePorts,
  signal?: AbortSignal,
  before: (fetched: Fetched) => void | Promise<void> = () => undefined,
): Promise<Result<Restored>> {
  const { path, versionId } = request;
  const { writer } = ports;
  if (writer !== undefined && request.size !== null && request.size <= WRITTEN_AT_ONCE) {
    return restoreSmall(root, to, request, ports, writer, signal, before);
  }
  return fetched(root, to, request, ports, signal, async (one) => {
    await before(one);
    await nameIt(one.temporary, one.place);
    return success({ path, versionId, bytes: one.bytes, to });
  });
}

/** Receives a version beside its place and hands it over; the temporary file is gone afterwards whatever happens. */
export async function fetched<T>(
  root: HeldRoot,
  to: string,
  request: RestoreRequest,
  ports: RestorePorts,
  signal: AbortSignal | undefined,
  work: (one: Fetched) => Promise<Result<T>>,
  mayExist = false,
): Promise<Result<T>> {
  const parts = request.place.split('/');
  const name = parts.pop() ?? '';
  let held: HeldDirectory | null = null;
  let temporary: string | null = null;
  try {
    held = await root.below(parts);
    const place = join(held.at, name);
    if (!mayExist && (await exists(place))) return failed(failure('target-exists', { to }));
    temporary = join(held.at, temporaryName(ports.run));
    const received = await receive(request, temporary, ports, signal);
    if (!received.ok) return received;
    const mtimeNs = await dress(temporary, received.value.metadata, ports);
    if (!(await held.isInPlace())) throw movedAway();
    const done = await work({ ...received.value, held, temporary, place, mtimeNs });
    if (await held.isInPlace()) return done;
    // Its directory was moved away in the same moment: what was written is taken back from wherever it is now.
    if (done.ok && !mayExist) await rm(place, { force: true });
    throw movedAway();
  } catch (error) {
    return failed(writingFailed(error, to));
  } finally {
    if (temporary !== null) await rm(temporary, { force: true }).catch(() => undefined);
    await held?.close();
  }
}

/** A small file: received whole, written by the thread, told, and named by the thread. */
async function restoreSmall(
  root: HeldRoot,
  to: string,
  request: RestoreRequest,
  ports: RestorePorts,
  writer: Writer,
  signal: AbortSignal | undefined,
  before: (fetched: Fetched) => void | Promise<void>,
): Promise<Result<Restored>> {
  const { path, versionId } = request;
  const parts = request.place.split('/');
  const name = parts.pop() ?? '';
  let held: HeldDirectory | null = null;
  let temporary: string | null = null;
  try {
    held = await root.below(parts);
    const place = join(held.at, name);
    if (await exists(place)) return failed(failure('target-exists', { to }));
    const received = await receiveBytes(request, ports, signal);
    if (!received.ok) return received;
    const { content, ...rest } = received.value;
    temporary = join(held.at, temporaryName(ports.run));
    const mtimeNs = await writer.write({ path: temporary, bytes: content, ...dressOf(rest.metadata, ports) });
    await before({ ...rest, held, temporary, place, mtimeNs });
    await writer.name({ held: held.words, temporary, place });
    return success({ path, versionId, bytes: rest.bytes, to });
  } catch (error) {
    if (temporary !== null) await rm(temporary, { force: true }).catch(() => undefined);
    // A directory that was moved away is not held for the files that follow.
    await held?.isInPlace().catch(() => false);
    return failed(writingFailed(error, to));
  } finally {
    await held?.close();
  }
}

/** @returns the time that the file has. */
async function dress(
  temporary: string,
  metadata: Readonly<Record<string, string>>,
  ports: RestorePorts,
): Promise<string> {
  const { mode, mtime } = dressOf(metadata, ports);
  if (mode !== null) await chmod(temporary, mode);
  if (mtime !== null) await utimes(temporary, mtime, mtime);
  const { mtimeNs } = await lstat(temporary, { bigint: true });
  return String(mtimeNs);
}

/** Time and mode as they were when the file was saved. The set-id bits are never given back. */
function dressOf(
  metadata: Readonly<Record<string, string>>,
  ports: RestorePorts,
): { readonly mode: number | null; readonly mtime: number | null } {
  const mode = Number.parseInt(metadata['mode'] ?? '', 8);
  const mtimeNs = ports.parseMtime(metadata['mtime'] ?? '');
  return {
    mode: process.platform === 'win32' ? null : Number.isNaN(mode) ? 0o644 : mode & 0o777,
    mtime: mtimeNs === null ? null : Number(mtimeNs) / 1e9,
  };
}

function movedAway(): Error {
  return Object.assign(new Error('moved'), { code: 'MOVED' });
}

const REASONS: Readonly<Record<string, Reason>> = {
  LINK: reason('link-leads-out'),
  MOVED: reason('folder-moved'),
};

export function writingFailed(error: unknown, to: string): Failure {
  const code = codeOf(error);
  if (code === 'EEXIST') return failure('target-exists', { to });
  if (code === 'ENOSPC' || code === 'EDQUOT') return failure('disk-full', { path: to });
  if (code === '') throw error;
  return failure('write-failed', { path: to, reason: REASONS[code] ?? code });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false; // what else may be wrong with the place is told when it is written to
  }
}
