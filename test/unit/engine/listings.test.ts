import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Folder } from '../../../main/contract/models.ts';
import { NO_RECEIPTS } from '../../../main/engine/folder-receipts.ts';
import { FolderListing, FRESH_MS, type ListingsOptions, type Wanted } from '../../../main/engine/listings.ts';
import { compareKeys } from '../../../main/s3/index.ts';
import { must, temporaryFolder } from '../store/support.ts';
import { Bucket, START } from './fake-bucket.ts';

class Clock {
  ms = START;
  readonly now = (): Date => new Date(this.ms);
}

function openWith(facts: Partial<ListingsOptions> & { readonly prefix?: string } = {}) {
  const clock = new Clock();
  const listed: string[] = [];
  const options: ListingsOptions = {
    home: temporaryFolder(),
    receipts: NO_RECEIPTS,
    now: clock.now,
    signal: new AbortController().signal,
    onListed: ({ name }) => listed.push(name),
    log: () => undefined,
    ...facts,
  };
  const folder = { id: 'f', name: 'notes', bucket: 'b', prefix: facts.prefix ?? '' } as Folder;
  const listing = new FolderListing(folder, options);
  onTestFinished(() => listing.stop());
  return { listing, clock, listed, options, folder };
}

async function read(listing: FolderListing, bucket: Bucket, wanted: Wanted, prefix = ''): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const batch of listing.batches(bucket.client, prefix, wanted)) {
    found.push(...must(batch).versions.map(({ key, versionId }) => `${key} ${versionId ?? ''}`));
  }
  return found;
}

test('the second look asks for nothing; what others write shows once it is listed again', async () => {
  const bucket = new Bucket();
  for (const [key, id] of [
    ['a', '1'],
    ['b/c', '2'],
    ['b/c', '3'],
    ['b/c', '4'],
    ['b/c', '5'],
    ['d', '6'],
  ] as const) {
    bucket.put(key, id);
  }
  const { listing, clock, listed } = openWith();
  expect(await read(listing, bucket, 'kept')).toEqual(bucket.ids());
  const { requests } = bucket;
  expect(requests).toBe(2);
  expect(listing.asOf('')).toBe(START);
  const before = bucket.ids();
  bucket.put('b/c', '7');
  bucket.put('z', '8', true);
  expect(await read(listing, bucket, 'kept')).toEqual(before);
  expect(await read(listing, bucket, 'kept', 'b/')).toEqual(bucket.ids('b/').slice(1));
  expect(bucket.requests).toBe(requests);
  expect(await read(listing, bucket, START), 'not older than what is wanted').toEqual(before);
  clock.ms += 60_000;
  expect(await read(listing, bucket, clock.ms), 'older').toEqual(bucket.ids());
  expect(listing.asOf('')).toBe(clock.ms);
  expect(await read(listing, bucket, 'kept')).toEqual(bucket.ids());
  bucket.remove('7');
  expect(await read(listing, bucket, 'now')).toEqual(bucket.ids());
  expect(await read(listing, bucket, 'kept')).toEqual(bucket.ids());
  expect(listed.length).toBe(1);
});

test('what is old is shown at once, and listed anew by the way', async () => {
  const bucket = new Bucket();
  bucket.put('a', '1');
  const { listing, clock, listed } = openWith();
  await read(listing, bucket, 'kept');
  bucket.put('a', '2');
  clock.ms += FRESH_MS + 1;
  expect(await read(listing, bucket, 'kept')).toEqual(['a 1']);
  must(await listing.refresh(bucket.client));
  expect(listed.length).toBe(2);
  expect(await read(listing, bucket, 'kept')).toEqual(['a 2', 'a 1']);
  const { requests } = bucket;
  await Promise.all([listing.refresh(bucket.client), listing.refresh(bucket.client)]);
  expect(bucket.requests, 'what is fresh is not listed again').toBe(requests);
});

