/** CopyObject: a stored version in; a new version with the same bytes, and fields old or new, out. */
import { bucketOf, type Call, isoTime, type Reply, xmlReply } from './call.ts';
import { type Checksum, parseAlgorithm } from './checksums.ts';
import { copySourceHeader, type CopySource, findCopySource } from './copy-source.ts';
import { type ChecksumAlgorithm, DigestSet } from './digests.ts';
import { readBody } from './cipher.ts';
import { copyBytes } from './copy-bytes.ts';
import { encryptionHeaders } from './encryption.ts';
import { checkKey } from './fields.ts';
import { checksumNodes } from './listing.ts';
import type { ObjectFields } from './model.ts';
import { MAX_PUT, addObject } from './put-object.ts';
import { Refusal } from './refusal.ts';
import { lockOfNew } from './object-lock.ts';
import { parsePutFacts } from './put-facts.ts';
import { checkWriteConditions, etagOf, nextVersion, versionHeader } from './versions.ts';

function directive(call: Call, name: string): 'COPY' | 'REPLACE' {
  const value = call.headers.get(name) ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value;
  throw new Refusal('InvalidArgument', `Unknown ${name}.`, { details: { ArgumentName: name, ArgumentValue: value } });
}

/** Metadata and headers come from the source unless replaced; class, encryption and redirect never do, as in S3. */
function fieldsOfCopy(call: Call, source: CopySource, asked: ObjectFields): ObjectFields {
  if (directive(call, 'x-amz-metadata-directive') === 'REPLACE') return asked;
  const { 'x-amz-website-redirect-location': _, ...copied } = source.version.fields.headers;
  const redirect = asked.headers['x-amz-website-redirect-location'];
  const headers = redirect === undefined ? copied : { ...copied, 'x-amz-website-redirect-location': redirect };
  return { ...asked, headers, metadata: source.version.fields.metadata };
}

/** A copy onto itself must change something, unless it brings an older version back. */
function checkNotItself(call: Call, source: CopySource): void {
  if (source.bucket.name !== call.bucketName || source.key !== call.key || source.versionId !== undefined) return;
  const changes = [
    'x-amz-storage-class',
    'x-amz-server-side-encryption',
    'x-amz-server-side-encryption-customer-algorithm',
    'x-amz-website-redirect-location',
  ];
  if (directive(call, 'x-amz-metadata-directive') === 'REPLACE' || changes.some((name) => call.headers.has(name)))
    return;
  throw new Refusal(
    'InvalidRequest',
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's " +
      'metadata, storage class, website redirect location or encryption attributes.',
  );
}

interface Facts {
  readonly md5: Buffer;
  readonly checksum: Checksum;
}

/** MD5 and checksum of the copy: known from a source put in one piece, else found by reading it. */
async function factsOf(call: Call, source: CopySource, wanted: ChecksumAlgorithm | undefined): Promise<Facts> {
  const { etag, checksum, fields, segments, size } = source.version;
  const algorithm = wanted ?? checksum?.algorithm ?? 'CRC64NVME';
  const plain = /^[0-9a-f]{32}$/.test(etag) && (fields.encryption?.mode ?? 'AES256') === 'AES256';
  if (plain && checksum?.type === 'FULL_OBJECT' && checksum.algorithm === algorithm) {
    return { md5: Buffer.from(etag, 'hex'), checksum };
  }
  const digests = await DigestSet.create(['MD5', algorithm]);
  const pieces = readBody(call.store.blobs, segments, 0, size, source.customerKey);
  for await (const piece of pieces) digests.update(piece);
  const value = digests.value(algorithm).toString('base64');
  return { md5: digests.value('MD5'), checksum: { algorithm, value, type: 'FULL_OBJECT' } };
}

export async function copyObject(call: Call): Promise<Reply> {
  const { headers, store, now } = call;
  checkKey(call.key);
  const source = findCopySource(call);
  checkWriteConditions(bucketOf(call), call.key, headers);
  checkNotItself(call, source);
  // Lock and ACL are never the source's.
  const { lock, grants, customerKey, ...asked } = parsePutFacts(call, bucketOf(call));
  const fields = fieldsOfCopy(call, source, asked.fields);
  const tags = directive(call, 'x-amz-tagging-directive') === 'REPLACE' ? asked.tags : source.version.tags;
  const named = headers.get('x-amz-checksum-algorithm');
  const { size } = source.version;
  if (size > MAX_PUT) {
    throw new Refusal(
      'InvalidRequest',
      'The specified copy source is larger than the maximum allowable size: 5368709120',
    );
  }
  const wanted = named === undefined ? undefined : parseAlgorithm(named);
  // Held, so that the bytes stay while the source may be deleted.
  const copied = await copyBytes(store.blobs, source, 0, size, customerKey);
  try {
    const { md5, checksum } = await factsOf(call, source, wanted);
    const etag = etagOf(md5, fields);
    const version = await addObject(call, headers, (bucket) => ({
      kind: 'object',
      ...nextVersion(store, bucket),
      modified: now,
      size,
      etag,
      segments: copied.segments,
      fields,
      tags,
      checksum,
      lock: lockOfNew(lock, bucket, now),
      grants,
    }));
    return xmlReply(
      'CopyObjectResult',
      [['LastModified', isoTime(now)], ['ETag', `"${etag}"`], ...checksumNodes(checksum)],
      {
        ...versionHeader(bucketOf(call), version),
        ...copySourceHeader(source),
        ...encryptionHeaders(fields.encryption, true),
      },
    );
  } finally {
    copied.release();
  }
}
