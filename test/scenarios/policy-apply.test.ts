/**
 * A new policy, applied to what is there: tags, ACL and lock on the version itself, all else by a copy, from disk where
 * a store cannot copy; never looser by itself; and once, whenever the process ends.
 */
import {
  GetObjectAclCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  GetObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Folder } from '../../main/contract/models.ts';
import { planPolicy, queuePolicy, type PolicyStep } from '../../main/engine/apply.ts';
import type { Engine } from '../../main/engine/engine.ts';
import { createMultipartOnlyTable, putObjectTable, type FieldRow } from '../../main/policy/fields.ts';
import { FIELD_CASES } from '../support/proxy/field-cases.ts';
import { expectHeader } from '../support/proxy/field-checks.ts';
import { expectOnce, expectParked, expectSaid, expectWellAgain } from '../support/proxy/stories.ts';
import { openWire, type Wire, type WireSync } from '../support/proxy/wire.ts';
import { root } from '../support/paths.ts';
import { seededBytes } from '../support/world/disk.ts';
import { storeKind } from '../support/world/stores.ts';
import { FOLDER } from '../support/world/world.ts';

const isPractice = storeKind === 'practice';
/** How a copy is known to have the bytes of the version before. */
const PROOF = isPractice ? 'checksum' : 'etag';
const FILE = 'a.txt';
const LARGE = 'large.bin';
const large = seededBytes(16 * 1024 * 1024 + 5, 'applied');

/** A world in which a file was sent under one policy, and another counts now. */
async function changed(before: object, now: object, lock = false): Promise<Wire> {
  const wire = await openWire({ policy: before, lock });
  await wire.world.write(FILE, 'one');
  await wire.settle();
  await wire.setPolicy(now);
  wire.proxy.forget();
  return wire;
}

/** What the command does: queues what needs a change, and sends. */
async function apply(wire: Wire): Promise<WireSync> {
  const sync = await wire.sync({ prepare: (engine, folder) => queuePolicy(folder, engine.home.tables) });
  expect(sync.failures).toEqual([]);
  return sync;
}

function plan(wire: Wire) {
  const steps: PolicyStep[] = [];
  const summary = wire.reading((folder, home) => {
    if (home.tables === null) throw new Error('The home has no tables');
    return planPolicy(folder, home.tables, (step) => steps.push(step));
  });
  return { steps, summary };
}

/** All lies under the present policy: nothing is left to do. */
function expectApplied(wire: Wire): void {
  expect(plan(wire)).toMatchObject({ steps: [], summary: { files: 0, copies: 0, inPlace: 0 } });
  expect(wire.jobs()).toEqual([]);
}

/** The operations about a file that changed something. */
function changesOf(wire: Wire, path: string): readonly string[] {
  return wire.proxy.requests.flatMap(({ key, method, operation }) =>
    key === path && method !== 'GET' && method !== 'HEAD' ? [operation] : [],
  );
}

async function placeOf(wire: Wire, path: string) {
  const [version] = await wire.world.bucket.versionsOf(path);
  return { Bucket: wire.world.bucket.name, Key: path, VersionId: version?.versionId ?? '' };
}

