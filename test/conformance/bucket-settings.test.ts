/** What can be set on a bucket: default encryption, lifecycle, policy, and the block of public access. */
import {
  type BucketLifecycleConfiguration,
  CreateMultipartUploadCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  type LifecycleRule,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutPublicAccessBlockCommand,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { refused, suite } from './support.ts';

const { client, bucket, conforms } = suite('bucket-settings');

async function put(Bucket: string, fields: Omit<PutObjectCommandInput, 'Bucket' | 'Key' | 'Body'> = {}) {
  return client().send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'body', ...fields }));
}

describe('default encryption', () => {
  async function encrypt(Bucket: string, ...Rules: ServerSideEncryptionRule[]) {
    return client().send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
  }

  async function told(Bucket: string) {
    const answer = await client().send(new GetBucketEncryptionCommand({ Bucket }));
    return answer.ServerSideEncryptionConfiguration?.Rules;
  }

  const kms = (KMSMasterKeyID: string): ServerSideEncryptionRule => ({
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID },
    BucketKeyEnabled: true,
  });
  const customerKey = { SSECustomerAlgorithm: 'AES256', SSECustomerKey: '0123456789abcdef0123456789abcdef' } as const;

  conforms('is not there before it is set, nor after it is removed', async () => {
    const b = await bucket();
    const missing = { name: 'ServerSideEncryptionConfigurationNotFoundError', status: 404 };
    expect(await refused(told(b))).toEqual(missing);
    await encrypt(b, { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } });
    await client().send(new DeleteBucketEncryptionCommand({ Bucket: b }));
    expect(await refused(told(b))).toEqual(missing);
    expect((await put(b)).ServerSideEncryption).toBeUndefined();
  });

  conforms('AES256 is told, and given to new objects', async () => {
    const b = await bucket();
    const rule: ServerSideEncryptionRule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };
    await encrypt(b, rule);
    expect(await told(b)).toMatchObject([rule]);
    expect((await put(b)).ServerSideEncryption).toBe('AES256');
    const head = await client().send(new HeadObjectCommand({ Bucket: b, Key: 'k' }));
    expect(head.ServerSideEncryption).toBe('AES256');
  });

  conforms('with a KMS key is told, and given to new objects and uploads', async () => {
    const b = await bucket();
    await encrypt(b, kms('testkey-1'));
    expect(await told(b)).toMatchObject([kms('testkey-1')]);
    const answer = await put(b);
    expect(answer).toMatchObject({ ServerSideEncryption: 'aws:kms', BucketKeyEnabled: true });
    expect(answer.SSEKMSKeyId).toMatch(/testkey-1$/);
    const upload = await client().send(new CreateMultipartUploadCommand({ Bucket: b, Key: 'k' }));
    expect(upload.SSEKMSKeyId).toMatch(/testkey-1$/);
  });

  conforms('gives way to what a put asks for', async () => {
    const b = await bucket();
    await encrypt(b, kms('testkey-1'));
    const other = await put(b, { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'testkey-2' });
    expect(other.SSEKMSKeyId).toMatch(/testkey-2$/);
    expect(await put(b, customerKey)).toMatchObject({ SSECustomerAlgorithm: 'AES256' });
  });

  conforms('with an unknown algorithm, or a key that is none of KMS, is refused', async () => {
    const b = await bucket();
    const odd = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'ROT13' },
    } as unknown as ServerSideEncryptionRule;
    expect((await refused(encrypt(b, odd))).status).toBe(400);
    const mixed = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256', KMSMasterKeyID: 'testkey-1' },
    } as const;
    expect((await refused(encrypt(b, mixed))).status).toBe(400);
  });

  conforms('can block customer keys, and let them again', async () => {
    const b = await bucket();
    const rule = (type: 'SSE-C' | 'NONE'): ServerSideEncryptionRule => ({
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
      BlockedEncryptionTypes: { EncryptionType: [type] },
    });
    await encrypt(b, rule('SSE-C'));
    expect(await told(b)).toMatchObject([rule('SSE-C')]);
    const denied = { name: 'AccessDenied', status: 403 };
    expect(await refused(put(b, customerKey))).toEqual(denied);
    const create = client().send(new CreateMultipartUploadCommand({ Bucket: b, Key: 'k', ...customerKey }));
    expect(await refused(create)).toEqual(denied);
    await put(b);
    await encrypt(b, rule('NONE'));
    await put(b, customerKey);
  });
});

