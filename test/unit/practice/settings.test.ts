/** What outlives the server's end, what time does to it, and what lies on its disk. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  type LifecycleRule,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutPublicAccessBlockCommand,
  RestoreObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeServer, startPractice } from '../../../main/practice/index.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const Bucket = 'practice';

let directory = '';
let server: PracticeServer | undefined;
let client: S3Client | undefined;
/** The server's time; the client is told it with every start. */
let now = 0;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'practice-'));
  now = Date.parse('2030-01-01T12:00:00Z');
});
afterEach(async () => {
  await stop();
  await rm(directory, { recursive: true, force: true });
});

async function stop(): Promise<void> {
  client?.destroy();
  client = undefined;
  await server?.stop();
  server = undefined;
}

/** Starts, or starts anew, and gives a client whose clock is the server's. */
async function start(thawDelayMs = 10 * MINUTE): Promise<S3Client> {
  await stop();
  const result = await startPractice({ directory, clock: () => now, thawDelayMs });
  if (!result.ok) throw new Error(result.detail);
  server = result.value;
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    systemClockOffset: now - Date.now(),
  });
  return client;
}

async function later(time: number): Promise<S3Client> {
  now += time;
  return start();
}

async function statusOf(call: Promise<unknown>): Promise<number | undefined> {
  return call.then(
    () => 200,
    (error: unknown) => {
      if (!(error instanceof Error) || !('$metadata' in error)) throw error;
      return (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode;
    },
  );
}

/** Everything that lies in the folder, in one piece. */
async function disk(): Promise<Buffer> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name)))));
}

describe('a customer key', () => {
  const key = createHash('sha256').update('a key').digest();
  const withKey = { SSECustomerAlgorithm: 'AES256', SSECustomerKey: key as unknown as string };
  const small = Buffer.from('a plain text that must not be found on the disk');
  const large = Buffer.alloc(700_000, small);

  it('encrypts what lies on the disk, and lies nowhere itself', async () => {
    const s3 = await start();
    for (const [Key, Body] of Object.entries({ small, large })) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body, ...withKey }));
    }
    const place = { Bucket, Key: 'parts', ...withKey };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(place));
    const part = await s3.send(new UploadPartCommand({ ...place, UploadId, PartNumber: 1, Body: large }));
    const Parts = [{ PartNumber: 1, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 }];
    await s3.send(new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts } }));
    const stored = await disk();
    expect(stored.length).toBeGreaterThan(2 * large.length);
    for (const secret of [small, key, Buffer.from(key.toString('base64')), Buffer.from(key.toString('hex'))]) {
      expect(stored.includes(secret)).toBe(false);
    }
    await s3.send(new PutObjectCommand({ Bucket, Key: 'plain', Body: small }));
    expect((await disk()).includes(small), 'without a key the text is found').toBe(true);
  });

  it('makes other bytes of the same text each time', async () => {
    const s3 = await start();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'one', Body: large, ...withKey }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'two', Body: large, ...withKey }));
    const entries = await readdir(join(directory, 'data'), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const bodies = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name))));
    const [one, two] = bodies.filter((body) => body.length === large.length);
    expect(one !== undefined && two !== undefined && !one.subarray(0, 1000).equals(two.subarray(0, 1000))).toBe(true);
  });

  it('opens what was written before a restart, even where a pack was written anew', async () => {
    const first = await start();
    const body = Buffer.alloc(200_000, 'kept ');
    // Kept between objects that go, so that most of the pack is a hole.
    for (let at = 0; at < 12; at += 1) {
      await first.send(new PutObjectCommand({ Bucket, Key: `gone ${String(at)}`, Body: Buffer.alloc(200_000, 'x') }));
      if (at === 5) await first.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: body, ...withKey }));
    }
    const size = (await disk()).length;
    for (let at = 0; at < 12; at += 1) {
      const { VersionId } = await first.send(new HeadObjectCommand({ Bucket, Key: `gone ${String(at)}` }));
      await first.send(new DeleteObjectCommand({ Bucket, Key: `gone ${String(at)}`, VersionId }));
    }
    const second = await start();
    expect((await disk()).length, 'the pack was written anew').toBeLessThan(size / 2);
    const read = await second.send(new GetObjectCommand({ Bucket, Key: 'kept', Range: 'bytes=7-150006', ...withKey }));
    const bytes = Buffer.from((await read.Body?.transformToByteArray()) ?? []);
    expect(bytes.equals(body.subarray(7, 150_007))).toBe(true);
  });
});

