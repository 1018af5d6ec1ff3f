/** CompleteMultipartUpload: a list of parts in; one object of their bytes out, in one step. */
import { createHash } from 'node:crypto';
import { readWhole } from './body.ts';
import { bucketOf, type Call, type Reply, xmlReply } from './call.ts';
import { type Checksum, CHECKSUM_HEADERS, checksumHeader } from './checksums.ts';
import { combineCrcs, isCrc } from './crc-combine.ts';
import { createDigest } from './digests.ts';
import { checkCustomerKey, parseCustomerKey } from './customer-key.ts';
import { encryptionHeaders } from './encryption.ts';
import { checksumElement, checksumNodes } from './listing.ts';
import type { ObjectVersion, Part, UploadFacts } from './model.ts';
import { MAX_PARTS, uploadOf } from './multipart.ts';
import { lockOfNew } from './object-lock.ts';
import { Refusal } from './refusal.ts';
import { checkWriteConditions, nextVersion, versionHeader } from './versions.ts';
import { childrenOf, childText, expectOnly, parseXml, type XmlElement } from './xml.ts';

/** Least bytes of every part but the last. */
const MIN_PART = 5 * 1024 * 1024;
const MAX_OBJECT = 5 * 1024 ** 4;

interface WantedPart {
  readonly number: number;
  readonly etag: string;
  readonly element: XmlElement;
}

function readParts(document: XmlElement): readonly WantedPart[] {
  expectOnly(document, ['Part']);
  const parts = childrenOf(document, 'Part').map((element) => {
    const number = Number(childText(element, 'PartNumber')?.trim());
    const etag = childText(element, 'ETag')
      ?.trim()
      .replace(/^"(.*)"$/, '$1');
    if (!Number.isInteger(number) || etag === undefined) {
      throw new Refusal('MalformedXML', 'A part has a PartNumber and an ETag.');
    }
    return { number, etag, element };
  });
  if (parts.length === 0 || parts.length > MAX_PARTS) {
    throw new Refusal('MalformedXML', 'An upload is completed from one to ten thousand parts.');
  }
  return parts;
}

function invalidPart(wanted: WantedPart, uploadId: string): Refusal {
  return new Refusal(
    'InvalidPart',
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { details: { UploadId: uploadId, PartNumber: String(wanted.number), ETag: wanted.etag } },
  );
}

/** Refuses a part whose listed checksum is not the stored one, or is missing where the whole is made of them. */
function checkPartChecksum(wanted: WantedPart, part: Part, facts: UploadFacts): void {
  const known = ['PartNumber', 'ETag'];
  const listed = wanted.element.children.filter((child) => !known.includes(child.name));
  const { checksum } = part;
  const name = checksum === undefined ? '' : checksumElement(checksum);
  const own = listed.find((child) => child.name === name)?.text.trim();
  if (own !== undefined && own !== checksum?.value) throw invalidPart(wanted, facts.uploadId);
  if (!facts.algorithmAsked) return;
  if (listed.some((child) => child.name !== name)) throw invalidPart(wanted, facts.uploadId);
  if (own === undefined && facts.checksumType === 'COMPOSITE') {
    throw new Refusal(
      'InvalidRequest',
      `The upload was created using a ${facts.algorithm.toLowerCase()} checksum. The complete request must include the ` +
        `checksum for each part. It was missing for part ${String(wanted.number)} in the request.`,
    );
  }
}

function chooseParts(wanted: readonly WantedPart[], stored: ReadonlyMap<number, Part>, facts: UploadFacts): Part[] {
  let before = 0;
  for (const { number } of wanted) {
    if (number <= before) {
      throw new Refusal(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts must be ordered by part number.',
      );
    }
    before = number;
  }
  const parts = wanted.map((item) => {
    const part = stored.get(item.number);
    if (part?.etag !== item.etag) throw invalidPart(item, facts.uploadId);
    checkPartChecksum(item, part, facts);
    return part;
  });
  const small = parts.slice(0, -1).find((part) => part.size < MIN_PART);
  if (small !== undefined) {
    throw new Refusal('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
      details: {
        ProposedSize: String(small.size),
        MinSizeAllowed: String(MIN_PART),
        PartNumber: String(small.number),
        ETag: small.etag,
      },
    });
  }
  return parts;
}

function rawChecksum(part: Part): Buffer {
  return Buffer.from(part.checksum?.value ?? '', 'base64');
}

