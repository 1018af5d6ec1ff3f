import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../main/contract/doctor.ts';
import { failure } from '../../../main/contract/errors.ts';
import { capabilitiesOf } from '../../../main/s3/capabilities.ts';
import type { FolderFacts, Wants } from '../../../main/s3/finding.ts';
import { findingsOf } from '../../../main/s3/findings.ts';
import type { LifecycleRule } from '../../../main/s3/lifecycle-rules.ts';
import type { BucketLook } from '../../../main/s3/look.ts';
import { FEATURES, presetOf, presets } from '../../../main/contract/presets.ts';
import type { Tried } from '../../../main/s3/probes.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const allowed: Tried = { kind: 'allowed' };
const denied: Tried = { kind: 'denied', failure: failure('permission', { answer: '403 AccessDenied' }) };
const refused: Tried = { kind: 'refused', failure: failure('store-answer', { answer: '400 InvalidRequest' }) };
const told = <T>(value: T) => ({ kind: 'told', value }) as const;
const UNSET = { kind: 'unset' } as const;
const NOTHING_WANTED: Wants = {
  acls: [],
  grants: false,
  tags: false,
  lock: false,
  encryption: [],
  classes: [],
  redirect: false,
  requesterPays: false,
  expectedOwner: false,
};

/** A bucket with which nothing is wrong. */
const WELL: BucketLook = {
  versioning: told('enabled'),
  lifecycle: told({
    rules: [
      {
        ID: 'tidy',
        Status: 'Enabled',
        Filter: { Prefix: '' },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
    ],
    transitionDefault: null,
    unknownElements: [],
  }),
  lock: UNSET,
  encryption: told({ algorithm: 'AES256', keyId: null, bucketKey: false, blocked: [] }),
  ownership: told('BucketOwnerEnforced'),
  isPublic: told(false),
  publicAccess: told({ blockAcls: true, ignoreAcls: true, blockPolicy: true, restrict: true }),
  uploads: told({ open: [], isMore: false }),
  versions: told({ example: null }),
  read: told(true),
  put: { whole: allowed, parts: [{ action: 's3:PutObject', tried: allowed }], key: 'notes/probe' },
  multipart: { begin: allowed, abort: allowed, uploadId: 'u' },
  clockOffset: 0,
};

function judge(over: Partial<BucketLook>, wants: Partial<Wants> = {}, folder: Partial<FolderFacts> = {}) {
  const facts: FolderFacts = {
    name: 'notes',
    bucket: 'b',
    prefix: 'notes/',
    deletes: 'keep',
    wants: { ...NOTHING_WANTED, ...wants },
    ownUploads: new Set(),
    preset: presets.aws,
    now: NOW,
    ...folder,
  };
  const findings = findingsOf({ ...WELL, ...over }, facts);
  return new Map(findings.map((one) => [one.id, one]));
}

const rulesOf = (...rules: readonly LifecycleRule[]) =>
  told({ rules, transitionDefault: null, unknownElements: [] as readonly string[] });

function severities(found: ReadonlyMap<string, Finding>) {
  return [...found.values()].filter((one) => one.severity !== 'fine').map((one) => `${one.severity} ${one.id}`);
}

describe('a bucket that is well', () => {
  test('has only fine findings, one of each thing that was looked at', () => {
    const found = judge({});
    expect(severities(found)).toEqual([]);
    expect([...found.keys()].sort()).toEqual(
      [
        'clock',
        'encryption',
        'kept',
        'open-uploads',
        'ownership',
        'permissions',
        'public',
        'stale-uploads',
        'versioning',
      ].sort(),
    );
  });
});

describe('versions', () => {
  test.each(['off', 'suspended'] as const)('that are %s are a problem that can be mended', (versioning) => {
    expect(judge({ versioning: told(versioning) }).get('versioning')).toMatchObject({
      severity: 'problem',
      fix: {
        call: 'PutBucketVersioning',
        input: { Bucket: 'b', VersioningConfiguration: { Status: 'Enabled' } },
        difference: [`- versioning: ${versioning}`, '+ versioning: enabled'],
      },
    });
  });

  test('that the store does not have cannot be mended', () => {
    const unknown = { kind: 'unknown', answer: '501 NotImplemented' } as const;
    for (const found of [
      judge({ versioning: unknown }),
      judge({ versioning: told('off') }, {}, { preset: presets.r2 }),
    ]) {
      expect(found.get('versioning')).toMatchObject({ severity: 'problem', fix: null });
    }
  });
});

describe('lifecycle', () => {
  const nve = { NoncurrentVersionExpiration: { NoncurrentDays: 9 } };
  test.each([
    ['the whole bucket', { Prefix: '' }, true],
    ['a part of the folder', { Prefix: 'notes/old/' }, true],
    ['what holds the folder', { Prefix: 'no' }, true],
    ['another place', { Prefix: 'logs/' }, false],
  ] as const)('a rule of others that removes versions of %s', (_, Filter, isSeen) => {
    const rule: LifecycleRule = { ID: 'x', Status: 'Enabled', Filter, ...nve };
    expect(judge({ lifecycle: rulesOf(rule) }).has('removes-versions')).toBe(isSeen);
    expect(judge({ lifecycle: rulesOf({ ...rule, Status: 'Disabled' }) }).has('removes-versions')).toBe(false);
  });

  test('the folder’s own rule is no problem, and is told', () => {
    const own: LifecycleRule = { ID: 'cairn-keep-notes', Status: 'Enabled', Filter: { Prefix: 'notes/' }, ...nve };
    const found = judge({ lifecycle: rulesOf(own) });
    expect(found.has('removes-versions')).toBe(false);
    expect(found.get('kept')).toMatchObject({
      severity: 'fine',
      explanation: expect.stringContaining('9 days') as string,
    });
  });

  test('rules that remove or archive present files are seen', () => {
    const found = judge({
      lifecycle: rulesOf({
        ID: 'x',
        Status: 'Enabled',
        Filter: { Prefix: '' },
        Expiration: { Days: 3 },
        Transitions: [{ Days: 1, StorageClass: 'DEEP_ARCHIVE' }],
      }),
    });
    expect(found.get('removes-files')?.severity).toBe('problem');
    expect(found.get('archives')?.severity).toBe('advice');
  });

  test('stale uploads are mended by a rule beside those that are there', () => {
    const theirs: LifecycleRule = { ID: 'x', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 3 } };
    const { fix } = judge({ lifecycle: rulesOf(theirs) }).get('stale-uploads') ?? {};
    expect(fix).toMatchObject({
      call: 'PutBucketLifecycleConfiguration',
      input: { LifecycleConfiguration: { Rules: [theirs, { ID: 'cairn-abort-notes', Filter: { Prefix: 'notes/' } }] } },
    });
    expect(judge({ lifecycle: UNSET }).get('stale-uploads')?.fix).not.toBeNull();
    const foreign = told({ rules: [theirs], transitionDefault: null, unknownElements: ['Strange'] });
    expect(judge({ lifecycle: foreign }).get('stale-uploads')).toMatchObject({ severity: 'advice', fix: null });
  });

  test('open uploads of others are told with their age, and ours are not', () => {
    const upload = (uploadId: string) => ({ key: 'notes/a', uploadId, initiatedAt: '2026-11-12T12:00:00Z' });
    const uploads = told({ open: [upload('mine'), upload('theirs')], isMore: false });
    const found = judge({ uploads }, {}, { ownUploads: new Set(['mine']) });
    expect(found.get('open-uploads')).toMatchObject({ severity: 'advice', fix: null });
    expect(found.get('open-uploads')?.explanation).toContain('1 is open under notes/');
    expect(found.get('open-uploads')?.explanation).toContain('10 days');
    expect(judge({ uploads }, {}, { ownUploads: new Set(['mine', 'theirs']) }).get('open-uploads')?.severity).toBe(
      'fine',
    );
  });
});

