import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { failure, type Failure } from '../../../main/contract/errors.ts';
import type { Folder } from '../../../main/contract/models.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { FolderLoop, type ScanOutcome } from '../../../main/engine/folder-loop.ts';
import type { ScanScope } from '../../../main/engine/scans.ts';
import { path } from '../store/support.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const folder: Folder = {
  id: 'f',
  name: 'F',
  path: '/x',
  connection: 'c',
  bucket: 'b',
  prefix: '',
  deletes: 'keep',
  paused: false,
  policy: {},
  policyVersion: 1,
  ignore: [],
  watching: 'auto',
  addedAt: '',
};
const fine: ScanOutcome = {
  result: success({
    files: 0,
    skipped: { ignored: 0, links: 0, special: 0, examples: [] },
    unknown: [],
    leftOut: [],
    lists: null,
  }),
  secondLook: [],
};
const whole: ScanScope = { kind: 'whole' };
const looks = (...directories: string[]): ScanScope => ({ kind: 'directories', directories: directories.map(path) });

function open(
  change: {
    rescan?: (tookMs: number) => number;
    scan?: (scope: ScanScope) => Promise<ScanOutcome>;
    folder?: () => Folder | null;
  } = {},
) {
  const scopes: (readonly string[] | 'whole')[] = [];
  const problems: (string | null)[] = [];
  const bugs: unknown[] = [];
  let underWay = 0;
  const loop = new FolderLoop({
    folder: change.folder ?? (() => folder),
    scan: async (_, scope) => {
      underWay += 1;
      expect(underWay).toBe(1);
      scopes.push(scope.kind === 'whole' ? 'whole' : scope.directories);
      try {
        return await (change.scan?.(scope) ?? Promise.resolve(fine));
      } finally {
        underWay -= 1;
      }
    },
    onProblem: (_, problem: Failure | null) => problems.push(problem?.code ?? null),
    onState: () => undefined,
    proofGapMs: 10_000,
    rescan: change.rescan === undefined ? null : { afterMs: change.rescan },
    onBug: (error) => bugs.push(error),
  });
  return { loop, scopes, problems, bugs };
}
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe('scans of one folder', () => {
  test('one at a time; what is asked for meanwhile is looked at once, together, afterwards', async () => {
    const { loop, scopes } = open({
      scan: () =>
        new Promise((resolve) =>
          setTimeout(() => {
            resolve(fine);
          }, 100),
        ),
    });
    loop.request(looks('b'));
    for (const one of ['a', 'c', 'a', 'b']) loop.request(looks(one));
    expect(loop.isScanning).toBe(true);
    await vi.advanceTimersByTimeAsync(99);
    expect(scopes).toEqual([['b']]);
    await vi.advanceTimersByTimeAsync(1);
    expect(scopes).toEqual([['b'], ['a', 'b', 'c']]);
    expect(loop.isBusy).toBe(true);
    await vi.advanceTimersByTimeAsync(100);
    expect([loop.isBusy, loop.isScanning]).toEqual([false, false]);
    await loop.stop();
  });

  test('a whole look takes the single ones in', async () => {
    const { loop, scopes } = open({
      scan: () =>
        new Promise((resolve) =>
          setTimeout(() => {
            resolve(fine);
          }, 10),
        ),
    });
    loop.request(looks('a'));
    loop.request(looks('b'));
    loop.request(whole);
    loop.request(looks('c'));
    await vi.advanceTimersByTimeAsync(50);
    expect(scopes).toEqual([['a'], 'whole']);
    await loop.stop();
  });

  test('what was missed gets its second look ten seconds after the first, and is busy until then', async () => {
    let isFirst = true;
    const { loop, scopes } = open({
      scan: () => {
        const outcome = isFirst ? { ...fine, secondLook: [path('a'), path('b')] } : fine;
        isFirst = false;
        return Promise.resolve(outcome);
      },
    });
    loop.request(whole);
    await settle();
    expect([loop.isBusy, loop.isScanning]).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(scopes).toEqual(['whole']);
    await vi.advanceTimersByTimeAsync(100);
    expect(scopes).toEqual(['whole', ['a', 'b']]);
    expect(loop.isBusy).toBe(false);
    await loop.stop();
  });

  test('a look that is missed again later neither puts off nor doubles the one that is due', async () => {
    const { loop, scopes } = open({
      scan: (scope) => Promise.resolve(scope.kind === 'whole' ? { ...fine, secondLook: [path('a')] } : fine),
    });
    loop.request(whole);
    await vi.advanceTimersByTimeAsync(6000);
    loop.request(whole);
    await vi.advanceTimersByTimeAsync(4100);
    expect(scopes).toEqual(['whole', 'whole', ['a']]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(scopes).toHaveLength(3);
    await loop.stop();
  });

  test('by itself it looks again after the time that the last one asks for, and not at all on the command line', async () => {
    const { loop, scopes } = open({ rescan: () => 5000 });
    loop.request(whole);
    await vi.advanceTimersByTimeAsync(15_100);
    expect(scopes).toHaveLength(4);
    await loop.stop();
    const once = open();
    once.loop.request(whole);
    await vi.advanceTimersByTimeAsync(1e8);
    expect(once.scopes).toHaveLength(1);
    await once.loop.stop();
  });

  test('a root that is not there is a problem, looked for every few seconds, and over when it is back', async () => {
    let isThere = false;
    const { loop, problems, scopes } = open({
      rescan: () => 3_600_000,
      scan: () =>
        Promise.resolve(isThere ? fine : { result: failed(failure('root-missing', { root: '/x' })), secondLook: [] }),
    });
    loop.request(whole);
    await vi.advanceTimersByTimeAsync(10_100);
    expect(problems).toEqual(['root-missing', 'root-missing', 'root-missing']);
    isThere = true;
    await vi.advanceTimersByTimeAsync(5000);
    expect(problems.at(-1)).toBeNull();
    expect(scopes).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(3_500_000);
    expect(scopes).toHaveLength(4);
    await loop.stop();
  });

  test('a look that was cut off by a stop is no problem', async () => {
    const { loop, problems } = open({
      scan: () => Promise.resolve({ result: failed(failure('cancelled')), secondLook: [] }),
    });
    loop.request(whole);
    await settle();
    expect(problems).toEqual([]);
    await loop.stop();
  });

  test('a paused folder, or one that was removed, is not looked at', async () => {
    for (const current of [{ ...folder, paused: true }, null]) {
      const { loop, scopes } = open({ folder: () => current, rescan: () => 1000 });
      loop.request(whole);
      await vi.advanceTimersByTimeAsync(5000);
      expect(scopes).toEqual([]);
      expect(loop.isBusy).toBe(false);
      await loop.stop();
    }
  });

  test('a throw is told as a bug, and the next look is taken all the same', async () => {
    let isFirst = true;
    const { loop, bugs, scopes } = open({
      rescan: () => 3_600_000,
      scan: () => {
        if (!isFirst) return Promise.resolve(fine);
        isFirst = false;
        return Promise.reject(new Error('x'));
      },
    });
    loop.request(whole);
    await settle();
    expect(bugs).toHaveLength(1);
    expect(loop.isBusy).toBe(false);
    loop.request(looks('a'));
    await settle();
    expect(scopes).toEqual(['whole', ['a']]);
    await loop.stop();
  });

  test('stop waits for the look under way, and nothing comes after it', async () => {
    const { loop, scopes } = open({
      rescan: () => 1000,
      scan: () =>
        new Promise((resolve) =>
          setTimeout(() => {
            resolve({ ...fine, secondLook: [path('a')] });
          }, 50),
        ),
    });
    loop.request(whole);
    loop.request(looks('b'));
    let isStopped = false;
    const stopping = loop.stop().then(() => {
      isStopped = true;
    });
    await settle();
    expect(isStopped).toBe(false);
    await vi.advanceTimersByTimeAsync(50);
    await stopping;
    loop.request(whole);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(scopes).toEqual(['whole']);
  });
});
