/** PutObject: headers and bytes in; one whole new version, or nothing, out. */
import type { Headers } from './authenticate.ts';
import { bucketOf, type Call, emptyReply, type Reply } from './call.ts';
import { digestsFor, isProof, readClaims, verifyClaims } from './checksums.ts';
import { DigestSet } from './digests.ts';
import { writeBody } from './cipher.ts';
import { encryptionHeaders } from './encryption.ts';
import { checkKey } from './fields.ts';
import type { Bucket, ObjectVersion } from './model.ts';
import { Refusal } from './refusal.ts';
import { checkLockedBody, lockOfNew } from './object-lock.ts';
import { parsePutFacts } from './put-facts.ts';
import { checksumHeaders, checkWriteConditions, etagOf, nextVersion, versionHeader } from './versions.ts';

/** Most bytes of a single put or part. */
export const MAX_PUT = 5 * 1024 ** 3;

/** Refuses a body of unknown or excessive length. */
export function checkLength(length: number | undefined): void {
  if (length === undefined) {
    throw new Refusal('MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  if (length > MAX_PUT) {
    throw new Refusal('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
      details: { ProposedSize: String(length), MaxSizeAllowed: String(MAX_PUT) },
    });
  }
}

/** Adds a version on top of a key where the conditions hold, all under the key's lock. */
export function addObject(
  call: Call,
  conditions: Headers,
  make: (bucket: Bucket) => ObjectVersion,
): Promise<ObjectVersion> {
  return call.store.withKey(call.bucketName, call.key, async () => {
    const bucket = bucketOf(call);
    checkWriteConditions(bucket, call.key, conditions);
    const version = make(bucket);
    await call.store.commit({ do: 'add-version', bucket: call.bucketName, key: call.key, version });
    return version;
  });
}

export async function putObject(call: Call): Promise<Reply> {
  const { headers, body, store, now } = call;
  checkWriteConditions(bucketOf(call), call.key, headers);
  checkKey(call.key);
  const { fields, tags, lock, grants, customerKey } = parsePutFacts(call, bucketOf(call));
  const claims = readClaims(headers, body);
  checkLockedBody(lock, bucketOf(call), isProof(claims));
  checkLength(body.declaredLength);
  const algorithm = claims.algorithm ?? 'CRC64NVME';
  const digests = await DigestSet.create(['MD5', algorithm, ...digestsFor(claims)]);
  const seen = (piece: Buffer): void => {
    digests.update(piece);
  };
  const stored = await writeBody(store.blobs, body.read(), seen, customerKey);
  try {
    verifyClaims(claims, digests, body);
    const etag = etagOf(digests.value('MD5'), fields);
    const version = await addObject(call, headers, (bucket) => ({
      kind: 'object',
      ...nextVersion(store, bucket),
      modified: now,
      size: stored.size,
      etag,
      segments: stored.segments,
      fields,
      tags,
      checksum: { algorithm, value: digests.value(algorithm).toString('base64'), type: 'FULL_OBJECT' },
      lock: lockOfNew(lock, bucket, now),
      grants,
    }));
    return emptyReply(200, {
      etag: `"${version.etag}"`,
      ...versionHeader(bucketOf(call), version),
      ...checksumHeaders(version.checksum),
      ...encryptionHeaders(fields.encryption, true),
    });
  } finally {
    stored.release();
  }
}
