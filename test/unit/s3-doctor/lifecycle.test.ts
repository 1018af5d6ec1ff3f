import { describe, expect, test } from 'vitest';
import {
  abortRule,
  abortRuleFor,
  describeRule,
  differenceOf,
  keepOf,
  keepRule,
  keepRuleFor,
  sameRules,
  withRule,
  type Lifecycle,
  type LifecycleRule,
} from '../../../main/s3/lifecycle-rules.ts';
import { changeLifecycle, readLifecycle } from '../../../main/s3/lifecycle.ts';
import { clockOffsetOf, unknownLifecycleElements } from '../../../main/s3/wire.ts';
import { fakeBucket, type FakeBucket } from './fake-bucket.ts';

const THEIRS: LifecycleRule = {
  ID: 'theirs',
  Status: 'Enabled',
  Filter: { And: { Prefix: 'logs/', Tags: [{ Key: 'a', Value: 'b' }], ObjectSizeGreaterThan: 10 } },
  Expiration: { Days: 9 },
  Transitions: [{ Days: 3, StorageClass: 'GLACIER' }],
};
// eslint-disable-next-line @typescript-eslint/no-deprecated -- rules of old still have it there
const OLD_FORM: LifecycleRule = { ID: 'old', Status: 'Disabled', Prefix: 'tmp/', Expiration: { Days: 1 } };

const shownOf = (rules: readonly LifecycleRule[]): Lifecycle => ({
  rules,
  transitionDefault: null,
  unknownElements: [],
});
const keep = (rules: readonly LifecycleRule[], days: number | null, newest: number | null): LifecycleRule =>
  keepRule(rules, 'notes', 'notes/', { days, newest });

describe('a rule that keeps versions', () => {
  test('by days, by number, and by both', () => {
    expect(keep([], 30, null)).toEqual({
      ID: 'cairn-keep-notes',
      Status: 'Enabled',
      Filter: { Prefix: 'notes/' },
      NoncurrentVersionExpiration: { NoncurrentDays: 30 },
    });
    expect(keep([], null, 10).NoncurrentVersionExpiration).toEqual({ NoncurrentDays: 1, NewerNoncurrentVersions: 9 });
    expect(keep([], 30, 10).NoncurrentVersionExpiration).toEqual({ NoncurrentDays: 30, NewerNoncurrentVersions: 9 });
    expect(keep([], null, 1).NoncurrentVersionExpiration, 'only the present one').toEqual({ NoncurrentDays: 1 });
  });

  test('takes the place of the former one of its prefix, and never that of another folder of the same name', () => {
    const former = keep([THEIRS], 30, null);
    const rules = withRule([THEIRS], former);
    const next = keep(rules, 60, null);
    expect(withRule(rules, next)).toEqual([THEIRS, next]);

    const elsewhere = { ...former, Filter: { Prefix: 'other/' } };
    const mine = keep([elsewhere], 60, null);
    expect(mine.ID).toBe('cairn-keep-notes-2');
    expect(withRule([elsewhere], mine)).toEqual([elsewhere, mine]);
    expect(keepRuleFor([elsewhere, mine], 'notes/')).toBe(mine);
    expect(keepOf(mine)).toEqual({ days: 60, newest: null });
  });

  test('has a name that any store takes, whatever the folder is called', () => {
    const { ID } = keepRule([], `Fotos <été> ${'x'.repeat(300)}`, '', { days: 1, newest: null });
    expect(ID).toMatch(/^cairn-keep-Fotos-t-x+$/);
    expect(ID?.length).toBeLessThanOrEqual(255);
  });
});

