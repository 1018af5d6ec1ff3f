/**
 * The folder is not what it was: renamed, emptied, another in its place, closed, or a part of it dropped out. Nothing of
 * it counts as gone, a person is told, and all goes on once it is back.
 */
import { foldersHere } from '../../main/contract/attached.ts';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine } from '../../main/engine/engine.ts';
import { folderStatus } from '../../main/engine/report.ts';
import { openHomeForReading } from '../../main/engine/home.ts';
import { audit } from '../support/model/audit.ts';
import { Sessions } from '../support/model/sessions.ts';
import { Tree } from '../support/model/tree.ts';
import { openWorld, took, type World } from '../support/world/world.ts';
import { canMount, isRoot } from './system.ts';
import { plan, Tally } from './tally.ts';

const { seed } = plan('root', {});
const tally = new Tally('root', seed);

afterAll(() => {
  tally.close();
});

interface Ground {
  readonly w: World;
  readonly tree: Tree;
  readonly sessions: Sessions;
}

/** A folder with some files, all of them sent. */
async function settled(w: World): Promise<Ground> {
  const tree = new Tree(w.disk, String(seed));
  for (let at = 0; at < 14; at += 1) tree.apply({ kind: 'create', directory: at % 7, name: at % 6, size: 100 + at });
  const sessions = new Sessions(w);
  await sessions.sync();
  return { w, tree, sessions };
}

interface Case {
  readonly name: string;
  readonly code: string;
  readonly spoil: (w: World) => Promise<void>;
  readonly mend: (w: World) => Promise<void>;
}

const away = (w: World): string => join(w.root, 'away');

const cases: readonly Case[] = [
  {
    name: 'renamed',
    code: 'root-missing',
    spoil: (w) => rename(w.disk, away(w)),
    mend: (w) => rename(away(w), w.disk),
  },
  {
    name: 'emptied',
    code: 'root-empty',
    spoil: async (w) => {
      // Moved out one by one, so that the folder is the same, with nothing in it.
      await mkdir(away(w));
      await moveEach(w.disk, away(w));
    },
    mend: async (w) => {
      await moveEach(away(w), w.disk);
      await rm(away(w), { recursive: true });
    },
  },
  {
    name: 'replaced by an empty folder',
    code: 'root-changed',
    spoil: async (w) => {
      await rename(w.disk, away(w));
      await mkdir(w.disk);
    },
    mend: async (w) => {
      await rm(w.disk, { recursive: true });
      await rename(away(w), w.disk);
    },
  },
  {
    name: 'replaced by a link to another folder',
    code: 'root-changed',
    spoil: async (w) => {
      await rename(w.disk, away(w));
      await mkdir(join(w.root, 'other'));
      await writeFile(join(w.root, 'other', 'foreign'), 'not ours');
      await symlink(join(w.root, 'other'), w.disk);
    },
    mend: async (w) => {
      await rm(w.disk);
      await rename(away(w), w.disk);
    },
  },
  {
    name: 'replaced by a file',
    code: 'root-changed',
    spoil: async (w) => {
      await rename(w.disk, away(w));
      await writeFile(w.disk, 'a file');
    },
    mend: async (w) => {
      await rm(w.disk);
      await rename(away(w), w.disk);
    },
  },
];

async function moveEach(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) await rename(join(from, name), join(to, name));
}

const codesOf = (failures: readonly { readonly code: string }[]): readonly string[] => failures.map(({ code }) => code);

function stateOf(w: World): string {
  const home = took(openHomeForReading(w.home));
  try {
    const [folder] = foldersHere(home.settings.folders);
    if (folder === undefined) throw new Error('The home has no folder.');
    return folderStatus(folder, home.settings.connections, home.tables).state;
  } finally {
    home.close();
  }
}

/** Nothing more was sent or called gone, and the bucket holds what it held. */
async function expectUnharmed({ w, tree, sessions }: Ground, before: number): Promise<void> {
  w.forgetRequests();
  await sessions.sync();
  expect(w.requests(), 'nothing is sent again').toEqual([]);
  expect(w.receipts(), 'no new receipt').toHaveLength(before);
  expect(stateOf(w)).toBe('idle');
  const points = [{ at: new Date(), tree: tree.snapshot() }];
  const findings = await audit(w, { ever: tree.ever, vanished: tree.vanished, points });
  tally.add('cases');
  tally.find(findings);
  expect(findings).toEqual([]);
  await sessions.end();
}

