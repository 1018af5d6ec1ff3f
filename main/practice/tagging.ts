/** The three operations on the tags of a stored version. */
import { bucketOf, type Call, emptyReply, type Reply, type ReplyHeaders, xmlReply } from './call.ts';
import { readDocument } from './document.ts';
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
  return emptyReply(200, await setTags(call, parseTagDocument(await readDocument(call))));
}

export async function deleteObjectTagging(call: Call): Promise<Reply> {
  return emptyReply(204, await setTags(call, []));
}