describe('a rule that aborts stale uploads', () => {
  test('is found where one covers the prefix, is on, and asks for no tags', () => {
    const abort = (prefix: string, over: Partial<LifecycleRule> = {}): LifecycleRule => ({
      ...abortRule([], 'notes', prefix),
      ...over,
    });
    expect(abortRuleFor([abort('')], 'notes/')).not.toBeNull();
    expect(abortRuleFor([abort('notes/')], 'notes/')).not.toBeNull();
    expect(abortRuleFor([abort('notes/deep/')], 'notes/')).toBeNull();
    expect(abortRuleFor([abort('other/')], 'notes/')).toBeNull();
    expect(abortRuleFor([abort('', { Status: 'Disabled' })], 'notes/')).toBeNull();
    expect(abortRuleFor([abort('', { Filter: { ObjectSizeLessThan: 5 } })], 'notes/')).toBeNull();
  });
});

describe('comparing rules', () => {
  test('looks at what they say, not at form and order', () => {
    const asFilter = { ...OLD_FORM, Prefix: undefined, Filter: { Prefix: 'tmp/' } };
    expect(sameRules([THEIRS, OLD_FORM], [asFilter, THEIRS])).toBe(true);
    const oneTag: LifecycleRule = { ID: 'a', Status: 'Enabled', Filter: { Tag: { Key: 'k', Value: 'v' } } };
    const inAnd: LifecycleRule = { ...oneTag, Filter: { And: { Tags: [{ Key: 'k', Value: 'v' }] } } };
    expect(sameRules([oneTag], [inAnd])).toBe(true);
  });

  test.each([
    ['status', { Status: 'Disabled' }],
    ['prefix', { Filter: { Prefix: 'x' } }],
    ['expiration', { Expiration: { Days: 10 } }],
    ['date', { Expiration: { Date: new Date(0) } }],
    ['transition', { Transitions: [{ Days: 3, StorageClass: 'DEEP_ARCHIVE' }] }],
    ['earlier versions', { NoncurrentVersionExpiration: { NoncurrentDays: 1 } }],
    ['abort', { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }],
  ] as const)('sees another %s', (_, over) => {
    expect(sameRules([THEIRS], [{ ...THEIRS, ...over } as LifecycleRule])).toBe(false);
  });

  test('tells the difference in words', () => {
    const rule = keep([], null, 5);
    expect(differenceOf([THEIRS], [THEIRS])).toEqual({ difference: [], changes: [] });
    const { difference, changes } = differenceOf([THEIRS], [rule]);
    expect(changes.map(({ sign, kind }) => `${sign} ${kind}`)).toEqual(['- rule', '+ rule']);
    expect(difference).toEqual([
      '- theirs (logs/, some objects only): removes present files 9 days after their upload; moves present files to GLACIER after 3 days',
      '+ cairn-keep-notes (notes/): removes earlier versions 1 day after a newer one came, but never the 5 newest versions of a file',
    ]);
    expect(describeRule({ Status: 'Disabled', ID: 'x' })).toBe('x (the whole bucket, switched off): does nothing');
  });
});

