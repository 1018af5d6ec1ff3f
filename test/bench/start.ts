/** How soon Cairn is up with very many files known. In: a directory for them, and how many. Out: one cost a round. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeManyFiles } from '../support/many-files.ts';
import { root } from '../support/paths.ts';
import { type Cost, residentOf } from './measure.ts';

const A_DIRECTORY = 1_000;

/** @param files a multiple of 1,000; they are made in `directory`, and removed. */
export async function startsWith(files: number, directory: string, rounds: number): Promise<readonly Cost[]> {
  const place = await mkdtemp(join(directory, 'start-'));
  const home = join(place, 'home');
  makeManyFiles({ home, folder: join(place, 'Many'), directories: files / A_DIRECTORY, filesEach: A_DIRECTORY });
  const costs: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) costs.push(await startOnce(home));
  await rm(place, { recursive: true });
  return costs;
}

/** From the start of the program until its engine is open and watches; what it looks at from then on is not counted. */
async function startOnce(home: string): Promise<Cost> {
  const began = performance.now();
  const words = [join(root, 'dist/cli.js'), '--home', home, 'watch'];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = once(child, 'exit');
  let said = '';
  for await (const line of createInterface({ input: child.stderr })) {
    said = line;
    if (line.startsWith('Watching ')) break;
  }
  const seconds = (performance.now() - began) / 1000;
  const peakBytes = await residentOf(child.pid ?? 0);
  child.kill('SIGTERM');
  await gone;
  if (!said.startsWith('Watching ')) throw new Error(`watch did not begin: ${said}`);
  return { seconds, cpuSeconds: 0, peakBytes };
}
