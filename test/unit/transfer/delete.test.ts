import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { failure, type Failure } from '../../../main/contract/errors.ts';
import { failed, success, type Result } from '../../../main/contract/result.ts';
import type { Versioning } from '../../../main/s3/index.ts';
import type { Intent, Job, NewReceipt } from '../../../main/store/types.ts';
import { settleDelete } from '../../../main/transfer/adopt-delete.ts';
import { markDeleted } from '../../../main/transfer/delete.ts';
import type { TransferPorts } from '../../../main/transfer/types.ts';
import { job, journalRow, path, SEEN_AT } from '../store/support.ts';

const NOW = Date.parse(SEEN_AT) + 60_000;
const deleting = { ...job('a', { operation: 'delete', reason: 'vanished', seen: null }), id: 1 } as Job;

interface Given {
  readonly versioning?: Versioning;
  readonly mode?: 'keep' | 'mark';
  /** What the store answers, by operation. */
  readonly answers?: Readonly<Record<string, unknown>>;
  readonly root?: Result<unknown>;
  readonly isSealed?: boolean;
  /** Comes when the attempt is written down. */
  readonly onIntent?: (root: string) => void;
  readonly explained?: string;
}

function open(given: Given = {}) {
  const root = mkdtempSync(join(tmpdir(), 'cairn-unit-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  const asked: string[] = [];
  const intents: Intent[] = [];
  const adopted: NewReceipt[] = [];
  let stopped: Failure | null = null;
  let markers = 0;
  const answers: Readonly<Record<string, unknown>> = {
    HeadObject: { VersionId: 'v1' },
    DeleteObject: { DeleteMarker: true, VersionId: 'm1' },
    ...given.answers,
  };
  const ports = {
    bucket: 'b',
    folderName: 'f',
    root,
    policyVersion: 1,
    client: {
      send: (operation: string, input: object) => {
        asked.push(`${operation}${'VersionId' in input ? ' of a version' : ''}`);
        const answer = answers[operation];
        return Promise.resolve(typeof answer === 'string' ? failed(failure(answer as 'busy')) : success(answer ?? {}));
      },
    },
    journalRow: () => journalRow('a'),
    receiptOf: () => (given.isSealed === true ? { request: { SSECustomerAlgorithm: 'AES256' } } : null),
    attempts: {
      uploadOf: () => null,
      addIntent: (intent: Intent) => {
        intents.push(intent);
        given.onIntent?.(root);
      },
      removeIntent: () => intents.pop(),
    },
    commit: (work: () => unknown) => Promise.resolve(work()),
    now: () => new Date(NOW),
    newAttemptId: () => 'attempt',
    onStep: () => undefined,
    deletes: {
      mode: given.mode ?? 'mark',
      versioning: () => Promise.resolve(success(given.versioning ?? 'enabled')),
      inTurn: (work: () => Promise<unknown>) => work(),
      sawMarker: () => {
        markers += 1;
      },
      stopped: () => stopped,
      stop: (cause: Failure) => {
        stopped = cause;
      },
      checkRoot: () => Promise.resolve(given.root ?? success(null)),
      isExplained: (_: string, versionId: string) => versionId === given.explained,
      recordAdopted: (receipt: NewReceipt) => {
        adopted.push(receipt);
        intents.pop();
        return Promise.resolve();
      },
    },
  };
  return {
    ...{ root, asked, intents, adopted },
    ports: ports as unknown as TransferPorts,
    stopped: () => stopped?.code ?? null,
    markers: () => markers,
    run: () => markDeleted(deleting, ports as unknown as TransferPorts, new AbortController().signal),
  };
}

describe('a delete', () => {
  test('goes out without a version, after the attempt is written down, and its marker is the receipt', async () => {
    const world = open();
    expect(await world.run()).toMatchObject({
      kind: 'gone',
      receipt: { operation: 'delete', versionId: 'm1', seenAt: SEEN_AT, size: 3, sha256: null },
    });
    expect(world.asked).toEqual(['HeadObject', 'DeleteObject']);
    expect(world.intents, 'the receipt ends it').toMatchObject([{ operation: 'delete', attemptId: 'attempt' }]);
    expect(world.markers()).toBe(1);
  });

  test.each<[string, unknown]>([
    ['no marker', {}],
    ['a version that is gone for good', { VersionId: 'v1' }],
    ['a marker without a version', { DeleteMarker: true }],
    ['a null marker', { DeleteMarker: true, VersionId: 'null' }],
  ])('whose answer shows %s stops all, and its attempt stays open', async (_, DeleteObject) => {
    const world = open({ answers: { DeleteObject } });
    expect(await world.run()).toMatchObject({ kind: 'failed', failure: { code: 'deletes-stopped', class: 'deletes' } });
    expect([world.stopped(), world.markers(), world.intents.length]).toEqual(['deletes-stopped', 0, 1]);
    const again = await world.run();
    expect(again, 'the next one is not sent').toMatchObject({ kind: 'failed', failure: { code: 'deletes-stopped' } });
    expect(world.asked.filter((one) => one === 'DeleteObject')).toHaveLength(1);
  });

  test.each(['suspended', 'off'] as const)('is not sent to a bucket whose versioning is %s', async (versioning) => {
    const world = open({ versioning });
    expect(await world.run()).toMatchObject({ kind: 'failed', failure: { code: 'deletes-stopped' } });
    expect(world.asked).toEqual([]);
  });

  test('is not sent over another version, and where none is left the path is only noted as gone', async () => {
    const foreign = open({ answers: { HeadObject: { VersionId: 'theirs' } } });
    expect(await foreign.run()).toMatchObject({ kind: 'failed', failure: { code: 'foreign-version', class: 'file' } });
    const nothing = open({ answers: { HeadObject: 'object-missing' } });
    expect(await nothing.run()).toMatchObject({ kind: 'gone', receipt: { operation: 'gone', versionId: null } });
    expect([...foreign.asked, ...nothing.asked]).toEqual(['HeadObject', 'HeadObject']);
    const kept = open({ mode: 'keep' });
    expect(await kept.run()).toMatchObject({ kind: 'gone', receipt: { operation: 'gone' } });
    expect(kept.asked).toEqual([]);
  });

  test('of an object under a customer key needs no key: the listing says what lies on top', async () => {
    const Versions = [{ Key: 'a', VersionId: 'v1', IsLatest: true, LastModified: new Date(NOW) }];
    const world = open({ isSealed: true, answers: { ListObjectVersions: { Versions } } });
    expect(await world.run()).toMatchObject({ kind: 'gone', receipt: { operation: 'delete' } });
    expect(world.asked).toEqual(['ListObjectVersions', 'DeleteObject']);
  });

  test('is not sent where the file is back at the last moment, or its folder is not there', async () => {
    const back = open({
      onIntent: (root) => {
        writeFileSync(join(root, 'a'), 'back');
      },
    });
    expect(await back.run()).toMatchObject({ kind: 'dropped' });
    const away = open({ root: failed(failure('root-missing', { root: '/x' })) });
    expect(await away.run()).toMatchObject({ kind: 'failed', failure: { code: 'root-missing' } });
    for (const { asked, intents } of [back, away]) expect([asked, intents]).toEqual([['HeadObject'], []]);
  });
});

describe('an attempt at a delete whose answer was lost', () => {
  const patience = { CLOCK_TOLERANCE_MS: 1_000, MAY_STILL_COME_MS: 3_000 };
  const attempt = (ageMs: number): Intent => ({
    ...{ attemptId: 'attempt', folder: 'f', path: path('a'), key: journalRow('a').key, operation: 'delete' },
    ...{ seen: journalRow('a').stat, seenAt: SEEN_AT, sha256: 'aa', request: { Bucket: 'b', Key: 'a' } },
    ...{ policyVersion: 1, startedAt: new Date(NOW - ageMs).toISOString() },
  });
  const marker = (ageMs: number, IsLatest = true) => ({
    ListObjectVersions: {
      DeleteMarkers: [{ Key: 'a', VersionId: 'm1', IsLatest, LastModified: new Date(NOW - ageMs) }],
    },
  });
  const settle = async (given: Given, ageMs: number) => {
    const world = open(given);
    world.intents.push(attempt(ageMs));
    const { signal } = new AbortController();
    const settled = await settleDelete(deleting, attempt(ageMs), patience, world.ports, signal);
    return { settled, left: world.intents.length, adopted: world.adopted.map(({ versionId }) => versionId) };
  };
  const over = { settled: success(0), left: 0 };

  test('the latest marker that no receipt explains and that is not older is its own', async () => {
    expect(await settle({ answers: marker(5_500) }, 5_000)).toEqual({ ...over, adopted: ['m1'] });
    expect(await settle({ answers: marker(6_500) }, 5_000), 'older').toEqual({ ...over, adopted: [] });
    expect(await settle({ answers: marker(0), explained: 'm1' }, 5_000)).toEqual({ ...over, adopted: [] });
    expect(await settle({ answers: marker(0, false) }, 5_000), 'something lies above').toEqual({
      ...over,
      adopted: [],
    });
  });

  test('a young one may still arrive; where nothing can be listed, that the key is gone decides', async () => {
    expect(await settle({}, 1_000)).toEqual({ settled: success(2_000), left: 1, adopted: [] });
    const blind = { ListObjectVersions: 'permission', HeadObject: 'object-missing' };
    expect(await settle({ answers: blind }, 5_000)).toEqual({ ...over, adopted: [null] });
    expect(await settle({ answers: { ...blind, HeadObject: { VersionId: 'v1' } } }, 5_000)).toEqual({
      ...{ ...over, adopted: [] },
    });
    expect((await settle({ answers: { ListObjectVersions: 'busy' } }, 5_000)).settled.ok).toBe(false);
  });
});
