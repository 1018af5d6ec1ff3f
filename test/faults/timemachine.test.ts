/**
 * A random history, a random time: what is restored is what stood on the disk then, to the millisecond, although the store
 * knows whole seconds, uploads end long after they were begun, and other programs write into the same bucket. So it is
 * when the bucket was listed somewhere in between and is not listed again: what came since is known by its receipts.
 */
import { foldersHere } from '../../main/contract/attached.ts';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Folder } from '../../main/contract/models.ts';
import { FolderHistory } from '../../main/engine/history-ports.ts';
import { openFolderListing } from '../../main/engine/listings.ts';
import { openHome } from '../../main/engine/home.ts';
import { openClient } from '../../main/s3/index.ts';
import type { WriteTables } from '../../main/store/index.ts';
import { storeKind } from '../support/world/stores.ts';
import { digest, readTree } from '../support/world/disk.ts';
import { openWorld, took, type World } from '../support/world/world.ts';
import { newReceipt } from '../unit/store/support.ts';
import { plan, Tally } from './tally.ts';

const { runs, milliseconds, seed } = plan('timemachine', { runs: storeKind === 'radosgw' ? 5 : 15 }, { runs: 1_000 });

const PATHS = ['a', 'b/c', 'b/d', 'e f+g', 'Grüße'] as const;

/** What happens on the disk, or in the bucket by another's hand. */
type Happening =
  | { readonly kind: 'save'; readonly path: number; readonly way: 'put' | 'multipart' }
  | { readonly kind: 'gone'; readonly path: number; readonly marked: boolean }
  /** An upload in parts that was begun before comes to its end. */
  | { readonly kind: 'complete' }
  | { readonly kind: 'foreign'; readonly path: number; readonly removes: boolean }
  /** The bucket is listed, and what it held is kept. */
  | { readonly kind: 'list' };

const path = fc.nat({ max: PATHS.length - 1 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('save' as const),
      path,
      way: fc.constantFrom('put' as const, 'put' as const, 'multipart' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('gone' as const), path, marked: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('complete' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('foreign' as const), path, removes: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('list' as const) }) },
);
const history = fc.record({
  happenings: fc.array(fc.record({ what: happening, after: fc.integer({ min: 1, max: 1500 }) }), {
    minLength: 1,
    maxLength: 25,
  }),
  /** Which moments are asked for, as shares of the whole time. */
  moments: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }),
});

interface OpenUpload {
  readonly path: string;
  readonly uploadId: string;
  readonly content: string;
  readonly seenMs: number;
}

/** Plays one history under a prefix of its own, and asks for its moments. */
class Play {
  readonly #w: World;
  readonly #tables: WriteTables;
  readonly #folder: Folder;
  readonly #uploads = new Map<string, OpenUpload>();
  readonly #disk = new Map<string, string>();
  /** The disk from each time on, oldest first. */
  readonly states: { readonly fromMs: number; readonly tree: ReadonlyMap<string, string> }[] = [];
  /** What others wrote: only ever seen now, since their times are those of the store. */
  readonly foreign = new Map<string, string>();
  readonly #machine: FolderHistory;
  #count = 0;

  constructor(w: World, tables: WriteTables, folder: Folder, machine: FolderHistory) {
    this.#w = w;
    this.#machine = machine;
    this.#tables = tables;
    this.#folder = folder;
  }

