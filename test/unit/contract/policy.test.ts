import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EMPTY_POLICY,
  METADATA_LIMIT,
  METADATA_RESERVED,
  parsePolicy,
  parsePolicyText,
  type Policy,
} from '../../../main/contract/policy.ts';
import { baseOnlyFields, settableFields } from '../../../main/contract/policy-values.ts';

/** The whole of what a policy can say, but for what excludes one another. */
const WHOLE = {
  storageClass: 'STANDARD_IA',
  encryption: { mode: 'aws:kms', keyId: 'testkey-1', context: { team: 'blue' }, bucketKey: true },
  acl: 'private',
  tags: { project: 'cairn' },
  metadata: { origin: 'laptop' },
  cacheControl: 'max-age=60',
  contentDisposition: 'inline',
  contentEncoding: 'identity',
  contentLanguage: 'en',
  contentType: 'auto',
  expires: { inDays: 30 },
  redirect: '/elsewhere.html',
  checksum: 'CRC32',
  contentMd5: 'auto',
  lock: { mode: 'GOVERNANCE', retainDays: 30, legalHold: true },
  requesterPays: false,
  expectedBucketOwner: '123456789012',
  guardOverwrites: false,
  rules: [
    { match: ['*.mp4', 'raw/**'], minSize: 1048576, set: { storageClass: 'GLACIER_IR', tags: { kind: 'video' } } },
  ],
};

