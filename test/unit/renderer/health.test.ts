import { expect, it } from 'vitest';
import type { DoctorReport, Finding } from '../../../main/contract/doctor.ts';
import { failure } from '../../../main/contract/errors.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { Health } from '../../../renderer/state/health.svelte.ts';
import { FakeBridge } from './fake-bridge.ts';

const stale: Finding = {
  id: 'versioning',
  severity: 'problem',
  said: { code: 'versions-off', facts: { isSuspended: false } },
  title: 'Versioning is off',
  explanation: '',
  fix: {
    ...{ call: 'PutBucketVersioning', input: { Bucket: 'b' }, difference: ['+ versioning: enabled'] },
    changes: [{ sign: '+', kind: 'versioning', value: 'enabled' }],
  },
};
const report = (findings: readonly Finding[]): DoctorReport => ({
  ...{ folder: 'Thesis', at: '2026-11-22T14:00:00.000Z', store: 'aws', capabilities: [], findings },
});

it('looks once by itself, and again when asked', async () => {
  const bridge = new FakeBridge({
    'doctor.look': () => success(report([stale])),
    'doctor.permissions': () => success({ Version: '2012-10-17' }),
  });
  const health = new Health('Thesis', bridge);
  await health.open();
  await health.open();
  expect(bridge.count('doctor.look')).toBe(1);
  expect(health.report?.findings).toEqual([stale]);
  expect(health.permissions).toBe('{\n  "Version": "2012-10-17"\n}');
  await health.look();
  expect(bridge.count('doctor.look')).toBe(2);
});

it('sends along the change that was shown, and takes the new report', async () => {
  const bridge = new FakeBridge({
    'doctor.look': () => success(report([stale])),
    'doctor.fix': () => success(report([])),
  });
  const health = new Health('Thesis', bridge);
  await health.look();
  await health.mend(stale);
  const input = { folder: 'Thesis', finding: 'versioning', shown: stale.fix?.input };
  expect(bridge.made.at(-1)).toEqual({ name: 'doctor.fix', input });
  expect(health.report?.findings).toEqual([]);
});

it('keeps the last report beside a failure, and forgets the failure with the next look', async () => {
  const offline = failure('offline', { endpoint: 'http://vault.lan', reason: 'refused' });
  const bridge = new FakeBridge({ 'doctor.look': () => success(report([stale])) });
  const health = new Health('Thesis', bridge);
  await health.look();
  bridge.answers['doctor.look'] = () => failed(offline);
  await health.look();
  expect(health.failure).toEqual(offline);
  expect(health.report?.findings).toEqual([stale]);
  bridge.answers['doctor.look'] = () => success(report([]));
  await health.look();
  expect(health.failure).toBeNull();
});

it('takes one look at a time', async () => {
  const bridge = new FakeBridge({ 'doctor.look': () => success(report([])) });
  const health = new Health('Thesis', bridge);
  const both = [health.look(), health.look()];
  expect(health.isBusy).toBe(true);
  await Promise.all(both);
  expect(bridge.count('doctor.look')).toBe(1);
});
