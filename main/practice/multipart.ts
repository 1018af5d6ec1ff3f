/** Multipart uploads until they are completed: begun, fed with parts, listed, given up. */
import { randomBytes } from 'node:crypto';
import { bucketOf, type Call, emptyReply, isoTime, type Reply, xmlReply } from './call.ts';
import {
  type Checksum,
  checksumHeader,
  type ChecksumType,
  digestsFor,
  isProof,
  parseAlgorithm,
  readClaims,
  verifyClaims,
} from './checksums.ts';
import { copyBytes } from './copy-bytes.ts';
import { copySourceHeader, findCopySource } from './copy-source.ts';
import { isCrc } from './crc-combine.ts';
import { type ChecksumAlgorithm, DigestSet } from './digests.ts';
import { readBody, writeBody } from './cipher.ts';
import { checkCustomerKey, type CustomerKey, parseCustomerKey } from './customer-key.ts';
import { encryptionHeaders } from './encryption.ts';
import { checkKey } from './fields.ts';
import { checksumNodes } from './listing.ts';
import type { Part, Segment, Upload, UploadFacts } from './model.ts';
import { checkLength } from './put-object.ts';
import { parseRange } from './ranges.ts';
import { Refusal } from './refusal.ts';
import { checkLockedBody } from './object-lock.ts';
import { parsePutFacts } from './put-facts.ts';
import { etagOf } from './versions.ts';

export const MAX_PARTS = 10_000;

export function noSuchUpload(uploadId: string): Refusal {
  return new Refusal(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { details: { UploadId: uploadId } },
  );
}

/** The upload that a call names. */
export function uploadOf(call: Call): Upload {
  const uploadId = call.query.get('uploadId') ?? '';
  const upload = bucketOf(call).uploads.get(uploadId);
  if (upload?.facts.key !== call.key) throw noSuchUpload(uploadId);
  return upload;
}

