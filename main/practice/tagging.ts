/** The three operations on the tags of a stored version. */
import { readWhole } from './body.ts';
import { bucketOf, type Call, emptyReply, type Reply, type ReplyHeaders, xmlReply } from './call.ts';
import { digestsFor, readClaims, verifyClaims } from './checksums.ts';
import { DigestSet } from './digests.ts';
import type { Tags } from './model.ts';
import { parseTagDocument, tagNodes } from './tags.ts';
import { findObject, versionHeader } from './versions.ts';

export function getObjectTagging(call: Call): Reply {
  const bucket = bucketOf(call);
  const version = findObject(bucket, call.key, call.query.get('versionId'));
  return xmlReply('Tagging', tagNodes(version.tags), versionHeader(bucket, version));
}

function setTags(call: Call, tags: Tags): Promise<ReplyHeaders> {
  return call.store.withKey(call.bucketName, call.key, async () => {
    const bucket = bucketOf(call);
    const version = findObject(bucket, call.key, call.query.get('versionId'));
    const { versionId } = version;
    await call.store.commit({ do: 'set-tags', bucket: call.bucketName, key: call.key, versionId, tags });
    return versionHeader(bucket, version);
  });
}

export async function putObjectTagging(call: Call): Promise<Reply> {
  const claims = readClaims(call.headers, call.body);
  const bytes = await readWhole(call.body, 1024 * 1024);
  const digests = await DigestSet.create(['MD5', ...digestsFor(claims)]);
  digests.update(bytes);
  verifyClaims(claims, digests, call.body);
  return emptyReply(200, await setTags(call, parseTagDocument(bytes.toString('utf8'))));
}

export async function deleteObjectTagging(call: Call): Promise<Reply> {
  return emptyReply(204, await setTags(call, []));
}
