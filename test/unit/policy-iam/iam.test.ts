import { describe, expect, test } from 'vitest';
import type { Policy } from '../../../main/contract/policy.ts';
import { iamPolicy, type IamOptions, type IamPlace } from '../../../main/policy/iam.ts';
import { unionOf, wantsOf } from '../../../main/policy/wants.ts';

const PLACE: IamPlace = { bucket: 'b', prefix: 'notes/', region: 'eu-central-1', deletes: 'keep' };

function documentOf(policy: Policy = {}, place: Partial<IamPlace> = {}, options: Partial<IamOptions> = {}) {
  const whole = { noDeleteVersions: false, withDoctor: false, ...options };
  return iamPolicy({ ...PLACE, ...place }, wantsOf(policy), whole);
}

type Parameters = Readonly<Partial<IamOptions>>;

function allowed(policy: Policy = {}, place: Partial<IamPlace> = {}, options: Parameters = {}): string[] {
  const { Statement } = documentOf(policy, place, options);
  return Statement.filter((one) => one.Effect === 'Allow').flatMap((one) => one.Action);
}

describe('the smallest policy', () => {
  test('of a folder without wishes: list, read, put, and no more', () => {
    expect(allowed().sort()).toEqual([
      's3:AbortMultipartUpload',
      's3:GetBucketVersioning',
      's3:GetObject',
      's3:GetObjectVersion',
      's3:ListBucket',
      's3:ListBucketMultipartUploads',
      's3:ListBucketVersions',
      's3:ListMultipartUploadParts',
      's3:PutObject',
    ]);
  });

  test('is held to bucket and prefix', () => {
    const { Statement } = documentOf();
    expect(Statement.find((one) => one.Sid === 'CairnLists')).toMatchObject({
      Resource: 'arn:aws:s3:::b',
      Condition: { StringLike: { 's3:prefix': ['notes/*'] } },
    });
    expect(Statement.find((one) => one.Sid === 'CairnKeepsFiles')?.Resource).toBe('arn:aws:s3:::b/notes/*');
    expect(Statement.every((one) => one.Resource !== '*')).toBe(true);
    const top = documentOf({}, { prefix: '' });
    expect(top.Statement.find((one) => one.Sid === 'CairnLists')).not.toHaveProperty('Condition');
    expect(top.Statement.find((one) => one.Sid === 'CairnKeepsFiles')?.Resource).toBe('arn:aws:s3:::b/*');
  });

  test('characters of a prefix that have a meaning there stand for themselves', () => {
    const { Statement } = documentOf({}, { prefix: 'a*b?/$x/' });
    expect(Statement.find((one) => one.Sid === 'CairnKeepsFiles')?.Resource).toBe('arn:aws:s3:::b/a${*}b${?}/${$}x/*');
  });

  test('partitions, and access points by their ARN', () => {
    const resource = (place: Partial<IamPlace>) =>
      documentOf({}, place).Statement.find((one) => one.Sid === 'CairnKeepsFiles')?.Resource;
    expect(resource({ region: 'cn-north-1' })).toBe('arn:aws-cn:s3:::b/notes/*');
    expect(resource({ region: 'us-gov-west-1' })).toBe('arn:aws-us-gov:s3:::b/notes/*');
    const point = 'arn:aws:s3:eu-central-1:123456789012:accesspoint/mine';
    expect(resource({ bucket: point })).toBe(`${point}/object/notes/*`);
  });
});

describe('each wish adds its own', () => {
  test.each<[string, Policy, string[]]>([
    ['tags', { tags: { a: 'b' } }, ['s3:PutObjectTagging', 's3:PutObjectVersionTagging']],
    ['an ACL', { acl: 'private' }, ['s3:PutObjectAcl']],
    ['grants', { grants: { read: ['id=x'] } }, ['s3:PutObjectAcl']],
    ['a retention', { lock: { mode: 'GOVERNANCE', retainDays: 1 } }, ['s3:PutObjectRetention']],
    ['a legal hold', { lock: { legalHold: true } }, ['s3:PutObjectLegalHold']],
    ['tags of a rule', { rules: [{ set: { tags: { a: 'b' } } }] }, ['s3:PutObjectTagging']],
  ])('%s', (_, policy, actions) => {
    expect(allowed(policy)).toEqual(expect.arrayContaining(actions));
    for (const action of actions) expect(allowed()).not.toContain(action);
  });

  test('a retention alone needs no legal hold, and the other way round', () => {
    expect(allowed({ lock: { mode: 'GOVERNANCE', retainDays: 1 } })).not.toContain('s3:PutObjectLegalHold');
    expect(allowed({ lock: { legalHold: true } })).not.toContain('s3:PutObjectRetention');
  });

  test('deletes that are marked need DeleteObject, and never DeleteObjectVersion', () => {
    expect(allowed({}, { deletes: 'mark' })).toContain('s3:DeleteObject');
    expect(allowed({}, { deletes: 'mark' })).not.toContain('s3:DeleteObjectVersion');
  });

  test('the doctor reads settings only where that is asked for', () => {
    expect(allowed()).not.toContain('s3:GetLifecycleConfiguration');
    expect(allowed({}, {}, { withDoctor: true })).toContain('s3:GetLifecycleConfiguration');
  });

  test('guarded overwrites look at keys that are not there', () => {
    const { Statement } = documentOf({ guardOverwrites: true });
    expect(Statement[0]?.Condition).toEqual({ StringLikeIfExists: { 's3:prefix': ['notes/*'] } });
  });
});