/** How the checksum of the whole comes from those of the parts: CRC64NVME only as a whole, what is no CRC never. */
function checksumTypeOf(asked: string | undefined, algorithm: ChecksumAlgorithm, named: boolean): ChecksumType {
  if (asked !== undefined && !named) {
    throw new Refusal(
      'InvalidRequest',
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  }
  const type = asked ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const possible = type === 'FULL_OBJECT' ? isCrc(algorithm) : algorithm !== 'CRC64NVME';
  if ((type !== 'FULL_OBJECT' && type !== 'COMPOSITE') || !possible) {
    throw new Refusal(
      'InvalidRequest',
      `The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    );
  }
  return type;
}

export async function createMultipartUpload(call: Call): Promise<Reply> {
  const { headers } = call;
  const bucket = bucketOf(call);
  checkKey(call.key);
  const { fields, tags, lock, grants } = parsePutFacts(call, bucket);
  const named = headers.get('x-amz-checksum-algorithm');
  const algorithm = named === undefined ? 'CRC64NVME' : parseAlgorithm(named);
  const upload: UploadFacts = {
    uploadId: randomBytes(24).toString('hex'),
    key: call.key,
    initiated: call.now,
    fields,
    tags,
    lock,
    grants,
    algorithm,
    checksumType: checksumTypeOf(headers.get('x-amz-checksum-type'), algorithm, named !== undefined),
    algorithmAsked: named !== undefined,
  };
  await call.store.commit({ do: 'make-upload', bucket: call.bucketName, upload });
  return xmlReply(
    'InitiateMultipartUploadResult',
    [
      ['Bucket', call.bucketName],
      ['Key', call.key],
      ['UploadId', upload.uploadId],
    ],
    {
      ...encryptionHeaders(upload.fields.encryption, true),
      ...(upload.algorithmAsked
        ? { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': upload.checksumType }
        : {}),
    },
  );
}

function partNumber(call: Call): number {
  const text = call.query.get('partNumber') ?? '';
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= MAX_PARTS) return number;
  throw new Refusal('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive', {
    details: { ArgumentName: 'partNumber', ArgumentValue: text },
  });
}

/** Refuses a part whose checksum is not the one that the upload was begun with. */
function checkPartAlgorithm(facts: UploadFacts, claimed: ChecksumAlgorithm | undefined): void {
  if (!facts.algorithmAsked || claimed === facts.algorithm) return;
  // A checksum of the whole can be had from parts that bring none; of one of parts the client must prove each.
  if (claimed === undefined && facts.checksumType === 'FULL_OBJECT') return;
  throw new Refusal(
    'InvalidRequest',
    `Checksum Type mismatch occurred, expected checksum Type: ${facts.algorithm.toLowerCase()}, ` +
      `actual checksum Type: ${claimed?.toLowerCase() ?? 'null'}`,
  );
}

async function addPart(
  call: Call,
  facts: UploadFacts,
  digests: DigestSet,
  bytes: { readonly segments: readonly Segment[]; readonly size: number },
): Promise<Part> {
  const value = digests.value(facts.algorithm).toString('base64');
  const part: Part = {
    number: partNumber(call),
    size: bytes.size,
    etag: etagOf(digests.value('MD5'), facts.fields),
    modified: call.now,
    segments: bytes.segments,
    checksum: { algorithm: facts.algorithm, value, type: 'FULL_OBJECT' },
  };
  const { uploadId } = facts;
  // The upload may have been completed or aborted while its part came in.
  if (!(await call.store.commit({ do: 'add-part', bucket: call.bucketName, uploadId, part })))
    throw noSuchUpload(uploadId);
  return part;
}

/** The customer's key for a part, which must be the one that the upload was begun with. */
function partKey(call: Call, facts: UploadFacts): CustomerKey | undefined {
  const given = parseCustomerKey(call.headers);
  const { encryption } = facts.fields;
  if (encryption?.mode === 'customer' && given === undefined) {
    throw new Refusal(
      'InvalidRequest',
      'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate ' +
        'encryption parameters.',
    );
  }
  if (encryption?.mode === 'customer' && given?.md5 !== encryption.keyMd5) {
    throw new Refusal('InvalidRequest', 'The provided encryption parameters did not match the ones used originally.');
  }
  checkCustomerKey(encryption, given);
  return given;
}

export async function uploadPart(call: Call): Promise<Reply> {
  const { body, store } = call;
  partNumber(call);
  const { facts } = uploadOf(call);
  const key = partKey(call, facts);
  const claims = readClaims(call.headers, body);
  checkPartAlgorithm(facts, claims.algorithm);
  checkLockedBody(facts.lock, bucketOf(call), isProof(claims));
  checkLength(body.declaredLength);
  const digests = await DigestSet.create(['MD5', facts.algorithm, ...digestsFor(claims)]);
  const seen = (piece: Buffer): void => {
    digests.update(piece);
  };
  const stored = await writeBody(store.blobs, body.read(), seen, key);
  try {
    verifyClaims(claims, digests, body);
    const part = await addPart(call, facts, digests, stored);
    const { algorithm } = claims;
    const proved = algorithm === undefined ? undefined : digests.value(algorithm).toString('base64');
    return emptyReply(200, {
      etag: `"${part.etag}"`,
      ...(algorithm === undefined || proved === undefined ? {} : { [checksumHeader(algorithm)]: proved }),
      ...encryptionHeaders(facts.fields.encryption, false),
    });
  } finally {
    stored.release();
  }
}

/** Unlike a read, a copied range must be whole and within the source. */
function copiedRange(call: Call, size: number): { readonly start: number; readonly end: number } {
  const text = call.headers.get('x-amz-copy-source-range');
  if (text === undefined) return { start: 0, end: size };
  const last = /^bytes=\d+-(\d+)$/.exec(text)?.[1];
  const range = parseRange(text, size);
  if (range === undefined || last === undefined || Number(last) >= size) {
    throw new Refusal('InvalidArgument', 'The x-amz-copy-source-range value must be of the form bytes=first-last.', {
      details: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: text },
    });
  }
  return range;
}

export async function uploadPartCopy(call: Call): Promise<Reply> {
  const { store } = call;
  partNumber(call);
  const { facts } = uploadOf(call);
  const source = findCopySource(call);
  const { start, end } = copiedRange(call, source.version.size);
  checkLength(end - start);
  const key = partKey(call, facts);
  const copied = await copyBytes(store.blobs, source, start, end, key);
  try {
    const digests = await DigestSet.create(['MD5', facts.algorithm]);
    for await (const piece of readBody(store.blobs, copied.segments, 0, copied.size, key)) digests.update(piece);
    const part = await addPart(call, facts, digests, copied);
    const checksum: Checksum | undefined = facts.algorithmAsked ? part.checksum : undefined;
    return xmlReply(
      'CopyPartResult',
      [['LastModified', isoTime(part.modified)], ['ETag', `"${part.etag}"`], ...checksumNodes(checksum).slice(0, 1)],
      { ...copySourceHeader(source), ...encryptionHeaders(facts.fields.encryption, false) },
    );
  } finally {
    copied.release();
  }
}

export function abortMultipartUpload(call: Call): Promise<Reply> {
  return call.store.withKey(call.bucketName, call.key, async () => {
    const { facts } = uploadOf(call);
    await call.store.commit({ do: 'drop-upload', bucket: call.bucketName, uploadId: facts.uploadId });
    return emptyReply(204);
  });
}
