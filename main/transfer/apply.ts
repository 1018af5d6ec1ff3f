/**
 * Brings an object that is there under the present policy. In: a job that a person asked for. Out: how it ended; null where
 * the file must be sent again, which brings the policy along.
 */
import type { ObjectKey } from '../contract/names.ts';
import type { Result } from '../contract/result.ts';
import { success } from '../contract/result.ts';
import type { InPlace } from '../policy/changes.ts';
import type { Settlement } from '../queue/settlement.ts';
import type { Job, JournalRow } from '../store/types.ts';
import { copyOver } from './copy.ts';
import { isSameState, type OpenFile } from './stable.ts';
import type { Fields, TransferPorts } from './types.ts';

/** The reason of a job that applies a policy to what is there. */
export const BY_POLICY = 'policy';

export async function applyPolicy(
  job: Job,
  key: ObjectKey,
  file: OpenFile,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Settlement | null> {
  const row = ports.journalRow(job.path);
  if (row === null || row.key !== key || !isSameState(row.stat, file.stat)) return null;
  const changes = ports.changesSince(job.path, file.stat.size, row.policyVersion);
  if (changes.copy) return copyOver(job, row, file, ports, signal);
  const facts = { key, path: job.path, stat: file.stat, attemptId: '', now: ports.now(), sha256: null };
  const prepared = ports.putRequest(facts);
  if (!prepared.ok) return { kind: 'failed', failure: prepared.failure };
  for (const what of changes.inPlace) {
    const done = await changeInPlace(what, row, prepared.value.fields, ports, signal);
    if (!done.ok) return { kind: 'failed', failure: done.failure };
  }
  return { kind: 'applied', policyVersion: ports.policyVersion, changed: changes.inPlace };
}

/** Each of these may be sent again without harm, so nothing of it is written down before. */
async function changeInPlace(
  what: InPlace,
  row: JournalRow,
  fields: Fields,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Result<unknown>> {
  const place = {
    Bucket: ports.bucket,
    Key: row.key,
    ...(row.versionId === null ? {} : { VersionId: row.versionId }),
  };
  switch (what) {
    case 'tags': {
      const tags = new URLSearchParams(typeof fields['Tagging'] === 'string' ? fields['Tagging'] : '');
      const TagSet = [...tags].map(([Key, Value]) => ({ Key, Value }));
      return ports.client.send('PutObjectTagging', { ...place, Tagging: { TagSet } }, signal);
    }
    case 'acl': {
      const names = ['ACL', 'GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWriteACP'];
      const asked = Object.fromEntries(names.flatMap((name) => (name in fields ? [[name, fields[name]]] : [])));
      const acl = Object.keys(asked).length === 0 ? { ACL: 'private' as const } : asked;
      return ports.client.send('PutObjectAcl', { ...place, ...acl }, signal);
    }
    case 'retention': {
      const Mode = fields['ObjectLockMode'];
      const RetainUntilDate = fields['ObjectLockRetainUntilDate'];
      if (!(Mode === 'GOVERNANCE' || Mode === 'COMPLIANCE') || !(RetainUntilDate instanceof Date)) return success(null);
      return ports.client.send('PutObjectRetention', { ...place, Retention: { Mode, RetainUntilDate } }, signal);
    }
    case 'legal-hold':
      return ports.client.send('PutObjectLegalHold', { ...place, LegalHold: { Status: 'ON' } }, signal);
  }
}
