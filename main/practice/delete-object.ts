/** DeleteObject and DeleteObjects: a key in; a delete marker, or a version less, out. */
import { readWhole } from './body.ts';
import { bucketOf, type Call, emptyReply, type Reply, xmlReply } from './call.ts';
import { digestsFor, readClaims, verifyClaims } from './checksums.ts';
import { DigestSet } from './digests.ts';
import { checkKey } from './fields.ts';
import type { DeleteMarker } from './model.ts';
import { checkDeletable } from './object-lock.ts';
import { Refusal } from './refusal.ts';
import { checkVersionId, checkWriteConditions, nextVersion } from './versions.ts';
import { childrenOf, childText, expectOnly, parseXml, type XmlNode } from './xml.ts';

/** Most keys of one batch, and most bytes of its document. */
const MAX_BATCH_KEYS = 1000;
const MAX_BATCH_BYTES = 8 * 1024 * 1024;

/** What a delete did; a field is undefined where S3's answer leaves it out. */
interface Deleted {
  /** The version removed, or the marker made. */
  readonly versionId: string | undefined;
  /** Whether a marker was made, or the version removed was one. */
  readonly marker: boolean;
}

/** Deletes one version for good, or puts a marker on top where the bucket has or had versioning. */
function deleteKey(call: Call, key: string, versionId: string | undefined): Promise<Deleted> {
  const { store, bucketName, now } = call;
  if (versionId !== undefined) checkVersionId(versionId);
  return store.withKey(bucketName, key, async () => {
    const bucket = bucketOf(call);
    checkWriteConditions(bucket, key, new Map([...call.headers].filter(([name]) => name === 'if-match')));
    if (versionId !== undefined || bucket.versioning === undefined) {
      const id = versionId ?? 'null';
      const gone = bucket.keys.get(key)?.versions.find((version) => version.versionId === id);
      if (gone !== undefined) checkDeletable(gone, call.headers, now);
      if (gone !== undefined) await store.commit({ do: 'drop-version', bucket: bucketName, key, versionId: id });
      return { versionId, marker: gone?.kind === 'marker' };
    }
    const version: DeleteMarker = { kind: 'marker', ...nextVersion(store, bucket), modified: now };
    await store.commit({ do: 'add-version', bucket: bucketName, key, version });
    return { versionId: version.versionId, marker: true };
  });
}

export async function deleteObject(call: Call): Promise<Reply> {
  checkKey(call.key);
  const { versionId, marker } = await deleteKey(call, call.key, call.query.get('versionId'));
  return emptyReply(204, {
    ...(versionId === undefined ? {} : { 'x-amz-version-id': versionId }),
    ...(marker ? { 'x-amz-delete-marker': 'true' } : {}),
  });
}

async function readBatch(call: Call): Promise<Buffer> {
  const claims = readClaims(call.headers, call.body);
  if (claims.contentMd5 === undefined && claims.algorithm === undefined) {
    throw new Refusal('InvalidRequest', 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  const bytes = await readWhole(call.body, MAX_BATCH_BYTES);
  const digests = await DigestSet.create(['MD5', ...digestsFor(claims)]);
  digests.update(bytes);
  verifyClaims(claims, digests, call.body);
  return bytes;
}

async function deleteOne(call: Call, key: string, versionId: string | undefined): Promise<XmlNode> {
  try {
    checkKey(key);
    const deleted = await deleteKey(call, key, versionId);
    const markerId = deleted.marker ? deleted.versionId : undefined;
    return [
      'Deleted',
      [
        ['Key', key],
        ['VersionId', versionId],
        ['DeleteMarker', deleted.marker ? true : undefined],
        ['DeleteMarkerVersionId', markerId],
      ],
    ];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [
      'Error',
      [
        ['Key', key],
        ['VersionId', versionId],
        ['Code', error.code],
        ['Message', error.message],
      ],
    ];
  }
}

export async function deleteObjects(call: Call): Promise<Reply> {
  bucketOf(call);
  const document = parseXml((await readBatch(call)).toString('utf8'), 'Delete');
  expectOnly(document, ['Object', 'Quiet']);
  const objects = childrenOf(document, 'Object');
  if (objects.length === 0 || objects.length > MAX_BATCH_KEYS) {
    throw new Refusal('MalformedXML', 'A batch holds one to a thousand objects.');
  }
  const wanted = objects.map((object) => {
    // An element for a condition, such as ETag, must not be ignored.
    expectOnly(object, ['Key', 'VersionId']);
    const key = childText(object, 'Key');
    if (key === undefined || key === '') throw new Refusal('MalformedXML', 'An object of a batch has a Key.');
    return { key, versionId: childText(object, 'VersionId') || undefined };
  });
  const results = await Promise.all(wanted.map(({ key, versionId }) => deleteOne(call, key, versionId)));
  const quiet = childText(document, 'Quiet')?.trim().toLowerCase() === 'true';
  return xmlReply('DeleteResult', quiet ? results.filter(([name]) => name === 'Error') : results);
}