/** The checksum of the whole: that of the bytes for FULL_OBJECT, else that of the parts' checksums with their count. */
export async function wholeChecksum(facts: UploadFacts, parts: readonly Part[]): Promise<Checksum> {
  const { algorithm, checksumType: type } = facts;
  if (type === 'FULL_OBJECT' && isCrc(algorithm)) {
    const pieces = parts.map((part) => ({ crc: rawChecksum(part), length: part.size }));
    return { algorithm, type, value: combineCrcs(algorithm, pieces).toString('base64') };
  }
  const digest = await createDigest(algorithm);
  digest.update(Buffer.concat(parts.map(rawChecksum)));
  const value = digest.finish().toString('base64');
  return { algorithm, type: 'COMPOSITE', value: `${value}-${String(parts.length)}` };
}

/** Compares the client's claims of the whole with what came of the parts. */
function checkWhole(call: Call, checksum: Checksum, size: number): void {
  const { headers } = call;
  const claimedSize = headers.get('x-amz-mp-object-size');
  if (claimedSize !== undefined && claimedSize !== String(size)) {
    throw new Refusal(
      'InvalidRequest',
      "The provided 'x-amz-mp-object-size' header value does not match what was computed.",
      {
        details: { ProvidedSize: claimedSize, ComputedSize: String(size) },
      },
    );
  }
  const type = headers.get('x-amz-checksum-type');
  if (type !== undefined && type !== checksum.type) {
    throw new Refusal(
      'InvalidRequest',
      `The upload was created with the ${checksum.type} checksum mode. The complete request must use it.`,
    );
  }
  for (const name of CHECKSUM_HEADERS) {
    const claimed = headers.get(name);
    if (claimed === undefined) continue;
    if (name !== checksumHeader(checksum.algorithm)) {
      throw new Refusal(
        'InvalidRequest',
        `The upload was created using a ${checksum.algorithm.toLowerCase()} checksum.`,
      );
    }
    if (claimed !== checksum.value && `${claimed}-` !== checksum.value.replace(/\d+$/, '')) {
      throw new Refusal('BadDigest', `The ${checksum.algorithm} you specified did not match the calculated checksum.`);
    }
  }
  if (size > MAX_OBJECT) throw new Refusal('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
}

export async function completeMultipartUpload(call: Call): Promise<Reply> {
  const { store } = call;
  uploadOf(call);
  const document = parseXml((await readWhole(call.body, 8 * 1024 * 1024)).toString('utf8'), 'CompleteMultipartUpload');
  const wanted = readParts(document);
  return store.withKey(call.bucketName, call.key, async () => {
    const { facts, parts: stored } = uploadOf(call);
    const bucket = bucketOf(call);
    const key = parseCustomerKey(call.headers);
    // The parts are encrypted already, so the key may be left out here; a wrong one is still wrong.
    if (key !== undefined) checkCustomerKey(facts.fields.encryption, key);
    const parts = chooseParts(wanted, stored, facts);
    checkWriteConditions(bucket, call.key, call.headers);
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    const checksum = await wholeChecksum(facts, parts);
    checkWhole(call, checksum, size);
    const md5OfMd5s = createHash('md5').update(Buffer.from(parts.map((part) => part.etag).join(''), 'hex'));
    const version: ObjectVersion = {
      kind: 'object',
      ...nextVersion(store, bucket),
      modified: facts.initiated,
      size,
      etag: `${md5OfMd5s.digest('hex')}-${String(parts.length)}`,
      segments: parts.flatMap((part) => part.segments),
      fields: facts.fields,
      tags: facts.tags,
      checksum,
      parts: parts.map(({ number, size: length, checksum: own }) => ({
        number,
        size: length,
        checksum: facts.algorithmAsked ? own : undefined,
      })),
      lock: lockOfNew(facts.lock, bucket, call.now),
      grants: facts.grants,
    };
    // Held, because the same part may be sent once more, which would let go of these bytes before they are taken over.
    store.blobs.retain(version.segments);
    try {
      const { uploadId } = facts;
      await store.commit({ do: 'complete-upload', bucket: call.bucketName, key: call.key, uploadId, version });
    } finally {
      store.blobs.release(version.segments);
    }
    return xmlReply(
      'CompleteMultipartUploadResult',
      [
        ['Location', `/${call.bucketName}/${call.key}`],
        ['Bucket', call.bucketName],
        ['Key', call.key],
        ['ETag', `"${version.etag}"`],
        ...checksumNodes(checksum),
      ],
      { ...versionHeader(bucket, version), ...encryptionHeaders(facts.fields.encryption, false) },
    );
  });
}
