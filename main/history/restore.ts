/**
 * Brings a version back to disk. In: a key, a version and a place. Out: the file there, whole and proven, or nothing.
 *
 * [Note: restoring] A version is streamed into a temporary file beside its place, its bytes are held against what is
 * known of them, it is flushed, and only then gets its name by a hard link, which fails where the name is taken. So
 * nothing is ever written over, and nothing half-written is ever seen under the name.
 */
import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm, stat, utimes, chmod, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { failure, type Failure } from '../contract/errors.ts';
import type { Restored } from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { unquoted, type OutputOf, type StoreClient } from '../s3/index.ts';

/** Names of temporaries begin with this; they are never uploaded. */
export const TEMPORARY_PREFIX = '.cairn-restore-';

export interface RestoreRequest {
  readonly path: string;
  readonly key: string;
  readonly versionId: string | null;
  /** Hex, where a receipt knows it. */
  readonly sha256: string | null;
  /** Absolute. Must not exist. */
  readonly to: string;
  /** The fields of the customer key that the object lies under; empty where it has none. */
  readonly secret: Readonly<Record<string, string>>;
}

export interface RestorePorts {
  readonly client: StoreClient;
  readonly bucket: string;
  parseMtime(text: string): bigint | null;
}

export async function restoreVersion(
  request: RestoreRequest,
  ports: RestorePorts,
  signal?: AbortSignal,
): Promise<Result<Restored>> {
  if (await exists(request.to)) return failed(failure('target-exists', { to: request.to }));
  const answer = await ports.client.send(
    'GetObject',
    {
      Bucket: ports.bucket,
      Key: request.key,
      ChecksumMode: 'ENABLED',
      ...(request.versionId === null ? {} : { VersionId: request.versionId }),
      ...request.secret,
    },
    signal,
  );
  if (!answer.ok) return answer;
  const temporary = join(dirname(request.to), `${TEMPORARY_PREFIX}${randomBytes(8).toString('hex')}`);
  try {
    await makeFolder(dirname(request.to));
    const bytes = await receive(answer.value, temporary, request, signal);
    if (!bytes.ok) return bytes;
    await dress(temporary, answer.value.Metadata ?? {}, ports);
    await nameIt(temporary, request.to);
    return success({ path: request.path, versionId: request.versionId, bytes: bytes.value, to: request.to });
  } catch (error) {
    return failed(writingFailed(error, request.to));
  } finally {
    // Where not even the temporary could be made, nobody has read the answer: its connection would stay taken.
    (answer.value.Body as Readable | undefined)?.destroy();
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    // A file stands in the way: that is not the target being there already.
    if (codeOf(error) === 'EEXIST') throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
    throw error;
  }
}

async function receive(
  answer: OutputOf<'GetObject'>,
  temporary: string,
  request: RestoreRequest,
  signal: AbortSignal | undefined,
): Promise<Result<number>> {
  const handle = await open(temporary, 'wx', 0o600);
  try {
    const sha256 = createHash('sha256');
    const md5 = createHash('md5');
    let bytes = 0;
    const body = answer.Body as Readable;
    try {
      for await (const piece of body as AsyncIterable<Buffer>) {
        if (signal?.aborted === true) return failed(failure('cancelled'));
        sha256.update(piece);
        md5.update(piece);
        await writeFully(handle, piece);
        bytes += piece.length;
      }
    } catch (error) {
      if (isFileError(error)) throw error;
      const reason = error instanceof Error ? error.message : 'broken off';
      return failed(failure('offline', { endpoint: 'The store', reason }));
    }
    const damage = damageOf(answer, request, bytes, sha256.digest('hex'), md5.digest('hex'));
    if (damage !== null) return failed(damage);
    await handle.sync();
    return success(bytes);
  } finally {
    await handle.close();
  }
}

async function writeFully(handle: FileHandle, piece: Buffer): Promise<void> {
  let written = 0;
  while (written < piece.length) {
    const { bytesWritten } = await handle.write(piece, written, piece.length - written);
    written += bytesWritten;
  }
}

/** Holds what came against the best that is known of it: our sha256, the one in the metadata, or an ETag that is an MD5. */
function damageOf(
  answer: OutputOf<'GetObject'>,
  request: RestoreRequest,
  bytes: number,
  sha256: string,
  md5: string,
): Failure | null {
  const damaged = (what: string): Failure => failure('damaged', { key: request.key, answer: what });
  if (answer.ContentLength !== undefined && answer.ContentLength !== bytes) {
    return damaged(`${bytes} of ${answer.ContentLength} bytes`);
  }
  const expected = request.sha256 ?? answer.Metadata?.['cairn-sha256'] ?? null;
  if (expected !== null) return expected === sha256 ? null : damaged('SHA-256');
  const etag = unquoted(answer.ETag);
  const isMd5 =
    etag !== null &&
    /^[0-9a-f]{32}$/.test(etag) &&
    answer.SSECustomerAlgorithm === undefined &&
    answer.ServerSideEncryption?.startsWith('aws:kms') !== true;
  return isMd5 && etag !== md5 ? damaged('ETag') : null;
}

/** Time and mode as they were when the file was saved. The set-id bits are never given back. */
async function dress(
  temporary: string,
  metadata: Readonly<Record<string, string>>,
  ports: RestorePorts,
): Promise<void> {
  const mode = Number.parseInt(metadata['mode'] ?? '', 8);
  if (process.platform !== 'win32') await chmod(temporary, Number.isNaN(mode) ? 0o644 : mode & 0o777);
  const mtimeNs = ports.parseMtime(metadata['mtime'] ?? '');
  if (mtimeNs !== null) {
    const seconds = Number(mtimeNs) / 1e9;
    await utimes(temporary, seconds, seconds);
  }
}

async function nameIt(temporary: string, to: string): Promise<void> {
  try {
    await link(temporary, to);
  } catch (error) {
    const code = codeOf(error);
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES'].includes(code)) throw error;
    // A file system without hard links: claim the name, then put the file in its place.
    const claim = await open(to, 'wx');
    await claim.close();
    try {
      await rename(temporary, to);
    } catch (failed) {
      await rm(to, { force: true });
      throw failed;
    }
  }
}

function writingFailed(error: unknown, to: string): Failure {
  const code = codeOf(error);
  if (code === 'EEXIST') return failure('target-exists', { to });
  if (code === 'ENOSPC' || code === 'EDQUOT') return failure('disk-full', { path: to });
  if (code === '') throw error;
  return failure('write-failed', { path: to, reason: code });
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && (error.syscall === 'write' || error.syscall === 'open');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false; // what else may be wrong with the place is told when it is written to
  }
}
