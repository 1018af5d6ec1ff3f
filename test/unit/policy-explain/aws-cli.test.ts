import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { awsCliCommand, optionName, quoted } from '../../../main/policy/aws-cli.ts';
import { createMultipartOnlyTable, putObjectTable, type FieldRow } from '../../../main/policy/fields.ts';

/** As `aws s3api put-object help` and `create-multipart-upload help` write them. */
const OPTIONS: Readonly<Record<string, string>> = {
  ACL: 'acl',
  Body: 'body',
  Bucket: 'bucket',
  BucketKeyEnabled: 'bucket-key-enabled',
  CacheControl: 'cache-control',
  ChecksumAlgorithm: 'checksum-algorithm',
  ChecksumCRC32: 'checksum-crc32',
  ChecksumCRC32C: 'checksum-crc32-c',
  ChecksumCRC64NVME: 'checksum-crc64-nvme',
  ChecksumMD5: 'checksum-md5',
  ChecksumSHA1: 'checksum-sha1',
  ChecksumSHA256: 'checksum-sha256',
  ChecksumSHA512: 'checksum-sha512',
  ChecksumType: 'checksum-type',
  ChecksumXXHASH128: 'checksum-xxhash128',
  ChecksumXXHASH3: 'checksum-xxhash3',
  ChecksumXXHASH64: 'checksum-xxhash64',
  ContentDisposition: 'content-disposition',
  ContentEncoding: 'content-encoding',
  ContentLanguage: 'content-language',
  ContentLength: 'content-length',
  ContentMD5: 'content-md5',
  ContentType: 'content-type',
  ExpectedBucketOwner: 'expected-bucket-owner',
  Expires: 'expires',
  GrantFullControl: 'grant-full-control',
  GrantRead: 'grant-read',
  GrantReadACP: 'grant-read-acp',
  GrantWriteACP: 'grant-write-acp',
  IfMatch: 'if-match',
  IfNoneMatch: 'if-none-match',
  Key: 'key',
  Metadata: 'metadata',
  ObjectLockLegalHoldStatus: 'object-lock-legal-hold-status',
  ObjectLockMode: 'object-lock-mode',
  ObjectLockRetainUntilDate: 'object-lock-retain-until-date',
  RequestPayer: 'request-payer',
  SSECustomerAlgorithm: 'sse-customer-algorithm',
  SSECustomerKey: 'sse-customer-key',
  SSECustomerKeyMD5: 'sse-customer-key-md5',
  SSEKMSEncryptionContext: 'ssekms-encryption-context',
  SSEKMSKeyId: 'ssekms-key-id',
  ServerSideEncryption: 'server-side-encryption',
  StorageClass: 'storage-class',
  Tagging: 'tagging',
  WebsiteRedirectLocation: 'website-redirect-location',
};

describe('an option of the AWS CLI', () => {
  test.each(Object.entries(OPTIONS))('%s is --%s', (field, option) => {
    expect(optionName(field)).toBe(option);
  });

  test('is known here for every field that is sent', () => {
    const rows: Readonly<Record<string, FieldRow>> = { ...putObjectTable, ...createMultipartOnlyTable };
    const sent = Object.keys(rows).filter((name) => !('leftOut' in (rows[name]?.source ?? { leftOut: '' })));
    expect(sent.sort()).toEqual(Object.keys(OPTIONS).sort());
  });
});

/** The words that a POSIX shell makes of a line. */
function shellWords(line: string): readonly string[] {
  const out = execFileSync('sh', ['-c', `for word in ${line}; do printf '%s\\0' "$word"; done`], { encoding: 'utf8' });
  return out.split('\0').slice(0, -1);
}

describe('a word for the shell', () => {
  const words = [
    'plain',
    'a b',
    "it's",
    "''",
    'a=b&c=d',
    '$HOME `id` "x" \\',
    'line\nbreak',
    '*',
    '~',
    'é ☂ 名',
    '{"a":"b"}',
    '!x',
    '#x',
  ];

  test.each(words)('%j comes through a shell as it is', (word) => {
    expect(shellWords(quoted(word))).toEqual([word]);
  });

  test('an empty one is not lost', () => {
    expect(shellWords(quoted(''))).toEqual(['']);
  });
});

describe('a command of the AWS CLI', () => {
  test('holds each field as an option, with the body last', () => {
    const command = awsCliCommand(
      'put-object',
      {
        Bucket: 'photos',
        Key: "it's here/a b.txt",
        Metadata: { origin: 'my laptop' },
        BucketKeyEnabled: true,
        ObjectLockRetainUntilDate: new Date('2040-01-31T12:00:00Z'),
        Tagging: 'a=b&c=d',
        ContentLength: 12,
        CacheControl: undefined,
      },
      "it's here/a b.txt",
    );
    expect(shellWords(command)).toEqual([
      ...['aws', 's3api', 'put-object', '--bucket', 'photos', '--key', "it's here/a b.txt"],
      ...['--metadata', '{"origin":"my laptop"}', '--bucket-key-enabled'],
      ...['--object-lock-retain-until-date', '2040-01-31T12:00:00.000Z', '--tagging', 'a=b&c=d'],
      ...['--content-length', '12', '--body', "it's here/a b.txt"],
    ]);
  });

  test('says a no as the CLI does, and leaves out a body that is not there', () => {
    const command = awsCliCommand('create-multipart-upload', { Bucket: 'b', BucketKeyEnabled: false }, null);
    expect(command).toBe('aws s3api create-multipart-upload --bucket b --no-bucket-key-enabled');
  });
});
