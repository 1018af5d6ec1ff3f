/**
 * For each field of S3's requests that a policy has a say in: a policy that sets it, and how it then stands on the wire.
 * The names are those of the table of fields, so that a row without a case shows.
 */
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { randomBytes, createHash } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { crc32 as castagnoli, createCRC64, xxhash128, xxhash3, xxhash64 } from 'hash-wasm';
import type { World } from '../world/world.ts';
import type { Recorded } from './recording.ts';

export interface FieldCase {
  readonly policy: object;
  /** Adds to the policy what names files of the world. */
  readonly policyIn?: (world: World) => Promise<object>;
  /** The bucket is made with object lock. */
  readonly lock?: boolean;
  /** A person had Cairn try whether the bucket holds conditions. */
  readonly conditionsTried?: boolean;
  /** The header on each operation that takes the field. */
  readonly header: HeaderName;
  readonly value: string | RegExp | ValueOf;
  /** Where Cairn sends it on fewer operations than take it, with the reason. */
  readonly only?: readonly string[];
}

export type HeaderName = string | ((request: Recorded) => string);
/** @param whole the bytes of the whole file. */
export type ValueOf = (request: Recorded, whole: Buffer, world: World) => string | RegExp | Promise<string>;

const SSE = 'x-amz-server-side-encryption';
const kms = { mode: 'aws:kms', keyId: 'testkey-1', context: { team: 'blue' }, bucketKey: true };
const UNTIL = '2040-01-31T12:00:00Z';
const EVERYONE = 'uri=http://acs.amazonaws.com/groups/global/AllUsers';
/** The account that every bucket of the practice server belongs to. */
export const OWNER = '000000000000';

/** A key file with mode 600, and the policy that names it. */
async function customerKey(world: World): Promise<object> {
  const keyFile = join(world.root, 'customer.key');
  await writeFile(keyFile, CUSTOMER_KEY);
  await chmod(keyFile, 0o600);
  return { encryption: { mode: 'customer', keyFile } };
}
export const CUSTOMER_KEY = randomBytes(32);

const PART = 16 * 1024 * 1024;

/** What of the file a request carried. */
function bodyOf(request: Recorded, whole: Buffer): Buffer {
  if (request.operation !== 'UploadPart') return whole;
  const start = (Number(request.query.get('partNumber')) - 1) * PART;
  return whole.subarray(start, start + PART);
}

type Digest = (bytes: Uint8Array) => Promise<Buffer> | Buffer;

/** Each made another way than Cairn makes it where there is another. */
const digests: Readonly<Record<string, Digest>> = {
  CRC32: (bytes) => {
    const out = Buffer.alloc(4);
    out.writeUInt32BE(crc32(bytes));
    return out;
  },
  CRC32C: async (bytes) => Buffer.from(await castagnoli(bytes, 0x82f63b78), 'hex'),
  CRC64NVME: async (bytes) => {
    const hasher = await createCRC64('9a6c9329ac4bc9b5');
    return Buffer.from(hasher.init().update(bytes).digest('binary'));
  },
  SHA1: (bytes) => createHash('sha1').update(bytes).digest(),
  SHA256: (bytes) => createHash('sha256').update(bytes).digest(),
  SHA512: (bytes) => createHash('sha512').update(bytes).digest(),
  MD5: (bytes) => createHash('md5').update(bytes).digest(),
  XXHASH64: async (bytes) => Buffer.from(await xxhash64(bytes), 'hex'),
  XXHASH3: async (bytes) => Buffer.from(await xxhash3(bytes), 'hex'),
  XXHASH128: async (bytes) => Buffer.from(await xxhash128(bytes), 'hex'),
};

function checksum(algorithm: string): FieldCase {
  const digest = digests[algorithm];
  if (digest === undefined) throw new Error(`No digest for ${algorithm}`);
  return {
    policy: { checksum: algorithm },
    header: `x-amz-checksum-${algorithm.toLowerCase()}`,
    value: async (request, whole) => {
      if (request.operation !== 'CompleteMultipartUpload' || algorithm.startsWith('CRC')) {
        return (await digest(bodyOf(request, whole))).toString('base64');
      }
      const parts = await Promise.all([digest(whole.subarray(0, PART)), digest(whole.subarray(PART))]);
      return `${(await digest(Buffer.concat(parts))).toString('base64')}-2`;
    },
  };
}

/** Who owns the buckets that this key makes. */
async function ownerOf({ bucket }: World): Promise<string> {
  const { Owner } = await bucket.client.send(new ListBucketsCommand({}));
  if (Owner?.ID === undefined) throw new Error('The store names no owner.');
  return Owner.ID;
}

/** The owner keeps all rights: else nobody could look whether the grants are there. */
function grants(which: string, header: string): FieldCase {
  const grantees = async (world: World): Promise<readonly string[]> =>
    which === 'fullControl' ? [`id=${await ownerOf(world)}`] : [EVERYONE, `id=${await ownerOf(world)}`];
  return {
    policy: {},
    policyIn: async (world) => ({
      grants: { fullControl: [`id=${await ownerOf(world)}`], [which]: await grantees(world) },
    }),
    header,
    value: async (_, __, world) => (await grantees(world)).join(', '),
  };
}

