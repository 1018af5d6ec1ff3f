/**
 * The system gives fewer watches than there are folders, or none at all. Every change arrives by a look, and a person is
 * told. The limit is lowered in a name space of users of its own, so that no other program feels it.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { audit } from '../support/model/audit.ts';
import { root } from '../support/paths.ts';
import type { RunningCairn } from '../support/world/command.ts';
import { digest } from '../support/world/disk.ts';
import { FOLDER, openWorld, type World } from '../support/world/world.ts';
import { ONLY_BY_SCAN, plan, Tally } from './tally.ts';

const { seed, folders } = plan('watch-limit', { folders: 30 }, { folders: 600 });
const tally = new Tally('watch-limit', seed);

afterAll(() => {
  tally.close();
});

/** Writes limits, then becomes the program behind it. */
const through = (file: string, limit: number): readonly string[] => {
  return [
    'unshare',
    '--user',
    '--map-root-user',
    'sh',
    '-c',
    `echo ${limit} > /proc/sys/user/${file} && exec "$0" "$@"`,
  ];
};
const canLimit = tryLimit();
if (!canLimit) console.warn('No limit of watches can be lowered here: the gate of the watch limit DOES NOT RUN.');

function tryLimit(): boolean {
  try {
    const [program = '', ...words] = through('max_inotify_watches', 1);
    execFileSync(program, [...words, 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const md5 = (text: string): string => digest('md5', text);
const place = (at: number): string => `d${at % 7}/e${at}/file`;

/** The folder as `status` shows it while it is watched. */
async function status(w: World): Promise<Readonly<Record<string, unknown>>> {
  const [line] = await w.cairnDone('status', FOLDER);
  return line ?? {};
}

function put(watch: RunningCairn, path: string, size: number): Promise<void> {
  const is = (line: Readonly<Record<string, unknown>>): boolean => line['path'] === path && line['size'] === size;
  return watch.until((run) => run.lines.some(is), `the receipt of ${path}`, 40_000);
}

test.skipIf(!canLimit).each([
  { name: 'a third of the watches', file: 'max_inotify_watches', limit: Math.floor(folders / 3) },
  { name: 'no watching at all, as where too many files are open', file: 'max_inotify_instances', limit: 0 },
])('$name: changes arrive by a look, and status warns', { timeout: 180_000 }, async ({ file, limit }) => {
  await using w = await openWorld();
  for (let at = 0; at < folders; at += 1) await w.write(place(at), 'first');
  const program = join(root, 'test/faults/limited.ts');
  const watch = w.begin(['watch'], { program, through: through(file, limit) });
  await Promise.all(Array.from({ length: folders }, (_, at) => put(watch, place(at), 5)));

  for (let at = 0; at < folders; at += 1) await w.write(place(at), 'second one');
  await w.write('new/in/deep', 'new');
  await Promise.all(Array.from({ length: folders }, (_, at) => put(watch, place(at), 10)));
  await put(watch, 'new/in/deep', 3);
  const shown = await status(w);
  expect(shown).toMatchObject({ watcher: { state: 'limited', problem: { code: 'watch-limit' } } });
  if (file === 'max_inotify_watches') expect(shown).toMatchObject({ watcher: { allowed: limit } });

  // Changes count from the first look on that is later than the start, once no notice can be under way any more.
  let probes = 0;
  await expect
    .poll(
      async () => {
        await w.write(`new/in/probe-${probes}`, 'probe');
        probes += 1;
        return Number((await status(w))['onlyByScan']);
      },
      { timeout: 60_000, interval: 1_000 },
    )
    .toBeGreaterThan(0);
  for (let at = 0; at < probes; at += 1) await put(watch, `new/in/probe-${at}`, 5);
  tally.add(ONLY_BY_SCAN, Number((await status(w))['onlyByScan']));
  watch.kill('SIGTERM');
  expect(await watch.ended).toMatchObject({ code: 0 });
  expect(await status(w)).toMatchObject({ watcher: { state: 'off' } });
  const ever = new Map(
    Array.from({ length: folders }, (_, at) => [place(at), new Set(['first', 'second one'].map(md5))] as const),
  );
  const found = new Map(
    Array.from({ length: probes }, (_, at) => [`new/in/probe-${at}`, new Set([md5('probe')])] as const),
  );
  const findings = await audit(w, {
    ever: new Map([...ever, ...found, ['new/in/deep', new Set([md5('new')])]]),
    vanished: null,
    points: [],
  });
  tally.add('cases');
  tally.find(findings);
  expect(findings).toEqual([]);
});
