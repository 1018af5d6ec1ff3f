/**
 * What a person can see of a file before it is brought back. In: a version, or the file on disk. Out: the beginning of a
 * text, a whole picture, or why neither. At most `PICTURE_BYTES` are read, and nothing is written.
 */
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failure } from '../contract/errors.ts';
import type { Folder } from '../contract/models.ts';
import { parentPath, parseRelPath, type RelPath } from '../contract/names.ts';
import type { Preview } from '../contract/preview.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { pictureOf, readPiece, textOf, type Piece } from '../history/index.ts';
import { readRestore } from '../policy/thaw.ts';
import { openStable } from '../transfer/index.ts';
import { notAPath, type FolderHistory } from './history-ports.ts';

/** Of a text so much is shown, bytes. */
const TEXT_BYTES = 256 * 1024;
/** Pictures of more bytes are not fetched to be looked at. */
const PICTURE_BYTES = 8 * 1024 * 1024;
/** A small file may stand for a picture that fills the memory once it is decoded. */
const MOST_PIXELS = 50_000_000;
/** Classes of which a version cannot be read before it was brought back. */
const ARCHIVES: readonly (string | null)[] = ['GLACIER', 'DEEP_ARCHIVE'];

/** All of the bytes where they are at most so many, else the first of them. */
type Reader = (most: number) => Promise<Result<Piece>>;

export async function previewVersion(
  history: FolderHistory,
  path: string,
  versionId: string,
  signal: AbortSignal,
): Promise<Result<Preview>> {
  const found = await history.entryOf(path, versionId);
  if (!found.ok) return found;
  const { key, size, sha256, storageClass } = found.value.entry;
  const secret = history.secretOf(found.value.entry);
  if (!secret.ok) return secret;
  const ports = history.restorePorts();
  if (ARCHIVES.includes(storageClass)) {
    const place = { Bucket: ports.bucket, Key: key, VersionId: versionId, ...secret.value };
    const head = await ports.client.send('HeadObject', place, signal);
    if (!head.ok) return head;
    if (readRestore(head.value.Restore).kind !== 'ready') return failed(failure('archived', { key }));
  }
  const source = { key, versionId, size, sha256, secret: secret.value };
  return shown((most) => readPiece(source, most, ports, signal));
}

/** The file as it stands on disk. Links are followed where the folder follows them, else neither there nor on the way. */
export async function previewPresent(folder: Folder, text: string): Promise<Result<Preview>> {
  const path = parseRelPath(text);
  if (path === null) return failed(notAPath(text));
  return shown((most) => readPresent(folder, path, most));
}

async function readPresent(folder: Folder, path: RelPath, most: number): Promise<Result<Piece>> {
  const absolute = join(folder.path, path);
  const links = folder.links ?? 'skip';
  const missing = failed(failure('file-missing', { path, reason: reason('not-on-disk') }));
  try {
    const [root, directory] = await Promise.all([realpath(folder.path), realpath(dirname(absolute))]);
    if (links === 'skip' && directory !== join(root, parentPath(path))) return missing;
  } catch {
    return missing; // a directory on the way is gone, or not to be entered
  }
  const opened = await openStable({ root: folder.path, path, links });
  if ('vanished' in opened) return missing;
  if (!opened.ok) return opened;
  const { handle, stat } = opened.value;
  try {
    const bytes = Buffer.alloc(Math.min(most, stat.size));
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return success({ bytes: bytes.subarray(0, length), size: stat.size, proved: false });
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : reason('cannot-be-read');
    return failed(failure('file-unreadable', { path, reason: why }));
  } finally {
    await handle.close();
  }
}

async function shown(read: Reader): Promise<Result<Preview>> {
  const first = await read(TEXT_BYTES);
  if (!first.ok) return first;
  const { bytes, size, proved } = first.value;
  if (pictureOf(bytes) === null) {
    const text = textOf(bytes, bytes.length >= size);
    if (text === null) return success({ kind: 'none', why: 'binary', size });
    return success({ kind: 'text', ...text, size, shown: bytes.length, proved });
  }
  if (size > PICTURE_BYTES) return success({ kind: 'none', why: 'large', size });
  const whole = bytes.length >= size ? first : await read(PICTURE_BYTES);
  if (!whole.ok) return whole;
  const picture = pictureOf(whole.value.bytes);
  const pixels = picture?.size;
  if (picture === null || pixels === null || pixels === undefined)
    return success({ kind: 'none', why: 'binary', size });
  if (pixels.width * pixels.height > MOST_PIXELS) return success({ kind: 'none', why: 'large', size });
  const all = whole.value;
  return success({
    kind: 'picture',
    type: picture.type,
    bytes: all.bytes.toString('base64'),
    ...pixels,
    size: all.size,
    proved: all.proved,
  });
}
