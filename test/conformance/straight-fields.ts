/** A value for each field that Cairn sends with a PutObject, as the SDK takes it. */
import { createHash } from 'node:crypto';
import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { putObjectTable } from '../../main/policy/fields.ts';
import { digestOf, type Algorithm } from '../../main/transfer/digest.ts';
import { bytes } from './support.ts';

/** What is sent under each field. */
export const BODY = bytes(1000, 3);
export const UNTIL = new Date('2040-01-31T12:00:00Z');
const EVERYONE = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"';

export const md5Of = (body: Buffer): string => createHash('md5').update(body).digest('base64');

type Table = typeof putObjectTable;
/** Those have cases of their own. */
type Otherwise =
  'Bucket' | 'Key' | 'Body' | 'ContentLength' | 'SSECustomerAlgorithm' | 'SSECustomerKey' | 'SSECustomerKeyMD5';
type Sent = Exclude<
  { [Name in keyof Table]: Table[Name]['source'] extends { readonly leftOut: string } ? never : Name }[keyof Table],
  Otherwise
>;
type Field = Partial<PutObjectCommandInput> | (() => Promise<Partial<PutObjectCommandInput>>);

function checksum(ChecksumAlgorithm: Algorithm): Field {
  return async () => {
    const { checksum: value } = await digestOf(BODY, ChecksumAlgorithm);
    return { ChecksumCRC32: undefined, ChecksumAlgorithm, [`Checksum${ChecksumAlgorithm}`]: value };
  };
}
const kms = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'testkey-1' } as const;

/** The compiler refuses a field of the table that is missing here. */
export const FIELDS: Readonly<Record<Sent, Field>> = {
  ContentMD5: { ContentMD5: md5Of(BODY) },
  ChecksumAlgorithm: { ChecksumAlgorithm: 'CRC32' },
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
  StorageClass: { StorageClass: 'STANDARD_IA' },
  ServerSideEncryption: { ServerSideEncryption: 'AES256' },
  SSEKMSKeyId: kms,
  SSEKMSEncryptionContext: { ...kms, SSEKMSEncryptionContext: Buffer.from('{"team":"blue"}').toString('base64') },
  BucketKeyEnabled: { ...kms, BucketKeyEnabled: true },
  ACL: { ACL: 'public-read' },
  GrantFullControl: { GrantFullControl: EVERYONE },
  GrantRead: { GrantRead: `${EVERYONE}, ${EVERYONE}` },
  GrantReadACP: { GrantReadACP: EVERYONE },
  GrantWriteACP: { GrantWriteACP: EVERYONE },
  Tagging: { Tagging: 'project=cairn&with%20space=a%2Bb%3Dc%2Fd' },
  Metadata: {
    Metadata: {
      'cairn-name': encodeURIComponent('Übung – 日本 😀 %.txt'),
      note: 'two  words and   more',
      Capital: 'Letters',
      'with-quotes': '"a"; b=\'c\', d',
      'umlaut-in-latin': 'Übung',
      empty: '',
    },
  },
  CacheControl: { CacheControl: 'max-age=60, must-revalidate' },
  ContentDisposition: { ContentDisposition: 'attachment; filename="a b.bin"' },
  ContentEncoding: { ContentEncoding: 'gzip' },
  ContentLanguage: { ContentLanguage: 'de-DE, en' },
  ContentType: { ContentType: 'text/plain; charset=utf-8' },
  Expires: { Expires: UNTIL },
  WebsiteRedirectLocation: { WebsiteRedirectLocation: '/elsewhere.html' },
  ObjectLockMode: { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: UNTIL },
  ObjectLockRetainUntilDate: { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: UNTIL },
  ObjectLockLegalHoldStatus: { ObjectLockLegalHoldStatus: 'ON' },
  RequestPayer: { RequestPayer: 'requester' },
  ExpectedBucketOwner: { ExpectedBucketOwner: '123456789012' },
  IfMatch: { IfMatch: '"00000000000000000000000000000000"' },
  IfNoneMatch: { IfNoneMatch: '*' },
};