describe('what the policy asks for', () => {
  test('an ACL in a bucket that takes none', () => {
    expect(judge({}, { acls: ['public-read'] }).get('ownership')?.severity).toBe('problem');
    expect(judge({}, { grants: true }).get('ownership')?.severity).toBe('problem');
    expect(judge({}, { acls: ['bucket-owner-full-control'] }).get('ownership')?.severity).toBe('fine');
    expect(judge({ ownership: told('ObjectWriter') }, { grants: true }).get('ownership')?.severity).toBe('fine');
  });

  test('a lock in a bucket without', () => {
    expect(judge({}, { lock: true }).get('lock')?.severity).toBe('problem');
    expect(judge({ lock: told({ enabled: true, retention: null }) }, { lock: true }).get('lock')?.severity).toBe(
      'fine',
    );
    const retention = { enabled: true, retention: { mode: 'COMPLIANCE', count: 7, unit: 'days' } } as const;
    expect(judge({ lock: told(retention) }).get('lock')).toMatchObject({ severity: 'advice' });
  });

  test('a customer key in a bucket that blocks them', () => {
    const encryption = told({ algorithm: 'AES256', keyId: null, bucketKey: false, blocked: ['SSE-C'] });
    expect(judge({ encryption }, { encryption: ['customer'] }).get('encryption-blocked')?.severity).toBe('problem');
    expect(judge({ encryption }, { encryption: ['AES256'] }).has('encryption-blocked')).toBe(false);
  });

  test('what the kind of store is known not to have', () => {
    const found = judge({}, { tags: true, encryption: ['aws:kms'], classes: ['GLACIER'] }, { preset: presets.r2 });
    expect(severities(found)).toContain('problem asks-tags');
    expect(severities(found)).toContain('problem asks-kms');
    expect(found.get('asks-class')?.explanation).toContain('STANDARD_IA');
  });
});

