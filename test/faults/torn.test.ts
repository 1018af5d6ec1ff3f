/**
 * Files that another process rewrites all the time while they are sent, in one part and in several. Each block carries
 * the number of the rewriting that it is of, so that every version tells by itself whether it is one state of the file.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { LARGE } from '../support/model/steps.ts';
import { openWorld, type World } from '../support/world/world.ts';
import { plan, Tally } from './tally.ts';

const { seconds, milliseconds, seed } = plan('torn', { seconds: 4 }, { seconds: 150 });

const BLOCK = 4096;
const PIECE = 16 * BLOCK;
const FILES = [
  { name: 'small', size: 50 * PIECE },
  { name: 'in-parts', size: Math.ceil(LARGE / PIECE) * PIECE },
];

/**
 * `node writer.mjs FILE SIZE BESIDE STOP SEED`: until there is a file STOP it rewrites FILE piece by piece, in place or
 * beside and then put in its place, with a new time or the old one, and rests in between for about as long as a file must be quiet, or longer. A block is its number of
 * the rewriting and whether that is whole; the first block says “part” until all others are written.
 */
const WRITER = `
import { closeSync, existsSync, openSync, renameSync, statSync, utimesSync, writeSync } from 'node:fs';
const [file, size, beside, stop, seed] = process.argv.slice(2);
let state = Number(seed) >>> 0;
const chance = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const block = (number, word) => Buffer.alloc(${BLOCK}, \`\${String(number).padStart(10, '0')} \${word} \\n\`);
const write = (to, number, flags) => {
  const handle = openSync(to, flags);
  writeSync(handle, block(number, 'part'), 0, ${BLOCK}, 0);
  const piece = Buffer.concat(Array.from({ length: ${PIECE / BLOCK} }, () => block(number, 'full')));
  for (let at = 0; at < Number(size); at += piece.length) {
    const skip = at === 0 ? ${BLOCK} : 0;
    writeSync(handle, piece, skip, piece.length - skip, at + skip);
  }
  writeSync(handle, block(number, 'full'), 0, ${BLOCK}, 0);
  closeSync(handle);
};
// Ever longer, so that something is sent of every file even where the machine has much else to do.
const restOf = (number) => (chance() < 0.3 ? chance() * 200 : 280 + chance() * (400 + 60 * number));
let number = 1;
write(file, number, 'w');
while (!existsSync(stop)) {
  await new Promise((resolve) => setTimeout(resolve, restOf(number)));
  number += 1;
  const { atime, mtime } = statSync(file);
  if (chance() < 0.25) {
    write(beside, number, 'w');
    renameSync(beside, file);
  } else {
    write(file, number, 'r+');
  }
  if (chance() < 0.25) utimesSync(file, atime, mtime);
}
console.log(number);
`;

/** What a version is: one state; or what lay on the disk in the middle of a rewriting; or nothing that ever was. */
function stateOf(bytes: Buffer, size: number): 'whole' | 'unfinished' | 'torn' {
  if (bytes.length !== size) return 'torn';
  const words = (at: number): string => {
    const block = bytes.subarray(at, at + BLOCK);
    const word = block.toString('latin1', 0, 17);
    return block.equals(Buffer.alloc(BLOCK, word)) ? word : 'mixed';
  };
  const first = words(0);
  const number = first.slice(0, 10);
  let pieces = 0;
  while (pieces * PIECE < size && isPieceOf(words, pieces * PIECE, number)) pieces += 1;
  if (pieces * PIECE >= size) return first.includes('full') ? 'whole' : 'unfinished';
  // What is before has come already, all that follows is of the time before.
  const former = words(pieces * PIECE).slice(0, 10);
  let rest = pieces;
  while (rest * PIECE < size && isPieceOf(words, rest * PIECE, former)) rest += 1;
  const isTrue = rest * PIECE >= size && first.includes('part') && Number(former) === Number(number) - 1;
  return isTrue ? 'unfinished' : 'torn';
}

function isPieceOf(words: (at: number) => string, from: number, number: string): boolean {
  for (let at = from === 0 ? BLOCK : from; at < from + PIECE; at += BLOCK) {
    if (words(at) !== `${number} full \n`) return false;
  }
  return true;
}

/** Rewrites a file until `stop` is there; answers how often. */
async function rewrite(w: World, name: string, size: number, stop: string): Promise<number> {
  const writer = join(w.root, 'writer.mjs');
  await writeFile(writer, WRITER);
  const words = [writer, w.path(name), String(size), join(w.root, `beside-${name}`), stop, String(seed)];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return Number(stdout);
}

test('no version mixes two states of its file', { timeout: milliseconds + 600_000 }, async () => {
  const tally = new Tally('torn', seed);
  try {
    await using w = await openWorld();
    await w.write('begun', 'it looks');
    const watch = w.begin(['watch'], { patience: 1000 * seconds + 240_000 });
    await watch.until((run) => run.lines.some((line) => line['path'] === 'begun'), 'its first look');
    const stop = join(w.root, 'stop');
    const writing = Promise.all(FILES.map(({ name, size }) => rewrite(w, name, size, stop)));
    const enough = performance.now() + 1000 * seconds;
    const sent = (name: string): number => watch.lines.filter((line) => line['path'] === name).length;
    const isEnough = (): boolean => performance.now() > enough && FILES.every(({ name }) => sent(name) > 1);
    await watch.until(isEnough, 'some versions of each while it was rewritten', 1000 * seconds + 120_000);
    await writeFile(stop, '');
    const counts = await writing;
    for (const count of counts) tally.add('rewritings', count);

    for (const [at, { name, size }] of FILES.entries()) {
      const last = await readFile(w.path(name));
      expect(last.toString('latin1', 0, 10), `${name} on disk`).toBe(String(counts[at]).padStart(10, '0'));
      for (const until = performance.now() + 60_000; ;) {
        await sleep(100);
        const [newest] = await w.bucket.versionsOf(w.key(name));
        if (newest !== undefined && last.equals(await w.bucket.bytes(newest.key, newest.versionId))) break;
        expect(performance.now(), `the last state of ${name} arrives`).toBeLessThan(until);
      }
      const versions = await w.bucket.versionsOf(w.key(name));
      for (const { key, versionId } of versions) {
        const state = stateOf(await w.bucket.bytes(key, versionId), size);
        tally.add(`versions ${state}`);
        if (state === 'torn') tally.find([{ kind: 'torn', text: `${key} ${versionId}` }]);
        expect(state, `${key} ${versionId}`).not.toBe('torn');
      }
    }
    watch.kill('SIGTERM');
    expect(await watch.ended).toMatchObject({ code: 0 });
    await w.expectNothingLost();
  } finally {
    tally.close();
  }
});
