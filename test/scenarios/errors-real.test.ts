/** Errors that the store itself gives: what a person reads, what becomes of the file, and the way out that works. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { setPolicy } from '../../main/engine/manage.ts';
import { parsePolicy } from '../../main/contract/policy.ts';
import { tryConditions } from '../support/proxy/field-checks.ts';
import {
  expectHeld,
  expectOnce,
  expectParked,
  expectSaid,
  expectWellAgain,
  type Words,
} from '../support/proxy/stories.ts';
import { openWire, type Wire } from '../support/proxy/wire.ts';
import { root } from '../support/paths.ts';
import { storeKind } from '../support/world/stores.ts';
import { FOLDER, took } from '../support/world/world.ts';

const FILE = 'a.txt';
const isPractice = storeKind === 'practice';

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0.4);
  return () => vi.restoreAllMocks();
});

/** Runs under other variables of the environment; null: without that one. */
async function under<T>(variables: Readonly<Record<string, string | null>>, run: () => Promise<T>): Promise<T> {
  const former = Object.keys(variables).map((name) => [name, process.env[name] ?? null] as const);
  const set = (entries: Iterable<readonly [string, string | null]>): void => {
    for (const [name, value] of entries) {
      if (value === null) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
  set(Object.entries(variables));
  try {
    return await run();
  } finally {
    set(former);
  }
}

/** What the command line says of a restore that cannot be. */
async function expectRestoreRefused(wire: Wire, words: Words): Promise<void> {
  const { world: w } = wire;
  const [receipt] = w.receipts(FILE);
  const command = ['restore', FOLDER, FILE, '--version-id', receipt?.versionId ?? '', '--to', join(w.root, 'back')];
  const ended = await w.begin(command, { program: join(root, 'main/cli/main.ts') }).ended;
  expect(ended.lines).toEqual([{ error: words }]);
  expect(ended.code).toBe(1);
}

describe('credentials', () => {
  const words = (answer: string): Words => ({
    code: 'credentials-wrong',
    message: `The store does not accept the credentials of “store” (${answer}).`,
    hint: 'Sign in again, or check the profile or the environment; then run the command again.',
  });

  test.each([
    ['a key that nobody knows', { AWS_ACCESS_KEY_ID: 'CAIRNNOBODY' }, '403 InvalidAccessKeyId'],
    ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'wrong' }, '403 SignatureDoesNotMatch'],
  ])('%s', async (_, variables, answer) => {
    await using wire = await openWire();
    await wire.world.write(FILE, 'one');
    const sync = await under(variables, () => wire.sync());
    expectHeld(wire, sync, FILE, words(answer));
    await expectWellAgain(wire, { [FILE]: ['one'] });
  });

  test('none at all', async () => {
    await using wire = await openWire();
    await wire.world.write(FILE, 'one');
    const none = { AWS_ACCESS_KEY_ID: null, AWS_SECRET_ACCESS_KEY: null };
    const sync = await under(none, () => wire.sync());
    expectHeld(wire, sync, FILE, {
      code: 'credentials-missing',
      message: 'No credentials were found for “store”.',
      hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the connection a profile.',
    });
    expect(wire.proxy.requests, 'nothing goes out unsigned').toEqual([]);
    await expectWellAgain(wire, { [FILE]: ['one'] });
  });
});

describe('target', () => {
  test('a bucket that was removed: the folder waits until it is there again', async () => {
    await using wire = await openWire();
    const { client, name: Bucket } = wire.world.bucket;
    await client.send(new DeleteBucketCommand({ Bucket }));
    await wire.world.write(FILE, 'one');
    expectHeld(wire, await wire.sync(), FILE, {
      code: 'bucket-missing',
      message: `The bucket “${Bucket}” does not exist or is not visible with these credentials.`,
      hint: 'Check the name, or create the bucket, with versioning.',
    });
    await client.send(new CreateBucketCommand({ Bucket }));
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    await expectWellAgain(wire, { [FILE]: ['one'] });
  });
});

/** Parked with these words under a policy that the store refuses; without it, it goes. */
async function expectPolicyRefused(wire: Wire, field: string, answer: string): Promise<void> {
  await wire.world.write(FILE, 'one');
  const words = {
    code: 'policy-refused',
    message: `The store refuses what the policy asks for in ${field} (${answer}).`,
    hint: `Change ${field} in the folder’s policy, then retry.`,
  };
  const sync = await wire.sync();
  expectSaid(sync, words);
  expect(sync.failures, 'neither connection nor folder is held').toEqual([]);
  expectParked(wire, FILE, words);
  expect(await wire.world.bucket.versions()).toEqual([]);
  await wire.setPolicy({});
  await expectWellAgain(wire, { [FILE]: ['one'] });
}