describe('settings', () => {
  test('KMS by default without a bucket key costs a call for each file', () => {
    const kms = { algorithm: 'aws:kms', keyId: 'k', bucketKey: false, blocked: [] };
    expect(judge({ encryption: told(kms) }).get('encryption')?.severity).toBe('advice');
    expect(judge({ encryption: told({ ...kms, bucketKey: true }) }).get('encryption')?.severity).toBe('fine');
    expect(judge({ encryption: UNSET }).get('encryption')?.severity).toBe('advice');
    expect(judge({ encryption: UNSET }, { encryption: ['AES256'] }).has('encryption')).toBe(false);
  });

  test('a public bucket is a problem, an open door an advice', () => {
    expect(judge({ isPublic: told(true) }).get('public')?.severity).toBe('problem');
    expect(judge({ publicAccess: UNSET }).get('public')?.severity).toBe('advice');
    expect(judge({ publicAccess: UNSET }, {}, { preset: presets.ceph }).get('public')?.severity).toBe('fine');
    expect(judge({}, { acls: ['public-read'] }).get('public')).toMatchObject({ severity: 'problem' });
  });

  test.each([
    [0, 'fine'],
    [5, 'fine'],
    [-40, 'advice'],
    [299, 'advice'],
    [-301, 'problem'],
    [4000, 'problem'],
  ] as const)('a clock that is %i seconds off: %s', (clockOffset, severity) => {
    expect(judge({ clockOffset }).get('clock')?.severity).toBe(severity);
  });

  test('a clock that is behind is said to be behind', () => {
    expect(judge({ clockOffset: 60 }).get('clock')?.explanation).toContain('60 seconds behind');
    expect(judge({ clockOffset: -60 }).get('clock')?.explanation).toContain('60 seconds ahead');
  });
});