describe('keys of KMS', () => {
  const statementOf = (keyId: string, Sid: string) =>
    documentOf({ encryption: { mode: 'aws:kms', keyId } }).Statement.find((one) => one.Sid === Sid);
  const ARN = 'arn:aws:kms:eu-central-1:123456789012:key/abc';

  test('by ARN, by id and by alias', () => {
    expect(statementOf(ARN, 'CairnUsesKeys')).toMatchObject({
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: [ARN],
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
    });
    expect(statementOf('abc', 'CairnUsesKeys')?.Resource).toEqual(['arn:aws:kms:eu-central-1:*:key/abc']);
    expect(statementOf('alias/papers', 'CairnUsesAliases')).toMatchObject({
      Resource: ['arn:aws:kms:eu-central-1:*:key/*'],
      Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/papers'] } },
    });
    expect(statementOf('arn:aws:kms:eu-central-1:123456789012:alias/papers', 'CairnUsesAliases')).toMatchObject({
      Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/papers'] } },
    });
  });

  test('none where none is named: AWS’s own key needs no permission', () => {
    expect(allowed({ encryption: { mode: 'aws:kms' } }).filter((action) => action.startsWith('kms:'))).toEqual([]);
    expect(allowed({ encryption: { mode: 'AES256' } }).filter((action) => action.startsWith('kms:'))).toEqual([]);
  });
});

describe('the variant that cannot lose versions', () => {
  test('denies each way by which one could vanish, everywhere in the bucket', () => {
    const { Statement } = documentOf({}, { deletes: 'mark' }, { noDeleteVersions: true });
    const denied = Statement.filter((one) => one.Effect === 'Deny');
    expect(denied.flatMap((one) => one.Action)).toEqual(
      expect.arrayContaining([
        's3:DeleteObjectVersion',
        's3:BypassGovernanceRetention',
        's3:PutLifecycleConfiguration',
        's3:PutBucketVersioning',
        's3:DeleteBucket',
      ]),
    );
    expect(denied.map((one) => one.Resource)).toEqual(['arn:aws:s3:::b/*', 'arn:aws:s3:::b']);
    expect(
      denied.flatMap((one) => one.Action),
      'a marker loses nothing',
    ).not.toContain('s3:DeleteObject');
    const both = new Set(denied.flatMap((one) => one.Action));
    const allows = Statement.filter((one) => one.Effect === 'Allow').flatMap((one) => one.Action);
    expect(
      allows.filter((action) => both.has(action)),
      'allowed and denied at once',
    ).toEqual([]);
  });

  test('statements have names that IAM takes, no two alike', () => {
    const policy: Policy = {
      encryption: { mode: 'aws:kms', keyId: 'x' },
      rules: [{ set: { encryption: { mode: 'aws:kms', keyId: 'alias/y' } } }],
    };
    const sids = documentOf(policy, {}, { noDeleteVersions: true }).Statement.map((one) => one.Sid);
    expect(new Set(sids).size).toBe(sids.length);
    for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
  });
});

describe('all that a policy asks for anywhere', () => {
  test('base and rules are taken together', () => {
    const policy: Policy = {
      storageClass: 'STANDARD_IA',
      acl: 'private',
      rules: [{ set: { storageClass: 'GLACIER_IR', tags: { a: 'b' } } }, { set: { encryption: { mode: 'AES256' } } }],
    };
    expect(wantsOf(policy)).toMatchObject({
      classes: ['STANDARD_IA', 'GLACIER_IR'],
      acls: ['private'],
      tags: true,
      encryption: ['AES256'],
      lock: false,
    });
  });

  test('laid over one another, acl and grants never stand together', () => {
    const policy: Policy = { acl: 'private', rules: [{ set: { grants: { read: ['id=x'] } } }] };
    expect(unionOf(policy)).toMatchObject({ grants: { read: ['id=x'] } });
    expect(unionOf(policy)).not.toHaveProperty('acl');
  });
});
