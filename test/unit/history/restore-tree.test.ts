import { createHash, randomBytes } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import { failed, success } from '../../../main/contract/result.ts';
import {
  beginManifest,
  choiceMark,
  checkSpace,
  restoreTree,
  restoreVersion,
  Slots,
  takeUpManifest,
  TEMPORARY_PREFIX,
  type ItemResult,
  type RestorePorts,
  type TreeItem,
} from '../../../main/history/index.ts';
import { openChecksum } from '../../../main/transfer/digest.ts';
import { openGrowingDigests } from '../../../main/transfer/growing.ts';
import { codeOf, must, temporaryFolder } from '../store/support.ts';

const digest = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

interface Fake {
  readonly ports: RestorePorts;
  /** Keys and ranges, in their order. */
  readonly asked: string[];
  most: number;
}

/** A store that gives the same bytes to each key; `trouble` may answer first. */
function store(bytes: (key: string) => Buffer, trouble: (key: string, time: number) => unknown = () => null): Fake {
  const asked: string[] = [];
  const times = new Map<string, number>();
  let now = 0;
  const fake = { asked, most: 0 };
  const send = async (name: string, input: { Key: string; Range?: string }) => {
    now += 1;
    fake.most = Math.max(fake.most, now);
    await new Promise(setImmediate);
    now -= 1;
    const id = `${name === 'HeadObject' ? 'HEAD ' : ''}${input.Key}${input.Range === undefined ? '' : ` ${input.Range}`}`;
    asked.push(id);
    times.set(id, (times.get(id) ?? 0) + 1);
    const met = await trouble(id, times.get(id) ?? 0);
    if (met !== null) return met;
    const all = bytes(input.Key);
    if (name === 'HeadObject') return success({ ContentLength: all.length, ETag: '"e-2"' });
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(input.Range ?? '') ?? [];
    const part = from === undefined ? all : all.subarray(Number(from), Number(to) + 1);
    return success({ Body: Readable.from([part]), ContentLength: part.length, Metadata: { mtime: '1500000000' } });
  };
  const client: unknown = { send };
  return Object.assign(fake, {
    ports: {
      client: client as RestorePorts['client'],
      bucket: 'b',
      parseMtime: () => 1_500_000_000_000_000_000n,
      run: 'run-',
      slots: new Slots(4),
      pausesMs: [0, 0],
      openChecksum: (algorithm: string) => (algorithm === 'CRC32' ? openChecksum(algorithm) : null),

      openGrowing: (fd: number, md5: boolean, algorithm: string | null) =>
        openGrowingDigests(fd, md5, algorithm === 'CRC32' ? algorithm : null),
      onBytes: () => undefined,
    },
  });
}

const item = (place: string, bytes: Buffer | string = place): TreeItem => ({
  entry: { path: place, size: bytes.length, versionId: 'v', lastModified: '', storageClass: null },
  key: place,
  sha256: digest(bytes),
  secret: {},
  place,
});

const text = (key: string): Buffer => Buffer.from(key);

