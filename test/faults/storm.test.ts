/**
 * Another process changes files at full speed while `watch` runs: thousands made at once, in many folders and in one, a
 * large folder renamed. When the dust has settled all of it is in the bucket.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { audit } from '../support/model/audit.ts';
import { Sessions } from '../support/model/sessions.ts';
import { readTree } from '../support/world/disk.ts';
import type { RunningCairn } from '../support/world/command.ts';
import { FOLDER, openWorld, type World } from '../support/world/world.ts';
import { ONLY_BY_SCAN, plan, Tally } from './tally.ts';

const { files, inOne, renamed, milliseconds, seed } = plan(
  'storm',
  { files: 5_000, inOne: 2_000, renamed: 500 },
  { files: 60_000, inOne: 30_000, renamed: 5_000 },
);
const tally = new Tally('storm', seed);

afterAll(() => {
  tally.close();
});

/** Makes files as fast as the disk takes them: `node made.mjs ROOT COUNT DIRECTORIES WORD`. */
const MAKER = `
import { mkdirSync, writeFileSync } from 'node:fs';
const [root, count, directories, word] = process.argv.slice(2);
for (let at = 0; at < Number(count); at += 1) {
  const directory = \`\${root}/\${word}\${at % Number(directories)}/\${at % 3}\`;
  if (at < 3 * Number(directories)) mkdirSync(directory, { recursive: true });
  writeFileSync(\`\${directory}/\${at}\`, \`\${word} \${at}\`);
}
`;

async function makeFiles(w: World, count: number, directories: number, word: string): Promise<void> {
  const maker = join(w.root, 'maker.mjs');
  await writeFile(maker, MAKER);
  await promisify(execFile)(process.execPath, [maker, w.disk, String(count), String(directories), word]);
  tally.add('files made', count);
}

/** Waits until so many receipts of an operation were told. */
async function told(watch: RunningCairn, operation: string, count: number): Promise<void> {
  const isTold = (run: RunningCairn): boolean =>
    run.lines.filter((line) => line['operation'] === operation).length >= count;
  await watch.until(isTold, `${count} receipts “${operation}”`, milliseconds + 500_000);
}

test('made, many in one folder, and a folder renamed', { timeout: milliseconds + 900_000 }, async () => {
  await using w = await openWorld();
  await w.write('begun', 'it looks');
  const watch = w.begin(['watch'], { patience: milliseconds + 800_000 });
  await told(watch, 'put', 1);

  await makeFiles(w, files, 40, 'many-');
  await told(watch, 'put', 1 + files);
  await makeFiles(w, inOne, 1, 'one-');
  await told(watch, 'put', 1 + files + inOne);
  await makeFiles(w, renamed, 1, 'moved-');
  await told(watch, 'put', 1 + files + inOne + renamed);
  const sent = w.requests('PutObject').length;
  await w.rename('moved-0', 'elsewhere');
  await told(watch, 'copy', renamed);
  await told(watch, 'gone', renamed);
  expect(w.requests('PutObject'), 'none of it was sent again').toHaveLength(sent);

  const [status] = await w.cairnDone('status', FOLDER);
  tally.add(ONLY_BY_SCAN, Number(status?.['onlyByScan']));
  watch.kill('SIGTERM');
  expect(await watch.ended).toMatchObject({ code: 0 });
  expect(watch.stderr, 'nothing but its first words').not.toMatch(/E-[0-9A-F]{8}/);

  // What `watch` neither heard of nor found by its own looks, a whole scan would find now.
  await using sessions = new Sessions(w);
  const { puts, gone } = await sessions.sync();
  expect({ puts, gone }, 'all was there before this look').toEqual({ puts: 0, gone: 0 });
  const ever = new Map<string, ReadonlySet<string>>();
  for (const { path, md5 } of (await readTree(w.disk)).values()) {
    const name = path.toString('utf8');
    ever.set(name, new Set([md5]));
    if (name.startsWith('elsewhere/')) ever.set(name.replace('elsewhere', 'moved-0'), new Set([md5]));
  }
  const findings = await audit(w, { ever, vanished: null, points: [] });
  tally.find(findings);
  expect(findings).toEqual([]);
});
