/** Versions and delete markers, in buckets with versioning on, suspended and never set. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { refused, suite } from './support.ts';

const { client, bucket, conforms } = suite('versions');

async function put(Bucket: string, Key: string, Body: string) {
  return client().send(new PutObjectCommand({ Bucket, Key, Body }));
}

async function text(Bucket: string, Key: string, VersionId?: string): Promise<string | undefined> {
  const { Body } = await client().send(new GetObjectCommand({ Bucket, Key, VersionId }));
  return Body?.transformToString();
}

async function remove(Bucket: string, Key: string, VersionId?: string) {
  return client().send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
}

async function list(Bucket: string) {
  const { Versions = [], DeleteMarkers = [] } = await client().send(new ListObjectVersionsCommand({ Bucket }));
  return { versions: Versions, markers: DeleteMarkers };
}

async function setVersioning(Bucket: string, Status: 'Enabled' | 'Suspended') {
  await client().send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
}

describe('buckets', () => {
  conforms('are made, found, listed and removed', async () => {
    const b = await bucket('never');
    await client().send(new HeadBucketCommand({ Bucket: b }));
    const { Buckets } = await client().send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toContain(b);
    await client().send(new DeleteBucketCommand({ Bucket: b }));
    expect((await refused(client().send(new HeadBucketCommand({ Bucket: b })))).status).toBe(404);
  });

  conforms('that are not empty stay, even if only a delete marker is in them', async () => {
    const b = await bucket();
    const { VersionId } = await remove(b, 'k');
    const drop = () => client().send(new DeleteBucketCommand({ Bucket: b }));
    expect(await refused(drop())).toEqual({ name: 'BucketNotEmpty', status: 409 });
    await remove(b, 'k', VersionId);
    await drop();
  });

  conforms('have names of a certain form', async () => {
    for (const name of ['Upper-case', 'ab', 'under_score', '192.168.1.1']) {
      expect(await refused(client().send(new CreateBucketCommand({ Bucket: name }))), name).toEqual({
        name: 'InvalidBucketName',
        status: 400,
      });
    }
  });

  conforms('tell their location and versioning', async () => {
    const b = await bucket('never');
    const versioning = async () => (await client().send(new GetBucketVersioningCommand({ Bucket: b }))).Status;
    expect(await versioning()).toBeUndefined();
    await setVersioning(b, 'Enabled');
    expect(await versioning()).toBe('Enabled');
    await setVersioning(b, 'Suspended');
    expect(await versioning()).toBe('Suspended');
    await client().send(new GetBucketLocationCommand({ Bucket: b }));
  });
});

describe('versioning on', () => {
  conforms('every put makes a version that can be read', async () => {
    const b = await bucket();
    const ids = [];
    for (const body of ['one', 'two', 'three']) ids.push((await put(b, 'k', body)).VersionId);
    expect(new Set(ids).size).toBe(3);
    expect(await text(b, 'k')).toBe('three');
    expect(await text(b, 'k', ids[0])).toBe('one');
    const { versions } = await list(b);
    expect(versions.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [ids[2], true],
      [ids[1], false],
      [ids[0], false],
    ]);
  });

  conforms('two writers at once make two versions', async () => {
    const b = await bucket();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => put(b, 'k', `body ${String(at)}`)));
    const ids = answers.map(({ VersionId }) => VersionId);
    const { versions } = await list(b);
    expect(versions.map(({ VersionId }) => VersionId).toSorted()).toEqual(ids.toSorted());
    for (const [at, id] of ids.entries()) expect(await text(b, 'k', id)).toBe(`body ${String(at)}`);
  });

  conforms('a delete makes a marker, and removing the marker brings the object back', async () => {
    const b = await bucket();
    await put(b, 'k', 'one');
    const marker = await remove(b, 'k');
    expect(marker.DeleteMarker).toBe(true);
    expect(await refused(text(b, 'k'))).toEqual({ name: 'NoSuchKey', status: 404 });
    const { versions, markers } = await list(b);
    expect(versions).toMatchObject([{ Key: 'k', IsLatest: false }]);
    expect(markers).toMatchObject([{ Key: 'k', IsLatest: true, VersionId: marker.VersionId }]);
    const gone = await remove(b, 'k', marker.VersionId);
    expect(gone).toMatchObject({ DeleteMarker: true, VersionId: marker.VersionId });
    expect(await text(b, 'k')).toBe('one');
  });

  conforms('deleting an old version leaves the latest alone', async () => {
    const b = await bucket();
    const { VersionId } = await put(b, 'k', 'one');
    await put(b, 'k', 'two');
    const answer = await remove(b, 'k', VersionId);
    expect(answer.VersionId).toBe(VersionId);
    expect(answer.DeleteMarker).toBeUndefined();
    expect(await text(b, 'k')).toBe('two');
    expect(await refused(text(b, 'k', VersionId))).toEqual({ name: 'NoSuchVersion', status: 404 });
  });

  conforms('deleting the latest version uncovers the one before', async () => {
    const b = await bucket();
    await put(b, 'k', 'one');
    const { VersionId } = await put(b, 'k', 'two');
    await remove(b, 'k', VersionId);
    expect(await text(b, 'k')).toBe('one');
  });

  conforms('a delete marker is not read by its VersionId', async () => {
    const b = await bucket();
    const { VersionId } = await remove(b, 'k');
    expect(await refused(text(b, 'k', VersionId))).toEqual({ name: 'MethodNotAllowed', status: 405 });
  });

  conforms('HEAD tells the VersionId', async () => {
    const b = await bucket();
    const { VersionId } = await put(b, 'k', 'one');
    await put(b, 'k', 'two');
    const old = await client().send(new HeadObjectCommand({ Bucket: b, Key: 'k', VersionId }));
    expect(old).toMatchObject({ VersionId, ContentLength: 3 });
  });

  conforms('a VersionId that cannot be is refused', async () => {
    const b = await bucket();
    await put(b, 'k', 'one');
    expect(await refused(text(b, 'k', 'no-such-version'))).toEqual({ name: 'InvalidArgument', status: 400 });
  });
});

describe('versioning suspended', () => {
  conforms('a put overwrites the null version and keeps the others', async () => {
    const b = await bucket();
    const { VersionId } = await put(b, 'k', 'kept');
    await setVersioning(b, 'Suspended');
    await put(b, 'k', 'null one');
    await put(b, 'k', 'null two');
    const { versions } = await list(b);
    expect(versions.map((version) => [version.VersionId, version.IsLatest])).toEqual([
      ['null', true],
      [VersionId, false],
    ]);
    expect(await text(b, 'k', 'null')).toBe('null two');
    expect(await text(b, 'k', VersionId)).toBe('kept');
  });

  conforms('a delete puts a null marker in the place of the null version', async () => {
    const b = await bucket();
    const { VersionId } = await put(b, 'k', 'kept');
    await setVersioning(b, 'Suspended');
    await put(b, 'k', 'null one');
    await remove(b, 'k');
    const { versions, markers } = await list(b);
    expect(versions.map((version) => version.VersionId)).toEqual([VersionId]);
    expect(markers.map((marker) => marker.VersionId)).toEqual(['null']);
  });

  conforms('a null version from before stays when versioning is on again', async () => {
    const b = await bucket('never');
    await put(b, 'k', 'first');
    await setVersioning(b, 'Enabled');
    const { VersionId } = await put(b, 'k', 'second');
    const { versions } = await list(b);
    expect(versions.map((version) => version.VersionId)).toEqual([VersionId, 'null']);
    expect(await text(b, 'k', 'null')).toBe('first');
  });
});

describe('versioning never set', () => {
  conforms('a put overwrites, and no VersionId is told', async () => {
    const b = await bucket('never');
    await put(b, 'k', 'one');
    expect((await put(b, 'k', 'two')).VersionId).toBeUndefined();
    const { versions } = await list(b);
    expect(versions.map((version) => version.VersionId)).toEqual(['null']);
    expect(await text(b, 'k')).toBe('two');
  });

  conforms('a delete removes for good', async () => {
    const b = await bucket('never');
    await put(b, 'k', 'one');
    expect((await remove(b, 'k')).DeleteMarker).toBeUndefined();
    expect(await list(b)).toEqual({ versions: [], markers: [] });
    await remove(b, 'k');
  });
});

describe('batches of deletes', () => {
  conforms('make markers and remove versions, and say which', async () => {
    const b = await bucket();
    const { VersionId } = await put(b, 'a', 'one');
    await put(b, 'b <&> ü\n', 'two');
    const answer = await client().send(
      new DeleteObjectsCommand({
        Bucket: b,
        Delete: { Objects: [{ Key: 'a', VersionId }, { Key: 'b <&> ü\n' }, { Key: 'never there' }] },
      }),
    );
    expect(answer.Errors).toBeUndefined();
    const deleted = new Map(answer.Deleted?.map((one) => [one.Key, one]));
    expect(deleted.get('a')).toMatchObject({ VersionId });
    expect(deleted.get('b <&> ü\n')).toMatchObject({ DeleteMarker: true });
    expect(deleted.size).toBe(3);
    const { versions, markers } = await list(b);
    expect(versions.map(({ Key }) => Key)).toEqual(['b <&> ü\n']);
    expect(markers.map(({ Key }) => Key)).toEqual(['b <&> ü\n', 'never there']);
  });

  conforms('that are quiet say only what failed', async () => {
    const b = await bucket();
    await put(b, 'a', 'one');
    const Delete = { Objects: [{ Key: 'a' }], Quiet: true };
    expect((await client().send(new DeleteObjectsCommand({ Bucket: b, Delete }))).Deleted).toBeUndefined();
  });

  conforms('take a thousand keys', async () => {
    const b = await bucket();
    const Objects = Array.from({ length: 1000 }, (_, at) => ({ Key: `k & ${String(at)}` }));
    const answer = await client().send(new DeleteObjectsCommand({ Bucket: b, Delete: { Objects } }));
    expect(answer.Deleted).toHaveLength(1000);
  });
});
