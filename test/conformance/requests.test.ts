/** What can come with every request: who pays, and who is expected to own the bucket. */
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { refused, suite } from './support.ts';

const { client, bucket, raw, conforms } = suite('requests');

async function withObject(): Promise<string> {
  const b = await bucket();
  await client().send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: 'body' }));
  return b;
}

describe('a requester who pays', () => {
  const RequestPayer = 'requester';
  const charged = { RequestCharged: 'requester' };

  conforms('is told so by every way in and out', async () => {
    const b = await withObject();
    const place = { Bucket: b, Key: 'k', RequestPayer } as const;
    expect(await client().send(new PutObjectCommand({ ...place, Body: 'x' }))).toMatchObject(charged);
    expect(await client().send(new HeadObjectCommand(place))).toMatchObject(charged);
    const got = await client().send(new GetObjectCommand(place));
    expect(got).toMatchObject(charged);
    await got.Body?.transformToString();
    expect(await client().send(new CopyObjectCommand({ ...place, Key: 'l', CopySource: `${b}/k` }))).toMatchObject(
      charged,
    );
    const begun = await client().send(new CreateMultipartUploadCommand(place));
    expect(begun).toMatchObject(charged);
    const upload = { ...place, UploadId: begun.UploadId };
    expect(await client().send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' }))).toMatchObject(charged);
    expect(await client().send(new ListPartsCommand(upload))).toMatchObject(charged);
    expect(await client().send(new AbortMultipartUploadCommand(upload))).toMatchObject(charged);
    expect(await client().send(new ListObjectsV2Command({ Bucket: b, RequestPayer }))).toMatchObject(charged);
    expect(await client().send(new ListObjectVersionsCommand({ Bucket: b, RequestPayer }))).toMatchObject(charged);
    expect(await client().send(new DeleteObjectCommand(place))).toMatchObject(charged);
  });

  conforms('is not told of where nobody said so', async () => {
    const b = await withObject();
    const head = await client().send(new HeadObjectCommand({ Bucket: b, Key: 'k' }));
    expect(head.RequestCharged).toBeUndefined();
  });

  conforms('is the only one that can be named', async () => {
    const b = await withObject();
    const headers = { 'x-amz-request-payer': 'somebody-else' };
    expect((await raw({ method: 'GET', path: `/${b}/k`, headers })).status).toBe(400);
  });
});

describe('an expected owner who is not the owner', () => {
  const ExpectedBucketOwner = '123456789012';
  const denied = { status: 403 };

  type Asked = Readonly<{ Bucket: string; Key: string; ExpectedBucketOwner: string }>;
  const upload = { UploadId: 'none' };
  const operations: Readonly<Record<string, (asked: Asked) => Promise<unknown>>> = {
    PutObject: (asked) => client().send(new PutObjectCommand({ ...asked, Body: 'new' })),
    GetObject: (asked) => client().send(new GetObjectCommand(asked)),
    HeadObject: (asked) => client().send(new HeadObjectCommand(asked)),
    CopyObject: (asked) => client().send(new CopyObjectCommand({ ...asked, CopySource: `${asked.Bucket}/k` })),
    DeleteObject: (asked) => client().send(new DeleteObjectCommand(asked)),
    DeleteObjects: (asked) =>
      client().send(new DeleteObjectsCommand({ ...asked, Delete: { Objects: [{ Key: 'k' }] } })),
    GetObjectTagging: (asked) => client().send(new GetObjectTaggingCommand(asked)),
    PutObjectTagging: (asked) => client().send(new PutObjectTaggingCommand({ ...asked, Tagging: { TagSet: [] } })),
    GetObjectAcl: (asked) => client().send(new GetObjectAclCommand(asked)),
    GetObjectAttributes: (asked) =>
      client().send(new GetObjectAttributesCommand({ ...asked, ObjectAttributes: ['ETag'] })),
    GetObjectRetention: (asked) => client().send(new GetObjectRetentionCommand(asked)),
    GetObjectLegalHold: (asked) => client().send(new GetObjectLegalHoldCommand(asked)),
    RestoreObject: (asked) => client().send(new RestoreObjectCommand({ ...asked, RestoreRequest: { Days: 1 } })),
    CreateMultipartUpload: (asked) => client().send(new CreateMultipartUploadCommand(asked)),
    UploadPart: (asked) => client().send(new UploadPartCommand({ ...asked, ...upload, PartNumber: 1, Body: 'x' })),
    UploadPartCopy: (asked) =>
      client().send(new UploadPartCopyCommand({ ...asked, ...upload, PartNumber: 1, CopySource: `${asked.Bucket}/k` })),
    ListParts: (asked) => client().send(new ListPartsCommand({ ...asked, ...upload })),
    AbortMultipartUpload: (asked) => client().send(new AbortMultipartUploadCommand({ ...asked, ...upload })),
    HeadBucket: (asked) => client().send(new HeadBucketCommand(asked)),
    ListObjectsV2: (asked) => client().send(new ListObjectsV2Command(asked)),
    ListObjectVersions: (asked) => client().send(new ListObjectVersionsCommand(asked)),
    ListMultipartUploads: (asked) => client().send(new ListMultipartUploadsCommand(asked)),
    GetBucketLocation: (asked) => client().send(new GetBucketLocationCommand(asked)),
    GetBucketVersioning: (asked) => client().send(new GetBucketVersioningCommand(asked)),
    GetBucketEncryption: (asked) => client().send(new GetBucketEncryptionCommand(asked)),
    GetBucketLifecycleConfiguration: (asked) => client().send(new GetBucketLifecycleConfigurationCommand(asked)),
    GetObjectLockConfiguration: (asked) => client().send(new GetObjectLockConfigurationCommand(asked)),
  };

  for (const [name, operation] of Object.entries(operations)) {
    conforms(`ends ${name}`, async () => {
      const b = await withObject();
      expect(await refused(operation({ Bucket: b, Key: 'k', ExpectedBucketOwner }))).toMatchObject(denied);
      const { Versions } = await client().send(new ListObjectVersionsCommand({ Bucket: b }));
      expect(Versions).toMatchObject([{ Key: 'k', IsLatest: true, Size: 4 }]);
    });
  }

  conforms('of the source ends a copy', async () => {
    const b = await withObject();
    const copy = { Bucket: b, Key: 'l', CopySource: `${b}/k`, ExpectedSourceBucketOwner: ExpectedBucketOwner };
    expect(await refused(client().send(new CopyObjectCommand(copy)))).toMatchObject(denied);
  });
});