describe('on the version itself', () => {
  test('tags and ACL: no new version, and each request names the version', async () => {
    await using wire = await changed({ tags: { old: 'x' } }, { tags: { project: 'cairn' }, acl: 'public-read' });
    const [before] = await wire.world.bucket.versionsOf(FILE);
    expect(plan(wire)).toEqual({
      steps: [{ path: FILE, size: 3, changes: ['tags', 'acl'], storageClass: 'STANDARD', loosens: false }],
      summary: { files: 1, inPlace: 1, copies: 0, bytes: 0, requests: 2, loosened: 0 },
    });

    await apply(wire);
    expect(changesOf(wire, FILE)).toEqual(['PutObjectTagging', 'PutObjectAcl']);
    for (const { query } of wire.proxy.requests.filter((one) => one.method === 'PUT')) {
      expect(query.get('versionId')).toBe(before?.versionId);
    }
    const { client } = wire.world.bucket;
    const place = await placeOf(wire, FILE);
    const { TagSet } = await client.send(new GetObjectTaggingCommand(place));
    expect(TagSet).toEqual([{ Key: 'project', Value: 'cairn' }]);
    const { Grants = [] } = await client.send(new GetObjectAclCommand(place));
    expect(Grants.map(({ Grantee, Permission }) => [Grantee?.URI, Permission])).toContainEqual([
      'http://acs.amazonaws.com/groups/global/AllUsers',
      'READ',
    ]);
    await expectOnce(wire, { [FILE]: ['one'] });
    expectApplied(wire);
    const [activity] = await wire.world.cairnDone('activity', FOLDER, '--limit', '1');
    expect(activity).toMatchObject({ kind: 'applied', path: FILE, detail: { changed: 'tags, acl', policyVersion: 2 } });
  });

  test('an ACL that is no longer asked for is private again', async () => {
    await using wire = await changed({ acl: 'public-read' }, {});
    await apply(wire);
    const [request] = wire.proxy.of('PutObjectAcl');
    expect(request?.headers['x-amz-acl']).toBe('private');
    const { Grants = [] } = await wire.world.bucket.client.send(new GetObjectAclCommand(await placeOf(wire, FILE)));
    expect(Grants.filter(({ Grantee }) => Grantee?.URI !== undefined)).toEqual([]);
    await expectOnce(wire, { [FILE]: ['one'] });
    expectApplied(wire);
  });

  test('a retention that is longer, and a legal hold', async () => {
    const until = (year: number): object => ({ mode: 'GOVERNANCE', retainUntil: `${String(year)}-01-31T12:00:00Z` });
    await using wire = await changed({ lock: until(2040) }, { lock: { ...until(2041), legalHold: true } }, true);
    expect(plan(wire).steps).toMatchObject([{ changes: ['retention', 'legal-hold'], loosens: false }]);
    await apply(wire);
    expect(changesOf(wire, FILE)).toEqual(['PutObjectRetention', 'PutObjectLegalHold']);
    const { client } = wire.world.bucket;
    const place = await placeOf(wire, FILE);
    const { Retention } = await client.send(new GetObjectRetentionCommand(place));
    expect(Retention).toMatchObject({ Mode: 'GOVERNANCE', RetainUntilDate: new Date('2041-01-31T12:00:00Z') });
    const { LegalHold } = await client.send(new GetObjectLegalHoldCommand(place));
    expect(LegalHold).toEqual({ Status: 'ON' });
    await expectOnce(wire, { [FILE]: ['one'] });
    expectApplied(wire);
  });

  test('a right that is missing parks the file, names the action, and is made up for by a retry', async () => {
    await using wire = await changed({}, { tags: { project: 'cairn' } });
    wire.faults.refuse('PutObjectTagging', 403, 'AccessDenied', Infinity);
    const words = {
      code: 'permission',
      message: `The store refuses s3:PutObjectTagging on ${wire.world.bucket.name}/${FILE} (403 AccessDenied).`,
      hint: 'Allow s3:PutObjectTagging for these credentials, then retry.',
    };
    expectSaid(await apply(wire), words);
    expectParked(wire, FILE, words);
    // The next scan finds the file as it was sent, which takes nothing from what is still to be done.
    await wire.sync();
    expectParked(wire, FILE, words);
    await expectWellAgain(wire, { [FILE]: ['one'] });
    const { TagSet } = await wire.world.bucket.client.send(new GetObjectTaggingCommand(await placeOf(wire, FILE)));
    expect(TagSet).toEqual([{ Key: 'project', Value: 'cairn' }]);
    expectApplied(wire);
  });
});