describe('many files', () => {
  const wish = (to: string) => ({ folder: 'f', directory: '', at: 'then', to, choice: null as string | null });

  test('a restore that was broken off goes on: what is there and right is left, all else comes', async () => {
    const home = temporaryFolder();
    const to = temporaryFolder();
    const items = ['a', 'b/c', 'b/d', 'e'].map((place) => item(place));
    const abort = new AbortController();
    const first = store(text, (key) => (key === 'e' ? failed(failure('offline')) : null));
    const began = beginManifest(home, wish(to));
    must(
      await restoreTree(items, to, { ...first.ports, run: began.run }, { manifest: began, onResult: () => undefined }),
    );
    expect(readdirSync(to).sort()).toEqual(['a', 'b']);
    // Killed in the middle of one; another was changed by a person since, and one got only another time.
    writeFileSync(join(to, 'b', `${TEMPORARY_PREFIX}${began.run}0011`), 'half');
    rmSync(join(to, 'a'));
    writeFileSync(join(to, 'b', 'c'), 'mine');
    utimesSync(join(to, 'b', 'd'), 1, 1);

    const manifest = takeUpManifest(home, wish(to));
    if (manifest === null) throw new Error('nothing can be taken up');
    const second = store(text);
    const ended: string[] = [];
    const onResult = ({ item: { place }, result, wasThere }: ItemResult): void => {
      ended.push(`${place} ${codeOf(result)}${wasThere ? ' was there' : ''}`);
    };
    must(await restoreTree(items, to, second.ports, { manifest, onResult, signal: abort.signal }));
    expect(ended.sort()).toEqual(['a ok', 'b/c target-exists', 'b/d ok was there', 'e ok']);
    expect(second.asked.sort()).toEqual(['a', 'e']);
    expect(readFileSync(join(to, 'b', 'c'), 'utf8')).toBe('mine');
    expect(readdirSync(join(to, 'b')).sort()).toEqual(['c', 'd']);
  });

  test('another wish, a torn line, and a home that cannot be written', () => {
    const home = temporaryFolder();
    const line = { place: 'a', versionId: 'v', size: 1, mtimeNs: '1', sha256: 'x' };
    const began = beginManifest(home, wish('/to'));
    began.note(line);
    const [name = ''] = readdirSync(home);
    writeFileSync(join(home, name), '{"place":"b', { flag: 'a' });
    expect(takeUpManifest(home, { ...wish('/to'), at: 'another time' })).toBeNull();
    expect(takeUpManifest(home, wish('/elsewhere'))).toBeNull();
    expect(takeUpManifest(home, { ...wish('/to'), choice: choiceMark(['a']) })).toBeNull();
    const again = takeUpManifest(home, wish('/to'));
    expect([...(again?.lines.keys() ?? [])]).toEqual(['a']);
    again?.note({ ...line, place: 'c' });
    expect([...(takeUpManifest(home, wish('/to'))?.lines.keys() ?? [])]).toEqual(['a', 'c']);
    again?.remove();
    expect(takeUpManifest(home, wish('/to'))).toBeNull();
    writeFileSync(join(home, 'file'), '');
    const nowhere = beginManifest(join(home, 'file', 'below'), wish('/to'));
    nowhere.note(line);
    nowhere.remove();
    expect(readdirSync(home)).toEqual(['file']);
  });

  test('cancelled: no temporary is left, and no further file begun', async () => {
    const to = temporaryFolder();
    const abort = new AbortController();
    const { ports, asked } = store(text, (_, time) => {
      if (asked.length === 20) abort.abort();
      return time > 99 ? null : null;
    });
    const items = Array.from({ length: 200 }, (_, index) => item(`d${String(index % 5)}/f${String(index)}`));
    const manifest = beginManifest(null, wish(to));
    const result = await restoreTree(items, to, ports, { manifest, signal: abort.signal, onResult: () => undefined });
    expect(codeOf(result)).toBe('cancelled');
    expect(asked.length).toBeLessThan(60);
    expect(readdirSync(to, { recursive: true }).filter((name) => String(name).includes(TEMPORARY_PREFIX))).toEqual([]);
  });

  test('a directory that becomes a link, or is moved away, while bytes come: nothing lands outside', async () => {
    const folder = temporaryFolder();
    const to = join(folder, 'to');
    const outside = join(folder, 'outside');
    mkdirSync(outside);
    const swap = (key: string): null => {
      if (key === 'a/x') {
        rmSync(join(to, 'a'), { recursive: true });
        symlinkSync(outside, join(to, 'a'));
      }
      if (key === 'b/x') renameSync(join(to, 'b'), join(outside, 'b'));
      return null;
    };
    const { ports } = store(text, swap);
    const ended: string[] = [];
    const onResult = ({ item: { place }, result }: ItemResult): void => {
      ended.push(`${place} ${codeOf(result)}`);
    };
    const items = [item('a/x'), item('b/x'), item('c/x')];
    must(await restoreTree(items, to, ports, { manifest: beginManifest(null, wish(to)), onResult }));
    expect(ended.sort()).toEqual(['a/x write-failed', 'b/x write-failed', 'c/x ok']);
    expect(readdirSync(outside, { recursive: true })).toEqual(['b']);
  });

  test('a disk without room: both numbers, and nothing is written', async () => {
    const to = temporaryFolder();
    const big = { ...item('a'), entry: { ...item('a').entry, size: 2 ** 60 } };
    const { ports, asked } = store(text);
    const manifest = beginManifest(null, wish(to));
    const result = await restoreTree([big], to, ports, { manifest, onResult: () => undefined });
    expect(result).toMatchObject({ ok: false, failure: { code: 'no-space', facts: { needed: 2 ** 60 } } });
    expect(asked).toEqual([]);
    expect(readdirSync(to)).toEqual([]);
    expect(codeOf(await checkSpace(to, 1))).toBe('ok');
  });
});

