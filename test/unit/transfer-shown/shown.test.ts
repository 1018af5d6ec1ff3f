import { describe, expect, test } from 'vitest';
import { judgeFields } from '../../../main/transfer/answer.ts';
import { compareAcl, compareHead, compareTags } from '../../../main/transfer/shown.ts';

type Fields = Readonly<Record<string, unknown>>;

function kept(request: Fields, head: Fields): Readonly<Record<string, boolean>> {
  return Object.fromEntries(compareHead(Object.keys(request), request, head));
}

describe('what HEAD shows, against what was asked', () => {
  const date = new Date('2030-01-01T12:00:00.700Z');
  const request: Fields = {
    StorageClass: 'STANDARD_IA',
    CacheControl: 'max-age=60',
    ContentDisposition: 'inline',
    ContentEncoding: 'identity',
    ContentLanguage: 'en',
    ContentLength: 12,
    ContentType: 'text/plain',
    Expires: date,
    WebsiteRedirectLocation: '/there',
    Metadata: { origin: 'laptop' },
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: 'key-1',
    BucketKeyEnabled: true,
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockRetainUntilDate: date,
    ObjectLockLegalHoldStatus: 'ON',
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKeyMD5: 'bWQ1',
    MpuObjectSize: 12,
  };
  const head: Fields = {
    ...request,
    Metadata: { origin: 'laptop', 'cairn-attempt': 'x' },
    SSEKMSKeyId: 'arn:aws:kms:us-east-1:000000000000:key/key-1',
    Expires: undefined,
    ExpiresString: 'Tue, 01 Jan 2030 12:00:00 GMT',
    ObjectLockRetainUntilDate: new Date('2030-01-01T12:00:00Z'),
  };

  test('each is there', () => {
    expect(kept(request, head)).toEqual(Object.fromEntries(Object.keys(request).map((name) => [name, true])));
  });

  test.each(Object.keys(request).filter((name) => name !== 'MpuObjectSize'))('%s is missing', (name) => {
    const { [name]: _, ExpiresString: __, ...rest } = head;
    const without = name === 'Expires' ? rest : { ...rest, ExpiresString: head['ExpiresString'] };
    expect(kept({ [name]: request[name] }, without)).toEqual({ [name]: false });
  });

  test.each<readonly [string, unknown, unknown]>([
    ['StorageClass', 'STANDARD_IA', 'GLACIER'],
    ['Metadata', { a: 'b' }, { a: 'c' }],
    ['SSEKMSKeyId', 'key-1', 'arn:aws:kms:us-east-1:000000000000:key/other-key-1'],
    ['Expires', date, new Date('2030-01-01T12:00:01Z')],
    ['ObjectLockRetainUntilDate', date, new Date('2031-01-01T12:00:00Z')],
    ['ObjectLockMode', 'COMPLIANCE', 'GOVERNANCE'],
    ['ContentLength', 12, 13],
  ])('%s is another', (name, asked, shown) => {
    expect(kept({ [name]: asked }, { [name]: shown })).toEqual({ [name]: false });
  });

  test('a request that was kept as JSON is held against dates all the same', () => {
    const asJson = JSON.parse(JSON.stringify(request)) as Fields;
    expect(kept(asJson, head)).toMatchObject({ Expires: true, ObjectLockRetainUntilDate: true });
  });

  test('what is said by silence is there: the standard class, no hold, no bucket key', () => {
    expect(kept({ StorageClass: 'STANDARD' }, {})).toEqual({ StorageClass: true });
    expect(kept({ ObjectLockLegalHoldStatus: 'OFF' }, {})).toEqual({ ObjectLockLegalHoldStatus: true });
    expect(kept({ BucketKeyEnabled: false }, {})).toEqual({ BucketKeyEnabled: true });
    expect(kept({ BucketKeyEnabled: false }, { BucketKeyEnabled: true }), 'and it is told').toEqual({
      BucketKeyEnabled: false,
    });
  });

  test('of what HEAD cannot show nothing is said', () => {
    const silent = { ACL: 'private', Tagging: 'a=b', ContentMD5: 'x', ChecksumCRC32: 'x', RequestPayer: 'requester' };
    expect(kept({ ...silent, SSEKMSEncryptionContext: 'e30=', ExpectedBucketOwner: '1' }, {})).toEqual({});
  });

  test('behind an alias the id of a key cannot be told', () => {
    const arn = 'arn:aws:kms:us-east-1:000000000000:key/1234';
    expect(kept({ SSEKMSKeyId: 'alias/photos' }, { SSEKMSKeyId: arn })).toEqual({ SSEKMSKeyId: true });
  });
});

describe('tags', () => {
  const shown = [
    { Key: 'a b', Value: 'c+d=e&f' },
    { Key: 'empty', Value: '' },
  ];
  const asked = 'a%20b=c%2Bd%3De%26f&empty=';

  test('are the same in any order', () => {
    expect(compareTags(asked, shown)).toBe(true);
    expect(compareTags(asked, [...shown].reverse())).toBe(true);
  });

  test.each([
    ['none', []],
    ['one too few', shown.slice(1)],
    ['one too many', [...shown, { Key: 'x', Value: 'y' }]],
    ['another value', [shown[0] ?? {}, { Key: 'empty', Value: 'x' }]],
  ])('%s', (_, others) => {
    expect(compareTags(asked, others)).toBe(false);
  });
});

