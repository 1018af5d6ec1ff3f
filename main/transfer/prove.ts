/**
 * Shows that what the policy asked for was really kept. In: a request and its answer. Out: a proof a field, and what the
 * store dropped in silence.
 *
 * [Note: silent fields] No answer to an upload shows the class, the tags, the ACL or the lock that were asked for, and
 * stores are known to drop them without a word. So a HEAD asks: once for each connection, bucket, set of fields and way,
 * on the first upload of a day, and on one in a hundred. Tags and ACL have requests of their own.
 */
import type { FieldProof } from '../contract/models.ts';
import type { ObjectKey } from '../contract/names.ts';
import type { Job } from '../store/types.ts';
import { judgeFields } from './answer.ts';
import { compareAcl, compareHead, compareTags } from './shown.ts';
import { plainAnswer } from './settle.ts';
import type { Fields, SecretFields, TransferPorts, Way } from './types.ts';

export interface Written {
  readonly job: Job;
  readonly key: ObjectKey;
  readonly request: Fields;
  readonly response: Fields;
  readonly secret: SecretFields;
}

export interface Shown {
  readonly fields: Readonly<Record<string, FieldProof>>;
  /** Fields that the store does not keep, though it took the request. */
  readonly dropped: readonly string[];
}

/** A failure of the looks themselves proves nothing: the fields stay unproved, and the upload is as good as it was. */
export async function proveFields(
  way: Way,
  written: Written,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<Shown> {
  const { job, request, response } = written;
  const fields = judgeFields(request, response);
  const silent = Object.keys(fields).filter((name) => fields[name] === 'unproved');
  const end = silent.length === 0 ? null : await ports.fieldProofs.begin(way, silent);
  const known = ports.fieldProofs.droppedBefore(way);
  const before = { fields, dropped: silent.filter((name) => known.has(name)) };
  if (end === null) {
    const needsTags = known.has(TAGS_AFTERWARDS) && silent.includes('Tagging');
    if (!needsTags) return before;
    const areTagged = await tagAfterwards(written, ports, signal);
    return areTagged
      ? { fields: { ...fields, Tagging: 'proved' }, dropped: before.dropped }
      : { fields, dropped: [...before.dropped, 'Tagging'] };
  }
  try {
    const looks = await look(silent, written, ports, signal);
    if (looks === null) return before;
    const dropped: string[] = [];
    for (const [name, isKept] of looks) {
      if (isKept) fields[name] = 'proved';
      else dropped.push(name);
    }
    const dropsTags = way !== 'put' && dropped.includes('Tagging');
    if (dropsTags && (await tagAfterwards(written, ports, signal))) {
      dropped.splice(dropped.indexOf('Tagging'), 1);
      fields['Tagging'] = 'proved';
    }
    ports.fieldProofs.note(way, silent, dropped, job.path);
    if (looks.has('Tagging')) {
      ports.fieldProofs.note(way, [TAGS_AFTERWARDS], dropsTags ? [TAGS_AFTERWARDS] : [], job.path);
    }
    return { fields, dropped };
  } finally {
    end();
  }
}

/**
 * Stands among the dropped fields where the store drops tags and takes them afterwards, so that each later upload gets
 * its own, looked at or not. No policy asks for a field of this name, so that it is no problem that a person sees.
 */
const TAGS_AFTERWARDS = 'Tagging, set afterwards';

/** Of each field that a look can show, whether it is there as asked; null where a look failed. */
async function look(
  names: readonly string[],
  { key, request, response, secret }: Written,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, boolean> | null> {
  const place = placeOf(key, response, ports);
  const head = await ports.client.send('HeadObject', { ...place, ChecksumMode: 'ENABLED', ...secret }, signal);
  if (!head.ok) return null;
  const found = compareHead(names, request, plainAnswer(head.value));
  if (names.includes('Tagging')) {
    const tags = await ports.client.send('GetObjectTagging', place, signal);
    if (tags.ok) found.set('Tagging', compareTags(request['Tagging'], tags.value.TagSet ?? []));
  }
  if (names.some((name) => name === 'ACL' || name.startsWith('Grant'))) {
    const acl = await ports.client.send('GetObjectAcl', place, signal);
    if (acl.ok) for (const [name, isKept] of compareAcl(request, acl.value)) found.set(name, isKept);
  }
  return found;
}

/** Some stores drop the tags of a multipart upload, or new ones of a copy, and take them afterwards. */
async function tagAfterwards(
  { key, request, response }: Written,
  ports: TransferPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const place = placeOf(key, response, ports);
  const TagSet = [...new URLSearchParams(String(request['Tagging']))].map(([Key, Value]) => ({ Key, Value }));
  const put = await ports.client.send('PutObjectTagging', { ...place, Tagging: { TagSet } }, signal);
  if (!put.ok) return false;
  const tags = await ports.client.send('GetObjectTagging', place, signal);
  return tags.ok && compareTags(request['Tagging'], tags.value.TagSet ?? []);
}

function placeOf(key: ObjectKey, response: Fields, ports: TransferPorts) {
  const versionId = response['VersionId'];
  return { Bucket: ports.bucket, Key: key, ...(typeof versionId === 'string' ? { VersionId: versionId } : {}) };
}
