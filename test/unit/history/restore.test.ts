import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { failure, type Failure } from '../../../main/contract/errors.ts';
import { failed, success } from '../../../main/contract/result.ts';
import {
  beginManifest,
  prepareTarget,
  restoreTree,
  restoreVersion as restoreBelow,
  Slots,
  TEMPORARY_PREFIX,
  type ItemResult,
  type RestorePorts,
  type RestoreRequest,
  type TreeItem,
} from '../../../main/history/index.ts';
import { parseMtime } from '../../../main/policy/metadata.ts';
import { openChecksum } from '../../../main/transfer/digest.ts';
import { openGrowingDigests } from '../../../main/transfer/growing.ts';
import { codeOf, must, temporaryFolder } from '../store/support.ts';

type Client = RestorePorts['client'];
interface Object_ {
  readonly bytes?: Buffer | string;
  readonly body?: Readable;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly failure?: Failure;
}

/** A store with one object a key. */
function ports(
  objects: Readonly<Record<string, Object_>>,
): RestorePorts & { readonly asked: Record<string, unknown>[] } {
  const asked: Record<string, unknown>[] = [];
  const send = (_: string, input: Record<string, unknown>) => {
    asked.push(input);
    const found = objects[String(input['Key'])];
    if (found === undefined) return Promise.resolve(failed(failure('object-missing')));
    if (found.failure !== undefined) return Promise.resolve(failed(found.failure));
    const bytes = Buffer.from(found.bytes ?? '');
    return Promise.resolve(
      success({ Body: found.body ?? Readable.from([bytes]), ContentLength: bytes.length, ...found.headers }),
    );
  };
  const client: unknown = { connection: 'c', endpoint: 'e', requests: 0, send, close: () => undefined };
  return {
    client: client as Client,
    bucket: 'b',
    parseMtime,
    asked,
    run: 'run-',
    slots: new Slots(16),
    pausesMs: [],
    openChecksum: (name) => (name === 'CRC32' ? openChecksum(name) : null),

    openGrowing: (fd, md5, algorithm) => openGrowingDigests(fd, md5, algorithm === 'CRC32' ? algorithm : null),
    onBytes: () => undefined,
  };
}

/** Into the folder of a place in full. */
const restoreVersion = (request: RestoreRequest & { to: string }, ports: RestorePorts, signal?: AbortSignal) =>
  restoreBelow(dirname(request.to), { ...request, place: basename(request.to) }, ports, signal);

const sha256 = (bytes: string): string => createHash('sha256').update(bytes).digest('hex');
const md5 = (bytes: string): string => createHash('md5').update(bytes).digest('hex');
const request = (to: string, change: { sha256?: string | null } = {}) => ({
  path: 'a',
  key: 'k',
  versionId: 'v1',
  sha256: null,
  size: null,
  secret: {},
  to,
  place: '',
  ...change,
});

/** What lies in a folder, temporaries too. */
const all = (folder: string): string[] => readdirSync(folder).sort();