describe('policy', () => {
  test('a KMS key that is not there, though a store may call that a wrong key of ours', async () => {
    await using wire = await openWire({ policy: { encryption: { mode: 'aws:kms', keyId: 'nobody-has-this' } } });
    const answer = isPractice ? '400 KMS.NotFoundException' : '403 InvalidAccessKeyId';
    await expectPolicyRefused(wire, 'encryption.keyId', answer);
  });

  test('a lock where the bucket has none', async () => {
    await using wire = await openWire({ policy: { lock: { mode: 'GOVERNANCE', retainDays: 1 } } });
    await expectPolicyRefused(wire, 'lock', '400 InvalidRequest');
  });

  test('a grantee whom the store does not know', async () => {
    await using wire = await openWire({ policy: { grants: { read: ['emailAddress=nobody@example.com'] } } });
    const answer = isPractice ? '400 UnresolvableGrantByEmailAddress' : '404 NoSuchKey';
    await expectPolicyRefused(wire, 'grants', answer);
  });

  test('a customer key that others may read, and one that is none', async () => {
    await using wire = await openWire();
    const keyFile = join(wire.world.root, 'customer.key');
    await writeFile(keyFile, randomBytes(32));
    await chmod(keyFile, 0o644);
    await wire.setPolicy({ encryption: { mode: 'customer', keyFile } });
    await wire.world.write(FILE, 'one');
    const words = {
      code: 'key-file-unusable',
      message: `The customer key in ${keyFile} cannot be used: others than its owner may read it (mode 600 is right).`,
      hint: 'Mend the file that encryption.keyFile names, then retry.',
    };
    expectSaid(await wire.sync(), words);
    expectParked(wire, FILE, words);
    expect(wire.proxy.of('PutObject')).toEqual([]);
    await chmod(keyFile, 0o600);
    await expectStoredUnderKey(wire);

    await writeFile(keyFile, 'too short');
    await wire.world.write('b.txt', 'two');
    const short = `The customer key in ${keyFile} cannot be used: it holds no key of 256 bits, as 32 bytes or as their Base64.`;
    expectSaid(await wire.sync(), { ...words, message: short });
    await wire.world.remove('b.txt');
  });

  test('a customer key never crosses a network in clear', async () => {
    await using wire = await openWire();
    await wire.connectTo('http://192.0.2.1');
    const policy = took(parsePolicy({ encryption: { mode: 'customer', keyFile: '/key' } }));
    const refused = await wire.changing((home) => setPolicy(home, FOLDER, policy));
    expect(refused).toMatchObject({
      ok: false,
      failure: {
        code: 'customer-key-in-clear',
        message: 'A customer key would cross the network in clear to http://192.0.2.1.',
        hint: 'Use an endpoint with https, or another encryption mode.',
      },
    });
  });

  test('metadata that is too large together with what Cairn writes down', async () => {
    // In its decomposed form a name goes along as its exact bytes.
    const name = `${'ä'.normalize('NFD').repeat(60)}.txt`;
    await using wire = await openWire({ policy: { metadata: { origin: 'x'.repeat(1_700) } } });
    await wire.world.write(name, 'one');
    const sync = await wire.sync();
    const bytes = String(sync.seen[0]?.facts['bytes']);
    expect(Number(bytes)).toBeGreaterThan(2_048);
    const words = {
      code: 'metadata-too-large',
      message: `The metadata of “${name}” would have ${bytes} bytes; S3 takes at most 2,048.`,
      hint: 'Shorten the metadata in the folder’s policy, or the name.',
    };
    expectSaid(sync, words);
    expectParked(wire, name, words);
    expect(wire.proxy.requests).toEqual([]);
    await wire.setPolicy({});
    await expectWellAgain(wire, { [name]: ['one'] });
  });
});

/** It lies there under the key that the policy names, and comes back with it. */
async function expectStoredUnderKey(wire: Wire): Promise<void> {
  await wire.changing((home) => {
    const [folder] = home.settings.folders;
    if (folder !== undefined) home.tables.now(() => home.tables.jobs.retryFolder(folder.id));
  });
  await wire.settle();
  const { world: w } = wire;
  const to = join(w.root, `back-${randomBytes(4).toString('hex')}`);
  const versionId = w.receipts(FILE).at(-1)?.versionId ?? '';
  const words = ['restore', FOLDER, FILE, '--version-id', versionId, '--to', to];
  expect(await w.begin(words, { program: join(root, 'main/cli/main.ts') }).ended).toMatchObject({ code: 0 });
  expect(await readFile(to, 'utf8')).toBe('one');
  await w.expectExplained();
}

describe('what was stored under a customer key', () => {
  test('does not come back without it, and the key is called by its MD5', async () => {
    await using wire = await openWire({
      policyIn: async ({ root: directory }) => {
        const keyFile = join(directory, 'customer.key');
        await writeFile(keyFile, KEY.toString('base64'), { mode: 0o600 });
        return { encryption: { mode: 'customer', keyFile } };
      },
    });
    await wire.world.write(FILE, 'one');
    await expectStoredUnderKey(wire);
    const { policy } = wire.reading((folder) => folder);
    await wire.setPolicy({});
    const md5 = createHash('md5').update(KEY).digest('base64');
    await expectRestoreRefused(wire, {
      code: 'customer-key-missing',
      message: `The object was stored under a customer key that neither a key file of the policy nor the app’s key ring holds (MD5 ${md5}).`,
      hint: 'Name the file of that key in the folder’s policy, or import the key into the ring. Without the key nobody can read the object, S3 included.',
    });
    await wire.setPolicy(policy);
    await expectStoredUnderKey(wire);
  });
});
const KEY = randomBytes(32);

