import { describe, expect, test } from 'vitest';
import { classify, type Asked } from '../../../main/s3/classify.ts';

const asked: Asked = {
  operation: 'PutObject',
  connection: 'store',
  endpoint: 'https://s3.example.com',
  bucket: 'b',
  key: 'a.txt',
  fields: ['Bucket', 'Key', 'Body', 'ContentType', 'Metadata', 'ChecksumCRC32'],
};

/** As the SDK throws what a store answered. */
function answered(code: string, status: number): Error {
  return Object.assign(new Error('x'), {
    name: code,
    Code: code,
    $metadata: { httpStatusCode: status },
    $response: { statusCode: status, headers: {} },
  });
}

function fieldOf(code: string, status: number, more: readonly string[]): unknown {
  const failure = classify(answered(code, status), { ...asked, fields: [...(asked.fields ?? []), ...more] });
  expect(failure.code).toBe('policy-refused');
  return failure.facts['field'];
}

describe('the field of a policy that a store refuses', () => {
  test.each<readonly [string, readonly string[], string]>([
    ['InvalidRequest', ['ObjectLockMode', 'ObjectLockRetainUntilDate'], 'lock'],
    ['InvalidRequest', ['ObjectLockLegalHoldStatus'], 'lock'],
    ['InvalidArgument', ['StorageClass'], 'storageClass'],
    ['InvalidArgument', ['SSEKMSKeyId', 'ServerSideEncryption'], 'encryption'],
    ['InvalidArgument', ['Tagging', 'StorageClass'], 'storageClass or tags'],
    ['InvalidArgument', [], 'one of its fields'],
    ['InvalidStorageClass', ['Tagging', 'StorageClass'], 'storageClass'],
    ['UnresolvableGrantByEmailAddress', ['GrantRead'], 'grants'],
    ['AmbiguousGrantByEmailAddress', ['GrantRead'], 'grants'],
    ['InvalidRedirectLocation', ['WebsiteRedirectLocation'], 'redirect'],
  ])('%s of a request with %j: %s', (code, fields, expected) => {
    expect(fieldOf(code, 400, fields)).toBe(expected);
  });

  test('is grants where a store knows no such grantee and says that there is no such key', () => {
    expect(fieldOf('NoSuchKey', 404, ['GrantRead'])).toBe('grants');
  });

  test.each(['CopyObject', 'PutObjectTagging', 'PutObjectAcl', 'PutObjectRetention', 'PutObjectLegalHold'] as const)(
    'is told of %s too',
    (operation) => {
      expect(classify(answered('InvalidRequest', 400), { ...asked, operation }).code).toBe('policy-refused');
    },
  );

  test('is none where the object that a condition names is gone, where a source is, and where a question was wrong', () => {
    const conditional = { ...asked, fields: ['IfMatch'] };
    expect(classify(answered('NoSuchKey', 404), conditional).code).toBe('conflict');
    expect(classify(answered('NoSuchKey', 404), { ...asked, operation: 'CopyObject' }).code).toBe('object-missing');
    expect(classify(answered('InvalidRequest', 400), { ...asked, operation: 'ListParts' }).code).toBe('store-answer');
    expect(classify(answered('NoSuchUpload', 404), { ...asked, operation: 'UploadPart' }).code).toBe('upload-gone');
    expect(classify(answered('NoSuchBucket', 404), asked).code).toBe('bucket-missing');
  });
});
