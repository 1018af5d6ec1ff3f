/** What would be sent for one file, and why. In: a folder and a path, there or not. Out: an explanation. */
import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../contract/errors.ts';
import type { Folder, PolicyExplanation } from '../contract/models.ts';
import { parseRelPath } from '../contract/names.ts';
import { reason } from '../contract/reasons.ts';
import { failed, type Result } from '../contract/result.ts';
import { explain } from '../policy/explain.ts';
import { resolvePolicy } from '../policy/resolve.ts';
import { exactName, keyOf } from '../scan/names.ts';
import type { ReadTables } from '../store/index.ts';
import { LEAST_PART } from '../transfer/index.ts';
import { secretOfFields } from './customer-keys.ts';
import { NO_RING, type Ring } from './ring.ts';

/** @param size bytes, to try a file that does not exist; null: that of the file on disk, else 0. */
export async function explainFile(
  folder: Folder,
  tables: ReadTables | null,
  text: string,
  size: number | null,
  ring: Ring = NO_RING,
): Promise<Result<PolicyExplanation>> {
  const path = parseRelPath(text);
  if (path === null) {
    return failed(failure('bad-input', { field: 'path', problem: reason('not-below', { text }) }));
  }
  const key = keyOf(folder.prefix, path);
  if (!key.ok) return key;
  const look = folder.links === 'follow' ? stat : lstat;
  const onDisk = await look(join(folder.path, path), { bigint: true }).catch(() => null);
  const bytes = size ?? Number(onDisk?.size ?? 0n);
  const { fields } = resolvePolicy(folder.policy, { path, size: bytes });
  const secret = secretOfFields(fields, ring);
  if (!secret.ok) return secret;
  const checksums = tables?.folders.capabilities(folder.connection, folder.bucket).checksums;
  const now = new Date();
  return explain(folder.policy, {
    bucket: folder.bucket,
    key: key.value,
    path,
    size: bytes,
    mtimeNs: onDisk?.mtimeNs ?? BigInt(now.getTime()) * 1_000_000n,
    mode: process.platform === 'win32' ? null : Number(onDisk?.mode ?? 0o100644n),
    exactName: exactName(path),
    now,
    onePart: LEAST_PART,
    customerKeyMd5: secret.value['SSECustomerKeyMD5'] ?? null,
    sendsContentMd5: fields.contentMd5 === true || (fields.contentMd5 !== false && checksums !== 'returned'),
  });
}