describe('an ACL', () => {
  const owner = { Owner: { ID: 'me' } };
  const mine = { Grantee: { ID: 'me' }, Permission: 'FULL_CONTROL' };
  const everyone = { Grantee: { URI: 'http://acs.amazonaws.com/groups/global/AllUsers' }, Permission: 'READ' };
  const of = (request: Fields, Grants: readonly object[]): Readonly<Record<string, boolean>> =>
    Object.fromEntries(compareAcl(request, { ...owner, Grants }));

  test.each<readonly [string, readonly object[], boolean]>([
    ['private', [mine], true],
    ['private', [mine, everyone], false],
    ['public-read', [mine, everyone], true],
    ['public-read', [mine], false],
    ['public-read-write', [mine, everyone, { ...everyone, Permission: 'WRITE' }], true],
    ['public-read-write', [mine, everyone], false],
    [
      'authenticated-read',
      [mine, { Grantee: { URI: 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers' }, Permission: 'READ' }],
      true,
    ],
  ])('%s, %j: %s', (ACL, grants, isKept) => {
    expect(of({ ACL }, grants)).toEqual({ ACL: isKept });
  });

  test('of a canned one that only the bucket’s owner could judge nothing is said', () => {
    expect(of({ ACL: 'bucket-owner-read' }, [mine])).toEqual({});
    expect(of({ ACL: 'aws-exec-read' }, [mine])).toEqual({});
  });

  test('grants are there, each with its permission', () => {
    const request = {
      GrantFullControl: 'id=me',
      GrantRead: 'id=you, uri="http://acs.amazonaws.com/groups/global/AllUsers"',
    };
    const yours = { Grantee: { ID: 'you' }, Permission: 'READ' };
    expect(of(request, [mine, yours, everyone])).toEqual({ GrantFullControl: true, GrantRead: true });
    expect(of(request, [mine, yours])).toEqual({ GrantFullControl: true, GrantRead: false });
    expect(of({ GrantReadACP: 'id=you' }, [yours]), 'another permission').toEqual({ GrantReadACP: false });
    expect(of({ GrantWriteACP: 'id=you' }, [{ ...yours, Permission: 'WRITE_ACP' }])).toEqual({ GrantWriteACP: true });
  });

  test('a grantee by mail address is shown under an id that cannot be told from here', () => {
    expect(of({ GrantRead: 'emailAddress=a@example.com' }, [mine])).toEqual({});
    expect(of({ GrantRead: 'emailAddress=a@example.com, id=you' }, [mine]), 'but the other one can').toEqual({
      GrantRead: false,
    });
  });
});

describe('what an answer shows', () => {
  test('of each field that was asked for, but for the place', () => {
    const request = {
      Bucket: 'b',
      Key: 'k',
      StorageClass: 'GLACIER',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'key-1',
      BucketKeyEnabled: true,
      ChecksumAlgorithm: 'CRC32',
      ChecksumCRC32: 'AAAAAA==',
      RequestPayer: 'requester',
      Tagging: undefined,
    };
    const answer = {
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'arn:aws:kms:us-east-1:000000000000:key/key-1',
      BucketKeyEnabled: true,
      ChecksumCRC32: 'AAAAAA==',
      RequestCharged: 'requester',
    };
    expect(judgeFields(request, answer)).toEqual({
      StorageClass: 'unproved',
      ServerSideEncryption: 'answered',
      SSEKMSKeyId: 'answered',
      BucketKeyEnabled: 'answered',
      ChecksumAlgorithm: 'answered',
      ChecksumCRC32: 'answered',
      RequestPayer: 'answered',
    });
    expect(judgeFields(request, { SSEKMSKeyId: 'arn:aws:kms:us-east-1:000000000000:key/not-key-1' })).toMatchObject({
      SSEKMSKeyId: 'unproved',
      BucketKeyEnabled: 'unproved',
      RequestPayer: 'unproved',
    });
  });

  test('a context is answered where the store adds to it', () => {
    const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64');
    const SSEKMSEncryptionContext = base64({ team: 'blue' });
    const more = base64({ 'aws:s3:arn': 'arn:aws:s3:::b/k', team: 'blue' });
    expect(judgeFields({ SSEKMSEncryptionContext }, { SSEKMSEncryptionContext: more })).toEqual({
      SSEKMSEncryptionContext: 'answered',
    });
    expect(judgeFields({ SSEKMSEncryptionContext }, { SSEKMSEncryptionContext: base64({ team: 'red' }) })).toEqual({
      SSEKMSEncryptionContext: 'unproved',
    });
    expect(judgeFields({ SSEKMSEncryptionContext }, { SSEKMSEncryptionContext: 'no JSON' })).toEqual({
      SSEKMSEncryptionContext: 'unproved',
    });
  });
});