describe('one version', () => {
  test('comes back whole, with its time and mode, in a folder that is made for it', async () => {
    const folder = temporaryFolder();
    const to = join(folder, 'new', 'deep', 'a.txt');
    const store = ports({
      k: {
        bytes: 'hello',
        headers: { Metadata: { mtime: '1500000000.25', mode: '100750', 'cairn-sha256': sha256('hello') } },
      },
    });
    expect(must(await restoreVersion(request(to), store))).toEqual({ path: 'a', versionId: 'v1', bytes: 5, to });
    expect(readFileSync(to, 'utf8')).toBe('hello');
    // Node hands times to the system as a double: a microsecond is the most that can be had.
    expect(Math.abs(statSync(to).mtimeMs - 1_500_000_000_250)).toBeLessThanOrEqual(0.001);
    expect(statSync(to).mode & 0o7777).toBe(0o750);
    expect(statSync(to).nlink).toBe(1);
    expect(all(join(folder, 'new', 'deep'))).toEqual(['a.txt']);
    expect(store.asked[0]).toMatchObject({ VersionId: 'v1', ChecksumMode: 'ENABLED' });
  });

  test('set-id bits never come back, and metadata that makes no sense does no harm', async () => {
    const folder = temporaryFolder();
    const modes: Record<string, number> = { '104755': 0o755, '102755': 0o755, x: 0o644, '': 0o644, '99': 0o644 };
    for (const [mode, expected] of Object.entries(modes)) {
      const to = join(folder, `m${mode}`);
      must(
        await restoreVersion(
          request(to),
          ports({ k: { bytes: 'x', headers: { Metadata: { mode, mtime: 'never' } } } }),
        ),
      );
      expect(statSync(to).mode & 0o7777).toBe(expected);
    }
  });

  test('an empty file, and one without a VersionId', async () => {
    const to = join(temporaryFolder(), 'a');
    const store = ports({ k: {} });
    must(await restoreVersion({ ...request(to, { sha256: sha256('') }), versionId: null }, store));
    expect(statSync(to).size).toBe(0);
    expect(store.asked[0]).not.toHaveProperty('VersionId');
  });

  test.each([
    [
      'a file',
      (to: string) => {
        writeFileSync(to, 'mine');
      },
    ],
    [
      'an empty file',
      (to: string) => {
        writeFileSync(to, '');
      },
    ],
    [
      'a folder',
      (to: string) => {
        mkdirSync(to);
      },
    ],
    [
      'a link to nowhere',
      (to: string) => {
        symlinkSync('/nowhere/at/all', to);
      },
    ],
  ])('never over %s', async (_, make) => {
    const folder = temporaryFolder();
    const to = join(folder, 'a');
    make(to);
    const before = lstatSync(to, { bigint: true });
    expect(codeOf(await restoreVersion(request(to), ports({ k: { bytes: 'theirs' } })))).toBe('target-exists');
    expect(lstatSync(to, { bigint: true }).ino).toBe(before.ino);
    expect(lstatSync(to, { bigint: true }).mtimeNs).toBe(before.mtimeNs);
    expect(all(folder)).toEqual(['a']);
  });

  test('nor over one that appears while the bytes come', async () => {
    const folder = temporaryFolder();
    const to = join(folder, 'a');
    const body = Readable.from(
      (async function* () {
        yield Buffer.from('the');
        await Promise.resolve();
        writeFileSync(to, 'mine');
        yield Buffer.from('irs');
      })(),
    );
    expect(codeOf(await restoreVersion(request(to), ports({ k: { body, headers: { ContentLength: 6 } } })))).toBe(
      'target-exists',
    );
    expect(readFileSync(to, 'utf8')).toBe('mine');
    expect(all(folder)).toEqual(['a']);
  });

  test.each<[string, Object_, { sha256?: string | null }, string]>([
    ['another hash than the receipt’s', { bytes: 'bad' }, { sha256: sha256('good') }, 'damaged'],
    [
      'another hash than the metadata’s',
      { bytes: 'bad', headers: { Metadata: { 'cairn-sha256': sha256('good') } } },
      {},
      'damaged',
    ],
    ['another MD5 than the ETag', { bytes: 'bad', headers: { ETag: `"${md5('good')}"` } }, {}, 'damaged'],
    ['fewer bytes than announced', { bytes: 'bad', headers: { ContentLength: 4 } }, {}, 'damaged'],
    ['more bytes than announced', { bytes: 'bad', headers: { ContentLength: 2 } }, {}, 'damaged'],
    [
      'a connection that breaks',
      {
        body: Readable.from(
          (function* () {
            yield Buffer.from('x');
            throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
          })(),
        ),
      },
      {},
      'offline',
    ],
    ['an object that is not there', { failure: failure('object-missing') }, {}, 'object-missing'],
    ['an archive', { failure: failure('archived') }, {}, 'archived'],
  ])('%s: nothing is left', async (_, object, change, expected) => {
    const folder = temporaryFolder();
    expect(codeOf(await restoreVersion(request(join(folder, 'a'), change), ports({ k: object })))).toBe(expected);
    expect(all(folder)).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['KMS', { ETag: `"${md5('other')}"`, ServerSideEncryption: 'aws:kms' }],
    ['KMS twice', { ETag: `"${md5('other')}"`, ServerSideEncryption: 'aws:kms:dsse' }],
    ['a customer key', { ETag: `"${md5('other')}"`, SSECustomerAlgorithm: 'AES256' }],
    ['a multipart upload', { ETag: `"${md5('other')}-2"` }],
    ['no ETag', {}],
  ])('an ETag that is no MD5 is not taken for one: %s', async (_, headers) => {
    const to = join(temporaryFolder(), 'a');
    must(await restoreVersion(request(to), ports({ k: { bytes: 'x', headers } })));
    expect(readFileSync(to, 'utf8')).toBe('x');
  });

  test('stopped in the middle: nothing is left, and the connection is let go', async () => {
    const folder = temporaryFolder();
    const abort = new AbortController();
    const body = Readable.from(
      (function* () {
        yield Buffer.from('x');
        abort.abort();
        yield Buffer.from('y');
      })(),
    );
    expect(codeOf(await restoreVersion(request(join(folder, 'a')), ports({ k: { body } }), abort.signal))).toBe(
      'cancelled',
    );
    expect(all(folder)).toEqual([]);
    expect(body.destroyed).toBe(true);
  });

  test('a place that cannot be written: a failure, and the store is not asked', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const store = ports({ k: {} });
    expect(codeOf(await restoreVersion(request(join(folder, 'file', 'below')), store))).toBe('write-failed');
    expect(store.asked).toEqual([]);
    expect(codeOf(await restoreVersion(request(join(folder, 'x'.repeat(300))), ports({ k: {} })))).toBe('write-failed');
    expect(all(folder)).toEqual(['file']);
  });
});