describe('the folder itself', () => {
  test.each(cases)('$name, seen by syncs: $code', async ({ code, spoil, mend }) => {
    await using w = await openWorld();
    const ground = await settled(w);
    const before = w.receipts().length;
    await spoil(w);

    for (let time = 0; time < 3; time += 1) {
      expect(codesOf((await ground.sessions.tried()).failures)).toEqual([code]);
      await sleep(70);
    }
    expect(stateOf(w)).toBe('unavailable');
    expect(w.receipts(), 'nothing is gone').toHaveLength(before);
    expect(await w.cairn('sync'), 'the command line says so').toMatchObject({
      code: 4,
      lines: [{ error: { code } }, {}],
    });

    await mend(w);
    await expectUnharmed(ground, before);
  });

  test.each(cases)(
    '$name, while it is watched: it goes on by itself',
    { timeout: 120_000 },
    async ({ spoil, mend }) => {
      await using w = await openWorld();
      const ground = await settled(w);
      const before = w.receipts().length;
      const log = (): void => undefined;
      const engine = took(await Engine.open({ home: w.home, watch: true, log, quietMs: 20, proofGapMs: 60 }));
      try {
        engine.start();
        await until(
          () => stateOf(w) === 'idle' && engine.isSettled(foldersHere(engine.home.settings.folders)),
          'it watches',
        );
        await sleep(500);
        await spoil(w);
        await until(() => stateOf(w) === 'unavailable', 'unavailable');
        await sleep(400);
        expect(w.receipts(), 'nothing is gone').toHaveLength(before);
        await mend(w);
        await until(() => stateOf(w) === 'idle', 'it is back');
        ground.tree.apply({ kind: 'create', directory: 1, name: 1, size: 77 });
        await until(() => w.receipts().length > before, 'a change arrives');
        await until(() => engine.isSettled(foldersHere(engine.home.settings.folders)), 'at rest');
      } finally {
        await engine.stop();
      }
      expect(w.receipts(), 'the change and nothing else').toHaveLength(before + 1);
      await expectUnharmed(ground, before + 1);
    },
  );

  test.skipIf(isRoot)('closed to us', async () => {
    await using w = await openWorld();
    const ground = await settled(w);
    const before = w.receipts().length;
    await chmod(w.disk, 0o000);
    try {
      expect(codesOf((await ground.sessions.tried()).failures)).toEqual(['root-unreadable']);
      expect(w.receipts()).toHaveLength(before);
    } finally {
      await chmod(w.disk, 0o755);
    }
    await expectUnharmed(ground, before);
  });
});

describe.skipIf(!canMount)('a disk that is mounted in it', () => {
  test.each([
    ['in its place', 'another file system'],
    ['with a directory of its own', 'another file system'],
    ['with its mount point removed', 'another file system'],
    ['in its place', 'the same file system'],
    ['with its mount point removed', 'the same file system'],
  ])('drops out, %s, and comes back: %s', async (how, which) => {
    await using w = await openWorld();
    const disk = join(w.root, 'disk');
    const place = w.path('usb');
    await mkdir(disk);
    await mkdir(place);
    const isOther = which === 'another file system';
    await using _disk = isOther ? mounted(['-t', 'tmpfs', '-o', 'size=8m', 'none'], disk) : null;
    const bind = (): void => {
      execFileSync('mount', ['--bind', disk, place]);
    };
    bind();
    let isIn = true;
    try {
      await writeFile(join(place, 'photo'), 'a photo');
      await mkdir(join(place, 'deep/er'), { recursive: true });
      await writeFile(join(place, 'deep/er/film'), 'a film');
      const ground = await settled(w);
      const before = w.receipts().length;

      execFileSync('umount', [place]);
      isIn = false;
      if (how === 'with a directory of its own') await mkdir(join(place, 'deep/er'), { recursive: true });
      if (how === 'with its mount point removed') await rm(place, { recursive: true });
      for (let time = 0; time < 3; time += 1) {
        await ground.sessions.tried();
        await sleep(70);
      }
      expect(w.receipts(), 'nothing is gone').toHaveLength(before);

      if (how === 'with a directory of its own') await rm(join(place, 'deep'), { recursive: true });
      await mkdir(place, { recursive: true });
      bind();
      isIn = true;
      w.forgetRequests();
      await ground.sessions.sync();
      expect(w.requests(), 'nothing is sent again').toEqual([]);
      await rm(join(place, 'photo'));
      await ground.sessions.sync();
      expect(w.receipts().at(-1), 'what is removed from it is gone').toMatchObject({
        operation: 'gone',
        path: 'usb/photo',
      });
      expect(w.receipts()).toHaveLength(before + 1);
      tally.add('cases');
    } finally {
      if (isIn) execFileSync('umount', [place]);
    }
  });
});

function mounted(words: readonly string[], place: string): AsyncDisposable {
  execFileSync('mount', [...words, place]);
  const end = (): void => {
    execFileSync('umount', [place]);
  };
  return {
    [Symbol.asyncDispose]: () => {
      end();
      return Promise.resolve();
    },
  };
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 40_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`It did not come to be in time: ${what}`);
    await sleep(20);
  }
}
