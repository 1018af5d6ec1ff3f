/** A folder by directories, at any time, is the same as all of it at once, whatever lies in the bucket and in what order. */
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { ThenDirectory, ThenFile, ThenSum } from '../../../main/contract/history.ts';
import type { Folder } from '../../../main/contract/models.ts';
import { addedUp, NO_SUM, sumOfFile } from '../../../main/contract/then-sum.ts';
import { directoryAt, sumsAt, type DirectoryTools } from '../../../main/engine/directory-at.ts';
import type { TimedReceipts } from '../../../main/engine/folder-receipts.ts';
import { FolderHistory } from '../../../main/engine/history-ports.ts';
import { FolderListing } from '../../../main/engine/listings.ts';
import { diffTrees, type PlacedEntry } from '../../../main/history/index.ts';
import { isSame, type KnownReceipt } from '../../../main/history/timeline.ts';
import { compareKeys } from '../../../main/s3/index.ts';
import { pathOfKey } from '../../../main/scan/names.ts';
import { must, temporaryFolder } from '../store/support.ts';
import { Bucket, START } from './fake-bucket.ts';

const PREFIX = 'p/';
const NFD = 'u\u0308';
const DIRECTORIES = ['', 'a/', 'a/b/', 'a-/', `${NFD}/`, `${NFD}/x/`, '\u00fc/', 'a//', '../'] as const;
const NAMES = Array.from({ length: 20 }, (_, index) => `f${String(index)}`);

const write = fc.record({
  path: fc
    .tuple(fc.constantFrom(...DIRECTORIES), fc.constantFrom(...NAMES, NFD))
    .map(([directory, name]) => directory + name),
  /** Ours has a receipt; what is not comes as its key stands. */
  by: fc.constantFrom('us', 'us', 'another'),
  what: fc.constantFrom('one', 'other', 'gone'),
});
type Write = Parameters<Parameters<typeof write.map>[0]>[0];

/** Receipts as the tables give them. */
function receiptsOf(all: readonly KnownReceipt[]): TimedReceipts {
  const byPath = (a: KnownReceipt, b: KnownReceipt): number => compareKeys(a.path, b.path) || a.seq - b.seq;
  return {
    beyondAscii: (_folder, seq) =>
      all.filter((one) => one.seq > seq && /[^ -~]/.test(one.path)).map(({ path }) => path),
    lastSeq: () => all.length,
    timed: (_folder, from, to) =>
      all.filter(({ path }) => compareKeys(path, from) >= 0 && compareKeys(path, to) < 0).sort(byPath),
    timedOf: (_folder, path) => all.filter((one) => one.path === path),
    timedAfter: (_folder, seq) => all.filter((one) => one.seq > seq),
  };
}

/** A folder to which some was written before it was listed, and some of ours since. */
async function folderOf(before: readonly Write[], since: readonly Write[], pageSize: number) {
  const bucket = new Bucket(pageSize);
  const receipts: KnownReceipt[] = [];
  let id = 0;
  const apply = ({ path: wished, by, what }: Write): void => {
    id += 1;
    // Two keys that one path stands for are no two files here.
    const path = by === 'another' && wished !== wished.normalize('NFC') ? `${wished}~` : wished;
    const key = PREFIX + (by === 'us' ? path.normalize('NFC') : path);
    const content = what === 'one' ? '1' : '22';
    bucket.put(key, String(id), what === 'gone', content);
    if (by === 'another') return;
    const at = new Date(START + id * 1000).toISOString();
    const facts = { seenAt: at, finishedAt: at, proof: 'none', storageClass: null } as const;
    receipts.push({
      ...{ seq: receipts.length + 1, path, key, operation: what === 'gone' ? 'delete' : 'put', versionId: String(id) },
      ...{ sha256: what === 'gone' ? null : content, etag: content, size: content.length, ...facts },
    });
  };
  before.forEach(apply);
  const folder = { id: 'f', name: 'notes', bucket: 'b', prefix: PREFIX, policy: {} } as Folder;
  const listing = new FolderListing(folder, {
    ...{ home: temporaryFolder(), receipts: receiptsOf(receipts), signal: new AbortController().signal },
    ...{ now: () => new Date(START), onListed: () => undefined, log: () => undefined },
  });
  onTestFinished(() => listing.stop());
  must(await listing.refresh(bucket.client));
  since.forEach((one) => {
    apply({ ...one, by: 'us' });
  });
  bucket.breaksBefore = 0;
  return { folder, listing, bucket, last: id };
}