describe('a large file', () => {
  const bytes = randomBytes(40 * 1024 * 1024);
  const request = (sha256: string | null, versionId: string | null = 'v') => ({
    path: 'a',
    key: 'a',
    versionId,
    sha256,
    size: bytes.length,
    secret: {},
    place: 'a',
  });

  test('comes in ranges, each tried again where it broke off, and is whole', async () => {
    const to = temporaryFolder();
    const fake = store(
      () => bytes,
      (id, time) => (id.includes('bytes=16777216') && time < 3 ? failed(failure('busy')) : null),
    );
    must(await restoreVersion(to, request(digest(bytes), null), fake.ports));
    expect(digest(readFileSync(join(to, 'a')))).toBe(digest(bytes));
    expect(fake.asked.filter((id) => id.includes('bytes=16777216'))).toHaveLength(3);
    expect(fake.asked).toHaveLength(1 + 3 + 2);
    expect(fake.most).toBeLessThanOrEqual(4);
  });

  test('other bytes than the receipt’s, or one range that does not come: nothing is there', async () => {
    const to = temporaryFolder();
    expect(codeOf(await restoreVersion(to, request(digest('x')), store(() => bytes).ports))).toBe('damaged');
    const broken = store(
      () => bytes,
      (id) => (id.includes('bytes=33554432') ? failed(failure('offline')) : null),
    );
    expect(codeOf(await restoreVersion(to, request(null), broken.ports))).toBe('offline');
    expect(readdirSync(to)).toEqual([]);
  });
});

test('a checksum of S3’s is held against the bytes where no receipt knows them', async () => {
  const to = temporaryFolder();
  const asked = { path: 'a', key: 'a', versionId: 'v', sha256: null, size: 1, secret: {}, place: 'a' };
  const crc = await openChecksum('CRC32');
  crc.update(text('a'));
  const right = crc.digest().toString('base64');
  const answering = (headers: object): RestorePorts => {
    const fake = store(text).ports;
    const client: unknown = { send: () => Promise.resolve(success({ Body: Readable.from([text('a')]), ...headers })) };
    return { ...fake, pausesMs: [], client: client as RestorePorts['client'] };
  };
  const wrong = answering({ ChecksumCRC32: 'AAAAAA==', ChecksumType: 'FULL_OBJECT' });
  expect(codeOf(await restoreVersion(to, asked, wrong))).toBe('damaged');
  // Of the checksums of parts nothing can be computed; the version may be right all the same.
  const ofParts = answering({ ChecksumCRC32: 'AAAAAA==-2', ChecksumType: 'COMPOSITE' });
  must(await restoreVersion(to, { ...asked, place: 'b' }, ofParts));
  must(
    await restoreVersion(
      to,
      { ...asked, place: 'c' },
      answering({ ChecksumCRC32: right, ChecksumType: 'FULL_OBJECT' }),
    ),
  );
});
