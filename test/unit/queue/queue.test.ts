import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { failure, type Failure } from '../../../main/contract/errors.ts';
import type { Receipt } from '../../../main/contract/models.ts';
import {
  LONGEST_BACKOFF_MS,
  openPace,
  openQueue,
  type Lane,
  type Pace,
  type Queue,
  type QueueOptions,
  type Settlement,
} from '../../../main/queue/index.ts';
import type { WriteTables } from '../../../main/store/index.ts';
import type { Job } from '../../../main/store/types.ts';
import { job, journalRow, newReceipt, openTables, path, stat } from '../store/support.ts';

function stored(of: Job): Settlement {
  const { receiptSeq, ...journal } = journalRow(of.path, { stat: of.seen ?? stat() });
  expect(receiptSeq).toBe(1);
  return { kind: 'stored', receipt: newReceipt(of.path, { size: of.size }), journal };
}
const failed = (cause: Failure): Settlement => ({ kind: 'failed', failure: cause });

/** So many at once, whatever they bring. */
const fixed = (places: number): Pace => ({
  limit: () => places,
  pausedUntil: () => null,
  filled: () => undefined,
  answered: () => undefined,
  throttled: () => undefined,
});

interface Given extends Partial<Omit<QueueOptions, 'tables' | 'attempt' | 'lanes'>> {
  readonly lanes?: readonly Lane[];
  readonly inFlight?: number;
  readonly eligible?: () => readonly string[];
  readonly tables?: WriteTables;
  readonly attempt: QueueOptions['attempt'];
}

function open({ inFlight = 4, eligible = () => ['f'], lanes, ...given }: Given) {
  const tables = given.tables ?? openTables().tables;
  const receipts: Receipt[] = [];
  const parked: [string, string][] = [];
  const held: [string, string, string][] = [];
  const bugs: unknown[] = [];
  const options: QueueOptions = {
    lanes: () => lanes ?? [{ key: 'c', folders: eligible() }],
    newPace: () => fixed(inFlight),
    patienceMs: null,
    onReceipt: (_, receipt) => receipts.push(receipt),
    onHold: (of, cause, what) => held.push([of.path, cause.code, what]),
    onParked: (of, cause) => parked.push([of.path, cause.code]),
    onChange: () => undefined,
    onBug: (error) => {
      bugs.push(error);
      return 'E-1';
    },
    now: () => Date.now(),
    random: () => 0,
    ...given,
    tables,
  };
  const queue: Queue = openQueue(options);
  onTestFinished(() => queue.stop());
  const idle = async (): Promise<void> => {
    queue.kick();
    await vi.waitFor(
      () => {
        if (!queue.isIdle) throw new Error('the queue is not idle');
      },
      { timeout: 8000, interval: 5 },
    );
  };
  return { queue, tables, receipts, parked, held, bugs, idle };
}

function enqueueSized(tables: WriteTables, at: string, size: number): void {
  tables.jobs.enqueue(job(at, { size, seen: stat({ size }) }));
}

function enqueue(tables: WriteTables, ...paths: string[]): void {
  for (const one of paths) tables.jobs.enqueue(job(one));
}

