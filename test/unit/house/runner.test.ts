/** The runner's own bookkeeping: a test that did not run has not passed, and the last line tells the truth. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ended } from '../../support/processes.ts';
import { run } from '../../support/processes.ts';
import { notRun, type Outcome } from '../../support/runner/kinds.ts';
import { outcomeOf } from '../../support/runner/report.ts';
import { isGood, summary } from '../../support/runner/summary.ts';

const ended: Ended = { code: 0, signal: null, stdout: '', stderr: '', milliseconds: 1500, timedOut: false };
const good: Outcome = { name: 'unit', passed: 3, failed: 0, skipped: 0, seconds: 1.5, notRun: null, failures: [] };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-runner-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function reported(testResults: readonly object[], how: Partial<Ended> = {}): Promise<Outcome> {
  const file = join(folder, 'report.json');
  await writeFile(file, JSON.stringify({ testResults }));
  return outcomeOf('unit', file, { ...ended, ...how });
}
const fileOf = (...statuses: readonly string[]): object => ({
  name: '/somewhere/a.test.ts',
  status: statuses.includes('failed') ? 'failed' : 'passed',
  message: '',
  assertionResults: statuses.map((status, at) => ({ status, fullName: `number ${String(at)}` })),
});

describe('what vitest reports', () => {
  test('passed, failed and skipped tests are counted and the failed ones named', async () => {
    const outcome = await reported([fileOf('passed', 'failed', 'skipped', 'todo')], { code: 1 });
    expect(outcome).toMatchObject({ passed: 1, failed: 1, skipped: 2, seconds: 1.5 });
    expect(outcome.failures[0]).toMatch(/a\.test\.ts: number 1$/);
  });

  test('a file that breaks before its first test is a failure', async () => {
    const broken = { name: '/b.test.ts', status: 'failed', message: 'Cannot find it\n  at', assertionResults: [] };
    const outcome = await reported([fileOf('passed'), broken], { code: 1 });
    expect(outcome).toMatchObject({ passed: 1, failed: 1 });
    expect(outcome.failures[0]).toContain('Cannot find it');
  });

  test.each([
    ['a run that ends badly though all tests passed', [fileOf('passed')], { code: 1 }],
    ['a run that took too long', [fileOf('passed')], { code: null, timedOut: true }],
    ['a run in which nothing ran', [fileOf('skipped')], {}],
  ])('%s is a failure', async (_, files, how) => {
    expect((await reported(files, how)).failed).toBe(1);
  });

  test('a run that left no report is a failure', async () => {
    expect(await outcomeOf('unit', join(folder, 'none.json'), ended)).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('the end of a run', () => {
  const failed: Outcome = { ...good, name: 'e2e', passed: 1, failed: 1, skipped: 2, failures: ['it broke'] };

  test('the last line holds the sums, and skipped ones only where there are any', () => {
    expect(summary([good], []).at(-1)).toBe('3 passed, 0 failed');
    expect(summary([good, failed], []).at(-1)).toBe('4 passed, 1 failed, 2 skipped');
  });

  test('what did not run, and what failed, is named right before it', () => {
    const lines = summary([failed, notRun('faults', 'the moon is full')], ['A remark.']);
    expect(lines.slice(-4)).toEqual([
      'FAILED: e2e: it broke',
      'A remark.',
      'NOT RUN: faults, because the moon is full',
      '1 passed, 1 failed, 2 skipped',
    ]);
  });

  test('a failure spoils the run, what could not run does not', () => {
    expect(isGood([good, notRun('faults', 'x')])).toBe(true);
    expect(isGood([good, failed])).toBe(false);
  });
});

describe('programs that are run', () => {
  test('one that cannot be started ends with a reason instead of a throw', async () => {
    const outcome = await run('/no/such/program', []);
    expect(outcome.code).toBeNull();
    expect(outcome.stderr).toContain('ENOENT');
  });

  test.skipIf(process.platform === 'win32')('a time limit ends it and what it started', async () => {
    const outcome = await run('sh', ['-c', 'sleep 60 & echo $!; wait'], { timeout: 300 });
    expect(outcome.timedOut).toBe(true);
    const child = Number(outcome.stdout.trim());
    expect(child).toBeGreaterThan(1);
    // Dead, or waiting to be collected by whoever inherited it.
    const state = await run('ps', ['-o', 'stat=', '-p', String(child)]);
    expect(state.stdout.trim()).toMatch(/^(Z.*)?$/);
  });
});
