/** Object lock: configuration, retention and legal hold of versions, and that both are enforced. */
import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  type ObjectLockRetention,
  type ObjectLockRule,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { refused, suite } from './support.ts';

const { client, clientWith, bucket, raw, conforms } = suite('lock');

const DAY = 24 * 60 * 60 * 1000;

/** Whole seconds, as S3 tells them. */
function inDays(days: number): Date {
  return new Date(Math.ceil((Date.now() + days * DAY) / 1000) * 1000);
}

const lockedBucket = () => bucket('never', { ObjectLockEnabledForBucket: true });

type Fields = Omit<PutObjectCommandInput, 'Bucket' | 'Key'>;

async function put(Bucket: string, fields: Fields = {}) {
  return client().send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'body', ...fields }));
}

async function head(Bucket: string, VersionId?: string) {
  return client().send(new HeadObjectCommand({ Bucket, Key: 'k', VersionId }));
}

async function remove(Bucket: string, VersionId?: string, BypassGovernanceRetention?: boolean) {
  return client().send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId, BypassGovernanceRetention }));
}

async function retain(Bucket: string, Retention: ObjectLockRetention, BypassGovernanceRetention?: boolean) {
  return client().send(new PutObjectRetentionCommand({ Bucket, Key: 'k', Retention, BypassGovernanceRetention }));
}

async function hold(Bucket: string, Status: 'ON' | 'OFF') {
  return client().send(new PutObjectLegalHoldCommand({ Bucket, Key: 'k', LegalHold: { Status } }));
}

async function configure(Bucket: string, Rule?: ObjectLockRule) {
  const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule } as const;
  return client().send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
}

async function configuration(Bucket: string) {
  return (await client().send(new GetObjectLockConfigurationCommand({ Bucket }))).ObjectLockConfiguration;
}

describe('a bucket with object lock', () => {
  conforms('is made with versioning on, which stays on', async () => {
    const b = await lockedBucket();
    expect((await client().send(new GetBucketVersioningCommand({ Bucket: b }))).Status).toBe('Enabled');
    expect(await configuration(b)).toEqual({ ObjectLockEnabled: 'Enabled' });
    const VersioningConfiguration = { Status: 'Suspended' } as const;
    const suspend = client().send(new PutBucketVersioningCommand({ Bucket: b, VersioningConfiguration }));
    expect(await refused(suspend)).toEqual({ name: 'InvalidBucketState', status: 409 });
  });

  conforms('keeps a default retention in days or years', async () => {
    const b = await lockedBucket();
    for (const DefaultRetention of [
      { Mode: 'GOVERNANCE', Days: 3 },
      { Mode: 'COMPLIANCE', Years: 2 },
    ] as const) {
      await configure(b, { DefaultRetention });
      expect(await configuration(b)).toEqual({ ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } });
    }
    await configure(b);
    expect(await configuration(b)).toEqual({ ObjectLockEnabled: 'Enabled' });
  });

  conforms('takes no default retention of both units, of none, or of no length', async () => {
    const b = await lockedBucket();
    const both = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1, Years: 1 } } as const;
    expect(await refused(configure(b, both))).toEqual({ name: 'MalformedXML', status: 400 });
    expect((await refused(configure(b, { DefaultRetention: { Mode: 'GOVERNANCE' } }))).status).toBe(400);
    expect((await refused(configure(b, { DefaultRetention: { Mode: 'GOVERNANCE', Days: 0 } }))).status).toBe(400);
  });

  conforms('gives new versions its default retention, and none to older ones', async () => {
    const b = await lockedBucket();
    const before = await put(b);
    await configure(b, { DefaultRetention: { Mode: 'GOVERNANCE', Days: 3 } });
    const after = await put(b);
    expect((await head(b, before.VersionId)).ObjectLockMode).toBeUndefined();
    const told = await head(b, after.VersionId);
    expect(told.ObjectLockMode).toBe('GOVERNANCE');
    const left = Number(told.ObjectLockRetainUntilDate) - Date.now();
    expect(Math.abs(left - 3 * DAY)).toBeLessThan(60_000);
    const own = { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inDays(1) } as const;
    await put(b, own);
    expect(await head(b)).toMatchObject(own);
  });

  conforms('can be had later where versioning is on, and only there', async () => {
    const never = await bucket('never');
    expect(await refused(configure(never))).toEqual({ name: 'InvalidBucketState', status: 409 });
    const b = await bucket();
    await configure(b);
    await put(b, { ObjectLockLegalHoldStatus: 'ON' });
    expect((await head(b)).ObjectLockLegalHoldStatus).toBe('ON');
  });
});

