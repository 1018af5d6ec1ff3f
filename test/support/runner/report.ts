/** Reads what vitest reports. In: its JSON file, and how its process ended. Out: counts and names that can be trusted. */
import { readFile } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { z } from 'zod';
import { root } from '../paths.ts';
import type { Ended } from '../processes.ts';
import type { Outcome } from './kinds.ts';

const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});
type FileReport = z.infer<typeof report>['testResults'][number];

/**
 * A file that broke outside of its tests counts as one failure, and so does a run that ended badly, or ran nothing,
 * though no test of it failed: a test that did not run has not passed.
 */
export async function outcomeOf(name: string, reportFile: string, ended: Ended): Promise<Outcome> {
  const text = await readFile(reportFile, 'utf8').catch(() => null);
  const files = text === null ? [] : report.parse(JSON.parse(text)).testResults;
  const tests = files.flatMap((file) => file.assertionResults);
  const count = (status: string): number => tests.filter((test) => test.status === status).length;
  const passed = count('passed');
  const failures = files.flatMap(failuresOf);
  if (failures.length === 0) {
    if (ended.timedOut) failures.push('the run took too long and was ended');
    else if (text === null) failures.push('vitest left no report');
    else if (ended.code !== 0) failures.push(`vitest ended with ${String(ended.code ?? ended.signal)}; see its output`);
    else if (passed === 0) failures.push('no test ran, though there are test files');
  }
  const skipped = tests.length - passed - count('failed');
  const seconds = ended.milliseconds / 1000;
  return { name, passed, failed: failures.length, skipped, seconds, notRun: null, failures };
}

function failuresOf(file: FileReport): readonly string[] {
  const path = isAbsolute(file.name) ? relative(root, file.name) : file.name;
  const failed = file.assertionResults.filter((test) => test.status === 'failed');
  if (failed.length > 0) return failed.map((test) => `${path}: ${test.fullName}`);
  return file.status === 'failed' ? [`${path}: ${file.message.split('\n')[0] ?? 'the file broke'}`] : [];
}