describe('permissions', () => {
  test('each missing one has a finding by its action', () => {
    const parts = [
      { action: 's3:PutObject', tried: allowed },
      { action: 's3:PutObjectTagging', tried: denied },
    ];
    const found = judge({
      put: { whole: denied, parts, key: 'k' },
      versions: { kind: 'denied', action: 's3:ListBucketVersions' },
      multipart: { begin: allowed, abort: denied, uploadId: 'u' },
    });
    expect(severities(found)).toEqual([
      'problem permission-s3:PutObjectTagging',
      'problem permission-s3:AbortMultipartUpload',
      'problem permission-s3:ListBucketVersions',
      'advice multipart-abort',
    ]);
    expect(found.has('permissions')).toBe(false);
  });

  test('a refusal for another reason names what was sent and what came', () => {
    const parts = [
      { action: 's3:PutObject', tried: allowed },
      { action: 's3:PutObjectRetention', tried: refused },
    ];
    const found = judge({ put: { whole: refused, parts, key: 'k' } });
    expect(found.get('refused-s3:PutObjectRetention')?.explanation).toBe(
      'The store answers a put with the policy’s retention with 400 InvalidRequest.',
    );
  });

  test('all granted alone and denied together is told', () => {
    const parts = [{ action: 's3:PutObject', tried: allowed }];
    expect(judge({ put: { whole: denied, parts, key: 'k' } }).get('refused')?.severity).toBe('problem');
  });

  test('a probe that was stored is named, and not tried again', () => {
    const stored: Tried = { kind: 'stored', versionId: 'v' };
    const put = { whole: stored, parts: [{ action: 's3:PutObject', tried: stored }], key: 'notes/probe' };
    const found = judge({ put });
    expect(found.get('content-md5')).toMatchObject({
      severity: 'problem',
      explanation: expect.stringContaining('notes/probe') as string,
    });
    const learnt = capabilitiesOf({ ...WELL, put }, presets.other).find((one) => one.name === 'content-md5');
    expect(learnt).toMatchObject({ can: 'no' });
  });

  test('settings that may not be read are one advice, with the actions', () => {
    const found = judge({
      isPublic: { kind: 'denied', action: 's3:GetBucketPolicyStatus' },
      publicAccess: { kind: 'denied', action: 's3:GetBucketPublicAccessBlock' },
    });
    expect(severities(found)).toEqual(['advice unseen']);
    expect(found.get('unseen')?.explanation).toContain('s3:GetBucketPolicyStatus, s3:GetBucketPublicAccessBlock');
  });
});

describe('capabilities', () => {
  test('what was seen stands above what is known of the kind of store', () => {
    const all = capabilitiesOf({ ...WELL, lock: { kind: 'unknown', answer: '501 NotImplemented' } }, presets.r2);
    const by = new Map(all.map((one) => [one.name, one]));
    expect(by.size).toBe(all.length);
    expect(by.get('versions')).toEqual({ name: 'versions', can: 'yes', how: 'GetBucketVersioning says enabled' });
    expect(by.get('lock')).toMatchObject({ can: 'no', how: expect.stringContaining('501') as string });
    expect(by.get('tags')).toMatchObject({ can: 'no', how: expect.stringContaining('Cloudflare R2') as string });
    expect(by.get('redirect')?.can).toBe('no');
    for (const feature of FEATURES) expect(by.has(feature), feature).toBe(true);
  });
});

describe('presets', () => {
  const at = (endpoint: string | null, server: string | null = null, requestId: string | null = null) =>
    presetOf({ endpoint, credentials: { kind: 'default' } }, { name: server, requestId }).id;

  test('are told by address, then by what the answers say', () => {
    expect(at(null)).toBe('aws');
    expect(at('https://s3.dualstack.eu-west-1.amazonaws.com')).toBe('aws');
    expect(at('https://s3.cn-north-1.amazonaws.com.cn')).toBe('aws');
    expect(at('https://abc.r2.cloudflarestorage.com')).toBe('r2');
    expect(at('https://s3.eu-central-003.backblazeb2.com')).toBe('b2');
    expect(at('https://s3.eu-central-1.wasabisys.com')).toBe('wasabi');
    expect(at('https://evilamazonaws.com')).toBe('other');
    expect(at('http://nas:9000', 'MinIO')).toBe('minio');
    expect(at('http://nas:7480', null, 'tx00000a1b2c3d4e5f60718-00672f-1234-default')).toBe('ceph');
    expect(at('http://nas:7480')).toBe('other');
    expect(presetOf({ endpoint: null, credentials: { kind: 'practice', directory: '/x' } }).id).toBe('practice');
  });

  test('give a reason for each thing that is lacking', () => {
    for (const preset of Object.values(presets)) {
      for (const [feature, reason] of Object.entries(preset.lacks)) {
        expect(FEATURES as readonly string[]).toContain(feature);
        expect(reason).toMatch(/^[a-z].*[^.]$/);
      }
      expect(preset.storageClasses).toContain('STANDARD');
    }
  });
});
