/** The operations on ACLs: those of a version, and who owns what is written into a bucket. */
import { ACL_HEADERS, aclNodes, aclsAreOff, checkGrants, parseAclDocument, parseAclHeaders } from './acl.ts';
import { bucketOf, type Call, emptyReply, type Reply, xmlReply } from './call.ts';
import { changeSettings } from './change-settings.ts';
import { readDocument } from './document.ts';
import { Refusal } from './refusal.ts';
import type { Ownership } from './settings-model.ts';
import { findObject, versionHeader } from './versions.ts';
import { childText, expectOnly, onlyChild, parseXml } from './xml.ts';

export function getObjectAcl(call: Call): Reply {
  const bucket = bucketOf(call);
  const version = findObject(bucket, call.key, call.query.get('versionId'));
  return xmlReply('AccessControlPolicy', aclNodes(bucket, version.grants), versionHeader(bucket, version));
}

/** Takes a canned ACL, grant headers, or a document; exactly one of them. */
export async function putObjectAcl(call: Call): Promise<Reply> {
  const { headers, store, bucketName, key } = call;
  findObject(bucketOf(call), key, call.query.get('versionId'));
  const text = (await readDocument(call)).trim();
  const inHeaders = ACL_HEADERS.some((name) => headers.has(name));
  if (inHeaders === (text !== '')) {
    throw inHeaders
      ? new Refusal('InvalidRequest', 'An ACL is given either by headers or as a document.')
      : new Refusal('MissingSecurityHeader', 'Your request was missing a required header: an ACL.');
  }
  const grants = inHeaders ? parseAclHeaders(headers) : parseAclDocument(parseXml(text, 'AccessControlPolicy'));
  return store.withKey(bucketName, key, async () => {
    const bucket = bucketOf(call);
    // While ACLs are off, none can be changed, not even to what holds anyway.
    if (bucket.settings.ownership === 'BucketOwnerEnforced') throw aclsAreOff();
    checkGrants(bucket, grants, headers.get('x-amz-acl'));
    const version = findObject(bucket, key, call.query.get('versionId'));
    const { versionId } = version;
    await store.commit({ do: 'change-version', bucket: bucketName, key, versionId, changed: { grants } });
    return emptyReply(200, versionHeader(bucket, version));
  });
}

/** Reads the name of an ownership setting. */
export function parseOwnership(text: string | undefined): Ownership {
  if (text === 'BucketOwnerEnforced' || text === 'BucketOwnerPreferred' || text === 'ObjectWriter') return text;
  throw new Refusal('InvalidArgument', 'Invalid x-amz-object-ownership header', {
    details: { ArgumentName: 'x-amz-object-ownership', ArgumentValue: text ?? '' },
  });
}

export async function putBucketOwnershipControls(call: Call): Promise<Reply> {
  bucketOf(call);
  const document = parseXml(await readDocument(call), 'OwnershipControls');
  expectOnly(document, ['Rule']);
  const rule = onlyChild(document, 'Rule');
  expectOnly(rule, ['ObjectOwnership']);
  const text = childText(rule, 'ObjectOwnership')?.trim();
  if (!['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'].includes(text ?? '')) {
    throw new Refusal('MalformedXML', 'The ownership is BucketOwnerEnforced, BucketOwnerPreferred or ObjectWriter.');
  }
  const ownership = parseOwnership(text);
  await changeSettings(call, (settings) => ({ ...settings, ownership }));
  return emptyReply(200);
}

/**
 * A bucket that was made without the setting has none and behaves as ObjectWriter, so that ACLs can be tried at once;
 * on Amazon S3 a new bucket has BucketOwnerEnforced.
 */
export function getBucketOwnershipControls(call: Call): Reply {
  const { ownership } = bucketOf(call).settings;
  if (ownership === undefined) {
    throw new Refusal('OwnershipControlsNotFoundError', 'The bucket ownership controls were not found');
  }
  return xmlReply('OwnershipControls', [['Rule', [['ObjectOwnership', ownership]]]]);
}

export async function deleteBucketOwnershipControls(call: Call): Promise<Reply> {
  await changeSettings(call, (settings) => ({ ...settings, ownership: undefined }));
  return emptyReply(204);
}