describe('a folder', () => {
  test('goes only into an empty or a new place', async () => {
    const folder = temporaryFolder();
    must(await prepareTarget(join(folder, 'new', 'deep')));
    must(await prepareTarget(join(folder, 'new', 'deep')));
    writeFileSync(join(folder, 'file'), '');
    expect(codeOf(await prepareTarget(folder))).toBe('target-exists');
    expect(codeOf(await prepareTarget(join(folder, 'file')))).toBe('target-exists');
    expect(codeOf(await prepareTarget(join(folder, 'file', 'below')))).toBe('target-exists');
    expect(codeOf(await prepareTarget(join(folder, 'x'.repeat(300))))).toBe('write-failed');
  });

  test('every file has its own end, and one that fails holds up none', async () => {
    const to = join(temporaryFolder(), 'to');
    must(await prepareTarget(to));
    const objects: Record<string, Object_> = {};
    const items: TreeItem[] = Array.from({ length: 60 }, (_, index) => {
      const place = `d${String(index % 7)}/f${String(index)}`;
      objects[place] = index % 10 === 3 ? { failure: failure('archived') } : { bytes: place };
      return {
        entry: { path: place, size: 1, versionId: 'v', lastModified: '', storageClass: null },
        key: place,
        sha256: sha256(place),
        secret: {},
        place,
      };
    });
    const ended = new Map<string, string>();
    const manifest = beginManifest(null, { folder: 'f', directory: '', at: '', to, choice: null });
    const onResult = ({ item, result }: ItemResult): void => {
      ended.set(item.place, codeOf(result));
    };
    must(await restoreTree(items, to, ports(objects), { manifest, onResult }));
    expect(ended.size).toBe(60);
    expect([...ended.values()].filter((code) => code === 'archived')).toHaveLength(6);
    for (const { place } of items) {
      if (ended.get(place) === 'ok') expect(readFileSync(join(to, place), 'utf8')).toBe(place);
      else expect(existsSync(join(to, place))).toBe(false);
    }
    const names = readdirSync(to, { recursive: true }).map(String);
    expect(names.filter((name) => name.includes(TEMPORARY_PREFIX))).toEqual([]);
  });
});
