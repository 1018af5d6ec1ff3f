import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { Folder } from '../../../main/contract/models.ts';
import type { PolicyApplied, PolicyCost, PolicyPlan } from '../../../main/contract/policy-answers.ts';
import { checkPolicyText, type Policy } from '../../../main/contract/policy.ts';
import { failed, success, type Result } from '../../../main/contract/result.ts';
import { Folders } from '../../../renderer/state/folders.svelte.ts';
import { PolicyApply } from '../../../renderer/state/policy-apply.svelte.ts';
import { PolicyEditor } from '../../../renderer/state/policy.svelte.ts';
import { FakeBridge, FakeVisibility } from './fake-bridge.ts';

const folderOf = (policy: Policy, policyVersion: number): Folder => ({
  ...{ id: '1', name: 'Thesis', path: '/t', connection: 'c', bucket: 'b', prefix: '', deletes: 'mark', paused: false },
  ...{ policy, policyVersion, ignore: [], watching: 'auto', addedAt: '2026-11-22T12:00:00.000Z' },
});
const COST = {
  before: [],
  after: [],
  totalBefore: 1,
  totalAfter: 2,
  currency: 'USD',
  asOf: '',
  source: '',
  isOwn: false,
  prices: {},
};
const PLAN: PolicyPlan = {
  summary: { files: 2, inPlace: 0, copies: 2, bytes: 6, requests: 4, loosened: 0 },
  cost: { once: 0.1, aMonth: 0.2, currency: 'USD', asOf: '' },
  steps: [],
};
const APPLIED: PolicyApplied = { files: 2, done: 2, parked: 0, cancelled: 0, waiting: 0 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
/** Long enough for the draft to be looked at. */
const looked = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1000);

/** An editor of a folder with this policy, beside an engine that takes what is right. */
async function edited(policy: Policy = { storageClass: 'STANDARD_IA' }) {
  let version = 3;
  const bridge = new FakeBridge({
    'policy.limits': () => success({ store: 'Amazon S3', kind: 'other', storageClasses: [], limits: [] }),
    'policy.check': ({ text }) => success(checkPolicyText(text)),
    'policy.explain': ({ path }) =>
      success({ path, size: 3, operation: 'put', input: {}, because: {}, awsCli: '', lines: [] }),
    'policy.cost': () => success(COST satisfies PolicyCost),
    'policy.plan': () => success(PLAN),
    'folder.policy': (input) => success(folderOf(input.policy as Policy, (version += 1))),
    'policy.apply': () => success(APPLIED),
  });
  const visibility = new FakeVisibility();
  const folders = new Folders(bridge, visibility);
  folders.know(folderOf(policy, version));
  const editor = new PolicyEditor('Thesis', bridge, folders, visibility);
  await editor.open('a.txt');
  await looked();
  expect(editor.cost).toEqual(COST);
  return { editor, bridge, folders };
}

