/** Tables and judges of the first steps: addresses of stores, policies to begin with. */
import { describe, expect, it } from 'vitest';
import type { BucketFacts } from '../../../main/contract/begin.ts';
import { isPrivateHost, judgeEndpoint } from '../../../main/contract/endpoint.ts';
import { parsePolicy } from '../../../main/contract/policy.ts';
import { presets } from '../../../main/contract/presets.ts';
import { obstacleOf, templatePolicies, TEMPLATES } from '../../../main/contract/templates.ts';

describe('the address of a store', () => {
  it.each([
    ['https://s3.example.com', { kind: 'ok', isClear: false }],
    ['http://s3.example.com', { kind: 'ok', isClear: true }],
    ['http://127.0.0.1:9000', { kind: 'ok', isClear: false }],
    ['http://[::1]:9000', { kind: 'ok', isClear: false }],
    ['http://vault.lan:9000', { kind: 'ok', isClear: false }],
    ['http://192.168.1.5', { kind: 'ok', isClear: false }],
    ['https://HOST:9000', { kind: 'pattern', part: 'HOST' }],
    ['https://s3.REGION.wasabisys.com', { kind: 'pattern', part: 'REGION' }],
    ['https://key:secret@s3.example.com', { kind: 'secret' }],
    ['s3.example.com', { kind: 'wrong' }],
    ['ftp://s3.example.com', { kind: 'wrong' }],
    ['', { kind: 'wrong' }],
  ])('%s', (text, verdict) => {
    expect(judgeEndpoint(text)).toEqual(verdict);
  });

  it.each([
    ['localhost', true],
    ['nas', true],
    ['NAS.local', true],
    ['10.1.2.3', true],
    ['172.16.0.1', true],
    ['172.32.0.1', false],
    ['192.169.0.1', false],
    ['[fd00::1]', true],
    ['[2001:db8::1]', false],
    ['8.8.8.8', false],
    ['local.example.com', false],
  ])('%s is of a network of one’s own: %s', (host, isPrivate) => {
    expect(isPrivateHost(host)).toBe(isPrivate);
  });
});

describe('the kinds of stores', () => {
  it('each name a region to begin with, and an address to complete', () => {
    for (const preset of Object.values(presets)) {
      expect(preset.regions.length, preset.id).toBeGreaterThan(0);
      expect(new Set(preset.regions).size, preset.id).toBe(preset.regions.length);
      if (preset.endpoint !== null) expect(judgeEndpoint(preset.endpoint).kind, preset.id).toBe('pattern');
    }
  });
});

describe('the policies to begin with', () => {
  const open: BucketFacts = { versioning: 'enabled', lock: true, acls: true, blocksPublic: false };

  it('can all be sent', () => {
    for (const policy of Object.values(templatePolicies)) {
      const parsed = parsePolicy(JSON.parse(JSON.stringify(policy)));
      expect(parsed).toEqual({ ok: true, value: policy });
    }
  });

  it('can all be had where a bucket has all, and before it was looked at', () => {
    for (const template of TEMPLATES) {
      expect(obstacleOf(template, presets.aws, open)).toBeNull();
      expect(obstacleOf(template, presets.aws, null)).toBeNull();
    }
  });

  it('are held back where the bucket or the kind of store cannot take them', () => {
    expect(obstacleOf('compliance', presets.aws, { ...open, lock: false })).toEqual({ kind: 'lock-off' });
    expect(obstacleOf('website', presets.aws, { ...open, acls: false })).toEqual({ kind: 'acls-off' });
    expect(obstacleOf('website', presets.aws, { ...open, blocksPublic: true })).toEqual({ kind: 'public-blocked' });
    expect(obstacleOf('compliance', presets.r2, open)).toMatchObject({ kind: 'store', feature: 'lock' });
    expect(obstacleOf('website', presets.minio, open)).toMatchObject({ kind: 'store', feature: 'acl' });
    expect(obstacleOf('archive', presets.b2, null)).toMatchObject({ kind: 'store', feature: 'class' });
    for (const preset of Object.values(presets)) {
      expect(obstacleOf('everyday', preset, { ...open, lock: false, acls: false })).toBeNull();
      expect(obstacleOf('own', preset, { ...open, lock: false, acls: false })).toBeNull();
    }
  });
});
