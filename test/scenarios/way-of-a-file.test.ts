/** One saved file, followed through the house: from the disk to a version with a receipt, and back. */
import { chmod, mkdir, readFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { digest, readTree } from '../support/world/disk.ts';
import { FOLDER, openWorld } from '../support/world/world.ts';

describe('the way of a file', () => {
  test('saved, changed, touched: two versions, and no request where nothing changed', async () => {
    await using w = await openWorld();

    await w.write('letters/a.txt', 'one');
    await w.write('b.txt', 'bee');
    expect(await w.settle()).toMatchObject({ puts: 2, bytes: 6, gone: 0, parked: 0 });
    await w.expectVersions('letters/a.txt', ['one']);

    await w.write('letters/a.txt', 'two');
    expect(await w.settle()).toMatchObject({ puts: 1, bytes: 3 });
    await w.expectVersions('letters/a.txt', ['two', 'one']);

    w.forgetRequests();
    expect(await w.settle()).toMatchObject({ puts: 0, requests: 0 });
    await w.touch('letters/a.txt');
    expect(await w.settle(), 'the same bytes under another time').toMatchObject({ puts: 0, requests: 0 });
    expect(w.requests()).toEqual([]);

    await w.expectVersions('letters/a.txt', ['two', 'one']);
    await w.expectNothingLost();
  });

  test('an empty file, a byte, one part and a byte less than one part arrive as they are', async () => {
    await using w = await openWorld({ prefix: 'deep/place' });
    const part = 16 * 1024 * 1024;

    await w.write('empty', '');
    await w.write('byte', 'x');
    await w.write('almost', Buffer.alloc(part - 1, 'a'));
    await w.write('part', Buffer.alloc(part, 'p'));
    expect(await w.settle()).toMatchObject({ puts: 4, parked: 0 });

    await w.expectVersions('empty', ['']);
    await w.expectVersions('byte', ['x']);
    expect(w.requests('CreateMultipartUpload')).toEqual([]);
    await w.expectNothingLost();
  });

  test('what S3 answered stands in the receipt, and the object says what the file was', async () => {
    await using w = await openWorld();
    await w.write('a.txt', 'one');
    await chmod(w.path('a.txt'), 0o640);
    await utimes(w.path('a.txt'), 1_600_000_000, 1_600_000_000.25);
    await w.settle();

    const [receipt] = w.receipts();
    const [version] = await w.bucket.versionsOf('a.txt');
    const sha256 = digest('sha256', 'one');
    expect(receipt).toMatchObject({
      operation: 'put',
      path: 'a.txt',
      versionId: version?.versionId,
      etag: digest('md5', 'one'),
      size: 3,
      sha256,
      prevHash: '0'.repeat(64),
    });
    if (w.store.kind === 'practice') {
      expect(receipt).toMatchObject({ proof: 'checksum', checksum: { algorithm: 'CRC32', type: 'FULL_OBJECT' } });
    } else {
      expect(receipt, 'a store that gives no checksum back').toMatchObject({ proof: 'etag', checksum: null });
    }
    const { Metadata } = await w.bucket.head('a.txt', version?.versionId ?? '');
    expect(Metadata).toMatchObject({ mtime: '1600000000.25', mode: '100640', 'cairn-sha256': sha256 });
    expect(Metadata?.['cairn-attempt']).toMatch(/^[0-9a-f-]{36}$/);
    expect(await w.cairnDone('receipts', 'check')).toEqual([{ checked: 1, ok: true, brokenAtSeq: null }]);
  });

  test('a sync loads Node’s HTTP, and not the second client that an import of it brings along', async () => {
    await using w = await openWorld();
    await w.write('a.txt', 'one');
    const loaded = 'process.moduleLoadList.filter((one) => /undici|_http_client/.test(one))';
    const told = `process.on('exit', () => process.stderr.write(JSON.stringify(${loaded}) + String.fromCharCode(10)))`;
    const { code, stderr } = await w.begin(['sync'], {
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(told)}` },
    }).ended;
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('_http_client') as string });
    expect(stderr).not.toContain('deps/undici/undici');
  });

  test('fields of the policy go with the file and are proved', async () => {
    await using w = await openWorld({
      policy: {
        storageClass: 'STANDARD_IA',
        tags: { project: 'cairn', 'with space': 'a+b=c/d' },
        metadata: { origin: 'laptop' },
        cacheControl: 'max-age=60',
        contentType: 'text/x-story',
        rules: [{ match: ['*.log'], set: { storageClass: 'STANDARD' } }],
      },
    });
    // The first of its fields is looked at; what comes with it takes what that look finds.
    await w.write('a.txt', 'one');
    await w.settle();
    await w.write('b.log', 'two');
    await w.settle();

    const [a] = await w.bucket.versionsOf('a.txt');
    const [b] = await w.bucket.versionsOf('b.log');
    const head = await w.bucket.head('a.txt', a?.versionId ?? '');
    expect(head).toMatchObject({
      StorageClass: 'STANDARD_IA',
      CacheControl: 'max-age=60',
      ContentType: 'text/x-story',
      Metadata: { origin: 'laptop' },
    });
    expect((await w.bucket.head('b.log', b?.versionId ?? '')).StorageClass ?? 'STANDARD').toBe('STANDARD');
    expect((await w.bucket.get('a.txt', a?.versionId ?? '')).TagCount).toBe(2);
    expect(w.receipts('a.txt')[0]).toMatchObject({
      storageClass: 'STANDARD_IA',
      request: { StorageClass: 'STANDARD_IA', CacheControl: 'max-age=60' },
      fields: { StorageClass: 'proved', CacheControl: 'proved', ContentType: 'proved', Tagging: 'proved' },
    });
  });

  test('a version comes back, and a directory as it stood at a time', async () => {
    await using w = await openWorld();
    await w.write('plans/a.txt', 'first a');
    await w.write('plans/sub/b.txt', 'first b');
    await w.write('other.txt', 'elsewhere');
    await w.settle();
    await sleep(50);
    const then = new Date().toISOString();
    await sleep(50);
    await w.write('plans/a.txt', 'second a');
    await w.write('plans/c.txt', 'not there yet');
    await w.settle();

    const versions = await w.cairnDone('versions', FOLDER, 'plans/a.txt');
    expect(versions).toMatchObject([
      { isLatest: true, size: 8 },
      { isLatest: false, size: 7 },
    ]);
    // Two files were sent at once, so which receipt came first is not told beforehand.
    expect(versions.map((version) => version['receiptSeq'])).toEqual(
      w
        .receipts('plans/a.txt')
        .map((receipt) => receipt.seq)
        .reverse(),
    );
    const earlier = String(versions[1]?.['versionId']);
    const to = join(w.root, 'back.txt');
    const [restored] = await w.cairnDone('restore', FOLDER, 'plans/a.txt', '--version-id', earlier, '--to', to);
    expect(restored).toEqual({ path: 'plans/a.txt', versionId: earlier, bytes: 7, to });
    expect(await readFile(to, 'utf8')).toBe('first a');

    const [beside] = await w.cairnDone('restore', FOLDER, 'plans/a.txt', '--version-id', earlier);
    expect(String(beside?.['to'])).toContain(join(w.disk, 'plans/a ('));
    expect(await readFile(w.path('plans/a.txt'), 'utf8'), 'the present file is left alone').toBe('second a');

    const now = await w.cairnDone('tree', FOLDER);
    expect(now.map((entry) => entry['path'])).toEqual(['other.txt', 'plans/a.txt', 'plans/c.txt', 'plans/sub/b.txt']);
    const before = await w.cairnDone('tree', FOLDER, '--at', then);
    expect(before.map((entry) => entry['path'])).toEqual(['other.txt', 'plans/a.txt', 'plans/sub/b.txt']);

    const place = join(w.root, 'place');
    await w.cairnDone('restore', FOLDER, 'plans', '--at', then, '--to', place);
    const files = await readTree(place);
    expect([...files.keys()].sort()).toEqual(['a.txt', 'sub/b.txt']);
    expect(await readFile(join(place, 'a.txt'), 'utf8')).toBe('first a');
    const original = await stat(w.path('plans/sub/b.txt'));
    const copy = await stat(join(place, 'sub/b.txt'));
    expect(copy.mode).toBe(original.mode);
    expect(Math.abs(copy.mtimeMs - original.mtimeMs), 'time of the file, milliseconds').toBeLessThan(1);

    expect(await w.cairn('restore', FOLDER, '--at', then, '--to', place), 'never over anything').toMatchObject({
      code: 2,
      lines: [{ error: { code: 'target-exists' } }],
    });
  });

  test('gone from disk: a receipt after two looks, nothing sent, and the time machine honours it', async () => {
    await using w = await openWorld();
    await w.write('a.txt', 'one');
    await w.write('gone/b.txt', 'two');
    await w.write('gone/back.txt', 'three');
    await w.write('lost/deep/c.txt', 'four');
    await w.settle();
    await w.remove('gone');
    await mkdir(w.path('gone'));
    await w.remove('lost');

    w.forgetRequests();
    // A file that returns between the two looks has never been gone.
    const settling = w.settle();
    await sleep(2_000);
    await w.write('gone/back.txt', 'three again');
    expect(await settling).toMatchObject({ puts: 1, gone: 2, deletes: 0 });
    expect(w.requests('DeleteObject')).toEqual([]);

    expect(w.receipts('gone/b.txt')).toMatchObject([{ operation: 'put' }, { operation: 'gone', versionId: null }]);
    expect(w.receipts('lost/deep/c.txt').map((receipt) => receipt.operation)).toEqual(['put', 'gone']);
    expect(w.receipts('gone/back.txt').map((receipt) => receipt.operation)).toEqual(['put', 'put']);
    const tree = await w.cairnDone('tree', FOLDER);
    expect(tree.map((entry) => entry['path'])).toEqual(['a.txt', 'gone/back.txt']);
    await w.expectVersions('gone/b.txt', ['two']);
    await w.expectNothingLost();

    await w.write('gone/b.txt', 'two');
    expect(await w.settle(), 'a path that returns is put again').toMatchObject({ puts: 1 });
    await w.expectVersions('gone/b.txt', ['two', 'two']);
  });
});