describe('a policy that is edited', () => {
  it('begins as it is saved, and asks what the draft would do and cost', async () => {
    const { editor, bridge } = await edited();
    expect(editor).toMatchObject({ isDirty: false, changes: 0, version: 3, path: 'a.txt' });
    editor.set('cacheControl', 'no-cache');
    expect(editor).toMatchObject({ isDirty: true, changes: 1 });
    const policy = { storageClass: 'STANDARD_IA', cacheControl: 'no-cache' };
    await looked();
    expect(bridge.made.filter(({ name }) => name === 'policy.explain').at(-1)?.input).toEqual({
      folder: 'Thesis',
      path: 'a.txt',
      policy,
    });
    expect(bridge.count('folder.policy'), 'nothing is saved by that').toBe(0);
  });

  it('says what is wrong, and asks nothing more of a draft that cannot be sent', async () => {
    const { editor, bridge } = await edited();
    const asked = bridge.count('policy.cost');
    editor.set('storageClass', 'COLD');
    await looked();
    expect(editor.faults.map(({ path }) => path)).toEqual([['storageClass']]);
    expect(bridge.count('policy.cost')).toBe(asked);
    editor.set('storageClass', 'GLACIER_IR');
    await looked();
    expect(editor.faults).toEqual([]);
    await looked();
    expect(bridge.count('policy.cost')).toBe(asked + 1);
  });

  it('is saved as a whole, or keeps the draft beside the refusal', async () => {
    const { editor, bridge, folders } = await edited();
    editor.set('acl', 'private');
    const refusal = failure('bad-input', { field: 'policy', problem: 'no' });
    const takes = bridge.answers['folder.policy'];
    bridge.answers['folder.policy'] = () => failed(refusal);
    expect(await editor.save()).toBeNull();
    expect(editor).toMatchObject({ failure: refusal, isDirty: true });
    if (takes !== undefined) bridge.answers['folder.policy'] = takes;
    await editor.save();
    expect(editor).toMatchObject({ failure: null, isDirty: false, version: 4 });
    expect(folders.find('Thesis')?.policy).toEqual({ storageClass: 'STANDARD_IA', acl: 'private' });
  });

  it('follows a policy that somebody else saved, but never loses a draft by it', async () => {
    const { editor, folders } = await edited();
    folders.know(folderOf({ acl: 'private' }, 4));
    editor.catchUp();
    expect(editor.draft).toEqual({ acl: 'private' });
    editor.set('checksum', 'SHA256');
    folders.know(folderOf({}, 5));
    editor.catchUp();
    expect(editor.draft).toEqual({ acl: 'private', checksum: 'SHA256' });
    expect(editor.isOvertaken).toBe(true);
    editor.discard();
    expect(editor).toMatchObject({ draft: {}, isOvertaken: false, isDirty: false });
  });

  it('a rule that is open stays open when it is moved, and when another one is', async () => {
    const { editor } = await edited({});
    for (const name of ['a', 'b', 'c']) {
      editor.addRule();
      editor.set('tags', { name });
    }
    expect(editor.view).toBe(2);
    editor.moveRule(2, 0);
    expect(editor.view).toBe(0);
    editor.moveRule(1, 0);
    expect(editor.view).toBe(1);
    editor.moveRule(1, 99);
    expect(editor.view).toBe(2);
    editor.removeRule(2);
    expect(editor).toMatchObject({
      view: 'base',
      draft: { rules: [{ set: { tags: { name: 'a' } } }, { set: { tags: { name: 'b' } } }] },
    });
    editor.show(1);
    editor.discard();
    expect(editor.view, 'a rule that is gone is not shown').toBe('base');
  });
});

describe('applying to what is stored', () => {
  it('shows the plan first, saves the draft, and does what was shown', async () => {
    const { editor, bridge } = await edited();
    editor.set('storageClass', 'GLACIER_IR');
    const apply = new PolicyApply(bridge, editor);
    await apply.start();
    expect(apply.state, 'nothing starts without a plan').toBeNull();
    await apply.look();
    expect(apply.state).toEqual({ kind: 'planned', plan: PLAN });
    expect(bridge.count('folder.policy')).toBe(0);
    await apply.start();
    expect(apply.state).toEqual({ kind: 'done', applied: APPLIED });
    expect(bridge.made.at(-1)).toMatchObject({ name: 'policy.apply', input: { policyVersion: 4 } });
    apply.dismiss();
    expect(apply.state).toBeNull();
  });

  it('tells how far it is, and is ended by the name of its task', async () => {
    const { editor, bridge } = await edited();
    let end: (answer: Result<PolicyApplied>) => void = () => undefined;
    const waiting = new Promise<Result<PolicyApplied>>((resolve) => (end = resolve));
    const made = bridge.call.bind(bridge);
    bridge.call = ((name, input) => {
      const answer = made(name, input);
      return name === 'policy.apply' ? waiting : answer;
    }) as typeof bridge.call;
    const apply = new PolicyApply(bridge, editor);
    await apply.look();
    const running = apply.start();
    const { task } = bridge.made.at(-1)?.input as { task: string };
    const progress = { files: 1, filesTotal: 2, bytes: 0, bytesTotal: 0 };
    bridge.emit('progress', { task: 'another', ...progress });
    expect(apply.state).toMatchObject({ progress: null });
    bridge.emit('progress', { task, ...progress });
    expect(apply.state).toMatchObject({ kind: 'busy', progress });
    await apply.cancel();
    expect(bridge.made.at(-1)).toEqual({ name: 'task.cancel', input: { task } });
    end(success({ ...APPLIED, done: 1, cancelled: 1 }));
    await running;
    expect(apply.state).toMatchObject({ kind: 'done', applied: { cancelled: 1 } });
    expect(bridge.listeners('progress')).toBe(0);
  });

  it('begins nothing where the draft is refused', async () => {
    const { editor, bridge } = await edited();
    editor.set('acl', 'private');
    bridge.answers['folder.policy'] = () => failed(failure('bad-input', { field: 'policy', problem: 'no' }));
    const apply = new PolicyApply(bridge, editor);
    await apply.look();
    await apply.start();
    expect(apply.state).toMatchObject({ kind: 'failed', failure: { code: 'bad-input' } });
    expect(bridge.count('policy.apply')).toBe(0);
  });
});
