/**
 * Whether a bucket holds conditions on writes. In: a bucket and a prefix. Out: `works` where a right condition passed and
 * a wrong one failed. It needs a real object, so it runs only where a person asked for it: a bucket's default retention
 * may make that object undeletable for a while.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { ConditionsProbe } from '../contract/doctor.ts';
import { success, type Result } from '../contract/result.ts';
import type { StoreClient } from './client.ts';
import type { InputOf } from './operations.ts';

type Condition = Pick<InputOf<'PutObject'>, 'IfMatch' | 'IfNoneMatch'>;

const WRONG_ETAG = '"00000000000000000000000000000000"';

export async function probeConditions(
  client: StoreClient,
  bucket: string,
  prefix: string,
): Promise<Result<ConditionsProbe>> {
  const key = `${prefix}.cairn-probe-${randomUUID()}`;
  const versions: (string | undefined)[] = [];
  const seen: string[] = [];
  const put = async (
    text: string,
    condition: Condition,
    shouldPass: boolean,
    what: string,
  ): Promise<Result<string | null>> => {
    const Body = Buffer.from(text);
    const ContentMD5 = createHash('md5').update(Body).digest('base64');
    const answer = await client.send('PutObject', { Bucket: bucket, Key: key, Body, ContentMD5, ...condition });
    if (answer.ok) versions.push(answer.value.VersionId);
    else if (answer.failure.code !== 'conflict' && answer.failure.code !== 'not-supported') return answer;
    if (answer.ok !== shouldPass) seen.push(`${what} ${answer.ok ? 'passed' : 'failed'}`);
    return success(answer.ok ? (answer.value.ETag ?? null) : null);
  };
  const first = await put('one', { IfNoneMatch: '*' }, true, 'If-None-Match on a new key');
  const again = first.ok
    ? await put('two', { IfNoneMatch: '*' }, false, 'If-None-Match on a key that is there')
    : first;
  const etag = first.ok && first.value !== null ? first.value : WRONG_ETAG;
  const right = again.ok ? await put('three', { IfMatch: etag }, true, 'a right If-Match') : again;
  const wrong = right.ok ? await put('four', { IfMatch: WRONG_ETAG }, false, 'a wrong If-Match') : right;
  const left = await removeAll(client, bucket, key, versions);
  return wrong.ok ? success({ conditions: seen.length === 0 ? 'works' : 'broken', seen, left }) : wrong;
}

/** Only what this probe made, each by its own VersionId; on a bucket without versions the key itself. */
async function removeAll(
  client: StoreClient,
  bucket: string,
  key: string,
  versions: readonly (string | undefined)[],
): Promise<string[]> {
  const left: string[] = [];
  for (const VersionId of new Set(versions)) {
    const place = { Bucket: bucket, Key: key, ...(VersionId === undefined ? {} : { VersionId }) };
    const removed = await client.send('DeleteObject', place);
    if (!removed.ok) left.push(`${key} ${VersionId ?? ''}`.trim());
  }
  return left;
}
