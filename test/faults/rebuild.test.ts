/**
 * The database is deleted, cut short, or its bytes are flipped, with a backup beside it or without; then the record is
 * made again from bucket and disk. Nothing that is unchanged is sent again, every version that the bucket knows stays in
 * the timelines, and the first record that comes names the break.
 */
import { foldersHere } from '../../main/contract/attached.ts';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Folder } from '../../main/contract/models.ts';
import { openClients, type Clients } from '../../main/engine/clients.ts';
import { openHome, type OpenHome } from '../../main/engine/home.ts';
import { inspectFolder } from '../../main/engine/inspect.ts';
import { openFolderListing } from '../../main/engine/listings.ts';
import { matchHere } from '../../main/engine/matches.ts';
import { reopenHome } from '../../main/engine/rebuild.ts';
import { readTree } from '../support/world/disk.ts';
import { FOLDER, openWorld, took, type World } from '../support/world/world.ts';
import { plan, Tally } from './tally.ts';

const { rounds, milliseconds, seed } = plan('rebuild', { rounds: 4 }, { rounds: 300 });
const tally = new Tally('rebuild', seed);
tally.aim('databases lost', rounds);
afterAll(() => {
  tally.close();
});

const MIB = 1024 * 1024;
const DAMAGES = ['deleted', 'flipped', 'cut short', 'emptied'] as const;
type Damage = (typeof DAMAGES)[number];
const NOBODY = new AbortController().signal;

/** The rounds are told apart by these numbers alone. */
const rows = fc.sample(fc.array(fc.nat({ max: 2 ** 20 }), { minLength: 40, maxLength: 40 }), { seed, numRuns: rounds });

async function backUp(w: World): Promise<void> {
  const home = took(openHome(w.home));
  try {
    took(await home.tables.backup(w.home, '2026-11-22', NOBODY));
  } finally {
    home.close();
  }
}

async function damage(w: World, what: Damage, numbers: readonly number[]): Promise<void> {
  const database = join(w.home, 'cairn.db');
  const whole = await readFile(database);
  if (what === 'deleted') await rm(database);
  else if (what === 'emptied') await truncate(database, 0);
  else if (what === 'cut short') await truncate(database, (numbers[0] ?? 0) % whole.length);
  else {
    // The header and, in each of the pages, some bytes: damage that is seen.
    for (let at = 0; at < whole.length; at += 4096) whole.fill((numbers[1] ?? 0) % 256, at, at + 8);
    await writeFile(database, whole);
  }
}

/** As the commands do it; here in this process, to be quick. */
async function withHome<T>(home: OpenHome, work: (folder: Folder, clients: Clients) => Promise<T>): Promise<T> {
  const clients = openClients(
    () => home.settings.connections,
    () => undefined,
  );
  try {
    const [folder] = foldersHere(home.settings.folders);
    if (folder === undefined) throw new Error('The settings have no folder.');
    return await work(folder, clients);
  } finally {
    clients.close();
    home.close();
  }
}

async function rebuild(w: World) {
  const { home, renewed } = took(reopenHome(w.home, new Date()));
  const match = await withHome(home, (folder, clients) => matchHere(home, clients, folder, NOBODY));
  return { match: took(match), renewed };
}

/** The record that names the break, whether the chain holds, and what a look at the bucket finds. */
async function examine(w: World, breakSeq: number) {
  const home = took(openHome(w.home));
  return withHome(home, async (folder, clients) => {
    const { receipts } = home.tables;
    const client = took(await clients.get(folder.connection));
    const listing = openFolderListing(home, folder, false);
    const look = took(await inspectFolder(folder, client, home.tables, listing, { now: () => new Date() }));
    listing.close();
    return { mark: receipts.find(breakSeq), chain: receipts.check(), look };
  });
}

const idsOf = async (w: World): Promise<readonly string[]> =>
  (await w.bucket.versions()).map(({ key, versionId }) => `${key} ${versionId}`).sort();

