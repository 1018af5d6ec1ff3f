/** The calls that the window's Policy tab makes, against the practice server: what is asked, and what comes of it there. */
import { GetBucketLifecycleConfigurationCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { CallInput, CallName, CallOutput } from '../../../main/contract/calls.ts';
import type { Progress } from '../../../main/contract/history.ts';
import type { Result } from '../../../main/contract/result.ts';
import { Engine } from '../../../main/engine/engine.ts';
import { openPracticeServers } from '../../../main/engine/practice.ts';
import { serve } from '../../../main/engine/serve.ts';
import { FOLDER, openWorld, type World } from '../../support/world/world.ts';

interface Running extends AsyncDisposable {
  readonly world: World;
  readonly engine: Engine;
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>>;
  took<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
}

/** A folder with these files in the bucket, and an engine that serves it. */
async function running(files: Readonly<Record<string, string>>, policy: object = {}): Promise<Running> {
  const world = await openWorld({ policy });
  for (const [path, text] of Object.entries(files)) await world.write(path, text);
  await world.settle();
  const opened = await Engine.open({ home: world.home, watch: false, log: () => undefined, quietMs: 0 });
  if (!opened.ok) throw new Error(opened.failure.message);
  const engine = opened.value;
  const served = await serve(engine, openPracticeServers(null), () => undefined);
  engine.start();
  const call: Running['call'] = async (name, input) => (await served.call(name, input)) as never;
  return {
    world,
    engine,
    call,
    took: async (name, input) => {
      const answer = await call(name, input);
      if (!answer.ok) throw new Error(`${name}: ${answer.failure.message}`);
      return answer.value;
    },
    async [Symbol.asyncDispose]() {
      await served.stop();
      await engine.stop();
      await world[Symbol.asyncDispose]();
    },
  };
}
const folder = FOLDER;

describe('a draft that is not saved', () => {
  test('is checked, explained and priced, and leaves the folder as it is', async () => {
    await using one = await running({ 'a.txt': 'one' });
    const policy = { storageClass: 'GLACIER_IR', tags: { project: 'cairn' } };
    const checked = await one.took('policy.check', { folder, text: '{"storageClass": "COLD"}' });
    expect(checked).toMatchObject({
      policy: null,
      faults: [{ path: ['storageClass'], place: { line: 1, column: 18 } }],
    });
    expect(await one.took('policy.check', { folder, text: JSON.stringify(policy) })).toEqual({ policy, faults: [] });

    const explained = await one.took('policy.explain', { folder, path: 'a.txt', policy });
    expect(explained.input).toMatchObject({ StorageClass: 'GLACIER_IR', Tagging: 'project=cairn', ContentLength: 3 });
    expect(explained.lines).toContainEqual({ name: 'Tagging', value: 'project=cairn', by: 'base' });
    expect(await one.call('policy.explain', { folder, path: 'a.txt', policy: { acl: 'no' } })).toMatchObject({
      ok: false,
      failure: { code: 'policy-malformed' },
    });

    const cost = await one.took('policy.cost', { folder, policy });
    expect(cost.before).toMatchObject([{ storageClass: 'STANDARD', files: 1, bytes: 3 }]);
    expect(cost.after).toMatchObject([{ storageClass: 'GLACIER_IR', files: 1 }]);
    expect(cost.totalAfter).not.toBe(cost.totalBefore);

    const plan = await one.took('policy.plan', { folder, policy });
    expect(plan.summary).toMatchObject({ files: 1, copies: 1, bytes: 3 });
    expect(plan.steps).toMatchObject([{ path: 'a.txt', changes: ['copy'], storageClass: 'GLACIER_IR' }]);
    expect(plan.cost.once).toBeGreaterThan(0);
    const [now] = await one.took('folder.list', {});
    expect(now).toMatchObject({ policy: {}, policyVersion: 1 });
  });

  test('is held against what the bucket can do', async () => {
    await using one = await running({});
    const { limits, storageClasses } = await one.took('policy.limits', { folder });
    expect(limits).toContainEqual({ field: 'lock', because: 'lock-off', detail: '', lacks: null });
    expect(storageClasses).toContain('GLACIER_IR');
  });
});

describe('applying to what is there', () => {
  test('does what the plan says, tells how far it is, and is then done', async () => {
    await using one = await running({ 'a.txt': 'one', 'b.txt': 'two' });
    const { policyVersion } = await one.took('folder.policy', { folder, policy: { tags: { project: 'cairn' } } });
    const told: Progress[] = [];
    one.engine.on((name, payload) => {
      if (name === 'progress') told.push(payload as Progress);
    });
    const applied = await one.took('policy.apply', { folder, policyVersion, task: 'apply' });
    expect(applied).toEqual({ files: 2, done: 2, parked: 0, cancelled: 0, waiting: 0 });
    expect(told.at(-1)).toMatchObject({ files: 2, filesTotal: 2 });
    expect((await one.took('policy.plan', { folder })).summary.files).toBe(0);
  });

  test('is refused where another policy was saved since the plan', async () => {
    await using one = await running({ 'a.txt': 'one' });
    await one.took('folder.policy', { folder, policy: { tags: { a: '1' } } });
    const refused = await one.call('policy.apply', { folder, policyVersion: 1, task: 'apply' });
    expect(refused).toMatchObject({ ok: false, failure: { code: 'bad-input' } });
    expect((await one.took('policy.plan', { folder })).summary.files).toBe(1);
  });

  test('a cancel takes out of the queue what has not begun, and a later apply does it', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `f${String(index)}.txt`);
    await using one = await running(Object.fromEntries(names.map((name) => [name, name])));
    const { policyVersion } = await one.took('folder.policy', { folder, policy: { tags: { a: '1' } } });
    const applying = one.took('policy.apply', { folder, policyVersion, task: 'apply' });
    expect(await one.took('task.cancel', { task: 'apply' })).toBe(true);
    const applied = await applying;
    expect(applied.files).toBe(names.length);
    expect(applied.cancelled).toBeGreaterThan(0);
    expect(applied.done + applied.cancelled + applied.waiting).toBe(names.length);
    await expect.poll(async () => (await one.took('queue.list', { folder })).length, { timeout: 10_000 }).toBe(0);
    const left = (await one.took('policy.plan', { folder })).summary.files;
    expect(left).toBe(applied.cancelled);
    const again = await one.took('policy.apply', { folder, policyVersion, task: 'again' });
    expect(again).toMatchObject({ files: left, done: left, cancelled: 0 });
  });

  test('a paused folder keeps what was queued, and says so', async () => {
    await using one = await running({ 'a.txt': 'one' });
    const { policyVersion } = await one.took('folder.policy', { folder, policy: { tags: { a: '1' } } });
    await one.took('folder.pause', { folder, paused: true });
    const applied = await one.took('policy.apply', { folder, policyVersion, task: 'apply' });
    expect(applied).toEqual({ files: 1, done: 0, parked: 0, cancelled: 0, waiting: 1 });
  });
});

