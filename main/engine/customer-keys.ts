/**
 * Customer keys: of the ring, and read from the files that a folder's policy names. In: a policy. Out: keys by the MD5
 * that S3 calls them by.
 * A key is 256 bits: 32 raw bytes in the file, or their Base64 on one line. It stays in memory only while it is used.
 */
import { readFileSync, statSync } from 'node:fs';
import { failure } from '../contract/errors.ts';
import type { Policy, PolicyFields } from '../contract/policy.ts';
import { reason, type Reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { SecretFields } from '../transfer/index.ts';
import { fieldsOf, type Ring } from './ring.ts';

const KEY_BYTES = 32;

/** The fields that go with each request about an object under the key in this file. */
export function readCustomerKey(path: string): Result<SecretFields> {
  const refuse = (why: string | Reason): Result<SecretFields> =>
    failed(failure('key-file-unusable', { path, reason: why }));
  let bytes: Buffer;
  try {
    const { mode } = statSync(path);
    // Anybody who can read the key can read the files; on Windows the mode says nothing about that.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) return refuse(reason('key-file-open'));
    bytes = readFileSync(path);
  } catch (error) {
    return refuse(error instanceof Error && 'code' in error ? String(error.code) : reason('cannot-be-read'));
  }
  const key = bytes.length === KEY_BYTES ? bytes : Buffer.from(bytes.toString('latin1').trim(), 'base64');
  if (key.length !== KEY_BYTES) return refuse(reason('key-file-no-key'));
  return success(fieldsOf(key.toString('base64')));
}

/** The key's fields where the policy, as it holds for one file, asks for a customer key; else none. */
export function secretOfFields({ encryption }: PolicyFields, ring: Ring): Result<SecretFields> {
  if (encryption?.mode !== 'customer') return success({});
  const { keyFile, keyRef } = encryption;
  return keyFile === undefined ? ring.byName(keyRef ?? '') : readCustomerKey(keyFile);
}

/** The key with this MD5 among all of the ring and all that the policy names, for an object that was sent under it before. */
export function secretByMd5(policy: Policy, md5: unknown, ring: Ring): Result<SecretFields> {
  if (typeof md5 !== 'string') return success({});
  const handed = ring.byMd5(md5);
  if (handed !== null) return success(handed);
  const files = [policy, ...(policy.rules ?? []).map((rule) => rule.set)].flatMap(
    ({ encryption }) => encryption?.keyFile ?? [],
  );
  for (const file of new Set(files)) {
    const key = readCustomerKey(file);
    if (key.ok && key.value['SSECustomerKeyMD5'] === md5) return key;
  }
  return failed(failure('customer-key-missing', { md5 }));
}
