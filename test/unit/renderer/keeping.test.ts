import { describe, expect, it } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { Folder } from '../../../main/contract/models.ts';
import type { KeepChange } from '../../../main/contract/policy-answers.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { Folders } from '../../../renderer/state/folders.svelte.ts';
import { keepIn, patternsIn, spanOf } from '../../../renderer/state/keeping-terms.ts';
import { Keeping } from '../../../renderer/state/keeping.svelte.ts';
import { Place } from '../../../renderer/state/place.svelte.ts';
import { FakeBridge, FakeVisibility } from './fake-bridge.ts';

const FOLDER: Folder = {
  ...{ id: '1', name: 'Thesis', path: '/t', connection: 'c', bucket: 'b', prefix: '', deletes: 'mark', paused: false },
  ...{ policy: {}, policyVersion: 1, ignore: [], watching: 'auto', addedAt: '2026-11-22T12:00:00.000Z' },
};
const CHANGE: KeepChange = {
  ...{ folder: 'Thesis', prefix: '', keep: null, wanted: { days: 30, newest: null } },
  ...{ difference: ['+ versioning: enabled'], changes: [{ sign: '+', kind: 'versioning', value: 'enabled' }] },
  request: { call: 'PutBucketLifecycleConfiguration', input: { Bucket: 'b' } },
  going: { versions: 2, bytes: 6, aMonth: 0.1 },
  ...{ currency: 'USD', asOf: '2026-11-01' },
};

describe('keeping', () => {
  it('writes the rule that was shown, and reads what stands then', async () => {
    const bridge = new FakeBridge({
      'folder.keep': () => success({ folder: 'Thesis', prefix: '', keep: null }),
      'folder.planKeep': () => success(CHANGE),
      'folder.setKeep': ({ keep }) => success({ folder: 'Thesis', prefix: '', keep }),
    });
    const keeping = new Keeping('Thesis', bridge, new Folders(bridge, new FakeVisibility()));
    await keeping.open();
    expect(keeping.report?.keep).toBeNull();
    await keeping.write();
    expect(bridge.count('folder.setKeep'), 'nothing is written that was not shown').toBe(0);
    await keeping.plan(CHANGE.wanted);
    await keeping.write();
    const input = { folder: 'Thesis', keep: CHANGE.wanted, shown: CHANGE.request };
    expect(bridge.made.at(-1)).toEqual({ name: 'folder.setKeep', input });
    expect(keeping).toMatchObject({ change: null, report: { keep: { days: 30, newest: null } } });
  });

  it('keeps what was shown beside a refusal, and what stands', async () => {
    const refusal = failure('bad-input', { field: 'versions', problem: 'the bucket has changed' });
    const bridge = new FakeBridge({
      'folder.planKeep': () => success(CHANGE),
      'folder.setKeep': () => failed(refusal),
    });
    const keeping = new Keeping('Thesis', bridge, new Folders(bridge, new FakeVisibility()));
    await keeping.plan(CHANGE.wanted);
    await keeping.write();
    expect(keeping).toMatchObject({ failure: refusal, change: CHANGE, isBusy: false });
  });

  it('takes the folder as it answers: interval, deletes, ignore list', async () => {
    const bridge = new FakeBridge({
      'folder.interval': ({ seconds }) => success({ ...FOLDER, leastIntervalSeconds: seconds }),
      'folder.deletes': ({ deletes }) => success({ ...FOLDER, deletes }),
      'folder.ignore': ({ ignore }) => success({ ...FOLDER, ignore }),
      'folder.ignoreLists': () => success({ folder: 'Thesis', ignore: [], files: [] }),
      'folder.ignoreWhy': ({ path }) => success({ path, reason: 'kept', because: null, rule: null }),
    });
    const keeping = new Keeping('Thesis', bridge, new Folders(bridge, new FakeVisibility()));
    await keeping.open();
    await keeping.setInterval(60);
    expect(keeping.settings?.leastIntervalSeconds).toBe(60);
    await keeping.setDeletes('keep');
    expect(keeping.settings?.deletes).toBe('keep');
    await keeping.why('a.tmp');
    expect(keeping.reason?.reason).toBe('kept');
    expect(await keeping.setIgnore(['*.tmp'])).toBe(true);
    expect(keeping.lists?.ignore).toEqual(['*.tmp']);
    expect(keeping.reason, 'the answer was by the former list').toBeNull();
  });
});

it('what is typed about keeping becomes terms that S3 takes, or none', () => {
  expect(keepIn('30', '')).toEqual({ days: 30, newest: null });
  expect(keepIn(' 30 ', '5')).toEqual({ days: 30, newest: 5 });
  for (const [days, newest] of [
    ['', ''],
    ['0', ''],
    ['ten', '5'],
    ['30', '102'],
    ['40000', ''],
    ['1.5', ''],
  ] as const) {
    expect(keepIn(days, newest), `${days}, ${newest}`).toBeNull();
  }
  expect([0, 45, 90, 120, 7200].map((seconds) => Object.values(spanOf(seconds)).join(' '))).toEqual([
    '0 seconds',
    '45 seconds',
    '90 seconds',
    '2 minutes',
    '2 hours',
  ]);
  expect(patternsIn('*.tmp\r\n\n  \ncache/\n')).toEqual(['*.tmp', 'cache/']);
});

describe('leaving with something unfinished', () => {
  it('is held until the person says what becomes of it; within the tab one moves freely', () => {
    const place = new Place();
    place.folder('Thesis', 'policy');
    let isDirty = false;
    const release = place.guard(() => isDirty);
    place.tab('files');
    expect(place.spot).toMatchObject({ tab: 'files' });
    place.tab('policy');
    isDirty = true;
    place.file('a.txt');
    expect(place.isHeld).toBe(false);
    place.tab('files');
    expect(place.spot).toMatchObject({ tab: 'policy' });
    expect(place.isHeld).toBe(true);
    place.stay();
    expect(place.isHeld).toBe(false);
    place.add();
    expect(place.spot.kind).toBe('folder');
    place.leave();
    expect(place.spot.kind).toBe('add');
    place.cancelAdd();
    expect(place.spot).toMatchObject({ tab: 'policy' });
    release();
    place.overview();
    expect(place.spot.kind).toBe('overview');
  });
});