describe('how long versions are kept', () => {
  const rulesOf = async ({ world }: Running) => {
    const { client, name } = world.bucket;
    const asked = client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: name }));
    return (await asked.catch(() => ({ Rules: [] }))).Rules ?? [];
  };

  test('is looked at, shown as a change, written, and read again; a rule that changed meanwhile is left alone', async () => {
    await using one = await running({ 'a.txt': 'one' });
    expect(await one.took('folder.keep', { folder })).toEqual({ folder, prefix: '', keep: null });
    const keep = { days: 30, newest: 5 };
    const change = await one.took('folder.planKeep', { folder, keep });
    expect(change.difference.some((line) => line.startsWith('+ '))).toBe(true);
    expect(change.request).toMatchObject({ call: 'PutBucketLifecycleConfiguration' });
    expect(change.going).toEqual({ versions: 0, bytes: 0, aMonth: 0 });
    expect(await rulesOf(one)).toEqual([]);
    const set = await one.took('folder.setKeep', { folder, keep, shown: change.request });
    expect(set.keep).toEqual(keep);
    expect(await rulesOf(one)).toMatchObject([
      { NoncurrentVersionExpiration: { NoncurrentDays: 30, NewerNoncurrentVersions: 4 } },
    ]);
    const late = await one.call('folder.setKeep', { folder, keep: null, shown: change.request });
    expect(late).toMatchObject({ ok: false, failure: { code: 'bad-input' } });
    expect(await rulesOf(one)).toHaveLength(1);
  });
});