describe('while the store is away', () => {
  test('what was queued stays, and the next sync does it', async () => {
    await using wire = await changed({}, { tags: { project: 'cairn' } });
    const { endpoint } = wire.proxy;
    await wire.connectTo('http://127.0.0.1:9');
    const queue = (engine: Engine, folder: Folder): number => queuePolicy(folder, engine.home.tables);
    await wire.sync({ giveUpMs: 100, prepare: queue });
    expect(wire.jobs()).toMatchObject([{ path: FILE, state: 'waiting', reason: 'policy' }]);
    await wire.connectTo(endpoint);
    await wire.settle();
    const { TagSet } = await wire.world.bucket.client.send(new GetObjectTaggingCommand(await placeOf(wire, FILE)));
    expect(TagSet).toEqual([{ Key: 'project', Value: 'cairn' }]);
    await expectOnce(wire, { [FILE]: ['one'] });
    expectApplied(wire);
  });
});

describe('by copy', () => {
  const now = {
    storageClass: 'STANDARD_IA',
    cacheControl: 'max-age=60',
    contentType: 'text/x-story',
    metadata: { origin: 'laptop' },
    tags: { project: 'cairn' },
  };

  test('class, headers, metadata, and tags with them: a new version with the bytes of the one before', async () => {
    await using wire = await openWire({ policy: { cacheControl: 'no-cache' } });
    const { world: w } = wire;
    await w.write(FILE, 'one');
    await w.write(LARGE, large);
    await wire.settle();
    await wire.setPolicy(now);
    wire.proxy.forget();
    expect(plan(wire).summary).toMatchObject({ files: 2, copies: 2, inPlace: 0, bytes: 3 + large.length });

    const { summary } = await apply(wire);
    expect(summary).toMatchObject({ moves: 2, puts: 0, parked: 0 });
    for (const path of [FILE, LARGE]) {
      // The other store drops new tags of a copy, and takes them afterwards.
      expect(changesOf(wire, path)).toEqual(isPractice ? ['CopyObject'] : ['CopyObject', 'PutObjectTagging']);
      const [first, copy] = w.receipts(path);
      const [request] = wire.proxy.of('CopyObject', path);
      expect(request?.headers).toMatchObject({
        'x-amz-copy-source': `${w.bucket.name}/${path}?versionId=${encodeURIComponent(first?.versionId ?? '')}`,
        'x-amz-metadata-directive': 'REPLACE',
        'x-amz-tagging-directive': 'REPLACE',
        'x-amz-storage-class': 'STANDARD_IA',
      });
      expect(copy).toMatchObject({ operation: 'copy', storageClass: 'STANDARD_IA', sha256: first?.sha256 });
      expect(copy?.versionId).not.toBe(first?.versionId);
      const head = await w.bucket.head(path, copy?.versionId ?? '');
      expect(head).toMatchObject({
        StorageClass: 'STANDARD_IA',
        CacheControl: 'max-age=60',
        ContentType: 'text/x-story',
        Metadata: { origin: 'laptop', 'cairn-sha256': first?.sha256 },
      });
      expect((await w.bucket.head(path, first?.versionId ?? '')).CacheControl, 'the one before').toBe('no-cache');
      expect(copy).toMatchObject({ proof: isPractice || path === FILE ? PROOF : 'none', dropped: [] });
      const { TagSet } = await w.bucket.client.send(new GetObjectTaggingCommand(await placeOf(wire, path)));
      expect(TagSet).toEqual([{ Key: 'project', Value: 'cairn' }]);
    }
    expect(wire.status().problems).toEqual([]);
    await expectOnce(wire, { [FILE]: ['one', 'one'], [LARGE]: [large, large] });
    expectApplied(wire);
    wire.proxy.forget();
    await w.touch(FILE);
    expect((await wire.settle()).summary, 'the same bytes under another time').toMatchObject({ puts: 0, requests: 0 });
  });

  test('where the store cannot copy, the file itself is sent again', async () => {
    await using wire = await openWire();
    await wire.world.write(FILE, 'one');
    await wire.world.write(LARGE, large);
    await wire.settle();
    await wire.setPolicy({ storageClass: 'STANDARD_IA' });
    wire.faults.refuse('CopyObject', 501, 'NotImplemented', Infinity);
    wire.proxy.forget();
    expect((await apply(wire)).summary).toMatchObject({ moves: 0, puts: 2, parked: 0 });
    expect(
      wire.world
        .receipts()
        .map(({ path, operation }) => `${path} ${operation}`)
        .sort(),
    ).toEqual([`${FILE} put`, `${FILE} put`, `${LARGE} multipart`, `${LARGE} multipart`]);
    for (const path of [FILE, LARGE]) {
      const { Bucket: _, Key, VersionId } = await placeOf(wire, path);
      expect((await wire.world.bucket.head(Key, VersionId)).StorageClass).toBe('STANDARD_IA');
    }
    await expectOnce(wire, { [FILE]: ['one', 'one'], [LARGE]: [large, large] });
    expectApplied(wire);
  });

  test('a copy whose answer is lost is found, and made once', async () => {
    await using wire = await changed({}, { storageClass: 'STANDARD_IA' });
    wire.faults.set('CopyObject', { kind: 'after', then: { kind: 'reset', afterBytes: 0 } });
    await apply(wire);
    expect(wire.proxy.of('CopyObject')).toHaveLength(1);
    expect(wire.world.receipts()).toMatchObject([{ operation: 'put' }, { operation: 'copy', proof: 'adopted' }]);
    await expectOnce(wire, { [FILE]: ['one', 'one'] });
    expectApplied(wire);
  });

  test('from under a customer key that the policy no longer names, the file is sent from disk', async () => {
    await using wire = await openWire({
      policyIn: async ({ root: directory }) => {
        const keyFile = join(directory, 'customer.key');
        await writeFile(keyFile, randomBytes(32));
        await chmod(keyFile, 0o600);
        return { encryption: { mode: 'customer', keyFile } };
      },
    });
    await wire.world.write(FILE, 'one');
    await wire.settle();
    await wire.setPolicy({});
    expect((await apply(wire)).summary).toMatchObject({ moves: 0, puts: 1 });
    const { Key, VersionId } = await placeOf(wire, FILE);
    expect((await wire.world.bucket.bytes(Key, VersionId)).toString()).toBe('one');
    await wire.world.expectExplained();
    expectApplied(wire);
  });

  test('a file that has changed on disk goes as it is now, under the new policy', async () => {
    await using wire = await changed({}, { storageClass: 'STANDARD_IA' });
    await wire.world.write(FILE, 'two');
    await apply(wire);
    expect(wire.proxy.of('CopyObject')).toEqual([]);
    expect(wire.world.receipts().at(-1)).toMatchObject({ operation: 'put', storageClass: 'STANDARD_IA' });
    await expectOnce(wire, { [FILE]: ['two', 'one'] });
    expectApplied(wire);
  });
});