describe('a lifecycle', () => {
  async function set(Bucket: string, Rules: LifecycleRule[]) {
    const LifecycleConfiguration: BucketLifecycleConfiguration = { Rules };
    return client().send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  }

  async function told(Bucket: string) {
    return (await client().send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules;
  }

  const rule = (more: Partial<LifecycleRule>): LifecycleRule => ({
    ID: 'rule',
    Status: 'Enabled',
    Filter: { Prefix: 'logs/' },
    ...more,
  });

  const whole: Readonly<Record<string, LifecycleRule>> = {
    'expiration by days': rule({ Expiration: { Days: 30 } }),
    'expiration by date': rule({ Expiration: { Date: new Date('2031-01-02T00:00:00Z') } }),
    'expired delete markers': rule({ Expiration: { ExpiredObjectDeleteMarker: true } }),
    'older versions': rule({ NoncurrentVersionExpiration: { NoncurrentDays: 7 } }),
    'older versions but the newest': rule({
      NoncurrentVersionExpiration: { NoncurrentDays: 7, NewerNoncurrentVersions: 5 },
    }),
    'uploads given up': rule({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } }),
    transitions: rule({
      Transitions: [
        { Days: 30, StorageClass: 'STANDARD_IA' },
        { Days: 90, StorageClass: 'GLACIER' },
      ],
    }),
    'transitions of older versions': rule({
      NoncurrentVersionTransitions: [{ NoncurrentDays: 30, StorageClass: 'GLACIER' }],
    }),
    'an empty prefix': rule({ Filter: { Prefix: '' }, Expiration: { Days: 1 } }),
    'a prefix': rule({ Filter: { Prefix: 'a & <b>/' }, Expiration: { Days: 1 } }),
    'a tag': rule({ Filter: { Tag: { Key: 'kind', Value: 'log' } }, Expiration: { Days: 1 } }),
    sizes: rule({ Filter: { ObjectSizeGreaterThan: 1000 }, Expiration: { Days: 1 } }),
    'several conditions': rule({
      Filter: {
        And: {
          Prefix: 'logs/',
          Tags: [
            { Key: 'a', Value: '1' },
            { Key: 'b', Value: '2' },
          ],
        },
      },
      Expiration: { Days: 1 },
    }),
  };

  for (const [name, one] of Object.entries(whole)) {
    conforms(`with ${name} is given back as it was`, async () => {
      const b = await bucket();
      await set(b, [one]);
      expect(await told(b)).toEqual([one]);
    });
  }

  conforms('of several rules keeps them all, enabled or not', async () => {
    const b = await bucket();
    const rules = [
      rule({ ID: 'a', Expiration: { Days: 1 } }),
      rule({ ID: 'b', Status: 'Disabled', Filter: { Prefix: 'x/' }, Expiration: { Days: 2 } }),
    ];
    await set(b, rules);
    expect((await told(b))?.toSorted((x, y) => String(x.ID).localeCompare(String(y.ID)))).toEqual(rules);
  });

  conforms('gives a rule without an id one', async () => {
    const b = await bucket();
    await set(b, [{ Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } }]);
    expect((await told(b))?.[0]?.ID).toMatch(/./);
  });

  conforms('is replaced as a whole, and removed', async () => {
    const b = await bucket();
    const missing = { name: 'NoSuchLifecycleConfiguration', status: 404 };
    expect(await refused(told(b))).toEqual(missing);
    await set(b, [rule({ ID: 'a', Expiration: { Days: 1 } })]);
    const later = rule({ ID: 'b', Expiration: { Days: 2 } });
    await set(b, [later]);
    expect(await told(b)).toEqual([later]);
    await client().send(new DeleteBucketLifecycleCommand({ Bucket: b }));
    expect(await refused(told(b))).toEqual(missing);
  });

  const wrong: Readonly<Record<string, readonly LifecycleRule[]>> = {
    'no action': [rule({})],
    'no filter': [{ ID: 'rule', Status: 'Enabled', Expiration: { Days: 1 } }],
    'an unknown status': [rule({ Status: 'Perhaps' as 'Enabled', Expiration: { Days: 1 } })],
    'no days': [rule({ Expiration: { Days: 0 } })],
    'days and a date': [rule({ Expiration: { Days: 1, Date: new Date('2031-01-02T00:00:00Z') } })],
    'a date that is no midnight': [rule({ Expiration: { Date: new Date('2031-01-02T03:00:00Z') } })],
    'an unknown class': [rule({ Transitions: [{ Days: 1, StorageClass: 'NOPE' as 'GLACIER' }] })],
    'the same id twice': [
      rule({ Expiration: { Days: 1 } }),
      rule({ Filter: { Prefix: 'x' }, Expiration: { Days: 1 } }),
    ],
  };

  for (const [name, rules] of Object.entries(wrong)) {
    conforms(`with ${name} is refused`, async () => {
      const b = await bucket();
      expect((await refused(set(b, [...rules]))).status).toBe(400);
      expect((await refused(told(b))).status).toBe(404);
    });
  }
});

