/**
 * What every story of an error has in common. In: a wire with a file that was saved. Out: the failure with its exact
 * words, and in the end the file in the bucket, once.
 */
import { expect } from 'vitest';
import type { Failure } from '../../../main/contract/errors.ts';
import { FOLDER, type Content } from '../world/world.ts';
import type { Wire, WireSync } from './wire.ts';

export interface Words {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** Among the failures that were seen there is one with this code, and it says just this. */
export function expectSaid(sync: WireSync, words: Words): Failure {
  const said = sync.seen.filter((cause) => cause.code === words.code);
  const codes = sync.seen.map((cause) => cause.code);
  expect(codes, 'codes of failures on the way').toContain(words.code);
  // Several files may have failed alike, each in its own words.
  const [found] = [...said.filter((cause) => cause.message === words.message), ...said];
  if (found === undefined) throw new Error(`Nothing was said of ${words.code}`);
  const { code, message, hint } = found;
  expect({ code, message, hint }).toEqual(words);
  return found;
}

/** Parked, with these words in the queue and in the status of the folder; other files would still go. */
export function expectParked(wire: Wire, path: string, words: Words): void {
  const job = wire.jobs().find((one) => one.path === path);
  expect(job, `the job of ${path}`).toMatchObject({ state: 'parked', error: words });
  expect(wire.status()).toMatchObject({ state: 'attention', parked: 1, failure: words });
}

/** Kept in the queue, and the whole folder with it. */
export function expectHeld(wire: Wire, sync: WireSync, path: string, words: Words): void {
  expect(sync.failures).toMatchObject([{ folder: FOLDER, failure: words }]);
  const job = wire.jobs().find((one) => one.path === path);
  expect(job, `the job of ${path}`).toMatchObject({ state: 'waiting', operation: 'put' });
  expect(wire.world.parked()).toEqual({});
}

/** All is well again: what is in the queue, or was given up, goes out, and every file is there once. */
export async function expectWellAgain(
  wire: Wire,
  contents: Readonly<Record<string, readonly Content[]>>,
): Promise<void> {
  wire.faults.clear();
  await wire.changing((home) => {
    const [folder] = home.settings.folders;
    if (folder !== undefined) home.tables.now(() => home.tables.jobs.retryFolder(folder.id));
  });
  await wire.settle();
  await expectOnce(wire, contents);
}

/** @param contents of each file its versions, newest first. */
export async function expectOnce(wire: Wire, contents: Readonly<Record<string, readonly Content[]>>): Promise<void> {
  for (const [path, versions] of Object.entries(contents)) await wire.world.expectVersions(path, versions);
  await wire.world.expectNothingLost();
  expect(wire.jobs()).toEqual([]);
}
