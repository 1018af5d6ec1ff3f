import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Blobs } from '../../../main/practice/blobs.ts';
import { compareKeys, KeyIndex } from '../../../main/practice/key-order.ts';
import { encodeLine, replay } from '../../../main/practice/log.ts';
import { lockFolder } from '../../../main/practice/lock.ts';
import type { Change, ObjectVersion } from '../../../main/practice/model.ts';
import { sliceSegments } from '../../../main/practice/copy-bytes.ts';
import { makeVersionId, sequenceOf, Store } from '../../../main/practice/store.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'practice-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function object(versionId: string, sequence: number, segments: ObjectVersion['segments'] = []): ObjectVersion {
  const fields = { storageClass: 'STANDARD', headers: {}, metadata: {} };
  return { kind: 'object', versionId, sequence, modified: 0, size: 0, etag: '', segments, fields, tags: [] };
}

async function* pieces(...texts: readonly (string | Buffer)[]): AsyncGenerator<Buffer, void> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function text(blobs: Blobs, segments: ObjectVersion['segments'], start: number, end: number): Promise<string> {
  const read: Buffer[] = [];
  for await (const piece of blobs.read(segments, start, end)) read.push(piece);
  return Buffer.concat(read).toString('latin1');
}

async function filesIn(path: string): Promise<string[]> {
  const found = await readdir(path, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

describe('the order of keys', () => {
  it('is that of their UTF-8 bytes, surrogates included', () => {
    const keys = [
      '',
      'a',
      'a/',
      'a0',
      'b',
      'z',
      'é',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '\u{10000}',
      '\u{1F600}',
      'a\u{10000}',
      'a\uffff',
    ];
    const byBytes = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(keys.toReversed().sort(compareKeys)).toEqual(byBytes);
  });

  it('is kept by an index of any size, through adding and removing', () => {
    const index = new KeyIndex<{ readonly key: string }>();
    const keys = Array.from({ length: 5000 }, (_, at) => `k${String((at * 7919) % 5000)}`);
    for (const key of keys) index.add({ key });
    const kept = new Set(keys);
    for (const key of keys.slice(0, 2500)) {
      index.remove(key);
      kept.delete(key);
    }
    expect(index.size).toBe(2500);
    const sorted = [...kept].sort();
    expect(Array.from(index.all(), ({ key }) => key)).toEqual(sorted);
    expect(
      Array.from(
        index.from((key) => key > 'k3'),
        ({ key }) => key,
      ),
    ).toEqual(sorted.filter((key) => key > 'k3'));
    expect([...index.from((key) => key > 'x')]).toEqual([]);
    for (const key of kept) index.remove(key);
    expect([...index.all()]).toEqual([]);
  });
});

describe('VersionIds', () => {
  it('carry their sequence, and sort by it', () => {
    const ids = [1, 31, 32, 33, 1024, 2 ** 40].map(makeVersionId);
    expect(ids.map(sequenceOf)).toEqual([1, 31, 32, 33, 1024, 2 ** 40]);
    expect(ids.toSorted()).toEqual(ids);
    expect(sequenceOf('null')).toBeUndefined();
    expect(sequenceOf('x'.repeat(32))).toBeUndefined();
  });
});

describe('the log', () => {
  const change: Change = { do: 'make-bucket', bucket: 'b\né', created: 1 };

  it('comes back line by line up to a torn end, wherever it is torn', () => {
    const lines = Buffer.concat([encodeLine(change), encodeLine(change)]);
    const first = encodeLine(change).length;
    for (let cut = first; cut < lines.length; cut += 1) {
      const seen: Change[] = [];
      expect(replay(lines.subarray(0, cut), (one) => seen.push(one))).toEqual({
        lines: 1,
        goodLength: first,
        endIsTorn: true,
      });
      expect(seen).toEqual([change]);
    }
  });

  it('stops at a line whose bytes have changed', () => {
    const bad = encodeLine(change);
    bad[20] = (bad[20] ?? 0) ^ 1;
    expect(replay(bad, () => undefined)).toMatchObject({ lines: 0, goodLength: 0 });
  });

  it('that is torn lets the store start and go on', async () => {
    const store = await Store.open(folder);
    await store.commit({ do: 'make-bucket', bucket: 'one', created: 1 });
    await store.close();
    await appendFile(join(folder, 'log'), '0123abcd {"do":"make-bu');
    const again = await Store.open(folder);
    expect([...again.state.buckets.keys()]).toEqual(['one']);
    await again.commit({ do: 'make-bucket', bucket: 'two', created: 2 });
    await again.close();
    const third = await Store.open(folder);
    expect([...third.state.buckets.keys()]).toEqual(['one', 'two']);
    await third.close();
  });

  it('that is damaged far from its end is not cut', async () => {
    const store = await Store.open(folder);
    await store.commit({ do: 'make-bucket', bucket: 'one', created: 1 });
    await store.close();
    const damaged = Buffer.concat([Buffer.from('damage\n'), Buffer.alloc(9 * 1024 * 1024, 'x\n')]);
    await writeFile(join(folder, 'log'), damaged);
    await expect(Store.open(folder)).rejects.toThrow('damaged');
    expect((await readFile(join(folder, 'log'))).equals(damaged)).toBe(true);
  });

  it('is written anew where most of it is past, and says the same', async () => {
    const store = await Store.open(folder);
    await store.commit({ do: 'make-bucket', bucket: 'b', created: 1 });
    await store.commit({ do: 'set-versioning', bucket: 'b', versioning: 'Enabled' });
    const id = makeVersionId(1);
    await store.commit({ do: 'add-version', bucket: 'b', key: 'k', version: object(id, 1) });
    await Promise.all(
      Array.from({ length: 1500 }, (_, at) =>
        store.commit({ do: 'set-tags', bucket: 'b', key: 'k', versionId: id, tags: [['n', String(at)]] }),
      ),
    );
    const before = [...store.state.changes()];
    await store.close();
    const { size } = await stat(join(folder, 'log'));
    const again = await Store.open(folder);
    expect([...again.state.changes()]).toEqual(before);
    expect((await stat(join(folder, 'log'))).size).toBeLessThan(size / 100);
    expect(again.state.nextSequence()).toBe(2);
    await again.close();
  });
});

describe('the state', () => {
  it('puts a null version in the place of the former one, on top', async () => {
    const store = await Store.open(folder);
    await store.commit({ do: 'make-bucket', bucket: 'b', created: 1 });
    for (const [id, sequence] of [
      ['null', 1],
      [makeVersionId(2), 2],
      ['null', 3],
    ] as const) {
      await store.commit({ do: 'add-version', bucket: 'b', key: 'k', version: object(id, sequence) });
    }
    expect(
      store
        .bucket('b')
        .keys.get('k')
        ?.versions.map((version) => version.sequence),
    ).toEqual([3, 2]);
    await store.close();
  });

  it('drops no bucket into which something is on its way', async () => {
    const store = await Store.open(folder);
    await store.commit({ do: 'make-bucket', bucket: 'b', created: 1 });
    const put = store.commit({ do: 'add-version', bucket: 'b', key: 'k', version: object('null', 1) });
    await expect(store.dropBucket('b')).rejects.toThrow('not empty');
    expect(await put).toBe(true);
    await store.close();
  });

  it('tells of a part that came after its upload had gone', async () => {
    const store = await Store.open(folder);
    await store.commit({ do: 'make-bucket', bucket: 'b', created: 1 });
    const part = { number: 1, size: 0, etag: '', modified: 0, segments: [], checksum: undefined };
    expect(await store.commit({ do: 'add-part', bucket: 'b', uploadId: 'gone', part })).toBe(false);
    await store.close();
  });

  it('lets one at a time work on a key', async () => {
    const store = await Store.open(folder);
    const order: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(`${name} ends`);
    };
    const failing = store.withKey('b', 'k', () => Promise.reject(new Error('no')));
    await Promise.all([
      expect(failing).rejects.toThrow('no'),
      store.withKey('b', 'k', work('one')),
      store.withKey('b', 'k', work('two')),
    ]);
    expect(order).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
    await store.close();
  });
});

describe('blobs', () => {
  it('give back small and large bodies, whole and in ranges, and go when nothing uses them', async () => {
    const blobs = new Blobs(join(folder, 'data'));
    await blobs.sweep();
    const small = await blobs.write(pieces('abc', 'def'), () => undefined);
    const large = await blobs.write(pieces(Buffer.alloc(300_000, 'x'), 'end'), () => undefined);
    expect(await text(blobs, small.segments, 1, 5)).toBe('bcde');
    expect(await text(blobs, large.segments, 299_998, 300_003)).toBe('xxend');
    const joined = [...small.segments, ...large.segments, ...small.segments];
    expect(await text(blobs, joined, 5, 7)).toBe('fx');
    expect(await text(blobs, joined, 300_008, 300_012)).toBe('dabc');
    const cut = sliceSegments(joined, 4, 300_011);
    expect(await text(blobs, cut, 0, 3)).toBe('efx');
    expect(await text(blobs, cut, 300_002, 300_007)).toBe('endab');
    large.release();
    small.release();
    await blobs.close();
    expect((await filesIn(folder)).filter((name) => !name.endsWith('.pack'))).toEqual([]);
  });

  it('leave nothing behind where the source fails', async () => {
    const blobs = new Blobs(join(folder, 'data'));
    await blobs.sweep();
    async function* failing(): AsyncGenerator<Buffer, void> {
      yield await Promise.resolve(Buffer.alloc(300_000));
      throw new Error('cut off');
    }
    await expect(blobs.write(failing(), () => undefined)).rejects.toThrow('cut off');
    await blobs.close();
    expect(await filesIn(folder)).toEqual([]);
  });
});

describe('packs that are mostly holes', () => {
  it('are written anew at the start, and every body is still there', async () => {
    const store = await Store.open(folder);
    await store.commit({ do: 'make-bucket', bucket: 'b', created: 1 });
    for (let at = 0; at < 12; at += 1) {
      const stored = await store.blobs.write(
        pieces(Buffer.alloc(200_000, String.fromCharCode(97 + at))),
        () => undefined,
      );
      const version = { ...object('null', at + 1, stored.segments), size: stored.size };
      await store.commit({ do: 'add-version', bucket: 'b', key: `k${String(at)}`, version });
      await store.commit({ do: 'add-version', bucket: 'b', key: `copy of k${String(at)}`, version });
      stored.release();
    }
    for (let at = 0; at < 9; at += 1) {
      for (const key of [`k${String(at)}`, `copy of k${String(at)}`]) {
        await store.commit({ do: 'drop-version', bucket: 'b', key, versionId: 'null' });
      }
    }
    await store.close();
    const bytesOnDisk = async (): Promise<number> => {
      const found = await readdir(join(folder, 'data'), { recursive: true, withFileTypes: true });
      const files = found.filter((entry) => entry.isFile());
      const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
      return sizes.reduce((sum, size) => sum + size, 0);
    };
    expect(await bytesOnDisk()).toBe(2_400_000);
    const again = await Store.open(folder);
    expect(await bytesOnDisk()).toBe(600_000);
    for (const key of ['k9', 'copy of k11']) {
      const version = again.bucket('b').keys.get(key)?.versions[0];
      const letter = key === 'k9' ? 'j' : 'l';
      const segments = version?.kind === 'object' ? version.segments : [];
      expect((await text(again.blobs, segments, 0, 200_000)) === letter.repeat(200_000)).toBe(true);
    }
    expect(again.bucket('b').keys.size).toBe(6);
    await again.close();
  });
});

describe('the lock of a folder', () => {
  it('is had once, and again after its release or the end of its holder', async () => {
    const first = await lockFolder(folder);
    expect(first).toBeDefined();
    expect(await lockFolder(folder)).toBeUndefined();
    await first?.release();
    const second = await lockFolder(folder);
    expect(second).toBeDefined();
    await second?.release();
  });

  it('is had in a folder whose path is too long for a socket', async () => {
    const { mkdir } = await import('node:fs/promises');
    const long = join(folder, 'n'.repeat(120));
    await mkdir(long);
    const first = await lockFolder(long);
    expect(first).toBeDefined();
    expect(await lockFolder(long)).toBeUndefined();
    await first?.release();
  });
});
