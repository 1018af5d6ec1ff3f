/** A version in an archive class: refused, asked for with its price, waited for across commands, and fetched. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { attaching, openOther, otherHome, THERE } from '../support/world/other.ts';
import { FOLDER, openWorld, tellOnce } from '../support/world/world.ts';

const DELAY_MS = 3_000;

tellOnce('thaw: asked for, looked at, and written where it was wanted once it can be read', async () => {
  await using w = await openWorld({ policy: { storageClass: 'GLACIER' }, thawDelayMs: DELAY_MS });
  await w.write('cold', 'from the archive');
  await w.settle();
  const [version] = (await w.cairnDone('versions', FOLDER, 'cold')) as { versionId: string }[];
  const which = ['cold', '--version-id', version?.versionId ?? ''];
  const to = join(w.root, 'back');
  await w.expectRefused(['restore', FOLDER, ...which, '--to', to], 1, 'archived');
  await w.expectRefused(['thaw', FOLDER, ...which, '--tier', 'Soon'], 2, 'usage');

  w.forgetRequests();
  const [asked] = await w.cairnDone('thaw', FOLDER, ...which, '--tier', 'bulk', '--to', to);
  const askedMs = performance.now();
  expect(asked).toMatchObject({
    path: 'cold',
    tier: 'Bulk',
    state: 'waiting',
    days: 7,
    target: to,
    offer: { minutes: 720, currency: 'USD' },
  });
  expect(w.requests('RestoreObject')).toHaveLength(1);
  expect(await w.cairnDone('thaw', FOLDER)).toMatchObject([{ path: 'cold', state: 'waiting' }]);

  // Every further wish is one look; here the store's time runs quicker than the one it usually takes.
  await sleep(Math.max(0, DELAY_MS + 200 - (performance.now() - askedMs)));
  const [fetched] = await w.cairnDone('thaw', FOLDER, ...which);
  expect(fetched).toMatchObject({
    state: 'fetched',
    readableUntil: expect.stringMatching(/^\d{4}-/) as unknown,
    offer: null,
  });
  expect(await readFile(to, 'utf8')).toBe('from the archive');
  expect(w.requests('RestoreObject')).toHaveLength(1);
  const activity = (await w.cairnDone('activity', FOLDER)).map((line) => line['code']);
  expect(activity.slice(0, 3)).toEqual(['thaw-fetched', 'thaw-ready', 'thaw-asked']);
});

tellOnce('what can be read at once is not asked for', async () => {
  await using w = await openWorld();
  await w.write('warm', 'x');
  await w.settle();
  const [version] = (await w.cairnDone('versions', FOLDER, 'warm')) as { versionId: string }[];
  await w.expectRefused(['thaw', FOLDER, 'warm', '--version-id', version?.versionId ?? ''], 2, 'not-archived');
});

tellOnce('of an attached place it is written by itself where it was wanted, and a notice of it goes out', async () => {
  await using w = await openWorld({ policy: { storageClass: 'GLACIER' }, thawDelayMs: 500 });
  await w.write('deep/cold', 'from the archive');
  await w.settle();
  const home = otherHome(w);
  const to = join(w.root, 'chosen', 'cold');
  const path = 'deep/cold';
  await mkdir(join(w.root, 'chosen'));
  {
    await using other = await openOther(home);
    await other.took('folder.attach', attaching(w));
    const [version] = await other.took('versions.list', { folder: THERE, path });
    const which = { folder: THERE, path, versionId: version?.versionId ?? '' };
    expect(await other.call('versions.restore', { ...which, to })).toMatchObject({ failure: { code: 'archived' } });
    const { thaw } = await other.took('versions.thaw', { ...which, tier: 'Bulk', to });
    expect(thaw).toMatchObject({ state: 'waiting', target: to });
    // The hours until the next look are over.
    const { tables } = other.engine.home;
    const [row] = tables.thaws.waiting();
    if (row === undefined) throw new Error('nothing is waited for');
    tables.now(() => {
      tables.thaws.put({ ...row, nextLookMs: Date.now() + 1500 });
    });
  }
  // Nobody asks any more: the engine that is opened next looks by itself.
  await using again = await openOther(home);
  const told: unknown[] = [];
  again.engine.on((name, payload) => {
    if (name === 'back') told.push(payload);
  });
  await vi.waitFor(
    () => {
      expect(told).toEqual([{ folder: THERE, path, to }]);
    },
    { timeout: 10_000 },
  );
  expect(await readFile(to, 'utf8')).toBe('from the archive');
  expect(await again.took('versions.thaws', { folder: THERE })).toMatchObject([{ state: 'fetched', target: to }]);
  expect(w.requests('RestoreObject')).toHaveLength(1);
});