type Known = Awaited<ReturnType<typeof folderOf>>;

function toolsOf({ folder, listing, bucket }: Known, momentMs: number): DirectoryTools {
  return {
    ...{ folder, listing, client: bucket.client, momentMs, signal: new AbortController().signal },
    pathOfKey: (key, exact) =>
      pathOfKey(PREFIX, key, exact === undefined ? undefined : encodeURIComponent(exact), 'linux'),
  };
}

/** All of a directory, answer by answer. */
async function readAll(tools: DirectoryTools, directory: string, at: Date, limit: number) {
  const found = new Map<string, ThenFile | ThenDirectory>();
  for (let after: string | undefined, isEnd = false; !isEnd;) {
    const wish = { directory, at, limit, wanted: 'kept', onVersions: () => undefined } as const;
    const { entries, next } = must(await directoryAt(tools, { ...wish, after }));
    // Two places of the bucket may have one path: then it comes to what is counted.
    for (const one of entries) {
      const key = `${one.kind} ${one.path}`;
      found.set(key, one.kind === 'directory' && found.has(key) ? { ...one, wasThere: null, sum: null } : one);
    }
    after = next ?? undefined;
    isEnd = next === null;
  }
  return [...found.values()];
}

async function countAll(tools: DirectoryTools, directories: readonly string[], at: Date): Promise<readonly ThenSum[]> {
  const found: ThenSum[] = [];
  let part = NO_SUM;
  for (let after: string | undefined; found.length < directories.length;) {
    const { sums, next } = must(await sumsAt(tools, directories.slice(found.length), at, after));
    for (const [index, sum] of sums.entries()) {
      part = addedUp(part, sum);
      if (next !== null && index === sums.length - 1) break;
      found.push(part);
      part = NO_SUM;
    }
    after = next ?? undefined;
  }
  return found;
}

/** What each file should be, from both whole trees. */
function expectedOf(then: readonly PlacedEntry[], now: readonly PlacedEntry[]): readonly ThenFile[] {
  const later = new Map(now.map((entry) => [entry.key, entry]));
  const former = new Map(then.map((entry) => [entry.key, entry]));
  return [...new Set([...former.keys(), ...later.keys()])].map((key): ThenFile => {
    const [was, is] = [former.get(key), later.get(key)];
    const mark = was === undefined ? 'added' : is === undefined ? 'gone' : isSame(was, is) ? 'same' : 'changed';
    const facts = { savedAt: was?.lastModified ?? null, versionId: was?.versionId ?? null };
    const path = (was ?? is)?.path ?? '';
    return { kind: 'file', path, mark, then: was?.size ?? null, now: is?.size ?? null, ...facts };
  });
}

const sumOf = (files: readonly ThenFile[], directory: string): Omit<ThenSum, 'first'> => {
  const inside = files.filter(({ path }) => directory === '' || path.startsWith(`${directory}/`));
  const sums = inside.map(({ mark, path, then, now }) => sumOfFile(mark, path, then, now));
  return withoutNames(sums.reduce(addedUp, NO_SUM));
};
const withoutNames = ({ first: _first, ...sum }: ThenSum): Omit<ThenSum, 'first'> => sum;
const sorted = (files: readonly ThenFile[]): readonly string[] => files.map((one) => JSON.stringify(one)).sort();