export const FIELD_CASES: Readonly<Record<string, FieldCase>> = {
  ContentMD5: {
    policy: { contentMd5: true },
    header: 'content-md5',
    value: (request, whole) => createHash('md5').update(bodyOf(request, whole)).digest('base64'),
  },
  ChecksumAlgorithm: {
    policy: { checksum: 'SHA256' },
    header: ({ operation }) =>
      operation === 'CreateMultipartUpload' ? 'x-amz-checksum-algorithm' : 'x-amz-sdk-checksum-algorithm',
    value: 'SHA256',
    // The checksum of a part names its own algorithm.
    only: ['PutObject', 'CreateMultipartUpload'],
  },
  ChecksumCRC32: checksum('CRC32'),
  ChecksumCRC32C: checksum('CRC32C'),
  ChecksumCRC64NVME: checksum('CRC64NVME'),
  ChecksumSHA1: checksum('SHA1'),
  ChecksumSHA256: checksum('SHA256'),
  ChecksumSHA512: checksum('SHA512'),
  ChecksumMD5: checksum('MD5'),
  ChecksumXXHASH64: checksum('XXHASH64'),
  ChecksumXXHASH3: checksum('XXHASH3'),
  ChecksumXXHASH128: checksum('XXHASH128'),
  ChecksumType: { policy: { checksum: 'CRC64NVME' }, header: 'x-amz-checksum-type', value: 'FULL_OBJECT' },

  StorageClass: { policy: { storageClass: 'STANDARD_IA' }, header: 'x-amz-storage-class', value: 'STANDARD_IA' },
  ServerSideEncryption: { policy: { encryption: { mode: 'AES256' } }, header: SSE, value: 'AES256' },
  SSEKMSKeyId: { policy: { encryption: kms }, header: `${SSE}-aws-kms-key-id`, value: 'testkey-1' },
  SSEKMSEncryptionContext: {
    policy: { encryption: kms },
    header: `${SSE}-context`,
    value: Buffer.from('{"team":"blue"}').toString('base64'),
  },
  BucketKeyEnabled: { policy: { encryption: kms }, header: `${SSE}-bucket-key-enabled`, value: 'true' },
  SSECustomerAlgorithm: {
    policy: {},
    policyIn: customerKey,
    header: `${SSE}-customer-algorithm`,
    value: 'AES256',
  },
  SSECustomerKey: {
    policy: {},
    policyIn: customerKey,
    header: `${SSE}-customer-key`,
    value: CUSTOMER_KEY.toString('base64'),
  },
  SSECustomerKeyMD5: {
    policy: {},
    policyIn: customerKey,
    header: `${SSE}-customer-key-md5`,
    value: createHash('md5').update(CUSTOMER_KEY).digest('base64'),
  },

  ACL: { policy: { acl: 'public-read' }, header: 'x-amz-acl', value: 'public-read' },
  GrantFullControl: grants('fullControl', 'x-amz-grant-full-control'),
  GrantRead: grants('read', 'x-amz-grant-read'),
  GrantReadACP: grants('readAcp', 'x-amz-grant-read-acp'),
  GrantWriteACP: grants('writeAcp', 'x-amz-grant-write-acp'),

  Tagging: {
    policy: { tags: { project: 'cairn', 'with space': 'a+b=c/d' } },
    header: 'x-amz-tagging',
    value: 'project=cairn&with%20space=a%2Bb%3Dc%2Fd',
  },
  Metadata: { policy: { metadata: { origin: 'laptop' } }, header: 'x-amz-meta-origin', value: 'laptop' },
  CacheControl: { policy: { cacheControl: 'max-age=60' }, header: 'cache-control', value: 'max-age=60' },
  ContentDisposition: {
    policy: { contentDisposition: 'attachment; filename="a.bin"' },
    header: 'content-disposition',
    value: 'attachment; filename="a.bin"',
  },
  ContentEncoding: { policy: { contentEncoding: 'identity' }, header: 'content-encoding', value: 'identity' },
  ContentLanguage: { policy: { contentLanguage: 'en' }, header: 'content-language', value: 'en' },
  ContentType: {
    policy: { contentType: 'text/x-story' },
    header: 'content-type',
    value: 'text/x-story',
  },
  Expires: {
    policy: { expires: { at: UNTIL } },
    header: 'expires',
    value: 'Tue, 31 Jan 2040 12:00:00 GMT',
  },
  WebsiteRedirectLocation: {
    policy: { redirect: '/elsewhere.html' },
    header: 'x-amz-website-redirect-location',
    value: '/elsewhere.html',
  },

  ObjectLockMode: {
    policy: { lock: { mode: 'GOVERNANCE', retainUntil: UNTIL } },
    lock: true,
    header: 'x-amz-object-lock-mode',
    value: 'GOVERNANCE',
  },
  ObjectLockRetainUntilDate: {
    policy: { lock: { mode: 'GOVERNANCE', retainUntil: UNTIL } },
    lock: true,
    header: 'x-amz-object-lock-retain-until-date',
    value: /^2040-01-31T12:00:00(\.000)?Z$/,
  },
  ObjectLockLegalHoldStatus: {
    policy: { lock: { legalHold: true } },
    lock: true,
    header: 'x-amz-object-lock-legal-hold',
    value: 'ON',
  },

  RequestPayer: { policy: { requesterPays: true }, header: 'x-amz-request-payer', value: 'requester' },
  ExpectedBucketOwner: {
    policy: { expectedBucketOwner: OWNER },
    header: 'x-amz-expected-bucket-owner',
    value: OWNER,
  },
  IfMatch: {
    policy: { guardOverwrites: true },
    conditionsTried: true,
    header: 'if-match',
    value: /^"[0-9a-f]{32}(-2)?"$/,
    only: ['PutObject', 'CompleteMultipartUpload'],
  },
  IfNoneMatch: {
    policy: { guardOverwrites: true },
    conditionsTried: true,
    header: 'if-none-match',
    value: '*',
    only: ['PutObject', 'CompleteMultipartUpload'],
  },
};