describe('a restart', () => {
  it('keeps the settings of a bucket', async () => {
    const s3 = await start();
    const b = 'settings';
    await s3.send(
      new CreateBucketCommand({
        Bucket: b,
        ObjectLockEnabledForBucket: true,
        ObjectOwnership: 'BucketOwnerPreferred',
      }),
    );
    const DefaultRetention = { Mode: 'GOVERNANCE', Days: 3 } as const;
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } } as const;
    await s3.send(new PutObjectLockConfigurationCommand({ Bucket: b, ObjectLockConfiguration }));
    const encryption = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }] };
    await s3.send(new PutBucketEncryptionCommand({ Bucket: b, ServerSideEncryptionConfiguration: encryption }));
    const rule: LifecycleRule = {
      ID: 'a & <b>',
      Status: 'Enabled',
      Filter: { Prefix: 'ü/' },
      NoncurrentVersionExpiration: { NoncurrentDays: 3, NewerNoncurrentVersions: 2 },
    };
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: b, LifecycleConfiguration: { Rules: [rule] } }));
    const Policy = JSON.stringify({
      Statement: { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: `arn:aws:s3:::${b}` },
    });
    await s3.send(new PutBucketPolicyCommand({ Bucket: b, Policy }));
    const PublicAccessBlockConfiguration = { BlockPublicAcls: true };
    await s3.send(new PutPublicAccessBlockCommand({ Bucket: b, PublicAccessBlockConfiguration }));

    const again = await start();
    expect(await again.send(new GetObjectLockConfigurationCommand({ Bucket: b }))).toMatchObject({
      ObjectLockConfiguration,
    });
    expect(await again.send(new GetBucketOwnershipControlsCommand({ Bucket: b }))).toMatchObject({
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
    });
    expect(await again.send(new GetBucketEncryptionCommand({ Bucket: b }))).toMatchObject({
      ServerSideEncryptionConfiguration: encryption,
    });
    expect((await again.send(new GetBucketLifecycleConfigurationCommand({ Bucket: b }))).Rules).toEqual([rule]);
    expect((await again.send(new GetBucketPolicyCommand({ Bucket: b }))).Policy).toBe(Policy);
    expect(await again.send(new GetPublicAccessBlockCommand({ Bucket: b }))).toMatchObject({
      PublicAccessBlockConfiguration,
    });
  });

  it('keeps lock and ACL of a version, and of an upload under way', async () => {
    const s3 = await start();
    const b = 'locked';
    await s3.send(new CreateBucketCommand({ Bucket: b, ObjectLockEnabledForBucket: true }));
    const place = { Bucket: b, Key: 'k' };
    await s3.send(new PutObjectCommand({ ...place, Body: 'x', ACL: 'public-read' }));
    await s3.send(new PutObjectLegalHoldCommand({ ...place, LegalHold: { Status: 'ON' } }));
    const ObjectLockRetainUntilDate = new Date(now + DAY);
    const lock = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate } as const;
    const upload = { Bucket: b, Key: 'upload' };
    const begun = await s3.send(new CreateMultipartUploadCommand({ ...upload, ...lock, ACL: 'public-read' }));

    const again = await start();
    expect((await again.send(new HeadObjectCommand(place))).ObjectLockLegalHoldStatus).toBe('ON');
    expect((await again.send(new GetObjectAclCommand(place))).Grants).toHaveLength(2);
    const { UploadId } = begun;
    const part = await again.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'x' }));
    const Parts = [{ PartNumber: 1, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 }];
    await again.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts } }));
    expect(await again.send(new HeadObjectCommand(upload))).toMatchObject(lock);
    expect((await again.send(new GetObjectAclCommand(upload))).Grants).toHaveLength(2);
  });
});

describe('time', () => {
  const cold = { Bucket, Key: 'cold' };

  it('thaws an object, keeps it, and freezes it again', async () => {
    const first = await start();
    await first.send(new PutObjectCommand({ ...cold, Body: 'x', StorageClass: 'DEEP_ARCHIVE' }));
    await first.send(new RestoreObjectCommand({ ...cold, RestoreRequest: { Days: 2 } }));
    const almost = await later(10 * MINUTE - 1);
    expect((await almost.send(new HeadObjectCommand(cold))).Restore).toBe('ongoing-request="true"');
    expect(await statusOf(almost.send(new GetObjectCommand(cold)))).toBe(403);
    const ready = await later(1);
    // Two days after the first of January, and until the next midnight.
    const expiry = 'ongoing-request="false", expiry-date="Fri, 04 Jan 2030 00:00:00 GMT"';
    expect((await ready.send(new HeadObjectCommand(cold))).Restore).toBe(expiry);
    expect(await statusOf(ready.send(new GetObjectCommand(cold)))).toBe(200);
    now = Date.parse('2030-01-03T23:59:59Z');
    expect(await statusOf((await start()).send(new GetObjectCommand(cold)))).toBe(200);
    const after = await later(1000);
    expect((await after.send(new HeadObjectCommand(cold))).Restore).toBeUndefined();
    expect(await statusOf(after.send(new GetObjectCommand(cold)))).toBe(403);
    await after.send(new RestoreObjectCommand({ ...cold, RestoreRequest: { Days: 1 } }));
  });

  it('ends a retention, even one in compliance mode', async () => {
    const first = await start();
    const b = 'locked';
    await first.send(new CreateBucketCommand({ Bucket: b, ObjectLockEnabledForBucket: true }));
    const { VersionId } = await first.send(
      new PutObjectCommand({
        Bucket: b,
        Key: 'k',
        Body: 'x',
        ObjectLockMode: 'COMPLIANCE',
        ObjectLockRetainUntilDate: new Date(now + DAY),
      }),
    );
    const remove = new DeleteObjectCommand({ Bucket: b, Key: 'k', VersionId });
    const before = await later(DAY - 1000);
    expect(await statusOf(before.send(remove))).toBe(403);
    const after = await later(1000);
    expect(await statusOf(after.send(remove))).toBe(200);
  });

  it('counts a default retention of years from leap day on', async () => {
    now = Date.parse('2032-02-29T00:00:00Z');
    const s3 = await start();
    const b = 'locked';
    await s3.send(new CreateBucketCommand({ Bucket: b, ObjectLockEnabledForBucket: true }));
    const DefaultRetention = { Mode: 'GOVERNANCE', Years: 1 } as const;
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } } as const;
    await s3.send(new PutObjectLockConfigurationCommand({ Bucket: b, ObjectLockConfiguration }));
    await s3.send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: 'x' }));
    const head = await s3.send(new HeadObjectCommand({ Bucket: b, Key: 'k' }));
    expect(head.ObjectLockRetainUntilDate).toEqual(new Date('2033-03-01T00:00:00Z'));
  });
});