describe('a policy', () => {
  interface Wish {
    readonly Effect?: string;
    readonly Principal?: unknown;
    readonly Resource?: string;
  }

  const policyOf = (Bucket: string, wish: Wish = {}): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::123456789012:root' },
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::${Bucket}/*`,
          ...wish,
        },
      ],
    });

  async function set(Bucket: string, Policy: string) {
    return client().send(new PutBucketPolicyCommand({ Bucket, Policy }));
  }

  async function told(Bucket: string) {
    return (await client().send(new GetBucketPolicyCommand({ Bucket }))).Policy;
  }

  async function isPublic(Bucket: string) {
    return (await client().send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic;
  }

  conforms('is given back as it was, and removed', async () => {
    const b = await bucket();
    const missing = { name: 'NoSuchBucketPolicy', status: 404 };
    expect(await refused(told(b))).toEqual(missing);
    const policy = policyOf(b, { Principal: '*' });
    await set(b, policy);
    expect(await told(b)).toBe(policy);
    await client().send(new DeleteBucketPolicyCommand({ Bucket: b }));
    expect(await refused(told(b))).toEqual(missing);
  });

  conforms('that lets everyone in is public', async () => {
    const b = await bucket();
    for (const Principal of ['*', { AWS: '*' }, { AWS: ['*'] }]) {
      await set(b, policyOf(b, { Principal }));
      expect(await isPublic(b)).toBe(true);
    }
  });

  conforms('that only denies, or names who is let in, is not public', async () => {
    const b = await bucket();
    await set(b, policyOf(b, { Effect: 'Deny', Principal: '*' }));
    expect(await isPublic(b)).toBe(false);
    await set(b, policyOf(b));
    expect(await isPublic(b)).toBe(false);
  });

  conforms('that is not there has no status', async () => {
    const b = await bucket();
    expect(await refused(isPublic(b))).toEqual({ name: 'NoSuchBucketPolicy', status: 404 });
  });

  conforms('that is no policy is refused', async () => {
    const b = await bucket();
    const malformed = { name: 'MalformedPolicy', status: 400 };
    expect(await refused(set(b, 'no json'))).toEqual(malformed);
    expect(await refused(set(b, policyOf(b, { Effect: 'Perhaps' })))).toEqual(malformed);
    expect((await refused(told(b))).status).toBe(404);
  });

  conforms('for another bucket is refused', async () => {
    const b = await bucket();
    const foreign = policyOf(b, { Resource: 'arn:aws:s3:::some-other-bucket/*' });
    expect(await refused(set(b, foreign))).toEqual({ name: 'MalformedPolicy', status: 400 });
  });

  conforms('that is public is refused where public ones are blocked', async () => {
    const b = await bucket();
    const PublicAccessBlockConfiguration = { BlockPublicPolicy: true };
    await client().send(new PutPublicAccessBlockCommand({ Bucket: b, PublicAccessBlockConfiguration }));
    expect(await refused(set(b, policyOf(b, { Principal: '*' })))).toEqual({ name: 'AccessDenied', status: 403 });
    await set(b, policyOf(b));
  });
});

describe('the block of public access', () => {
  async function told(Bucket: string) {
    return (await client().send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration;
  }

  conforms('is set, told and removed', async () => {
    const b = await bucket();
    const missing = { name: 'NoSuchPublicAccessBlockConfiguration', status: 404 };
    expect(await refused(told(b))).toEqual(missing);
    const PublicAccessBlockConfiguration = {
      BlockPublicAcls: true,
      IgnorePublicAcls: false,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: false,
    };
    await client().send(new PutPublicAccessBlockCommand({ Bucket: b, PublicAccessBlockConfiguration }));
    expect(await told(b)).toEqual(PublicAccessBlockConfiguration);
    await client().send(new DeletePublicAccessBlockCommand({ Bucket: b }));
    expect(await refused(told(b))).toEqual(missing);
  });
});