describe('attempts', () => {
  test('go out in order, and each ends as receipt, journal row and an empty queue', async () => {
    const order: string[] = [];
    const { tables, idle, receipts } = open({
      inFlight: 1,
      attempt: (of) => {
        order.push(of.path);
        return Promise.resolve(stored(of));
      },
    });
    const names = Array.from({ length: 30 }, (_, index) => `file-${String(index)}`);
    enqueue(tables, ...names);
    await idle();
    expect(order).toEqual(names);
    expect(receipts.map((one) => one.path)).toEqual(names);
    expect(tables.jobs.ofFolder('f')).toEqual([]);
    expect(tables.folders.find('f').files).toBe(30);
    expect(tables.receipts.check()).toMatchObject({ checked: 30, ok: true });
  });

  test('go out once each, and lose no place, where what shares their commit throws', async () => {
    const order: string[] = [];
    let thrown = 0;
    const { tables, queue, idle, bugs } = open({
      inFlight: 2,
      attempt: (of) => {
        order.push(of.path);
        return Promise.resolve(stored(of));
      },
    });
    const names = Array.from({ length: 20 }, (_, index) => `file-${String(index)}`);
    enqueue(tables, ...names);
    const spoil = async (): Promise<void> => {
      while (order.length < names.length) {
        queue.kick();
        await tables.commit(() => tables.jobs.enqueue(null as never)).catch(() => (thrown += 1));
      }
    };
    await spoil();
    await idle();
    expect(thrown).toBeGreaterThan(names.length / 2 - 1);
    expect(order).toEqual(names);
    expect(bugs).toEqual([]);
    expect(tables.jobs.ofFolder('f')).toEqual([]);
  });

  test('are never more at once than allowed, and reach that number', async () => {
    let now = 0;
    let most = 0;
    const { tables, idle } = open({
      inFlight: 3,
      attempt: async (of) => {
        now += 1;
        most = Math.max(most, now);
        await sleep(2);
        now -= 1;
        return stored(of);
      },
    });
    enqueue(tables, ...Array.from({ length: 20 }, (_, index) => String(index)));
    await idle();
    expect(most).toBe(3);
  });

  test('of one path are never two at once, however often it is queued', async () => {
    const under = new Set<string>();
    let runs = 0;
    const { queue, tables, idle } = open({
      attempt: async (of) => {
        if (under.has(of.path)) throw new Error('twice at once');
        under.add(of.path);
        runs += 1;
        await sleep(3);
        under.delete(of.path);
        return stored(of);
      },
    });
    for (let index = 0; index < 20; index += 1) {
      enqueue(tables, 'a', 'b');
      queue.kick();
      await sleep(1);
    }
    await idle();
    expect(runs).toBeGreaterThanOrEqual(4);
    expect(tables.receipts.check().ok).toBe(true);
    expect(tables.activity.list('f', null, 100).every((row) => row.kind === 'saved')).toBe(true);
  });

  test('what is queued while it is under way runs again, with what was seen last', async () => {
    const sizes: number[] = [];
    const { tables, idle } = open({
      attempt: (of) => {
        sizes.push(of.size);
        if (sizes.length === 1) tables.jobs.enqueue(job('a', { size: 99 }));
        return Promise.resolve(stored(of));
      },
    });
    enqueue(tables, 'a');
    await idle();
    expect(sizes).toEqual([3, 99]);
    expect(tables.jobs.ofFolder('f')).toEqual([]);
  });

  test('what is renewed while it fails for good is tried, not parked, and nobody is told that it was', async () => {
    let tries = 0;
    const { tables, idle, parked } = open({
      attempt: (of) => {
        tries += 1;
        if (tries > 1) return Promise.resolve(stored(of));
        tables.jobs.enqueue(job('a', { size: 99 }));
        return Promise.resolve(failed(failure('permission')));
      },
    });
    enqueue(tables, 'a');
    await idle();
    expect(tries).toBe(2);
    expect(parked).toEqual([]);
    expect(tables.activity.list('f', null, 10).map((row) => row.kind)).toEqual(['saved']);
  });

  test('of folders that may not send wait', async () => {
    let may: string[] = [];
    const ran: string[] = [];
    const { queue, tables } = open({
      eligible: () => may,
      attempt: (of) => {
        ran.push(of.folder);
        return Promise.resolve({ kind: 'dropped', superseded: 0 });
      },
    });
    tables.jobs.enqueue(job('a', { folder: 'f' }));
    tables.jobs.enqueue(job('a', { folder: 'g' }));
    queue.kick();
    await sleep(30);
    expect(ran).toEqual([]);
    expect(queue.isIdle).toBe(true);
    may = ['g'];
    queue.kick();
    await vi.waitFor(() => {
      expect(ran).toEqual(['g']);
    });
    expect(tables.jobs.counts('f').waiting).toBe(1);
  });
});