describe('permission', () => {
  test('the answer to a bucket of another owner, where the store looks at that', async () => {
    await using wire = await openWire();
    await wire.setPolicy({ expectedBucketOwner: '999999999999' });
    await wire.world.write(FILE, 'one');
    if (!isPractice) {
      // This store takes every owner for the right one: nothing proves that it was looked at.
      await wire.settle();
      expect(wire.world.receipts()).toMatchObject([{ fields: { ExpectedBucketOwner: 'unproved' } }]);
      return;
    }
    const words = {
      code: 'permission',
      message: `The store refuses s3:PutObject on ${wire.world.bucket.name}/${FILE} (403 AccessDenied).`,
      hint: 'Allow s3:PutObject for these credentials, then retry.',
    };
    expectSaid(await wire.sync(), words);
    expectParked(wire, FILE, words);
    await wire.setPolicy({});
    await expectWellAgain(wire, { [FILE]: ['one'] });
  });
});

// The other store has neither archives, nor owners of objects, nor conditions that hold.
if (isPractice) {
  describe('archived', () => {
    test('a version in an archive class', async () => {
      await using wire = await openWire({ policy: { storageClass: 'GLACIER' } });
      await wire.world.write(FILE, 'one');
      await wire.settle();
      await expectRestoreRefused(wire, {
        code: 'archived',
        message: `This version of “${FILE}” lies in an archive class and cannot be read at once.`,
        hint: 'Thaw it first.',
      });
    });
  });

  describe('settings of the bucket', () => {
    test('an ACL where the bucket’s owner owns all', async () => {
      await using wire = await openWire({ policy: { acl: 'public-read' } });
      const { client, name: Bucket } = wire.world.bucket;
      const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' as const }] };
      await client.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
      await expectPolicyRefused(wire, 'acl', '400 AccessControlListNotSupported');
    });

    test('a customer key where the bucket blocks them: the answer says no more than denied', async () => {
      await using wire = await openWire({
        policyIn: async ({ root: directory }) => {
          const keyFile = join(directory, 'customer.key');
          await writeFile(keyFile, KEY, { mode: 0o600 });
          return { encryption: { mode: 'customer', keyFile } };
        },
      });
      const { client, name: Bucket } = wire.world.bucket;
      const ServerSideEncryptionConfiguration = {
        Rules: [{ BlockedEncryptionTypes: { EncryptionType: ['SSE-C' as const] } }],
      };
      await client.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
      await wire.world.write(FILE, 'one');
      const words = {
        code: 'permission',
        message: `The store refuses s3:PutObject on ${Bucket}/${FILE} (403 AccessDenied).`,
        hint: 'Allow s3:PutObject for these credentials, then retry.',
      };
      expectSaid(await wire.sync(), words);
      expectParked(wire, FILE, words);
      await wire.setPolicy({});
      await expectWellAgain(wire, { [FILE]: ['one'] });
    });
  });

  describe('conflict', () => {
    test('what Cairn wrote was removed by somebody else: nothing is written over that', async () => {
      await using wire = await openWire({ policy: { guardOverwrites: true } });
      expect(await tryConditions(wire)).toBe('works');
      await wire.world.write(FILE, 'one');
      await wire.settle();
      const { client, name: Bucket } = wire.world.bucket;
      const { VersionId } = await client.send(new DeleteObjectCommand({ Bucket, Key: FILE }));
      await wire.world.write(FILE, 'two');
      const words = {
        code: 'conflict',
        message: `Another program wrote “${FILE}” in the bucket meanwhile.`,
        hint: 'Both versions are kept. Retry to put yours on top.',
      };
      expectSaid(await wire.sync(), words);
      expectParked(wire, FILE, words);
      // The marker goes again: what Cairn wrote is the newest once more.
      await client.send(new DeleteObjectCommand({ Bucket, Key: FILE, VersionId }));
      await expectWellAgain(wire, { [FILE]: ['two', 'one'] });
    });
  });
} else {
  describe('tags of a multipart upload, which this store drops', () => {
    test('where they may not be set afterwards either, that is seen', async () => {
      await using wire = await openWire({ policy: { tags: { a: 'b' } } });
      wire.faults.refuse('PutObjectTagging', 403, 'AccessDenied', Infinity);
      const large = randomBytes(16 * 1024 * 1024 + 5);
      await wire.world.write(FILE, large);
      await wire.settle();
      expect(wire.world.receipts()).toMatchObject([{ dropped: ['Tagging'], fields: { Tagging: 'unproved' } }]);
      const [problem] = wire.status().problems;
      expect(problem).toMatchObject({
        code: 'dropped-in-silence',
        message: `The store takes Tagging without a word and does not keep it (seen with “${FILE}”, sent as multipart).`,
      });
      await expectOnce(wire, { [FILE]: [large] });
    });
  });
}