test(`the database is lost ${rounds} times`, { timeout: milliseconds + 300_000 }, async () => {
  const end = performance.now() + milliseconds;
  for (const [round, numbers] of rows.entries()) {
    if (performance.now() > end) break;
    const what = DAMAGES[round % DAMAGES.length] ?? 'deleted';
    const hasBackup = Math.floor(round / DAMAGES.length) % 2 === 1 || round % 3 === 1;
    const words = `round ${round}: ${what}, ${hasBackup ? 'with' : 'without'} a backup`;
    await using w = await openWorld({ prefix: 'kept' });
    const name = (at: number): string => `d${(numbers[at] ?? 0) % 4}/f${at}.txt`;
    for (let at = 0; at < 12; at += 1) await w.write(name(at), `first ${numbers[at] ?? 0}`);
    await w.write('é/ü.txt', 'a name beyond ASCII');
    await w.write('e\u0301.txt', 'a name that is not composed');
    if (round === 0) await w.write('film.mp4', Buffer.alloc(17 * MIB, 'film'));
    await w.settle();
    for (let at = 0; at < 12; at += 3) await w.write(name(at), `second ${numbers[at + 12] ?? 0}`);
    await w.settle();
    if (hasBackup) await backUp(w);
    for (let at = 1; at < 12; at += 4) await w.write(name(at), `third ${numbers[at + 24] ?? 0}`);
    await w.settle();
    const stored = await idsOf(w);
    const before = w.receipts();

    await damage(w, what, numbers);
    w.forgetRequests();
    const refused = openHome(w.home);
    expect(refused.ok ? 'ok' : refused.failure.code, words).toMatch(/^home-(damaged|from-newer|read-only)$/);
    if (refused.ok) refused.value.close();

    const { match, renewed } = await rebuild(w);
    const files = (await readTree(w.disk)).size;
    expect(match, words).toMatchObject({
      equal: { files },
      different: { files: 0 },
      onlyHere: { files: 0 },
      onlyThere: { files: 0 },
    });
    expect(renewed?.backupDay ?? null, words).toBe(hasBackup ? '2026-11-22' : null);
    // A listing; and where no receipt tells, one question for the name whose exact form only the metadata knows.
    const asked = w.requests().map(({ operation }) => operation);
    expect(asked, words).toEqual(hasBackup ? ['ListObjectVersions'] : ['ListObjectVersions', 'HeadObject']);

    expect(await w.settle(), words).toMatchObject({ puts: 0, moves: 0, deletes: 0, gone: 0, parked: 0 });
    expect(await idsOf(w), words).toEqual(stored);
    tally.add('uploads after it', (await idsOf(w)).length - stored.length);

    // The record: what the backup had, then the break, then what was found.
    const receipts = w.receipts();
    const taken = renewed?.receipts ?? 0;
    const { mark, chain, look } = await examine(w, taken + 1);
    expect(mark, words).toMatchObject({ operation: 'break', response: { receiptsBefore: taken } });
    expect(receipts.slice(0, taken), words).toEqual(before.slice(0, taken));
    expect(
      receipts.slice(taken).every(({ operation }) => operation === 'adopt'),
      words,
    ).toBe(true);
    expect(chain, words).toMatchObject({ ok: true });
    const aside = (await readdir(w.home)).filter(
      (one) => one.startsWith('cairn.db.damaged-') && !/-(wal|shm)$/.test(one),
    );
    expect(aside.length, words).toBe(what === 'deleted' ? 0 : 1);
    expect(existsSync(join(w.home, 'renewing')), words).toBe(false);

    // Timelines as far as the bucket knows.
    const path = name(0);
    const versions = await w.cairnDone('versions', FOLDER, path);
    expect(versions.length, words).toBe((await w.bucket.versionsOf(w.key(path))).length);
    expect(
      versions.every(({ seenAt }) => (seenAt !== null) === hasBackup),
      words,
    ).toBe(true);
    expect(look, words).toMatchObject({ unexplained: { count: 0 }, missing: { count: 0 }, queuedAgain: 0 });

    await w.write(path, 'goes on');
    expect(await w.settle(), words).toMatchObject({ puts: 1 });
    tally.add('databases lost');
    tally.add('files proved equal', match.equal.files);
  }
});

test('from the command line: refused with the way out, then made again', async () => {
  await using w = await openWorld();
  await w.write('a.txt', 'a');
  await w.settle();
  await rm(join(w.home, 'cairn.db'));
  const { hint } = await w.expectRefused(['sync'], 1, 'home-damaged');
  expect(hint).toMatch(/cairn rebuild --all/);
  await w.expectRefused(['rebuild'], 2, 'usage');
  const [renewed, found] = await w.cairnDone('rebuild', '--all');
  expect(renewed).toMatchObject({ renewed: { aside: null, backupDay: null, receipts: 0, breakSeq: 1 } });
  expect(found).toMatchObject({
    folder: FOLDER,
    match: { equal: { files: 1 }, requests: 1 },
    requestsPerThousand: 1000,
  });
  const summary = { puts: 0, requests: 0 };
  expect((await w.cairnDone('sync')).at(-1)).toMatchObject({ summary });
});

test('where the store was away, the next sync takes it up before anything is sent', async () => {
  await using w = await openWorld();
  for (let at = 0; at < 30; at += 1) await w.write(`f${at}.txt`, `content ${at}`);
  await w.settle();
  const stored = await idsOf(w);
  await rm(join(w.home, 'cairn.db'));
  // The store is away: the new database is there, and nothing could be compared.
  await w.gate.shut();
  const ended = await w.cairn('rebuild', FOLDER);
  expect(ended, ended.stderr).toMatchObject({ code: 1 });
  await w.gate.reopen();
  expect(await w.settle()).toMatchObject({ puts: 0 });
  expect(await idsOf(w)).toEqual(stored);
});
