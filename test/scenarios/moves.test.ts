/**
 * A file that was renamed or moved is copied within the bucket, and none of its bytes is sent again. In: files under new
 * names. Out: a version under each, with a receipt that names what it was copied from; the old name goes by its own proof.
 */
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { link, mkdir, rename } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Receipt } from '../../main/contract/models.ts';
import { openWire, type Wire, type WireOptions, type WireSync } from '../support/proxy/wire.ts';
import { seededBytes } from '../support/world/disk.ts';
import { storeKind } from '../support/world/stores.ts';
import { FOLDER, tellOnce, type Content } from '../support/world/world.ts';

const isPractice = storeKind === 'practice';
/** How a copy is known to have the bytes of the file. */
const PROOF = isPractice ? 'checksum' : 'etag';
const LARGE = seededBytes(17 * 1024 * 1024 + 5, 'moved');
/** How far apart the two looks are here, milliseconds. */
const GAP = 300;

/** A world in which these files were sent. */
async function sent(files: Readonly<Record<string, Content>>, options: WireOptions = {}): Promise<Wire> {
  const wire = await openWire(options);
  // A folder that is empty altogether is taken for a disk that is not there.
  for (const [path, content] of Object.entries({ stays: 'it stays', ...files })) await wire.world.write(path, content);
  await wire.settle();
  began.set(wire, wire.world.receipts().at(-1)?.seq ?? 0);
  wire.proxy.forget();
  return wire;
}

/** Looks twice where it must, and sends. */
const settle = (wire: Wire): Promise<WireSync> => wire.settle({ proofGapMs: GAP });

/** The receipts after those of the beginning, in a few words, oldest first. */
function wordsSince(wire: Wire): string[] {
  const receipts = wire.world.receipts().filter(({ seq }) => seq > (began.get(wire) ?? 0));
  return receipts.map(({ operation, path }) => `${operation} ${path}`);
}
/** The last receipt of what was there in the beginning. */
const began = new WeakMap<Wire, number>();

/** Bytes of files that went out: a copy has none. */
function bytesSent(wire: Wire): number {
  const bodies = wire.proxy.requests.filter(({ operation }) => ['PutObject', 'UploadPart'].includes(operation));
  return bodies.reduce((sum, { bodyLength }) => sum + bodyLength, 0);
}

/** The last receipt of a path is a copy of a version that the first of another path tells of. */
function expectCopied(wire: Wire, from: string, to: string): Receipt {
  const { world: w } = wire;
  const source = w.receipts(from).find(({ operation }) => operation === 'put' || operation === 'multipart');
  const copy = w.receipts(to).at(-1);
  if (source === undefined || copy === undefined) throw new Error(`${from} or ${to} has no receipt`);
  expect(copy).toMatchObject({ operation: 'copy', sha256: source.sha256, size: source.size });
  const versionId = encodeURIComponent(source.versionId ?? '');
  expect(copy.request['CopySource']).toBe(`${w.bucket.name}/${encodeURIComponent(source.key)}?versionId=${versionId}`);
  return copy;
}

/** In the bucket as on disk, each version explained, and nothing left to do. */
async function expectAtRest(wire: Wire): Promise<void> {
  await wire.world.expectNothingLost();
  expect(wire.jobs()).toEqual([]);
  wire.proxy.forget();
  expect((await settle(wire)).summary, 'looked at again').toMatchObject({ puts: 0, moves: 0, gone: 0, requests: 0 });
}