describe('a bucket without object lock', () => {
  conforms('has no configuration of it', async () => {
    const b = await bucket();
    expect(await refused(configuration(b))).toEqual({ name: 'ObjectLockConfigurationNotFoundError', status: 404 });
  });

  conforms('refuses what would lock', async () => {
    const b = await bucket();
    const until = inDays(1);
    const invalid = { name: 'InvalidRequest', status: 400 };
    expect(await refused(put(b, { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until }))).toEqual(invalid);
    expect(await refused(put(b, { ObjectLockLegalHoldStatus: 'ON' }))).toEqual(invalid);
    expect((await refused(head(b))).status).toBe(404);
    await put(b);
    expect(await refused(retain(b, { Mode: 'GOVERNANCE', RetainUntilDate: until }))).toEqual(invalid);
    expect(await refused(hold(b, 'ON'))).toEqual(invalid);
  });
});

describe('a lock given with the upload', () => {
  conforms('is told by HEAD, GET, and by itself', async () => {
    const b = await lockedBucket();
    const until = inDays(1);
    const lock = {
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: until,
      ObjectLockLegalHoldStatus: 'ON',
    } as const;
    await put(b, lock);
    expect(await head(b)).toMatchObject(lock);
    const got = await client().send(new GetObjectCommand({ Bucket: b, Key: 'k' }));
    expect(got).toMatchObject(lock);
    await got.Body?.transformToString();
    const { Retention } = await client().send(new GetObjectRetentionCommand({ Bucket: b, Key: 'k' }));
    expect(Retention).toEqual({ Mode: 'GOVERNANCE', RetainUntilDate: until });
    const { LegalHold } = await client().send(new GetObjectLegalHoldCommand({ Bucket: b, Key: 'k' }));
    expect(LegalHold).toEqual({ Status: 'ON' });
  });

  conforms('is kept by a multipart upload', async () => {
    const b = await lockedBucket();
    const lock = {
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: inDays(1),
      ObjectLockLegalHoldStatus: 'ON',
    } as const;
    const { UploadId } = await client().send(new CreateMultipartUploadCommand({ Bucket: b, Key: 'k', ...lock }));
    const place = { Bucket: b, Key: 'k', UploadId };
    const ContentMD5 = createHash('md5').update('part').digest('base64');
    const part = await client().send(new UploadPartCommand({ ...place, PartNumber: 1, Body: 'part', ContentMD5 }));
    const Parts = [{ PartNumber: 1, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 }];
    await client().send(new CompleteMultipartUploadCommand({ ...place, MultipartUpload: { Parts } }));
    expect(await head(b)).toMatchObject(lock);
  });

  conforms('is given to a copy, and never taken from the source', async () => {
    const b = await lockedBucket();
    await put(b, { ObjectLockLegalHoldStatus: 'ON' });
    const copy = async (Key: string, fields: object = {}) => {
      await client().send(new CopyObjectCommand({ Bucket: b, Key, CopySource: `${b}/k`, ...fields }));
      return client().send(new HeadObjectCommand({ Bucket: b, Key }));
    };
    expect((await copy('plain')).ObjectLockLegalHoldStatus).not.toBe('ON');
    const lock = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(2) } as const;
    expect(await copy('locked', lock)).toMatchObject(lock);
  });

  conforms('must lie in the future, be whole, and be known', async () => {
    const b = await lockedBucket();
    const invalid = { name: 'InvalidArgument', status: 400 };
    const past = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date(Date.now() - 60_000) } as const;
    expect(await refused(put(b, past))).toEqual(invalid);
    expect(await refused(put(b, { ObjectLockMode: 'GOVERNANCE' }))).toEqual(invalid);
    expect(await refused(put(b, { ObjectLockRetainUntilDate: inDays(1) }))).toEqual(invalid);
    const odd = { ObjectLockMode: 'ODD', ObjectLockRetainUntilDate: inDays(1) } as unknown as Fields;
    expect(await refused(put(b, odd))).toEqual(invalid);
    expect((await refused(head(b))).status).toBe(404);
  });

  conforms('needs a Content-MD5 or a checksum', async () => {
    const b = await lockedBucket();
    const plain = clientWith({ requestChecksumCalculation: 'WHEN_REQUIRED' });
    const headers = { 'x-amz-object-lock-legal-hold': 'ON' };
    const bare = await raw({ method: 'PUT', path: `/${b}/k`, body: 'body', headers });
    expect([bare.status, /<Code>(.*?)</.exec(bare.body)?.[1]]).toEqual([400, 'InvalidRequest']);
    const ContentMD5 = createHash('md5').update('body').digest('base64');
    const locked = { Bucket: b, Key: 'k', Body: 'body', ObjectLockLegalHoldStatus: 'ON', ContentMD5 } as const;
    await plain.send(new PutObjectCommand(locked));
    expect((await head(b)).ObjectLockLegalHoldStatus).toBe('ON');
  });

  conforms('needs a Content-MD5 or a checksum where it comes from the bucket', async () => {
    const b = await lockedBucket();
    await configure(b, { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } });
    expect((await raw({ method: 'PUT', path: `/${b}/k`, body: 'body' })).status).toBe(400);
    await put(b, { ChecksumAlgorithm: 'SHA256' });
  });
});

