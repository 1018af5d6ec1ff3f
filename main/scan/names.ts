/**
 * Names between disk and bucket. In: paths, prefixes, keys. Out: the other side's name, or the reason against it. Pure.
 *
 * A key is the prefix and the path in NFC. Where the path on disk is not NFC, the key alone would not bring it back the
 * same, so its exact form travels beside it, percent-encoded, as the metadata `cairn-name`.
 */
import { isUtf8 } from 'node:buffer';
import { failure } from '../contract/errors.ts';
import { parseRelPath, type ObjectKey, type RelPath } from '../contract/names.ts';
import { reason, type Reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';

/** S3's limit of a key, in bytes of UTF-8. */
export const KEY_LIMIT = 1024;

/** Half a surrogate pair: what a name on Windows may hold, and UTF-8 cannot. */
const HALF_CHARACTER = /\p{Cs}/gu;

/**
 * The key of a file.
 * @param prefix empty, or as `normalisePrefix` gives it.
 * Fails with `key-too-long`, or with `name-not-utf8` where the name has no UTF-8.
 */
export function keyOf(prefix: string, path: RelPath): Result<ObjectKey> {
  if (path.search(HALF_CHARACTER) >= 0) {
    return failed(failure('name-not-utf8', { path: path.replace(HALF_CHARACTER, '\ufffd') }));
  }
  const key = prefix + path.normalize('NFC');
  const bytes = Buffer.byteLength(key);
  return bytes > KEY_LIMIT ? failed(failure('key-too-long', { path, bytes })) : success(key as ObjectKey);
}

/** Brings a prefix that a person typed into the one form: empty, or NFC with a `/` at its end. Fails with `bad-input`. */
export function normalisePrefix(text: string): Result<string> {
  const refuse = (problem: Reason): Result<string> => failed(failure('bad-input', { field: 'prefix', problem }));
  if (text === '') return success('');
  if (text.startsWith('/')) return refuse(reason('prefix-begins'));
  const prefix = (text.endsWith('/') ? text : `${text}/`).normalize('NFC');
  const parts = prefix.slice(0, -1).split('/');
  if (parts.includes('')) return refuse(reason('prefix-doubles'));
  if (parts.some((part) => part === '.' || part === '..')) return refuse(reason('prefix-dots'));
  if (/[\p{Cc}\p{Cs}]/u.test(prefix)) return refuse(reason('prefix-characters'));
  const bytes = Buffer.byteLength(prefix);
  if (bytes >= KEY_LIMIT) return refuse(reason('prefix-long', { bytes }));
  return success(prefix);
}

/** The path for the metadata `cairn-name`, percent-encoded but for its slashes; null where the key says it all. */
export function exactName(path: RelPath): string | null {
  return path.normalize('NFC') === path ? null : path.split('/').map(encodeURIComponent).join('/');
}

/**
 * The path of a file that would have this key; null where the key is not below the prefix, or where no file can safely
 * be called so.
 * @param cairnName the object's metadata `cairn-name`; believed only where it is another form of the same name.
 */
export function pathOfKey(
  prefix: string,
  key: string,
  cairnName?: string,
  platform: NodeJS.Platform = process.platform,
): RelPath | null {
  if (!key.startsWith(prefix)) return null;
  const remainder = key.slice(prefix.length);
  const exact = cairnName === undefined ? null : decodePercent(cairnName);
  const isSameName = exact !== null && exact.normalize('NFC') === remainder.normalize('NFC');
  return safeRelPath(isSameName ? exact : remainder, platform);
}

function decodePercent(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Names that Windows gives to devices, with any ending. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
/** Characters that Windows has no names with, or that mean a drive, a stream or a separator there. */
const WINDOWS_UNUSABLE = /[<>:"|?*\\\p{Cc}]/u;

/**
 * A name from the bucket, as a path that stays below the folder it is joined to; null where it does not: absolute, with
 * empty, `.` or `..` parts or NUL, and on Windows whatever would name a device, a drive or another file.
 */
export function safeRelPath(text: string, platform: NodeJS.Platform = process.platform): RelPath | null {
  const path = parseRelPath(text);
  if (path === null || platform !== 'win32') return path;
  if (WINDOWS_UNUSABLE.test(path)) return null;
  // Windows drops dots and blanks at the end, so `a.` would be the file `a`, and `.. ` the folder above.
  const isUsable = path.split('/').every((part) => !WINDOWS_DEVICE.test(part) && !/[. ]$/.test(part));
  return isUsable ? path : null;
}

export type DecodedName = { readonly ok: string } | { readonly notUtf8: string };

/** The name of a directory's entry from its bytes; of one that is not UTF-8, a likeness for a person to recognise. */
export function decodeName(bytes: Buffer): DecodedName {
  const text = bytes.toString('utf8');
  return isUtf8(bytes) ? { ok: text } : { notUtf8: text };
}

/** Groups of paths that would have one key, in the order in which they came; nearly always there are none. */
export function findCollisions(paths: Iterable<RelPath>): readonly (readonly RelPath[])[] {
  const groups = new Map<string, RelPath[]>();
  for (const path of new Set(paths)) {
    const name = path.normalize('NFC');
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [path]);
    else group.push(path);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}