describe('a new name', () => {
  test('a large file and a small one: no body, one version each, and the old names go after the copies', async () => {
    await using wire = await sent({ 'film.mp4': LARGE, 'a b+c.txt': 'one' });
    const { world: w } = wire;
    const before = new Date();
    await w.rename('film.mp4', 'films/2026/Grüße.mp4');
    await w.rename('a b+c.txt', 'b.txt');
    expect(await w.cairnDone('plan', FOLDER)).toEqual([
      { path: 'b.txt', operation: 'move', reason: 'moved', size: 3, from: 'a b+c.txt' },
      { path: 'films/2026/Grüße.mp4', operation: 'move', reason: 'moved', size: LARGE.length, from: 'film.mp4' },
      { path: 'a b+c.txt', operation: 'gone', reason: 'moved', size: 3 },
      { path: 'film.mp4', operation: 'gone', reason: 'moved', size: LARGE.length },
    ]);

    const { summary } = await settle(wire);

    expect(summary).toMatchObject({ puts: 0, moves: 2, gone: 2, bytes: 0, parked: 0 });
    expect(bytesSent(wire)).toBe(0);
    expect(expectCopied(wire, 'a b+c.txt', 'b.txt')).toMatchObject({ proof: PROOF, dropped: [] });
    expect(expectCopied(wire, 'film.mp4', 'films/2026/Grüße.mp4')).toMatchObject({ proof: PROOF, dropped: [] });
    // Of each file: the small one may be done with before the large one is copied.
    const words = wordsSince(wire);
    expect([...words].sort()).toEqual(['copy b.txt', 'copy films/2026/Grüße.mp4', 'gone a b+c.txt', 'gone film.mp4']);
    expect(words.indexOf('gone a b+c.txt')).toBeGreaterThan(words.indexOf('copy b.txt'));
    expect(words.indexOf('gone film.mp4')).toBeGreaterThan(words.indexOf('copy films/2026/Grüße.mp4'));
    await w.expectVersions('films/2026/Grüße.mp4', [LARGE]);
    await w.expectVersions('film.mp4', [LARGE]);
    await w.expectVersions('b.txt', ['one']);

    const pathsAt = async (...at: string[]) => (await w.cairnDone('tree', FOLDER, ...at)).map((line) => line['path']);
    expect(await pathsAt()).toEqual(['b.txt', 'films/2026/Grüße.mp4', 'stays']);
    expect(await pathsAt('--at', before.toISOString())).toEqual(['a b+c.txt', 'film.mp4', 'stays']);
    const [version] = await w.cairnDone('versions', FOLDER, 'b.txt');
    expect(version).toMatchObject({ isLatest: true, size: 3, receiptSeq: w.receipts('b.txt')[0]?.seq });
    await expectAtRest(wire);
  });

  test('where the answer says all, a copy costs one request', async () => {
    await using wire = await sent({ a: 'one', b: 'two' });
    await wire.world.rename('a', 'c');
    await settle(wire); // the first copy has its silent fields looked at
    wire.proxy.forget();
    await wire.world.rename('b', 'd');
    await settle(wire);
    const copied = ['CopyObject', ...(isPractice ? [] : ['HeadObject'])];
    expect(wire.proxy.requests.map(({ operation }) => operation)).toEqual(copied);
    await expectAtRest(wire);
  });

  tellOnce('a folder of many files: none of it is a delete that the brake would count', async () => {
    const names = Array.from({ length: 200 }, (_, at) => `${String(at % 7)}/${String(at)}`);
    const files = Object.fromEntries(names.map((name) => [`old/${name}`, name]));
    await using wire = await sent(files, { deletes: 'mark' });
    await wire.world.rename('old', 'new');
    expect((await settle(wire)).summary).toMatchObject({ puts: 0, moves: 200, deletes: 200, gone: 0, parked: 0 });
    expect(bytesSent(wire)).toBe(0);
    for (const name of ['0/7', '6/13']) expectCopied(wire, `old/${name}`, `new/${name}`);
    await expectAtRest(wire);
  });

  test('a rule that goes by the name: the copy is under the policy of the new one', async () => {
    const set = { storageClass: 'STANDARD_IA', metadata: { origin: 'archive' } };
    const rules = [{ match: ['archive/**'], set }];
    await using wire = await sent({ 'a.txt': 'one' }, { policy: { cacheControl: 'no-cache', rules } });
    const { world: w } = wire;
    await w.rename('a.txt', 'archive/a.txt');
    await settle(wire);
    const copy = expectCopied(wire, 'a.txt', 'archive/a.txt');
    expect(copy).toMatchObject({ storageClass: 'STANDARD_IA', policyVersion: 1 });
    expect(await w.bucket.head('archive/a.txt', copy.versionId ?? '')).toMatchObject({
      StorageClass: 'STANDARD_IA',
      CacheControl: 'no-cache',
      ContentType: 'text/plain',
      Metadata: { origin: 'archive', 'cairn-sha256': copy.sha256 },
    });
    await expectAtRest(wire);
  });

  test('it changes again before it is sent, and once more while the old name is still there', async () => {
    await using wire = await sent({ 'a.txt': 'one' });
    const { world: w } = wire;
    await w.rename('a.txt', 'b.txt');
    // Jobs are there, and nothing goes out: the store is away.
    const { endpoint } = wire.proxy;
    await wire.connectTo('http://127.0.0.1:9');
    await wire.sync({ giveUpMs: 100, proofGapMs: GAP });
    expect(wire.jobs()).toMatchObject([
      { path: 'b.txt', operation: 'put', reason: 'moved', source: { path: 'a.txt' } },
      { path: 'a.txt', operation: 'gone', reason: 'moved' },
    ]);
    await w.write('b.txt', 'two');
    await wire.connectTo(endpoint);
    expect((await settle(wire)).summary).toMatchObject({ puts: 1, moves: 0, gone: 1 });
    expect(wire.proxy.of('CopyObject')).toEqual([]);
    // What is there now was never under the old name, so that nothing holds that back.
    expect(wordsSince(wire).sort()).toEqual(['gone a.txt', 'put b.txt']);
    await expectAtRest(wire);
  });
});