describe('looser', () => {
  test('a retention is never made shorter by itself, nor a hold taken away; the rest is done', async () => {
    const lock = { mode: 'GOVERNANCE', retainUntil: '2040-01-31T12:00:00Z' };
    const tags = { project: 'cairn' };
    await using wire = await changed(
      { lock: { ...lock, legalHold: true } },
      { lock: { ...lock, retainUntil: '2030-01-31T12:00:00Z' }, tags },
      true,
    );
    expect(plan(wire)).toEqual({
      steps: [{ path: FILE, size: 3, changes: ['tags'], storageClass: 'STANDARD', loosens: true }],
      summary: { files: 1, inPlace: 1, copies: 0, bytes: 0, requests: 1, loosened: 1 },
    });
    await apply(wire);
    expect(changesOf(wire, FILE)).toEqual(['PutObjectTagging']);
    const { Key, VersionId } = await placeOf(wire, FILE);
    expect(await wire.world.bucket.head(Key, VersionId)).toMatchObject({
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: new Date(lock.retainUntil),
      ObjectLockLegalHoldStatus: 'ON',
    });
    await expectOnce(wire, { [FILE]: ['one'] });
  });

  test('where nothing else is asked, nothing is sent, and it is said each time', async () => {
    const days = (retainDays: number): object => ({ lock: { mode: 'GOVERNANCE', retainDays } });
    await using wire = await changed(days(30), days(1), true);
    const loosened = { files: 1, inPlace: 0, copies: 0, requests: 0, loosened: 1 };
    expect(plan(wire).summary).toMatchObject(loosened);
    await apply(wire);
    expect(wire.proxy.requests).toEqual([]);
    expect(plan(wire).summary, 'still').toMatchObject(loosened);
  });
});