test('a folder read by directories is the whole folder, and each directory comes to what lies below it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(write, { maxLength: 60 }),
      fc.array(write, { maxLength: 10 }),
      fc.record({ pageSize: fc.integer({ min: 1, max: 30 }), limit: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), isHurried: fc.boolean() }),
      async (before, since, { pageSize, limit }, { share, isHurried }) => {
        const known = await folderOf(before, since, pageSize);
        const at = new Date(START + Math.round(share * known.last) * 1000);
        const history = new FolderHistory(known.folder, known.bucket.client, null, known.listing);
        const then = must(await history.tree(at, { wanted: 'kept' })).entries;
        const now = must(await history.tree(null, { wanted: 'kept' })).entries;
        expect(must(await history.diff(at, null, { wanted: 'kept' })).changes).toEqual(diffTrees(then, now));
        const expected = expectedOf(then, now);
        const tools = toolsOf(known, isHurried ? 0 : 1000);
        const files: ThenFile[] = [];
        const walk = async (directory: string): Promise<void> => {
          const entries = await readAll(tools, directory, at, limit);
          const inner = entries.filter((one) => one.kind === 'directory');
          files.push(...entries.filter((one) => one.kind === 'file'));
          const sums =
            inner.length === 0
              ? []
              : await countAll(
                  tools,
                  inner.map(({ path }) => path),
                  at,
                );
          for (const [index, { path, wasThere, sum }] of inner.entries()) {
            const should = sumOf(expected, path);
            expect(withoutNames(sums[index] ?? NO_SUM), path).toEqual(should);
            if (sum !== null) expect(withoutNames(sum), path).toEqual(should);
            if (wasThere !== null) expect(wasThere, path).toBe(should.files > 0);
            if (should.files + should.filesNow > 0) await walk(path);
          }
        };
        await walk('');
        expect(sorted(files)).toEqual(sorted(expected));
        await known.listing.stop();
      },
    ),
    { numRuns: 60 },
  );
});

test('the first look lists the bucket and says how far it is; a bucket that cannot be kept is listed each time', async () => {
  const bucket = new Bucket(2);
  for (const [index, key] of ['p/a', 'p/d/x', 'p/d/y', 'p/e/f/z', 'p/e/f/z'].entries())
    bucket.put(key, String(index + 1));
  const openOn = (): DirectoryTools => {
    const folder = { id: 'f', name: 'notes', bucket: 'b', prefix: PREFIX, policy: {} } as Folder;
    const listing = new FolderListing(folder, {
      ...{ home: temporaryFolder(), receipts: receiptsOf([]), signal: new AbortController().signal },
      ...{ now: () => new Date(START), onListed: () => undefined, log: () => undefined },
    });
    onTestFinished(() => listing.stop());
    return toolsOf({ folder, listing, bucket, last: 5 }, 1000);
  };
  const at = new Date(START + 4000);
  const told: number[] = [];
  const look = async (tools: DirectoryTools, directory: string, wanted: 'now' | 'kept') => {
    const wish = { directory, at, limit: 100, wanted, onVersions: (versions: number) => told.push(versions) };
    return must(await directoryAt(tools, wish));
  };
  const top = ['file p same', 'directory d 2', 'directory e 1'];
  const shown = async (tools: DirectoryTools, wanted: 'now' | 'kept'): Promise<readonly string[]> =>
    (await look(tools, '', wanted)).entries.map((one) =>
      one.kind === 'file' ? `file p ${one.mark}` : `directory ${one.path} ${String(one.sum?.files)}`,
    );
  const kept = openOn();
  expect(await shown(kept, 'kept')).toEqual(top);
  expect(told).toEqual([2, 4, 5]);
  const { requests } = bucket;
  expect((await look(kept, 'e/f', 'kept')).entries).toMatchObject([{ path: 'e/f/z', mark: 'changed' }]);
  expect(bucket.requests).toBe(requests);
  bucket.put('p/b', '6');
  expect(await shown(kept, 'now')).toEqual(['file p same', 'file p added', ...top.slice(1)]);
  expect(bucket.requests).toBe(requests + 3);

  bucket.remove('6');
  bucket.isInOrder = false;
  const other = openOn();
  expect([...(await shown(other, 'kept'))].sort()).toEqual([...top].sort());
  expect((await look(other, 'e/f', 'kept')).entries).toMatchObject([{ path: 'e/f/z', mark: 'changed' }]);
});