describe('read ahead', () => {
  /** Attempts that read, send and write down, with how many did each at once. */
  function counting() {
    const most = { begun: 0, sending: 0, others: 0 };
    const now = { begun: 0, sending: 0, others: 0 };
    const order: string[] = [];
    const enter = (what: keyof typeof now): void => {
      now[what] += 1;
      most[what] = Math.max(most[what], now[what]);
    };
    const attempt: QueueOptions['attempt'] = async (of, _, turn) => {
      const isOther = of.size > 1000;
      enter('begun');
      if (isOther) enter('others');
      await sleep(1);
      if (!(await turn.take())) return failed(failure('cancelled'));
      order.push(of.path);
      enter('sending');
      await sleep(3);
      now.sending -= 1;
      turn.giveBack();
      await sleep(1);
      now.begun -= 1;
      if (isOther) now.others -= 1;
      return stored(of);
    };
    return { most, order, attempt };
  }

  test('small files are, as many as there are turns, and no more requests go out for that', async () => {
    const { most, attempt } = counting();
    const { tables, idle } = open({ inFlight: 3, aheadBytes: 3000, attempt });
    for (let index = 0; index < 40; index += 1) enqueueSized(tables, String(index), 1000);
    await idle();
    expect(most).toEqual({ begun: 6, sending: 3, others: 0 });
  });

  test('larger ones are not, and each has its turn before it begins', async () => {
    const { most, attempt } = counting();
    const { tables, idle } = open({ inFlight: 3, aheadBytes: 3000, attempt });
    for (let index = 0; index < 20; index += 1) enqueueSized(tables, String(index), 1001);
    await idle();
    expect(most).toEqual({ begun: 3, sending: 3, others: 3 });
  });

  test('larger ones find a place beside as many small ones as there may be', async () => {
    const { most, order, attempt } = counting();
    const { tables, idle } = open({ inFlight: 2, aheadBytes: 2000, attempt });
    enqueueSized(tables, 'large', 5000);
    for (let index = 0; index < 60; index += 1) enqueueSized(tables, String(index), 10);
    await idle();
    expect(most.sending).toBe(2);
    expect(order.indexOf('large'), 'one place in four goes to what was queued first').toBeLessThan(10);
  });

  test('a stop sends nothing of what waits for its turn', async () => {
    const sent: string[] = [];
    const { queue, tables } = open({
      inFlight: 2,
      aheadBytes: 2000,
      attempt: async (of, signal, turn) => {
        if (await turn.take()) {
          sent.push(of.path);
          await sleep(60_000, undefined, { signal }).catch(() => undefined);
        }
        return failed(failure('cancelled'));
      },
    });
    for (let index = 0; index < 10; index += 1) enqueueSized(tables, String(index), 10);
    queue.kick();
    await vi.waitFor(() => {
      expect([queue.active.length, sent.length]).toEqual([4, 2]);
    });
    await queue.stop();
    expect(sent).toHaveLength(2);
    expect(tables.jobs.counts('f').waiting).toBe(10);
  });
});