describe('on the command line', () => {
  const program = join(root, 'main/cli/main.ts');
  const policyApply = ['policy', 'apply', FOLDER];

  test('--dry-run tells each file and the sums, and sends nothing', async () => {
    await using wire = await changed(
      {},
      { storageClass: 'STANDARD_IA', rules: [{ match: ['b*'], set: { acl: 'private' } }] },
    );
    const ended = await wire.world.begin([...policyApply, '--dry-run'], { program }).ended;
    expect(ended.code).toBe(0);
    expect(ended.lines).toEqual([
      { path: FILE, size: 3, changes: ['copy'], storageClass: 'STANDARD_IA', loosens: false },
      {
        summary: { files: 1, inPlace: 0, copies: 1, bytes: 3, requests: 2, loosened: 0 },
        cost: expect.objectContaining({ once: 0.000011, currency: 'USD' }) as object,
      },
    ]);
    expect(wire.proxy.requests).toEqual([]);
    expect(wire.jobs()).toEqual([]);
    await expectOnce(wire, { [FILE]: ['one'] });
  });

  test.each(['intent-committed', 'put-answered'])(
    'killed at %s and run again: each file is copied once',
    async (step) => {
      await using wire = await openWire();
      const names = ['a.txt', 'b.txt', 'c.txt'];
      for (const name of names) await wire.world.write(name, name);
      await wire.settle();
      await wire.setPolicy({ storageClass: 'STANDARD_IA' });
      wire.proxy.forget();
      const killed = await wire.world.begin(policyApply, { program, env: { CAIRN_TEST_END_AT: `${step}:2` } }).ended;
      expect(killed, `it was to end at ${step}`).toMatchObject({ signal: 'SIGKILL' });

      const again = await wire.world.begin(policyApply, { program }).ended;
      expect(again, again.stderr).toMatchObject({ code: 0 });
      await expectOnce(wire, Object.fromEntries(names.map((name) => [name, [name, name]])));
      for (const name of names) {
        expect(wire.world.receipts(name).map((receipt) => receipt.operation)).toEqual(['put', 'copy']);
        const { Key, VersionId } = await placeOf(wire, name);
        expect((await wire.world.bucket.head(Key, VersionId)).StorageClass).toBe('STANDARD_IA');
      }
      expectApplied(wire);
    },
  );
});

const rows: Readonly<Record<string, FieldRow>> = { ...putObjectTable, ...createMultipartOnlyTable };
const ofCopies = Object.keys(FIELD_CASES).filter(
  (name) => rows[name]?.takenBy.includes('CopyObject') === true && FIELD_CASES[name]?.conditionsTried !== true,
);

// The other store takes fewer of them, which is told where single puts are.
if (isPractice) {
  describe('a field of the policy goes with a copy too', () => {
    test.each(ofCopies)('%s', async (name) => {
      const one = FIELD_CASES[name];
      if (one === undefined) throw new Error(`${name} has no case`);
      await using wire = await openWire({ lock: one.lock ?? false });
      await wire.world.write(FILE, 'one');
      await wire.settle();
      // Whatever it is, something that only a copy can bring about goes with it.
      const policy = { ...one.policy, ...(await one.policyIn?.(wire.world)) };
      await wire.setPolicy({ contentLanguage: 'de', ...policy });
      wire.proxy.forget();
      expect((await apply(wire)).summary).toMatchObject({ moves: 1, parked: 0 });
      const [copy] = wire.proxy.of('CopyObject', FILE);
      if (copy === undefined) throw new Error('There was no copy');
      if (name === 'ChecksumAlgorithm') expect(copy.headers['x-amz-checksum-algorithm']).toBe('SHA256');
      else await expectHeader(name, copy, Buffer.from('one'), wire.world);
      const receipt = wire.world.receipts().at(-1);
      expect(receipt).toMatchObject({ operation: 'copy', dropped: [] });
      expect(wire.status().problems).toEqual([]);
    });
  });
}
