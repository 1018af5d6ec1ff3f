import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RelPath } from '../../../main/contract/names.ts';
import { parsePolicy, type Policy, type PolicyFields } from '../../../main/contract/policy.ts';
import { matchesAny } from '../../../main/policy/match.ts';
import { resolvePolicy } from '../../../main/policy/resolve.ts';

const file = (path: string, size = 0): { path: RelPath; size: number } => ({ path: path as RelPath, size });

describe('which files a pattern is meant for', () => {
  test.each<[pattern: string, path: string, matches: boolean]>([
    ['*.mp4', 'a.mp4', true],
    ['*.mp4', 'deep/er/a.mp4', true],
    ['*.mp4', '.mp4', true],
    ['*.mp4', 'deep/.hidden.mp4', true],
    ['*.mp4', 'a.MP4', false],
    ['*.mp4', 'a.mp4/notes.txt', false],
    ['*.{mp4,mov}', 'b/a.mov', true],
    ['raw/**', 'raw/a', true],
    ['raw/**', 'raw/.a/b', true],
    ['raw/**', 'raw', false],
    ['raw/**', 'x/raw/a', false],
    ['**/raw/**', 'x/raw/a', true],
    ['raw/', 'x/raw/a/b', true],
    ['raw/', 'raw', false],
    ['x/raw/', 'x/raw/a', true],
    ['x/raw/', 'y/x/raw/a', false],
    ['/notes.txt', 'notes.txt', true],
    ['/notes.txt', 'a/notes.txt', false],
    ['docs/*', 'docs/a', true],
    ['docs/*', 'docs/a/b', false],
    ['**', '.a/b', true],
    ['*', 'a/b', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['caf\u00e9/**', 'cafe\u0301/menu', true],
    ['*.cafe\u0301', 'a.caf\u00e9', true],
  ])('%s and %s: %s', (pattern, path, matches) => {
    expect(matchesAny([pattern], path as RelPath)).toBe(matches);
  });

  test('one of many is enough, and without any every file is meant', () => {
    expect(matchesAny(['*.a', '*.b'], 'x.b' as RelPath)).toBe(true);
    expect(matchesAny(undefined, 'x.b' as RelPath)).toBe(true);
  });

  test('no pattern that a policy takes makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (pattern, path) => {
        const policy = parsePolicy({ rules: [{ match: [pattern], set: {} }] });
        if (policy.ok) expect(typeof matchesAny(policy.value.rules?.[0]?.match, path as RelPath)).toBe('boolean');
      }),
    );
  });
});

describe('the policy of one file', () => {
  const policy: Policy = {
    storageClass: 'STANDARD_IA',
    tags: { project: 'cairn', kind: 'any' },
    metadata: { origin: 'laptop' },
    requesterPays: true,
    rules: [
      { match: ['*.mp4', 'raw/**'], minSize: 100, set: { storageClass: 'GLACIER_IR', tags: { kind: 'video' } } },
      { match: ['raw/**'], set: { storageClass: 'DEEP_ARCHIVE', metadata: { camera: 'x' } } },
      { maxSize: 10, set: { storageClass: 'STANDARD' } },
    ],
  };

  test('the base where no rule matches', () => {
    expect(resolvePolicy(policy, file('a.txt', 50))).toEqual({
      fields: {
        storageClass: 'STANDARD_IA',
        tags: { project: 'cairn', kind: 'any' },
        metadata: { origin: 'laptop' },
        requesterPays: true,
      },
      because: {
        storageClass: 'base',
        tags: 'base',
        'tags.project': 'base',
        'tags.kind': 'base',
        metadata: 'base',
        'metadata.origin': 'base',
        requesterPays: 'base',
      },
    });
  });

  test('later rules win field by field; tags and metadata are merged by key', () => {
    const { fields, because } = resolvePolicy(policy, file('raw/a.mp4', 100));
    expect(fields).toEqual({
      storageClass: 'DEEP_ARCHIVE',
      tags: { project: 'cairn', kind: 'video' },
      metadata: { origin: 'laptop', camera: 'x' },
      requesterPays: true,
    });
    expect(because).toMatchObject({ storageClass: 1, tags: 0, 'tags.project': 'base', 'tags.kind': 0, metadata: 1 });
  });

  test('sizes are inclusive on both sides', () => {
    const classAt = (path: string, size: number): unknown =>
      resolvePolicy(policy, file(path, size)).fields.storageClass;
    expect(classAt('a.mp4', 99)).toBe('STANDARD_IA');
    expect(classAt('a.mp4', 100)).toBe('GLACIER_IR');
    expect(classAt('a.mp4', 10)).toBe('STANDARD');
    expect(classAt('a.mp4', 11)).toBe('STANDARD_IA');
  });

  test('an encryption or a lock is replaced as a whole', () => {
    const kms = { mode: 'aws:kms', keyId: 'k' } as const;
    const both: Policy = { encryption: kms, rules: [{ set: { encryption: { mode: 'AES256' } } }] };
    expect(resolvePolicy(both, file('a')).fields).toEqual({ encryption: { mode: 'AES256' } });
  });

  test('of acl and grants the later drops the earlier, since S3 takes one of them', () => {
    const grants = { read: ['id=1'] };
    expect(resolvePolicy({ acl: 'private', rules: [{ set: { grants } }] }, file('a'))).toEqual({
      fields: { grants },
      because: { grants: 0 },
    });
    expect(resolvePolicy({ grants, rules: [{ set: { acl: 'private' } }] }, file('a')).fields).toEqual({
      acl: 'private',
    });
  });

  test('for any rules: a field is what the last of them says that sets it, and the reason names that one', () => {
    const fields: fc.Arbitrary<PolicyFields> = fc.record(
      {
        storageClass: fc.constantFrom('STANDARD', 'GLACIER', 'SNOW'),
        cacheControl: fc.constantFrom('a', 'b'),
        tags: fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('1', '2')),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fields, fc.array(fc.tuple(fields, fc.boolean()), { maxLength: 5 }), (base, rules) => {
        const whole = { ...base, rules: rules.map(([set, on]) => ({ match: [on ? '*' : 'other'], set })) };
        const { fields: resolved, because } = resolvePolicy(whole, file('a'));
        const layers = [
          { by: 'base' as const, set: base },
          ...rules.flatMap(([set, on], by) => (on ? [{ by, set }] : [])),
        ].reverse();
        for (const name of ['storageClass', 'cacheControl'] as const) {
          const layer = layers.find(({ set }) => set[name] !== undefined);
          expect(resolved[name]).toBe(layer?.set[name]);
          expect(because[name]).toBe(layer?.by);
        }
        for (const key of ['x', 'y', 'z']) {
          const layer = layers.find(({ set }) => set.tags?.[key] !== undefined);
          expect(resolved.tags?.[key]).toBe(layer?.set.tags?.[key]);
          expect(because[`tags.${key}`]).toBe(layer?.by);
        }
      }),
    );
  });
});