describe('connections', () => {
  test('each has its own places: a store that asks for less slows no other one, and its own attempts all', async () => {
    const random = (): number => 0.999;
    let isBusy = true;
    const seen: string[] = [];
    const { queue, tables } = open({
      lanes: [
        { key: 'slow', folders: ['f'] },
        { key: 'other', folders: ['g'] },
      ],
      newPace: openPace,
      random,
      attempt: async (of) => {
        seen.push(of.folder);
        await sleep(1);
        return of.folder === 'f' && isBusy
          ? failed(failure('busy', { status: 503, answer: '503 SlowDown' }))
          : { kind: 'dropped', superseded: 0 };
      },
    });
    for (let index = 0; index < 40; index += 1) {
      tables.jobs.enqueue(job(`a${String(index)}`, { folder: 'f' }));
      tables.jobs.enqueue(job(`a${String(index)}`, { folder: 'g' }));
    }
    queue.kick();
    await vi.waitFor(() => {
      expect(tables.jobs.counts('g').waiting + tables.jobs.counts('g').active).toBe(0);
    });
    const slow = seen.filter((one) => one === 'f').length;
    expect(slow, 'sixteen went out before the store said anything, then none').toBe(16);
    isBusy = false;
    await vi.waitFor(
      () => {
        expect(seen.filter((one) => one === 'f').length).toBeGreaterThan(slow);
      },
      { timeout: 3000 },
    );
    expect(queue.active.length).toBeLessThanOrEqual(8);
  });

  test('what is saved goes past a thousand that wait, and large files never take all places', async () => {
    const order: string[] = [];
    const { tables, queue } = open({
      inFlight: 4,
      attempt: async (of, signal) => {
        order.push(of.path);
        if (of.size > 1e8) await sleep(60_000, undefined, { signal }).catch(() => undefined);
        return { kind: 'dropped', superseded: 0 };
      },
    });
    for (let index = 0; index < 8; index += 1) enqueueSized(tables, `film${String(index)}`, 2e9);
    queue.kick();
    await vi.waitFor(() => {
      expect(order).toHaveLength(3);
    });
    enqueueSized(tables, 'letter', 2000);
    queue.kick();
    await vi.waitFor(() => {
      expect(order.at(-1)).toBe('letter');
    });
    expect(queue.active).toHaveLength(3);
  });

  test('what waits for its least interval leaves the queue idle', async () => {
    const { tables, idle } = open({
      attempt: () => Promise.resolve({ kind: 'early', afterMs: 3_600_000, intervalMs: 3_600_000 }),
    });
    enqueue(tables, 'a');
    await idle();
    expect(tables.jobs.find('f', path('a'))).toMatchObject({ state: 'waiting', intervalMs: 3_600_000, attempts: 0 });
  });
});