describe('a retention', () => {
  conforms('keeps its version from being deleted, and nothing from being hidden', async () => {
    const b = await lockedBucket();
    const { VersionId } = await put(b, { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) });
    expect(await refused(remove(b, VersionId))).toEqual({ name: 'AccessDenied', status: 403 });
    const marker = await remove(b);
    expect(marker.DeleteMarker).toBe(true);
    await remove(b, marker.VersionId);
    expect((await head(b)).VersionId).toBe(VersionId);
  });

  conforms('in governance mode is got around by those who say so', async () => {
    const b = await lockedBucket();
    const { VersionId } = await put(b, { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) });
    await remove(b, VersionId, true);
    expect((await refused(head(b, VersionId))).status).toBe(404);
  });

  conforms('in compliance mode is got around by nobody', async () => {
    const b = await lockedBucket();
    const { VersionId } = await put(b, { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inDays(1) });
    expect(await refused(remove(b, VersionId, true))).toEqual({ name: 'AccessDenied', status: 403 });
    expect((await head(b, VersionId)).VersionId).toBe(VersionId);
  });

  conforms('holds in batches of deletes, one by one', async () => {
    const b = await lockedBucket();
    const free = await put(b);
    const kept = await put(b, { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) });
    const Objects = [free, kept].map(({ VersionId }) => ({ Key: 'k', VersionId }));
    const answer = await client().send(new DeleteObjectsCommand({ Bucket: b, Delete: { Objects } }));
    expect(answer.Deleted).toMatchObject([{ VersionId: free.VersionId }]);
    expect(answer.Errors).toMatchObject([{ VersionId: kept.VersionId, Code: 'AccessDenied' }]);
    const again = await client().send(
      new DeleteObjectsCommand({ Bucket: b, Delete: { Objects }, BypassGovernanceRetention: true }),
    );
    expect(again.Errors).toBeUndefined();
    expect((await refused(head(b, kept.VersionId))).status).toBe(404);
  });

  conforms('is set afterwards and made longer', async () => {
    const b = await lockedBucket();
    await put(b);
    for (const days of [1, 2]) {
      const Retention = { Mode: 'COMPLIANCE', RetainUntilDate: inDays(days) } as const;
      await retain(b, Retention);
      const told = await client().send(new GetObjectRetentionCommand({ Bucket: b, Key: 'k' }));
      expect(told.Retention).toEqual(Retention);
    }
  });

  conforms('in governance mode is made shorter only by those who say so', async () => {
    const b = await lockedBucket();
    await put(b, { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(2) });
    const shorter = { Mode: 'GOVERNANCE', RetainUntilDate: inDays(1) } as const;
    expect(await refused(retain(b, shorter))).toEqual({ name: 'AccessDenied', status: 403 });
    await retain(b, shorter, true);
    expect((await head(b)).ObjectLockRetainUntilDate).toEqual(shorter.RetainUntilDate);
  });

  conforms('in compliance mode is never made shorter', async () => {
    const b = await lockedBucket();
    const until = inDays(2);
    await put(b, { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: until });
    const shorter = { Mode: 'COMPLIANCE', RetainUntilDate: inDays(1) } as const;
    expect(await refused(retain(b, shorter, true))).toEqual({ name: 'AccessDenied', status: 403 });
    expect((await head(b)).ObjectLockRetainUntilDate).toEqual(until);
  });

  conforms('in compliance mode never becomes one in governance mode', async () => {
    const b = await lockedBucket();
    await put(b, { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inDays(1) });
    const weaker = { Mode: 'GOVERNANCE', RetainUntilDate: inDays(5) } as const;
    expect(await refused(retain(b, weaker, true))).toEqual({ name: 'AccessDenied', status: 403 });
  });

  conforms('is taken away by an empty one, in governance mode', async () => {
    const b = await lockedBucket();
    const { VersionId } = await put(b, { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) });
    expect((await refused(retain(b, {}))).status).toBe(403);
    await retain(b, {}, true);
    await remove(b, VersionId);
  });

  conforms('set afterwards must lie in the future', async () => {
    const b = await lockedBucket();
    await put(b);
    const past = { Mode: 'GOVERNANCE', RetainUntilDate: new Date(Date.now() - 60_000) } as const;
    expect(await refused(retain(b, past))).toEqual({ name: 'InvalidArgument', status: 400 });
  });

  conforms('or hold that was never set is not found', async () => {
    const b = await lockedBucket();
    await put(b);
    const nothing = { name: 'NoSuchObjectLockConfiguration', status: 404 };
    const place = { Bucket: b, Key: 'k' };
    expect(await refused(client().send(new GetObjectRetentionCommand(place)))).toEqual(nothing);
    expect(await refused(client().send(new GetObjectLegalHoldCommand(place)))).toEqual(nothing);
  });
});

describe('a legal hold', () => {
  conforms('keeps its version until it is taken off', async () => {
    const b = await lockedBucket();
    const { VersionId } = await put(b);
    await hold(b, 'ON');
    expect((await head(b)).ObjectLockLegalHoldStatus).toBe('ON');
    expect(await refused(remove(b, VersionId, true))).toEqual({ name: 'AccessDenied', status: 403 });
    await hold(b, 'OFF');
    expect((await head(b)).ObjectLockLegalHoldStatus).toBe('OFF');
    await remove(b, VersionId);
  });

  conforms('holds one version and no other', async () => {
    const b = await lockedBucket();
    const held = await put(b, { ObjectLockLegalHoldStatus: 'ON' });
    const free = await put(b);
    await remove(b, free.VersionId);
    expect((await refused(remove(b, held.VersionId))).status).toBe(403);
    await client().send(
      new PutObjectLegalHoldCommand({
        Bucket: b,
        Key: 'k',
        VersionId: held.VersionId,
        LegalHold: { Status: 'OFF' },
      }),
    );
    await remove(b, held.VersionId);
  });
});