function accepted(value: unknown): Policy {
  const result = parsePolicy(value);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

/** The facts of the refusal. */
function refused(value: unknown, now?: Date): Readonly<Record<string, string | number>> {
  const result = parsePolicy(value, now);
  if (result.ok) throw new Error(`accepted: ${JSON.stringify(value)}`);
  expect(result.failure.code).toBe('policy-malformed');
  expect(result.failure.message).toContain(String(result.failure.facts['problem']));
  expect(result.failure.hint).toBe(result.failure.facts['good']);
  return result.failure.facts;
}

describe('what a policy may say', () => {
  test('the whole of it comes through as it was written', () => {
    expect(accepted(WHOLE)).toEqual(WHOLE);
    const { acl, ...withoutAcl } = WHOLE;
    expect(acl).toBe('private');
    const grants = {
      fullControl: ['id=79a59df9'],
      read: ['uri="http://acs.amazonaws.com/x"'],
      readAcp: [],
      writeAcp: [],
    };
    expect(accepted({ ...withoutAcl, grants })).toEqual({ ...withoutAcl, grants });
  });

  test('the example above names every field that there is', () => {
    const named = [...Object.keys(WHOLE), 'grants'].filter((name) => name !== 'rules').sort();
    expect([...Object.keys(settableFields), ...Object.keys(baseOnlyFields)].sort()).toEqual(named);
  });

  test('nothing at all', () => {
    expect(accepted({})).toEqual(EMPTY_POLICY);
  });

  test.each([
    [{ encryption: { mode: 'AES256' } }],
    [{ encryption: { mode: 'aws:kms:dsse', keyId: 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd' } }],
    [{ encryption: { mode: 'customer', keyFile: '/home/me/key' } }],
    [{ encryption: { mode: 'customer', keyRef: 'photos' } }],
    [{ expires: { at: '2040-01-31' } }],
    [{ expires: { at: '2040-01-31T12:00:00+02:00' } }],
    [{ lock: { legalHold: true } }],
    [{ lock: { mode: 'COMPLIANCE', retainUntil: '2040-01-31T12:00:00Z' } }],
    [{ contentType: 'text/plain; charset=utf-8' }],
    [{ contentMd5: true }],
    [{ redirect: 'https://example.com/a' }],
    [{ tags: { 'ключ & more': 'a=b c' } }],
    [{ rules: [{ set: {} }] }],
    [{ rules: [{ minSize: 0, maxSize: 0, set: { checksum: 'SHA256' } }] }],
  ])('%j', (value) => {
    expect(accepted(value)).toEqual(value);
  });

  test('names of metadata are small letters, as S3 keeps them', () => {
    expect(accepted({ metadata: { Origin: 'x' } }).metadata).toEqual({ origin: 'x' });
  });
});

describe('what is refused, with the field, the reason and a good value', () => {
  const many = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${String(index)}`, 'x']));

  test.each<[value: unknown, field: string, problem: RegExp, good: RegExp]>([
    [null, 'policy', /an object/, /storageClass/],
    [[], 'policy', /an object/, /storageClass/],
    [{ storageclass: 'STANDARD' }, 'storageclass', /no such field/, /storageClass, encryption/],
    [{ storageClass: 'COLD' }, 'storageClass', /one of STANDARD, /, /STANDARD_IA/],
    [{ storageClass: 'EXPRESS_ONEZONE' }, 'storageClass', /directory buckets.*no versions/, /STANDARD_IA/],
    [{ storageClass: 'FSX_OPENZFS' }, 'storageClass', /file-system buckets.*no versions/, /STANDARD_IA/],
    [{ storageClass: 'FSX_ONTAP' }, 'storageClass', /file-system buckets.*no versions/, /STANDARD_IA/],
    [{ storageClass: null }, 'storageClass', /one of/, /STANDARD_IA/],
    [{ checksum: 'CRC16' }, 'checksum', /one of CRC32, /, /CRC32/],
    [{ contentMd5: 'yes' }, 'contentMd5', /one of true, false, auto/, /auto/],
    [{ acl: 'private', grants: { read: ['id=1'] } }, 'grants', /excludes acl/, /without acl/],
    [{ rules: [{ set: { acl: 'private', grants: {} } }] }, 'rules.0.set.grants', /excludes acl/, /without acl/],
    [{ grants: { read: ['me@example.com'] } }, 'grants.read.0', /emailAddress=/, /id=/],
    [{ encryption: {} }, 'encryption.mode', /one of AES256/, /aws:kms/],
    [{ encryption: { mode: 'AES256', keyId: 'k' } }, 'encryption.keyId', /needs a mode of KMS/, /aws:kms/],
    [{ encryption: { mode: 'AES256', context: {} } }, 'encryption.context', /needs a mode of KMS/, /aws:kms/],
    [{ encryption: { mode: 'AES256', bucketKey: true } }, 'encryption.bucketKey', /needs a mode of KMS/, /aws:kms/],
    [{ encryption: { mode: 'aws:kms:dsse', bucketKey: true } }, 'encryption.bucketKey', /no bucket keys/, /aws:kms/],
    [{ encryption: { mode: 'aws:kms', keyFile: 'x' } }, 'encryption.keyFile', /needs the mode customer/, /customer/],
    [{ encryption: { mode: 'customer' } }, 'encryption.keyFile', /either keyFile or keyRef/, /customer/],
    [{ encryption: { mode: 'aws:kms', context: { a: 1 } } }, 'encryption.context.a', /text in quotes/, /team/],
    [{ expires: {} }, 'expires', /either inDays or at/, /inDays/],
    [{ expires: { inDays: 1, at: '2040-01-31' } }, 'expires', /either inDays or at/, /inDays/],
    [{ expires: { inDays: 0 } }, 'expires.inDays', /at least 1/, /30/],
    [{ expires: { inDays: 1.5 } }, 'expires.inDays', /whole number/, /30/],
    [{ expires: { at: '2040-01-31T12:00:00' } }, 'expires.at', /with a zone/, /2040/],
    [{ lock: { mode: 'GOVERNANCE' } }, 'lock.retainDays', /needs retainDays or retainUntil/, /30/],
    [{ lock: { retainDays: 30 } }, 'lock.mode', /needs a mode/, /GOVERNANCE/],
    [
      { lock: { mode: 'GOVERNANCE', retainDays: 30, retainUntil: '2040-01-31' } },
      'lock.retainUntil',
      /excludes retainDays/,
      /2040/,
    ],
    [{ tags: many(11) }, 'tags', /11 tags, and S3 takes 10/, /project/],
    [{ tags: { 'aws:x': 'y' } }, 'tags.aws:x', /AWS’s own/, /project/],
    [{ tags: { '': 'y' } }, 'tags.', /1 to 128/, /project/],
    [{ tags: { ['x'.repeat(129)]: 'y' } }, `tags.${'x'.repeat(129)}`, /1 to 128/, /project/],
    [{ tags: { x: 'y'.repeat(257) } }, 'tags.x', /at most 256/, /project/],
    [{ tags: { x: '\ud800' } }, 'tags.x', /cannot be sent/, /project/],
    [{ tags: { x: 1 } }, 'tags.x', /text in quotes/, /project/],
    [{ tags: ['x'] }, 'tags', /object of names and texts/, /project/],
    [JSON.parse('{"tags":{"__proto__":"x"}}'), 'tags.__proto__', /cannot be used/, /project/],
    [{ metadata: { 'a b': 'x' } }, 'metadata.a b', /without blanks/, /origin/],
    [{ metadata: { straße: 'x' } }, 'metadata.straße', /ASCII/, /origin/],
    [{ metadata: { a: 'é' } }, 'metadata.a', /printable ASCII/, /origin/],
    [{ metadata: { a: '' } }, 'metadata.a', /not empty/, /origin/],
    [{ metadata: { a: 'x', A: 'y' } }, 'metadata.A', /twice/, /origin/],
    [{ metadata: { Mtime: '1' } }, 'metadata.Mtime', /Cairn writes this one/, /origin/],
    [{ metadata: { 'cairn-sha256': '1' } }, 'metadata.cairn-sha256', /Cairn writes this one/, /origin/],
    [{ cacheControl: 'a\r\nb: c' }, 'cacheControl', /printable ASCII/, /max-age/],
    [{ contentType: 'text' }, 'contentType', /"auto" or a type/, /auto/],
    [{ redirect: 'elsewhere' }, 'redirect', /begin with \//, /elsewhere/],
    [{ expectedBucketOwner: '12345' }, 'expectedBucketOwner', /12 digits/, /123456789012/],
    [{ expectedBucketOwner: 123456789012 }, 'expectedBucketOwner', /text in quotes/, /123456789012/],
    [{ requesterPays: 'no' }, 'requesterPays', /true or false/, /false/],
    [{ rules: [{ set: { requesterPays: true } }] }, 'rules.0.set.requesterPays', /only in the base/, /storageClass/],
    [{ rules: [{ set: { guardOverwrites: true } }] }, 'rules.0.set.guardOverwrites', /only in the base/, /acl/],
    [{ rules: [{ set: { expectedBucketOwner: '123456789012' } }] }, 'rules.0.set.expectedBucketOwner', /base/, /acl/],
    [{ rules: [{ set: {} }, { set: { storageClass: 'X' } }] }, 'rules.1.set.storageClass', /one of/, /STANDARD_IA/],
    [{ rules: [{ match: ['*'] }] }, 'rules.0.set', /missing/, /GLACIER_IR/],
    [{ rules: [{ match: '*', set: {} }] }, 'rules.0.match', /a list/, /mp4/],
    [{ rules: [{ match: [], set: {} }] }, 'rules.0.match', /needs a pattern/, /mp4/],
    [{ rules: [{ match: ['!a'], set: {} }] }, 'rules.0.match.0', /negated/, /mp4/],
    [{ rules: [{ match: ['../a'], set: {} }] }, 'rules.0.match.0', /relative to the folder/, /mp4/],
    [{ rules: [{ matches: [], set: {} }] }, 'rules.0.matches', /no such field/, /match, minSize/],
    [{ rules: [{ minSize: 2, maxSize: 1, set: {} }] }, 'rules.0.maxSize', /smaller than minSize/, /1073741824/],
    [
      { tags: many(9), rules: [{ set: { tags: { a: 'x', b: 'y' } } }] },
      'rules.0.set.tags',
      /11 tags together/,
      /project/,
    ],
  ])('%j', (value, field, problem, good) => {
    const facts = refused(value);
    expect(facts['field']).toBe(field);
    expect(facts['problem']).toMatch(problem);
    expect(facts['good']).toMatch(good);
  });

  test('metadata may fill what Cairn’s own leave free, to the byte', () => {
    const free = METADATA_LIMIT - METADATA_RESERVED;
    const filling = (bytes: number): unknown => ({ metadata: { a: 'x'.repeat(bytes - 1) } });
    accepted(filling(free));
    const facts = refused(filling(free + 1));
    expect(facts['field']).toBe('metadata');
    expect(facts['problem']).toMatch(/1857 bytes.*1856 are free.*2048.*mtime, mode.*192/);
    expect(
      refused({ metadata: { a: 'x'.repeat(1000) }, rules: [{ set: { metadata: { b: 'x'.repeat(1000) } } }] }),
    ).toMatchObject({
      field: 'rules.0.set.metadata',
      problem: expect.stringContaining('together with the base') as unknown,
    });
  });

  test('a retention must end in the future when it is asked for, and may have ended when it is read again', () => {
    const policy = { rules: [{ set: { lock: { mode: 'GOVERNANCE', retainUntil: '2020-01-01' } } }] };
    accepted(policy);
    expect(refused(policy, new Date('2021-01-01'))).toMatchObject({ field: 'rules.0.set.lock.retainUntil' });
    expect(parsePolicy(policy, new Date('2019-12-31')).ok).toBe(true);
    expect(refused(policy.rules[0]?.set, new Date('2020-01-01'))).toMatchObject({ field: 'lock.retainUntil' });
  });
});

describe('the text of a policy', () => {
  test('says where it stops being JSON', () => {
    const facts = (text: string): unknown => {
      const result = parsePolicyText(text);
      return result.ok ? null : result.failure.facts['problem'];
    };
    expect(facts('{\n  "acl": private\n}')).toBe('it is not valid JSON at line 2, column 10');
    expect(facts('{ "storageClass": "STANDARD", }')).toBe('it is not valid JSON at line 1, column 31');
    expect(facts('')).toBe('it is not valid JSON at line 1, column 1');
    expect(facts(' '.repeat(2 * 1024 * 1024))).toMatch(/larger than 1 MiB/);
  });

  test('may begin with a byte order mark', () => {
    expect(parsePolicyText('\ufeff{"storageClass":"STANDARD_IA"}')).toEqual({
      ok: true,
      value: { storageClass: 'STANDARD_IA' },
    });
  });

  test('never throws: any text, any JSON, and the whole policy with one value replaced', () => {
    const answers = (text: string): void => {
      const result = parsePolicyText(text);
      if (!result.ok) expect(result.failure.code).toBe('policy-malformed');
      else expect(parsePolicy(result.value)).toEqual(result);
    };
    fc.assert(fc.property(fc.string({ unit: 'binary' }), answers));
    fc.assert(fc.property(fc.json({ stringUnit: 'binary' }), answers));
    const names = fc.constantFrom(...Object.keys(settableFields), ...Object.keys(baseOnlyFields), 'rules');
    fc.assert(
      fc.property(names, fc.jsonValue({ stringUnit: 'binary' }), (name, value) => {
        answers(JSON.stringify({ ...WHOLE, [name]: value }));
        answers(JSON.stringify({ rules: [{ set: { [name]: value } }] }));
      }),
    );
    answers('['.repeat(500_000));
  });
});