describe('how attempts end', () => {
  test('the same bytes: the stat is brought up to date, no receipt', async () => {
    const { tables, idle, receipts } = open({
      attempt: () => Promise.resolve({ kind: 'same', stat: stat({ ino: '77' }) }),
    });
    tables.journal.put(journalRow('a'));
    enqueue(tables, 'a');
    await idle();
    expect(tables.journal.find('f', path('a'))?.stat.ino).toBe('77');
    expect(receipts).toEqual([]);
  });

  test('gone: a receipt, and the journal forgets the path', async () => {
    const { tables, idle, receipts } = open({
      attempt: (of) => Promise.resolve({ kind: 'gone', receipt: newReceipt(of.path, { operation: 'gone' }) }),
    });
    tables.journal.put(journalRow('a'));
    tables.jobs.enqueue(job('a', { operation: 'gone' }));
    await idle();
    expect(tables.journal.find('f', path('a'))).toBeNull();
    expect(receipts.map((one) => one.operation)).toEqual(['gone']);
  });

  test('dropped: nothing to do, and what was superseded is counted', async () => {
    const { tables, idle } = open({ attempt: () => Promise.resolve({ kind: 'dropped', superseded: 1 }) });
    enqueue(tables, 'a', 'b');
    await idle();
    expect(tables.folders.find('f').superseded).toBe(2);
    expect(tables.jobs.ofFolder('f')).toEqual([]);
  });

  test('a failure that passes: tried again, and the attempts are counted for it', async () => {
    const seen: number[] = [];
    const { tables, idle, parked } = open({
      attempt: (of) => {
        seen.push(of.attempts);
        return Promise.resolve(seen.length < 4 ? failed(failure('busy')) : stored(of));
      },
    });
    enqueue(tables, 'a');
    await idle();
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(parked).toEqual([]);
  });

  test('a failure that needs a person: parked with its reason, and said once', async () => {
    const cause = failure('permission', { action: 's3:PutObject', resource: 'b/a', answer: '403' });
    const { tables, idle, parked } = open({ attempt: () => Promise.resolve(failed(cause)) });
    enqueue(tables, 'a');
    await idle();
    expect(parked).toEqual([['a', 'permission']]);
    expect(tables.jobs.find('f', path('a'))).toMatchObject({ state: 'parked', error: cause });
    expect(tables.activity.list('f', null, 10)).toMatchObject([{ kind: 'parked', code: 'permission', path: 'a' }]);
  });

  test.each([
    ['offline', 'connection'],
    ['credentials-wrong', 'connection'],
    ['bucket-missing', 'folder'],
    ['root-missing', 'folder'],
  ] as const)('%s holds the %s; the job keeps its place and its attempts', async (code, what) => {
    let isHeld = false;
    const { queue, tables, held } = open({
      eligible: () => (isHeld ? [] : ['f']),
      onHold: (of, cause, kind) => {
        held.push([of.path, cause.code, kind]);
        isHeld = true;
      },
      attempt: () => Promise.resolve(failed(failure(code))),
    });
    enqueue(tables, 'a');
    queue.kick();
    await vi.waitFor(() => {
      expect(held).toEqual([['a', code, what]]);
    });
    expect(tables.jobs.find('f', path('a'))).toMatchObject({
      state: 'waiting',
      attempts: 0,
      notBeforeMs: 0,
      error: { code },
    });
  });

  test('a throw is a bug of one file: parked under a reference, the rest goes on', async () => {
    const { tables, idle, parked, bugs, receipts } = open({
      attempt: (of) => (of.path === 'bad' ? Promise.reject(new TypeError('x')) : Promise.resolve(stored(of))),
    });
    enqueue(tables, 'bad', 'good');
    await idle();
    expect(parked).toEqual([['bad', 'internal']]);
    expect(tables.jobs.find('f', path('bad'))?.error?.facts).toEqual({ reference: 'E-1' });
    expect(bugs).toHaveLength(1);
    expect(receipts.map((one) => one.path)).toEqual(['good']);
  });

  test('a file that keeps changing is waited for without end, or parked after the patience that was asked for', async () => {
    const unsettled: Settlement = { kind: 'unsettled', afterMs: 1, failure: failure('file-changing', { path: 'a' }) };
    let tries = 0;
    const patient = open({
      attempt: (of) => {
        tries += 1;
        return Promise.resolve(tries < 20 ? unsettled : stored(of));
      },
    });
    enqueue(patient.tables, 'a');
    await patient.idle();
    expect(patient.parked).toEqual([]);

    const hasty = open({ patienceMs: 40, attempt: () => Promise.resolve({ ...unsettled, failure: null }) });
    enqueue(hasty.tables, 'a');
    await hasty.idle();
    expect(hasty.parked).toEqual([['a', 'file-changing']]);
    expect(hasty.tables.jobs.find('f', path('a'))?.attempts).toBeLessThanOrEqual(1);
  });
});