describe('changing a lifecycle', () => {
  const change = (bucket: FakeBucket, rule: LifecycleRule, shown: readonly LifecycleRule[]) =>
    changeLifecycle(bucket.client, 'b', shownOf(shown), { kind: 'put', rule });

  test('puts our rule beside the others, switched off first, and carries what counts for the whole', async () => {
    const bucket = fakeBucket([THEIRS, OLD_FORM], { transitionDefault: 'varies_by_storage_class' });
    const rule = keep([], 30, 5);
    const changed = await change(bucket, rule, [THEIRS, OLD_FORM]);
    expect(changed).toMatchObject({ ok: true, value: { rules: [THEIRS, OLD_FORM, rule] } });
    expect(bucket.writes).toEqual([
      [THEIRS, OLD_FORM, { ...rule, Status: 'Disabled' }],
      [THEIRS, OLD_FORM, rule],
    ]);
    expect(bucket.transitionDefaults).toEqual(['varies_by_storage_class', 'varies_by_storage_class']);
  });

  test('a store that forgets the number of versions never gets the rule switched on', async () => {
    const forgets = (rules: readonly LifecycleRule[]): LifecycleRule[] =>
      rules.map(({ NoncurrentVersionExpiration: earlier, ...rule }) =>
        earlier === undefined
          ? rule
          : { ...rule, NoncurrentVersionExpiration: { NoncurrentDays: earlier.NoncurrentDays } },
      );
    const bucket = fakeBucket([THEIRS], { keeps: forgets });
    const changed = await change(bucket, keep([], null, 5), [THEIRS]);
    expect(changed).toMatchObject({ ok: false, failure: { code: 'not-supported' } });
    expect(bucket.rules).toEqual([THEIRS]);
    const on = bucket.writes.filter((rules) =>
      rules?.some((rule) => rule.Status === 'Enabled' && rule.NoncurrentVersionExpiration !== undefined),
    );
    expect(on, 'writes with the rule switched on').toEqual([]);
  });

  test('a store that changes a rule of others gets the former rules back', async () => {
    let isFirst = true;
    const bucket = fakeBucket([THEIRS], {
      keeps: (rules) => {
        if (!isFirst) return rules;
        isFirst = false;
        return rules.map((rule) => (rule.ID === 'theirs' ? { ...rule, Expiration: { Days: 1 } } : rule));
      },
    });
    expect(await change(bucket, keep([], 3, null), [THEIRS])).toMatchObject({ ok: false });
    expect(bucket.rules).toEqual([THEIRS]);
  });

  test('a store that shows the change late is waited for', async () => {
    const bucket = fakeBucket([THEIRS], { lateBy: 2 });
    const rule = keep([], 3, null);
    expect(await change(bucket, rule, [THEIRS])).toMatchObject({ ok: true, value: { rules: [THEIRS, rule] } });
  });

  test('nothing is written where the rules are others than were shown, or hold what would be lost', async () => {
    const changed = fakeBucket([THEIRS, OLD_FORM]);
    expect(await change(changed, keep([], 3, null), [THEIRS])).toMatchObject({
      ok: false,
      failure: { code: 'bad-input', message: expect.stringContaining('changed meanwhile') as string },
    });
    const foreign = fakeBucket([THEIRS], { unknownElements: ['DelMarkerExpiration'] });
    expect(await change(foreign, keep([], 3, null), [THEIRS])).toMatchObject({
      ok: false,
      failure: { code: 'bad-input', message: expect.stringContaining('DelMarkerExpiration') as string },
    });
    expect([...changed.writes, ...foreign.writes]).toEqual([]);
  });

  test('the last rule goes by a delete, since S3 takes no empty lifecycle', async () => {
    const rule = keep([], 3, null);
    const bucket = fakeBucket([rule]);
    const removed = await changeLifecycle(bucket.client, 'b', shownOf([rule]), { kind: 'remove', id: rule.ID ?? '' });
    expect(removed).toMatchObject({ ok: true, value: { rules: [] } });
    expect(bucket.writes).toEqual([null]);
  });

  test('a bucket without rules has none', async () => {
    expect(await readLifecycle(fakeBucket([]).client, 'b')).toEqual({ ok: true, value: shownOf([]) });
  });
});

describe('the wire', () => {
  test('elements that the SDK does not read are named', () => {
    const known =
      '<LifecycleConfiguration xmlns="x"><Rule><ID>a</ID><Filter><And><Prefix/></And></Filter></Rule></LifecycleConfiguration>';
    expect(unknownLifecycleElements(known)).toEqual([]);
    expect(
      unknownLifecycleElements(known.replace('<ID>', '<DelMarkerExpiration><Days>1</Days></DelMarkerExpiration><ID>')),
    ).toEqual(['DelMarkerExpiration']);
  });

  test('the clock is compared with the middle of the journey, to the second', () => {
    const date = 'Sun, 22 Nov 2026 13:00:00 GMT';
    const there = Date.parse(date);
    expect(clockOffsetOf(date, there, there + 1000)).toBe(0);
    expect(clockOffsetOf(date, there - 600_000, there - 600_000)).toBe(601);
    expect(clockOffsetOf(date, there + 60_000, there + 62_000)).toBe(-60);
    expect(clockOffsetOf(null, 0, 0)).toBeNull();
    expect(clockOffsetOf('soon', 0, 0)).toBeNull();
  });
});
