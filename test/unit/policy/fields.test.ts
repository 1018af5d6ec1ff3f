import {
  CompleteMultipartUploadRequest$,
  CopyObjectRequest$,
  CreateMultipartUploadRequest$,
  GetObjectRequest$,
  HeadObjectRequest$,
  PutObjectRequest$,
  UploadPartRequest$,
  type CompleteMultipartUploadCommandInput,
  type CopyObjectCommandInput,
  type CreateMultipartUploadCommandInput,
  type GetObjectCommandInput,
  type HeadObjectCommandInput,
  type PutObjectCommandInput,
  type UploadPartCommandInput,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { ObjectKey, RelPath } from '../../../main/contract/names.ts';
import { baseOnlyFields, settableFields } from '../../../main/contract/policy-values.ts';
import type { PolicyFields } from '../../../main/contract/policy.ts';
import {
  createMultipartOnlyTable,
  fieldsTakenBy,
  putObjectTable,
  type FieldRow,
  type Operation,
  type TakenBy,
} from '../../../main/policy/fields.ts';
import { createMultipartFields, putObjectFields } from '../../../main/policy/request.ts';

/** The compiler's half: a field that the SDK gains or loses stops the type check here. */
type Inputs = {
  PutObject: PutObjectCommandInput;
  CreateMultipartUpload: CreateMultipartUploadCommandInput;
  UploadPart: UploadPartCommandInput;
  CompleteMultipartUpload: CompleteMultipartUploadCommandInput;
  HeadObject: HeadObjectCommandInput;
  GetObject: GetObjectCommandInput;
  CopyObject: CopyObjectCommandInput;
};
type Table = typeof putObjectTable;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;

const tableIsWhole: Same<keyof Table, keyof PutObjectCommandInput> = true;
const createIsWhole: Same<
  TakenBy<'CreateMultipartUpload'> | keyof typeof createMultipartOnlyTable,
  keyof CreateMultipartUploadCommandInput
> = true;
const rowsAreRight: { [Name in Operation]: Same<TakenBy<Name>, keyof Table & keyof Inputs[Name]> } = {
  PutObject: true,
  CreateMultipartUpload: true,
  UploadPart: true,
  CompleteMultipartUpload: true,
  HeadObject: true,
  GetObject: true,
  CopyObject: true,
};

/** The running half: the fields that the SDK itself puts on the wire, read from its own schemas. */
const sdkFields: Readonly<Record<Operation, readonly string[]>> = {
  PutObject: PutObjectRequest$[4],
  CreateMultipartUpload: CreateMultipartUploadRequest$[4],
  UploadPart: UploadPartRequest$[4],
  CompleteMultipartUpload: CompleteMultipartUploadRequest$[4],
  HeadObject: HeadObjectRequest$[4],
  GetObject: GetObjectRequest$[4],
  CopyObject: CopyObjectRequest$[4],
};

const rows: Readonly<Record<string, FieldRow>> = putObjectTable;
const createOnly: Readonly<Record<string, FieldRow>> = createMultipartOnlyTable;

describe('the table of S3’s fields', () => {
  test('has a row for every field of PutObject, and no other', () => {
    expect(Object.keys(rows).sort()).toEqual([...sdkFields.PutObject].sort());
    expect([tableIsWhole, createIsWhole]).toEqual([true, true]);
  });

  test('has a row for every field of CreateMultipartUpload', () => {
    const taken = Object.entries({ ...rows, ...createOnly }).flatMap(([name, row]) =>
      row.takenBy.includes('CreateMultipartUpload') ? [name] : [],
    );
    expect(taken.sort()).toEqual([...sdkFields.CreateMultipartUpload].sort());
  });

  test.each(Object.keys(rowsAreRight) as Operation[])('knows which of them %s takes', (operation) => {
    const taken = Object.entries(rows).flatMap(([name, row]) => (row.takenBy.includes(operation) ? [name] : []));
    expect(taken.sort()).toEqual(
      Object.keys(rows)
        .filter((name) => sdkFields[operation].includes(name))
        .sort(),
    );
  });

  test('has a use for every field of a policy', () => {
    const used = new Set(
      Object.values(rows).flatMap(({ source }) => ('policy' in source ? [source.policy.split('.')[0]] : [])),
    );
    expect([...used].sort()).toEqual([...Object.keys(settableFields), ...Object.keys(baseOnlyFields)].sort());
  });

  test('gives a reason for what is left out', () => {
    const reasons = Object.values(rows).flatMap(({ source }) => ('leftOut' in source ? [source.leftOut] : []));
    expect(reasons).toHaveLength(4);
    for (const reason of reasons) expect(reason.length).toBeGreaterThan(20);
  });

  test('picks what other requests about the object take', () => {
    const put = {
      Bucket: 'b',
      Key: 'k',
      ContentType: 'a/b',
      ExpectedBucketOwner: '123456789012',
      ChecksumAlgorithm: 'CRC32',
    };
    const { ContentType, ...part } = put;
    const { ChecksumAlgorithm, ...head } = part;
    expect([ContentType, ChecksumAlgorithm]).toEqual(['a/b', 'CRC32']);
    expect(fieldsTakenBy('UploadPart', put)).toStrictEqual(part);
    expect(fieldsTakenBy('HeadObject', put)).toStrictEqual(head);
    expect(fieldsTakenBy('CompleteMultipartUpload', { ...put, notOfS3: 1 })).toStrictEqual(head);
  });

  test('agrees with the requests that are really made', () => {
    const fields: PolicyFields = {
      storageClass: 'STANDARD',
      encryption: { mode: 'aws:kms', keyId: 'k', context: { a: 'b' }, bucketKey: true },
      acl: 'private',
      grants: { fullControl: ['id=1'], read: ['id=1'], readAcp: ['id=1'], writeAcp: ['id=1'] },
      tags: { a: 'b' },
      metadata: { a: 'b' },
      cacheControl: 'a',
      contentDisposition: 'a',
      contentEncoding: 'a',
      contentLanguage: 'a',
      contentType: 'a/b',
      expires: { inDays: 1 },
      redirect: '/a',
      checksum: 'CRC32',
      contentMd5: true,
      lock: { mode: 'GOVERNANCE', retainDays: 1, legalHold: true },
      requesterPays: true,
      expectedBucketOwner: '123456789012',
      guardOverwrites: true,
    };
    const facts = {
      bucket: 'b',
      key: 'a' as ObjectKey,
      path: 'a' as RelPath,
      mtimeNs: 0n,
      mode: null,
      attemptId: 'x',
      now: new Date(0),
    };
    const put = putObjectFields(fields, facts);
    const customer = putObjectFields({ encryption: { mode: 'customer', keyRef: 'x' } }, facts);
    const create = createMultipartFields(fields, facts);
    if (!put.ok || !create.ok || !customer.ok) throw new Error('refused');
    const sent = new Set([...Object.keys(put.value), ...Object.keys(customer.value)]);

    // All that is asked of an object when a multipart upload begins, but for the key, which the sender adds.
    const expected = sdkFields.CreateMultipartUpload.filter((name) => {
      const source = rows[name]?.source;
      return source !== undefined && !('leftOut' in source) && !['SSECustomerKey', 'SSECustomerKeyMD5'].includes(name);
    });
    expect([...sent].sort()).toEqual([...expected].sort());
    expect(Object.keys(create.value).sort()).toEqual([...Object.keys(put.value), 'ChecksumType'].sort());
  });
});