describe('crashes and stops', () => {
  test('what was under way is taken up again; after three crashes it is parked without a fourth try', async () => {
    const { tables } = openTables();
    enqueue(tables, 'a', 'b');
    const id = tables.jobs.find('f', path('a'))?.id ?? 0;
    for (let crash = 0; crash < 3; crash += 1) {
      tables.jobs.activate(id);
      if (crash < 2) tables.jobs.recover(Date.now());
    }
    const tried: string[] = [];
    const { idle, parked } = open({
      tables,
      attempt: (of) => {
        tried.push(of.path);
        return Promise.resolve(stored(of));
      },
    });
    await idle();
    expect(parked).toEqual([['a', 'crashed-thrice']]);
    expect(tried).toEqual(['b']);
  });

  test('times that a wrong clock left behind are brought near, at the start and when the clock is set back', async () => {
    const { tables } = openTables();
    enqueue(tables, 'a', 'b');
    tables.jobs.retryAt(tables.jobs.find('f', path('a'))?.id ?? 0, Date.now() + 1e10, null, false);
    let now = Date.now();
    const { queue } = open({
      tables,
      now: () => now,
      inFlight: 5,
      attempt: () => Promise.resolve(failed(failure('busy'))),
      random: () => 0.999,
    });
    expect(tables.jobs.find('f', path('a'))?.notBeforeMs).toBeLessThanOrEqual(now + LONGEST_BACKOFF_MS);
    now -= 86_400_000;
    tables.jobs.drop('f', path('b'));
    queue.kick();
    await vi.waitFor(() => {
      expect(tables.jobs.find('f', path('a'))?.notBeforeMs).toBe(now + LONGEST_BACKOFF_MS);
    });
  });

  test('stop ends what is under way, writes down how it ended, and begins nothing more', async () => {
    const begun: string[] = [];
    const { queue, tables } = open({
      inFlight: 2,
      attempt: async (of, signal) => {
        begun.push(of.path);
        await sleep(10_000, undefined, { signal }).catch(() => undefined);
        return failed(failure('cancelled'));
      },
    });
    enqueue(tables, 'a', 'b', 'c');
    queue.kick();
    await vi.waitFor(() => {
      expect(queue.active).toHaveLength(2);
    });
    await queue.stop();
    expect(begun).toEqual(['a', 'b']);
    expect(tables.jobs.counts('f')).toMatchObject({ waiting: 3, active: 0 });
    queue.kick();
    await sleep(20);
    expect(begun).toEqual(['a', 'b']);
    await queue.stop();
  });

  test('an answer that came while the disk was full is kept in hand, and written down once, when there is room', async () => {
    const { db, tables } = openTables();
    const full = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    let isFull = false;
    let tries = 0;
    const failing: WriteTables = {
      ...tables,
      commit: (work) => (isFull ? Promise.reject(full) : tables.commit(work)),
    };
    const { queue, bugs, receipts } = open({
      tables: failing,
      attempt: (of) => {
        tries += 1;
        isFull = true;
        return Promise.resolve(stored(of));
      },
    });
    enqueue(tables, 'a');
    queue.kick();
    await vi.waitFor(() => {
      expect(bugs).toEqual([full]);
    });
    expect(queue.active).toHaveLength(1);
    isFull = false;
    await vi.waitFor(
      () => {
        expect(receipts.map((one) => one.path)).toEqual(['a']);
      },
      { timeout: 8000 },
    );
    expect(tries).toBe(1);
    expect(db.prepare('SELECT count(*) AS n FROM receipts').get()).toEqual({ n: 1 });
    expect(tables.jobs.ofFolder('f')).toEqual([]);
  });

  test('what a stop could not write down is no crash; what was under way when Cairn was killed is one', () => {
    const { tables } = openTables();
    enqueue(tables, 'a');
    const find = () => tables.jobs.find('f', path('a'));
    for (const [hasEndedInPeace, crashes] of [
      [true, 0],
      [false, 1],
      [undefined, 2],
    ] as const) {
      tables.jobs.activate(find()?.id ?? 0);
      open({
        tables,
        eligible: () => [],
        attempt: () => Promise.reject(new Error('nothing may go out')),
        ...(hasEndedInPeace === undefined ? {} : { hasEndedInPeace }),
      });
      expect(find()).toMatchObject({ state: 'waiting', crashes });
    }
  });

  test('drain begins nothing more and lets end what is under way, for so long; hurry cuts it short; stop aborts the rest', async () => {
    const ends: (() => void)[] = [];
    const aborted: string[] = [];
    const { queue, tables, receipts } = open({
      attempt: (of, signal) =>
        new Promise((resolve) => {
          const abort = (): void => {
            aborted.push(of.path);
            resolve(failed(failure('cancelled')));
          };
          signal.addEventListener('abort', abort);
          ends.push(() => {
            signal.removeEventListener('abort', abort);
            resolve(stored(of));
          });
        }),
    });
    enqueue(tables, 'a', 'b');
    queue.kick();
    await vi.waitFor(() => {
      expect(ends).toHaveLength(2);
    });
    const patient = queue.drain(60_000);
    enqueue(tables, 'c');
    queue.kick();
    ends[0]?.();
    await vi.waitFor(() => {
      expect(receipts).toHaveLength(1);
    });
    const hurry = new AbortController();
    const cutShort = queue.drain(60_000, hurry.signal);
    hurry.abort();
    await cutShort;
    await queue.drain(10);
    expect([queue.active.length, aborted.length]).toEqual([1, 0]);
    await queue.stop();
    await patient;
    expect(aborted).toHaveLength(1);
    expect(ends).toHaveLength(2);
    expect(tables.jobs.counts('f')).toMatchObject({ waiting: 2, active: 0 });
  });

  test('what is claimed together with the end of an attempt is not that attempt’s own job, before all was told of it', async () => {
    const { tables } = openTables();
    let tries = 0;
    let isHeld = false;
    const { queue } = open({
      tables,
      eligible: () => (isHeld ? [] : ['f']),
      onHold: () => {
        isHeld = true;
      },
      attempt: async () => {
        tries += 1;
        // Once the end is on its way to the database, and before it is there.
        setTimeout(() => {
          queue.kick();
        });
        return Promise.resolve(failed(failure('credentials-wrong', { connection: 'c' })));
      },
    });
    enqueue(tables, 'a');
    queue.kick();
    await vi.waitFor(() => {
      expect(isHeld).toBe(true);
    });
    await sleep(50);
    expect([tries, queue.active.length]).toEqual([1, 0]);
  });

  test('while the disk stays full, a stop still ends, and the next start finds the job', async () => {
    const { tables } = openTables();
    const full = Object.assign(new Error('full'), { code: 'SQLITE_FULL' });
    let isFull = false;
    const { queue, bugs } = open({
      tables: { ...tables, commit: (work) => (isFull ? Promise.reject(full) : tables.commit(work)) },
      attempt: (of) => {
        isFull = true;
        return Promise.resolve(stored(of));
      },
    });
    enqueue(tables, 'a');
    queue.kick();
    await vi.waitFor(() => {
      expect(bugs).toHaveLength(1);
    });
    await queue.stop();
    expect(tables.jobs.find('f', path('a'))?.state).toBe('active');
    const next = open({ tables, attempt: (of) => Promise.resolve(stored(of)) });
    await next.idle();
    expect(next.receipts).toHaveLength(1);
  });

  test('a database that cannot be written while work is claimed ends nothing', async () => {
    const { tables } = openTables();
    let isLocked = false;
    const { queue, bugs } = open({
      tables: {
        ...tables,
        commit: (work) =>
          isLocked ? Promise.reject(Object.assign(new Error('locked'), { code: 'SQLITE_BUSY' })) : tables.commit(work),
      },
      attempt: (of) => Promise.resolve(stored(of)),
    });
    isLocked = true;
    enqueue(tables, 'a');
    queue.kick();
    await vi.waitFor(() => {
      expect(bugs).toHaveLength(1);
    });
    isLocked = false;
    queue.kick();
    await vi.waitFor(() => {
      expect(tables.receipts.newest(1)).toHaveLength(1);
    });
  });

  test('a listener that throws neither loses the receipt nor writes it twice', async () => {
    const { tables, idle, bugs } = open({
      onReceipt: () => {
        throw new Error('a listener');
      },
      attempt: (of) => Promise.resolve(stored(of)),
    });
    enqueue(tables, 'a', 'b');
    await idle();
    expect(bugs).toHaveLength(2);
    expect(tables.receipts.newest(10)).toHaveLength(2);
    expect(tables.jobs.ofFolder('f')).toEqual([]);
  });

  test('a fault of ours while it is written down parks that file, and the rest goes on', async () => {
    const { tables, idle, parked, receipts } = open({
      attempt: (of) => {
        const ended = stored(of);
        if (of.path !== 'bad' || ended.kind !== 'stored') return Promise.resolve(ended);
        return Promise.resolve({ ...ended, journal: { ...ended.journal, sha256: null as unknown as string } });
      },
    });
    enqueue(tables, 'bad', 'good');
    await idle();
    expect(parked).toEqual([['bad', 'internal']]);
    expect(receipts.map((one) => one.path)).toEqual(['good']);
    expect(tables.receipts.check()).toMatchObject({ checked: 1, ok: true });
  });
});