describe('names that change places', () => {
  test('two that are swapped, and three in a ring', async () => {
    const contents = { a: 'of a', b: 'of b, longer', 'ring/1': 'one', 'ring/2': 'two', 'ring/3': 'three' };
    await using wire = await sent(contents);
    const { world: w } = wire;
    for (const [from, to] of [
      ['a', 'x'],
      ['b', 'a'],
      ['x', 'b'],
    ] as const)
      await w.rename(from, to);
    await mkdir(`${w.root}/aside`);
    await rename(w.path('ring/3'), `${w.root}/aside/3`);
    await w.rename('ring/2', 'ring/3');
    await w.rename('ring/1', 'ring/2');
    await rename(`${w.root}/aside/3`, w.path('ring/1'));

    expect((await settle(wire)).summary).toMatchObject({ puts: 0, moves: 5, gone: 0 });

    expect(bytesSent(wire)).toBe(0);
    await w.expectVersions('a', [contents.b, contents.a]);
    await w.expectVersions('b', [contents.a, contents.b]);
    await w.expectVersions('ring/1', ['three', 'one']);
    await w.expectVersions('ring/2', ['one', 'two']);
    await w.expectVersions('ring/3', ['two', 'three']);
    await expectAtRest(wire);
  });

  test('a second name of one file: both stay, and when one of them goes the other is not touched', async () => {
    await using wire = await sent({ a: 'one' });
    const { world: w } = wire;
    await link(w.path('a'), w.path('b'));
    expect((await settle(wire)).summary).toMatchObject({ puts: 0, moves: 1, gone: 0 });
    expectCopied(wire, 'a', 'b');
    await expectAtRest(wire);
    await w.remove('a');
    expect((await settle(wire)).summary).toMatchObject({ puts: 0, moves: 0, gone: 1 });
    expect(wordsSince(wire)).toEqual(['copy b', 'gone a']);
  });
});

describe('when something goes wrong', () => {
  test('the answer is lost: the copy is found, and made once', async () => {
    await using wire = await sent({ a: 'one' });
    wire.faults.set('CopyObject', { kind: 'after', then: { kind: 'reset', afterBytes: 0 } });
    await wire.world.rename('a', 'b');
    await settle(wire);
    expect(wire.proxy.of('CopyObject')).toHaveLength(1);
    expect(expectCopied(wire, 'a', 'b')).toMatchObject({ proof: 'adopted' });
    expect(wordsSince(wire)).toEqual(['copy b', 'gone a']);
    await expectAtRest(wire);
  });

  test.each(['put-sent', 'put-answered'])('kill -9 at %s: one version, once', async (step) => {
    await using wire = await sent({ 'film.mp4': LARGE });
    const { world: w } = wire;
    await w.rename('film.mp4', 'b.mp4');
    const ended = await w.begin(['sync'], { env: { CAIRN_TEST_END_AT: step } }).ended;
    expect(ended, `the sync was to end at ${step}`).toMatchObject({ signal: 'SIGKILL' });
    await settle(wire);
    expectCopied(wire, 'film.mp4', 'b.mp4');
    await w.expectVersions('b.mp4', [LARGE]);
    expect(bytesSent(wire)).toBe(0);
    await expectAtRest(wire);
  });

  for (const [status, code] of [
    [501, 'NotImplemented'],
    [403, 'AccessDenied'],
    [403, 'InvalidObjectState'],
    [500, 'InternalError'],
  ] as const)
    tellOnce(`a store that answers every copy with ${String(status)} ${code} gets the file`, async () => {
      await using wire = await sent({ a: 'one' });
      wire.faults.refuse('CopyObject', status, code, Infinity);
      await wire.world.rename('a', 'b');
      expect((await settle(wire)).summary).toMatchObject({ puts: 1, moves: 0, gone: 1 });
      expect(wordsSince(wire)).toEqual(['put b', 'gone a']);
      wire.faults.clear();
      await expectAtRest(wire);
    });

  test('the version was removed in the bucket: the file is sent', async () => {
    await using wire = await sent({ a: 'one' });
    const { world: w } = wire;
    const [version] = await w.bucket.versionsOf('a');
    await w.bucket.client.send(
      new DeleteObjectCommand({ Bucket: w.bucket.name, Key: 'a', VersionId: version?.versionId }),
    );
    await w.rename('a', 'b');
    expect((await settle(wire)).summary).toMatchObject({ puts: 1, moves: 0, gone: 1 });
    await w.expectVersions('b', ['one']);
  });

  test('the old name waits as long as its copy is due, however late that comes', async () => {
    await using wire = await sent({ a: 'one' });
    wire.faults.set('CopyObject', { kind: 'delay', milliseconds: 4 * GAP });
    await wire.world.rename('a', 'b');
    await settle(wire);
    expect(wordsSince(wire)).toEqual(['copy b', 'gone a']);
    await expectAtRest(wire);
  });

  test('a file that needs attention holds its old name back no longer, and is copied from it afterwards', async () => {
    await using wire = await sent({ a: 'one' });
    wire.faults.refuse('CopyObject', 403, 'AccessDenied', Infinity);
    wire.faults.refuse('PutObject', 403, 'AccessDenied', Infinity);
    await wire.world.rename('a', 'b');
    expect((await wire.sync({ proofGapMs: GAP })).summary).toMatchObject({ puts: 0, moves: 0, gone: 1, parked: 1 });
    expect(wire.world.parked()).toEqual({ b: 'permission' });
    wire.faults.clear();
    wire.proxy.forget();
    await wire.world.cairnDone('retry', FOLDER);
    await settle(wire);
    expect(wordsSince(wire)).toEqual(['gone a', 'copy b']);
    expect(bytesSent(wire)).toBe(0);
    await expectAtRest(wire);
  });
});