test('a listing that is kept survives the process, and one of another format or that is damaged is made anew', async () => {
  const bucket = new Bucket();
  bucket.put('a', '1');
  const { listing, options, folder } = openWith();
  await read(listing, bucket, 'kept');
  await listing.stop();
  const again = new FolderListing(folder, options);
  expect(await read(again, bucket, 'kept')).toEqual(['a 1']);
  expect(bucket.requests).toBe(1);
  const reader = new FolderListing(folder, options, true);
  expect(await read(reader, bucket, 'kept')).toEqual(['a 1']);
  reader.close();
  await again.stop();
  writeFileSync(join(options.home, 'listings/f.db'), 'no database at all, and long enough to be looked at as one');
  const third = new FolderListing(folder, options);
  expect(third.asOf('')).toBeNull();
  expect(await read(third, bucket, 'kept')).toEqual(['a 1']);
  expect(await read(third, bucket, 'kept')).toEqual(['a 1']);
  expect(bucket.requests).toBe(2);
  await third.stop();
});

test('a listing in another order than that of the bytes is shown and never kept', async () => {
  const bucket = new Bucket();
  bucket.isInOrder = false;
  for (const [key, id] of [
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
    ['d', '4'],
  ] as const)
    bucket.put(key, id);
  const { listing } = openWith();
  expect(await read(listing, bucket, 'now')).toEqual(bucket.ids());
  expect(listing.asOf('')).toBeNull();
  expect(await read(listing, bucket, 'kept')).toEqual(bucket.ids());
});

const KEYS = ['a', 'a/', 'a0', 'b/c', 'b/c\u{1f600}', 'b/c\uff5e', 'b/d', 'z'] as const;
const change = fc.record({ key: fc.constantFrom(...KEYS), removes: fc.boolean(), isMarker: fc.boolean() });

test('broken off anywhere, what was listed is new, the rest is as it was, and the next listing goes on there', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 30 }),
      fc.array(change, { maxLength: 10 }),
      fc.integer({ min: 1, max: 4 }),
      fc.nat({ max: 6 }),
      async (first, second, pageSize, pages) => {
        const bucket = new Bucket(pageSize);
        let id = 0;
        const apply = ({ key, removes, isMarker }: (typeof first)[number]): void => {
          id += 1;
          const old = bucket.versions.find((one) => one.key === key);
          if (removes && old !== undefined) bucket.remove(old.id);
          else bucket.put(key, String(id), isMarker);
        };
        const { listing, clock } = openWith();
        first.forEach(apply);
        must(await listing.refresh(bucket.client));
        const before = bucket.ids();
        expect(await read(listing, bucket, 'kept')).toEqual(before);
        second.forEach(apply);
        const after = bucket.ids();
        clock.ms += FRESH_MS + 1;
        bucket.requests = 0;
        bucket.breaksBefore = pages;
        const whole = Math.max(1, Math.ceil(after.length / pageSize));
        const refreshed = await listing.refresh(bucket.client);
        expect(refreshed.ok).toBe(pages >= whole);
        const shown = await shownBy(listing, bucket);
        const border = shown.border;
        const isBelow = (line: string): boolean => compareKeys(line.slice(0, line.lastIndexOf(' ')), border) < 0;
        expect(shown.ids.filter(isBelow)).toEqual(after.filter(isBelow));
        expect(shown.ids.filter((line) => !isBelow(line))).toEqual(before.filter((line) => !isBelow(line)));
        bucket.breaksBefore = Infinity;
        bucket.requests = 0;
        must(await listing.refresh(bucket.client));
        if (refreshed.ok) expect(bucket.requests).toBe(0);
        else {
          const left = after.filter((line) => !isBelow(line)).length;
          expect(bucket.requests, 'only what is left').toBe(Math.max(1, Math.ceil(left / pageSize)));
        }
        expect(await read(listing, bucket, 'kept')).toEqual(after);
        await listing.stop();
      },
    ),
    { numRuns: 40 },
  );
});

/** What is kept, without a question, and up to which key it is of the newer time. */
async function shownBy(listing: FolderListing, bucket: Bucket) {
  const { requests, breaksBefore } = bucket;
  bucket.breaksBefore = -1;
  const ids: string[] = [];
  let border = '';
  for await (const batch of listing.batches(bucket.client, '', 0)) {
    const { versions, atMs, to } = must(batch);
    ids.push(...versions.map(({ key, versionId }) => `${key} ${versionId ?? ''}`));
    if (atMs > START) border = to;
  }
  bucket.breaksBefore = breaksBefore;
  bucket.requests = requests;
  return { ids, border };
}
