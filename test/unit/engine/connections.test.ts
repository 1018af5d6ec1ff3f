/** Stores and how to sign in to them, against the practice server: tests, new buckets, and keys that come and go. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { CallInput, CallName, CallOutput } from '../../../main/contract/calls.ts';
import type { CredentialSource, Snapshot } from '../../../main/contract/models.ts';
import type { Result } from '../../../main/contract/result.ts';
import { openEngine, Vault, type Engine } from '../../../main/engine/index.ts';
import { startPractice, type PracticeServer } from '../../../main/practice/index.ts';
import { codeOf, must, temporaryFolder } from '../store/support.ts';

let server: PracticeServer;
let place: string;
/** The files of profiles, as a person has them. */
let profiles: string;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'cairn-connections-'));
  const started = await startPractice({ directory: join(place, 'practice') });
  if (!started.ok) throw new Error(started.detail);
  server = started.value;
});
afterAll(async () => {
  await server.stop();
  rmSync(place, { recursive: true, force: true });
});
beforeEach(() => {
  profiles = temporaryFolder();
  vi.stubEnv('AWS_CONFIG_FILE', join(profiles, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(profiles, 'credentials'));
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  return () => {
    vi.unstubAllEnvs();
  };
});

const right = () => ({ accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey });
const section = (name: string, { accessKeyId, secretAccessKey } = right()): string =>
  `[${name}]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\n`;

interface Opened {
  readonly vault: Vault;
  readonly engine: Engine;
  readonly call: <Name extends CallName>(name: Name, input: CallInput<Name>) => Promise<Result<CallOutput<Name>>>;
  readonly status: () => Promise<Snapshot['connections'][number]>;
}

async function open(credentials: CredentialSource): Promise<Opened> {
  const vault = new Vault();
  const home = temporaryFolder();
  const engine = must(await openEngine({ home, practice: null, watch: true, log: () => undefined, vault }));
  onTestFinished(() => engine.stop());
  const call: Opened['call'] = async (name, input) => (await engine.call(name, input)) as never;
  const { endpoint, region } = server;
  must(await call('connection.add', { name: 'store', endpoint, region, pathStyle: true, credentials }));
  engine.start();
  const status: Opened['status'] = async () => {
    const [first] = must(await call('status.snapshot', {})).connections;
    if (first === undefined) throw new Error('no connection');
    return first;
  };
  return { vault, engine, call, status };
}

const ask = { connection: 'store' } as const;

describe('a test of a connection', () => {
  test('names the buckets, and the one that was asked for', async () => {
    const { vault, call, status } = await open({ kind: 'app' });
    vault.setKeys('store', right());
    const { endpoint, bucket } = server;
    expect(must(await call('connection.test', ask))).toEqual({
      reachable: true,
      endpoint,
      buckets: [bucket],
      bucket: null,
    });
    const named = must(await call('connection.test', { ...ask, bucket }));
    expect(named.bucket).toEqual({ name: bucket, versioning: 'enabled' });
    expect(codeOf(await call('connection.test', { ...ask, bucket: 'not-there' }))).toBe('bucket-missing');
    expect((await status()).state).toBe('ok');
  });

  test('says what is wrong with the keys, and takes better ones at once', async () => {
    const { vault, call } = await open({ kind: 'app' });
    vault.setKeys('store', { ...right(), secretAccessKey: 'wrong' });
    expect(codeOf(await call('connection.test', ask))).toBe('keys-refused');
    vault.setKeys('store', right());
    expect(codeOf(await call('connection.test', ask))).toBe('ok');
  });
});

describe('a new bucket', () => {
  test('is closed to the public and keeps versions; a name that is taken or wrong makes none', async () => {
    const { vault, call } = await open({ kind: 'ask' });
    vault.setKeys('store', right());
    const wanted = { ...ask, bucket: 'fresh-papers', versioning: true };
    expect(must(await call('connection.createBucket', wanted))).toEqual({
      bucket: 'fresh-papers',
      publicAccess: 'blocked',
      versioning: 'enabled',
      problems: [],
    });
    const seen = must(await call('connection.test', { ...ask, bucket: 'fresh-papers' }));
    expect(seen.bucket?.versioning).toBe('enabled');
    expect(codeOf(await call('connection.createBucket', wanted))).toBe('bucket-yours');
    expect(codeOf(await call('connection.createBucket', { ...wanted, bucket: 'Fresh_Papers' }))).toBe('bad-input');
    const without = must(
      await call('connection.createBucket', { ...wanted, bucket: 'plain-papers', versioning: false }),
    );
    expect(without.versioning).toBe('off');
    const plain = must(await call('connection.test', { ...ask, bucket: 'plain-papers' }));
    expect(plain.bucket?.versioning).toBe('off');
  });
});

describe('keys that are handed over', () => {
  test.each([
    ['ask', 'keys-asked'],
    ['app', 'keys-not-kept'],
  ] as const)('of the kind %s: the status asks for them until they are there', async (kind, code) => {
    const { vault, call, status, engine } = await open({ kind });
    expect(await status()).toMatchObject({ state: 'credentials', failure: { code } });
    expect(codeOf(await call('connection.buckets', ask))).toBe(code);
    vault.setKeys('store', right());
    expect((await status()).failure).toBeNull();
    expect(codeOf(await call('connection.buckets', ask))).toBe('ok');
    // Nothing that the engine says holds them.
    const said = JSON.stringify([await engine.call('status.snapshot', {}), await engine.call('connection.list', {})]);
    expect(said).not.toContain(server.secretAccessKey);
    vault.setKeys('store', null);
    expect(await status()).toMatchObject({ state: 'credentials', failure: { code } });
    expect(codeOf(await call('connection.buckets', ask))).toBe(code);
  });

  test('let a file go out that was saved before they came', async () => {
    const { vault, call } = await open({ kind: 'ask' });
    vault.setKeys('store', right());
    const path = temporaryFolder();
    must(await call('folder.add', { path, ...ask, bucket: server.bucket, prefix: 'asked', name: 'Papers' }));
    vault.setKeys('store', null);
    writeFileSync(join(path, 'a.txt'), 'one');
    must(await call('folder.scan', { folder: 'Papers' }));
    await vi.waitFor(async () => {
      const [folder] = must(await call('status.snapshot', {})).folders;
      expect(folder).toMatchObject({ state: 'attention', queued: 1, failure: { code: 'keys-asked' } });
    }, 10_000);
    vault.setKeys('store', right());
    await vi.waitFor(async () => {
      expect(must(await call('versions.list', { folder: 'Papers', path: 'a.txt' }))).toHaveLength(1);
    }, 10_000);
  });
});

describe('a profile', () => {
  test('whose keys are written anew serves without a restart, by itself', async () => {
    const file = join(profiles, 'credentials');
    writeFileSync(file, section('p', { ...right(), secretAccessKey: 'old' }));
    const { call, status } = await open({ kind: 'profile', profile: 'p' });
    expect(codeOf(await call('connection.buckets', ask))).toBe('credentials-wrong');
    writeFileSync(file, section('p'));
    expect(codeOf(await call('connection.test', ask))).toBe('ok');

    // While its files wait, the engine's own probe finds out.
    const path = temporaryFolder();
    must(await call('folder.add', { path, ...ask, bucket: server.bucket, prefix: 'anew', name: 'Papers' }));
    writeFileSync(file, section('p', { ...right(), secretAccessKey: 'old' }));
    expect(codeOf(await call('connection.test', ask))).toBe('credentials-wrong');
    writeFileSync(join(path, 'a.txt'), 'one');
    must(await call('folder.scan', { folder: 'Papers' }));
    await vi.waitFor(async () => {
      expect(await status()).toMatchObject({ state: 'credentials', failure: { code: 'credentials-wrong' } });
    }, 10_000);
    expect(must(await call('queue.list', {}))).toMatchObject([{ path: 'a.txt', state: 'waiting' }]);
    writeFileSync(file, section('p'));
    await vi.waitFor(async () => {
      expect((await status()).state).toBe('ok');
      expect(must(await call('queue.list', {}))).toEqual([]);
    }, 10_000);
  });

  test('that runs a program signs in by what the program prints; without it, says so', async () => {
    const program = join(profiles, 'keys.sh');
    const printed = JSON.stringify({
      Version: 1,
      AccessKeyId: server.accessKeyId,
      SecretAccessKey: server.secretAccessKey,
    });
    writeFileSync(program, `#!/bin/sh\necho '${printed}'\n`);
    chmodSync(program, 0o700);
    writeFileSync(join(profiles, 'config'), `[profile p]\ncredential_process = ${program}\n`);
    const { call } = await open({ kind: 'profile', profile: 'p' });
    expect(must(await call('connection.profiles', {}))).toEqual([
      { name: 'p', kind: 'process', region: null, note: null },
    ]);
    expect(codeOf(await call('connection.test', ask))).toBe('ok');
    rmSync(program);
    expect(codeOf(await call('connection.test', ask))).toBe('profile-silent');
  });
});
