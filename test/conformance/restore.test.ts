/** Objects of archive classes: asked back, waited for, read, and told of. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type RestoreRequest,
  RestoreObjectCommand,
  type StorageClass,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { refused, suite, THAW_DELAY } from './support.ts';

const { client, bucket, conforms } = suite('restore');

async function archive(StorageClass: StorageClass = 'GLACIER'): Promise<string> {
  const b = await bucket();
  await client().send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: 'cold', StorageClass }));
  return b;
}

async function restore(Bucket: string, RestoreRequest: RestoreRequest = { Days: 2 }, VersionId?: string) {
  return client().send(new RestoreObjectCommand({ Bucket, Key: 'k', RestoreRequest, VersionId }));
}

async function told(Bucket: string) {
  return (await client().send(new HeadObjectCommand({ Bucket, Key: 'k' }))).Restore;
}

async function text(Bucket: string, VersionId?: string) {
  const { Body } = await client().send(new GetObjectCommand({ Bucket, Key: 'k', VersionId }));
  return Body?.transformToString();
}

/** Waits until HEAD says that the copy is there. */
async function thawed(Bucket: string): Promise<string> {
  const deadline = Date.now() + THAW_DELAY + 10_000;
  while (Date.now() < deadline) {
    const state = await told(Bucket);
    if (state?.includes('false') === true) return state;
    await sleep(200);
  }
  throw new Error('The object was not restored in time.');
}

describe('a restore', () => {
  for (const StorageClass of ['GLACIER', 'DEEP_ARCHIVE'] as const) {
    conforms(`of ${StorageClass} goes on for a while and then lets the object be read`, async () => {
      const b = await archive(StorageClass);
      expect(await told(b)).toBeUndefined();
      expect((await restore(b)).$metadata.httpStatusCode).toBe(202);
      expect(await told(b)).toBe('ongoing-request="true"');
      expect(await refused(text(b))).toEqual({ name: 'InvalidObjectState', status: 403 });
      const state = await thawed(b);
      const expiry = Date.parse(/expiry-date="(.*)"/.exec(state)?.[1] ?? '');
      const days = (expiry - Date.now()) / (24 * 60 * 60 * 1000);
      expect(days).toBeGreaterThan(1.9);
      expect(days).toBeLessThan(3.1);
      expect(await text(b)).toBe('cold');
      const head = await client().send(new HeadObjectCommand({ Bucket: b, Key: 'k' }));
      expect(head.StorageClass).toBe(StorageClass);
    });
  }

  conforms('that goes on already is refused', async () => {
    const b = await archive();
    await restore(b);
    expect(await refused(restore(b))).toEqual({ name: 'RestoreAlreadyInProgress', status: 409 });
  });

  conforms('of what is there already only moves its end', async () => {
    const b = await archive();
    await restore(b, { Days: 1 });
    const before = await thawed(b);
    expect((await restore(b, { Days: 9 })).$metadata.httpStatusCode).toBe(200);
    const after = await thawed(b);
    expect(after).not.toBe(before);
    expect(await text(b)).toBe('cold');
  });

  conforms('knows the tiers of each class', async () => {
    const asked = (Tier: 'Expedited' | 'Standard' | 'Bulk') => ({ Days: 1, GlacierJobParameters: { Tier } });
    for (const tier of ['Expedited', 'Standard', 'Bulk'] as const) {
      expect((await restore(await archive(), asked(tier))).$metadata.httpStatusCode, tier).toBe(202);
    }
    expect((await refused(restore(await archive('DEEP_ARCHIVE'), asked('Expedited')))).status).toBe(400);
    const odd = { Days: 1, GlacierJobParameters: { Tier: 'Soon' as 'Bulk' } };
    expect((await refused(restore(await archive(), odd))).status).toBe(400);
  });

  conforms('needs a number of days', async () => {
    const b = await archive();
    expect((await refused(restore(b, {}))).status).toBe(400);
    expect((await refused(restore(b, { Days: 0 }))).status).toBe(400);
    expect(await told(b)).toBeUndefined();
  });

  for (const StorageClass of ['STANDARD', 'STANDARD_IA', 'GLACIER_IR'] as const) {
    conforms(`of ${StorageClass}, which can be read anyway, is refused`, async () => {
      const b = await archive(StorageClass);
      expect(await text(b)).toBe('cold');
      expect(await refused(restore(b))).toEqual({ name: 'InvalidObjectState', status: 403 });
    });
  }

  conforms('is of one version', async () => {
    const b = await archive();
    const { VersionId } = await client().send(new HeadObjectCommand({ Bucket: b, Key: 'k' }));
    await client().send(new PutObjectCommand({ Bucket: b, Key: 'k', Body: 'colder', StorageClass: 'GLACIER' }));
    await restore(b, { Days: 1 }, VersionId);
    expect(await told(b)).toBeUndefined();
    await sleep(THAW_DELAY + 200);
    expect(await text(b, VersionId)).toBe('cold');
    expect((await refused(text(b))).status).toBe(403);
  });

  conforms('of what is not there is refused', async () => {
    expect(await refused(restore(await bucket()))).toEqual({ name: 'NoSuchKey', status: 404 });
  });
});

conforms('a copy is made of a restored object, and of no other archived one', async () => {
  const b = await archive();
  const copy = () => client().send(new CopyObjectCommand({ Bucket: b, Key: 'copy', CopySource: `${b}/k` }));
  expect((await refused(copy())).status).toBe(403);
  await restore(b);
  await thawed(b);
  await copy();
  const { Body } = await client().send(new GetObjectCommand({ Bucket: b, Key: 'copy' }));
  expect(await Body?.transformToString()).toBe('cold');
});

conforms('listings tell of restores where they are asked to', async () => {
  const b = await archive();
  await restore(b);
  const OptionalObjectAttributes = ['RestoreStatus'] as ['RestoreStatus'];
  const { Contents } = await client().send(new ListObjectsV2Command({ Bucket: b, OptionalObjectAttributes }));
  expect(Contents).toMatchObject([{ Key: 'k', RestoreStatus: { IsRestoreInProgress: true } }]);
  await thawed(b);
  const { Versions } = await client().send(new ListObjectVersionsCommand({ Bucket: b, OptionalObjectAttributes }));
  expect(Versions).toMatchObject([{ Key: 'k', RestoreStatus: { IsRestoreInProgress: false } }]);
  expect(Versions?.[0]?.RestoreStatus?.RestoreExpiryDate).toBeInstanceOf(Date);
  const plain = await client().send(new ListObjectsV2Command({ Bucket: b }));
  expect(plain.Contents?.[0]?.RestoreStatus).toBeUndefined();
});