  async step(what: Happening, atMs: number): Promise<void> {
    switch (what.kind) {
      case 'save':
        await this.#save(PATHS[what.path] ?? '', what.way, atMs);
        break;
      case 'gone':
        await this.#gone(PATHS[what.path] ?? '', what.marked, atMs);
        break;
      case 'complete':
        for (const upload of this.#uploads.values()) await this.#complete(upload);
        break;
      case 'list':
        took(await this.#machine.tree(null));
        break;
      case 'foreign':
        await this.#foreign(`theirs/${PATHS[what.path] ?? ''}`, what.removes);
        break;
    }
    this.states.push({ fromMs: atMs, tree: new Map(this.#disk) });
  }

  /** Uploads that are under way come to their ends. */
  async end(): Promise<void> {
    for (const upload of this.#uploads.values()) await this.#complete(upload);
  }

  async #save(name: string, way: 'put' | 'multipart', seenMs: number): Promise<void> {
    await this.#endOf(name);
    this.#count += 1;
    const content = `${name} ${String(this.#count)}`;
    this.#disk.set(name, content);
    const place = this.#place(name);
    if (way === 'multipart') {
      const { UploadId: uploadId = '' } = await this.#w.bucket.client.send(new CreateMultipartUploadCommand(place));
      this.#uploads.set(name, { path: name, uploadId, content, seenMs });
      return;
    }
    const { VersionId = null } = await this.#w.bucket.client.send(new PutObjectCommand({ ...place, Body: content }));
    this.#receipt('put', name, VersionId, seenMs, content);
  }

  async #complete({ path: name, uploadId, content, seenMs }: OpenUpload): Promise<void> {
    const place = { ...this.#place(name), UploadId: uploadId };
    const { client } = this.#w.bucket;
    const { ETag } = await client.send(new UploadPartCommand({ ...place, PartNumber: 1, Body: content }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const { VersionId = null } = await client.send(new CompleteMultipartUploadCommand({ ...place, MultipartUpload }));
    this.#uploads.delete(name);
    this.#receipt('multipart', name, VersionId, seenMs, content);
  }

  async #gone(name: string, isMarked: boolean, seenMs: number): Promise<void> {
    if (!this.#disk.has(name)) return;
    await this.#endOf(name);
    this.#disk.delete(name);
    if (!isMarked) {
      this.#receipt('gone', name, null, seenMs, null);
      return;
    }
    const { VersionId = null } = await this.#w.bucket.client.send(new DeleteObjectCommand(this.#place(name)));
    this.#receipt('delete', name, VersionId, seenMs, null);
  }

  async #foreign(name: string, removes: boolean): Promise<void> {
    const place = this.#place(name);
    if (removes) {
      await this.#w.bucket.client.send(new DeleteObjectCommand(place));
      this.foreign.delete(name);
      return;
    }
    this.#count += 1;
    const content = `by another ${String(this.#count)}`;
    await this.#w.bucket.client.send(new PutObjectCommand({ ...place, Body: content }));
    this.foreign.set(name, content);
  }

  /** One path has one operation under way. */
  async #endOf(name: string): Promise<void> {
    const upload = this.#uploads.get(name);
    if (upload !== undefined) await this.#complete(upload);
  }

  #place(name: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#w.bucket.name, Key: this.#folder.prefix + name };
  }

  #receipt(
    operation: 'put' | 'multipart' | 'gone' | 'delete',
    name: string,
    versionId: string | null,
    seenMs: number,
    content: string | null,
  ): void {
    const sha256 = content === null ? null : createHash('sha256').update(content).digest('hex');
    const seenAt = new Date(seenMs).toISOString();
    const key = this.#folder.prefix + name;
    this.#tables.receipts.append(
      this.#folder.id,
      newReceipt(name, { key, operation, versionId, etag: null, sha256, seenAt, checksum: null, request: {} }),
    );
  }
}

test(`${runs} histories`, { timeout: milliseconds + 600_000 }, async () => {
  const tally = new Tally('timemachine', seed);
  const end = performance.now() + milliseconds;
  await using w = await openWorld();
  const home = took(openHome(w.home));
  const [folder] = foldersHere(home.settings.folders);
  const [connection] = home.settings.connections;
  if (folder === undefined || connection === undefined) throw new Error('there is no folder');
  const client = took(await openClient(connection));
  const into = await mkdtemp(join(w.root, 'restored-'));
  let number = 0;
  try {
    await fc.assert(
      fc.asyncProperty(history, async ({ happenings, moments }) => {
        if (performance.now() > end) return;
        number += 1;
        const own = { ...folder, id: `run-${String(number)}`, prefix: `run-${String(number)}/` };
        const listing = openFolderListing(home, own, false);
        const machine = new FolderHistory(own, client, home.tables, listing, w.home);
        const play = new Play(w, home.tables, own, machine);
        // Days before the store's own clock, so that its times are wrong for all of ours.
        const startMs = Date.now() - 5 * 86_400_000;
        let atMs = startMs;
        for (const { what, after } of happenings) await play.step(what, (atMs += after));
        await play.end();
        const exact = play.states.flatMap(({ fromMs }) => [fromMs - 1, fromMs]).slice(-4);
        const asked = [...moments.map((share) => Math.round(startMs + share * (atMs - startMs))), ...exact];
        for (const [index, momentMs] of asked.entries()) {
          const expected = play.states.findLast(({ fromMs }) => fromMs <= momentMs)?.tree ?? new Map<string, string>();
          await compare(machine, new Date(momentMs), join(into, `${String(number)}-${String(index)}`), expected);
          await compareKept(machine, new Date(momentMs), expected);
          tally.add('moments');
        }
        const now = new Map([...(play.states.at(-1)?.tree ?? []), ...play.foreign]);
        await compare(machine, new Date(Date.now() + 60_000), join(into, `${String(number)}-now`), now);
        listing.close();
        tally.add('runs');
        tally.add('operations', happenings.length);
      }),
      { seed, numRuns: runs },
    );
  } catch (error) {
    tally.find([{ kind: 'wrong-restore', text: String(error) }]);
    throw error;
  } finally {
    tally.close();
    client.close();
    home.close();
    await rm(into, { recursive: true, force: true });
  }
});

async function compare(
  machine: FolderHistory,
  at: Date,
  to: string,
  expected: ReadonlyMap<string, string>,
): Promise<void> {
  const restored = await machine.restoreDirectory('', at, to, (name, result) => {
    if (!result.ok) throw new Error(`${name}: ${result.failure.message}`);
  });
  if (!restored.ok) expect([restored.failure.code, expected.size]).toEqual(['unknown-path', 0]);
  const files = restored.ok ? [...(await readTree(to)).values()] : [];
  const found = Object.fromEntries(files.map((file) => [file.path.toString('utf8'), file.md5]));
  const wanted = Object.fromEntries(
    [...expected].map(([name, content]) => [name, digest('md5', Buffer.from(content))]),
  );
  expect(found, `the tree at ${at.toISOString()}`).toEqual(wanted);
  await rm(to, { recursive: true, force: true });
}

/** The tree of what is kept, of whatever age. What others wrote may be missing, and counts from now on alone. */
async function compareKept(machine: FolderHistory, at: Date, expected: ReadonlyMap<string, string>): Promise<void> {
  const tree = took(await machine.tree(at, { wanted: 'kept' }));
  const wanted = [...expected].map(([name, content]) => [name, createHash('sha256').update(content).digest('hex')]);
  expect(Object.fromEntries(tree.entries.map(({ path: name, sha256 }) => [name, sha256]))).toEqual(
    Object.fromEntries(wanted),
  );
}
