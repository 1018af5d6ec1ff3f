/**
 * Where secrets stay. In: keys, a session token and a customer key of known values, and a whole day's work with them:
 * signing in by profile, by environment and with keys that the app holds, sending, failing in each way, crashing, restoring. Out: no file that Cairn
 * wrote, nothing that it printed and no command line of a process holds any of them, in any writing.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEngine, Vault } from '../../main/engine/index.ts';
import { type PracticeServer, startPractice } from '../../main/practice/index.ts';
import { ensureBuilt } from '../support/build.ts';
import { type CairnEnded, RunningCairn } from '../support/world/command.ts';

const TOKEN = `session-${randomBytes(48).toString('base64')}`;
const WRONG_SECRET = randomBytes(30).toString('base64');
const CUSTOMER_KEY = randomBytes(32);
const RING_KEY = randomBytes(32);

let root: string;
let server: PracticeServer;
/** Each must have ended when the test has, however it did. */
const children: RunningCairn[] = [];
/** All that the command line printed. */
const printed: string[] = [];
/** Command lines of processes that held a secret while work was under way. */
const exposed = new Set<string>();

/** Files that hold secrets by their owner's will; all others must not. */
const holders = (): readonly string[] => [
  join(root, 'practice', 'practice.json'),
  join(root, 'user', '.aws', 'credentials'),
  join(root, 'user', 'customer.key'),
];

beforeAll(async () => {
  await ensureBuilt('cli');
  root = await mkdtemp(join(tmpdir(), 'cairn-secrets-'));
  const started = await startPractice({ directory: join(root, 'practice') });
  if (!started.ok) throw new Error(started.detail);
  server = started.value;
  await mkdir(join(root, 'user', '.aws'), { recursive: true });
  const profile = (name: string, secret: string): string =>
    `[${name}]\naws_access_key_id = ${server.accessKeyId}\naws_secret_access_key = ${secret}\naws_session_token = ${TOKEN}\n`;
  await writeFile(
    join(root, 'user', '.aws', 'credentials'),
    profile('right', server.secretAccessKey) + profile('wrong', WRONG_SECRET),
  );
  await writeFile(join(root, 'user', 'customer.key'), CUSTOMER_KEY.toString('base64'), { mode: 0o600 });
});

afterAll(async () => {
  for (const child of children) if (child.isRunning) child.kill('SIGKILL');
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

/** The writings in which a secret could lie somewhere. */
let known: readonly { readonly of: string; readonly bytes: Buffer }[] | null = null;
function needles(): readonly { readonly of: string; readonly bytes: Buffer }[] {
  if (known !== null) return known;
  const texts = { 'secret key': server.secretAccessKey, 'wrong secret key': WRONG_SECRET, 'session token': TOKEN };
  const written = Object.entries(texts).flatMap(([of, text]) =>
    [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1), ...coded(Buffer.from(text))].map((one) => ({
      of,
      bytes: Buffer.from(one),
    })),
  );
  const key = [CUSTOMER_KEY, ...coded(CUSTOMER_KEY).map((one) => Buffer.from(one))];
  const ring = [RING_KEY, ...coded(RING_KEY).map((one) => Buffer.from(one))];
  known = [
    ...written,
    ...key.map((bytes) => ({ of: 'customer key', bytes })),
    ...ring.map((bytes) => ({ of: 'key of the ring', bytes })),
  ];
  return known;
}
const coded = (bytes: Buffer): readonly string[] => [
  bytes.toString('base64'),
  bytes.toString('base64url'),
  bytes.toString('hex'),
];
const secretsIn = (bytes: Buffer): readonly string[] => [
  ...new Set(needles().flatMap((needle) => (bytes.includes(needle.bytes) ? [needle.of] : []))),
];

interface Circumstances {
  readonly env?: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

async function cairn(words: readonly string[], { env = {}, json = true }: Circumstances = {}): Promise<CairnEnded> {
  const running = start(words, env, json);
  const ended = await running.ended;
  printed.push(`${words.join(' ')}: ${JSON.stringify(ended.lines)} ${ended.stderr}`);
  return ended;
}

function start(words: readonly string[], env: Readonly<Record<string, string>>, json = true): RunningCairn {
  const child = new RunningCairn(words, {
    env: {
      PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      HOME: join(root, 'user'),
      CAIRN_HOME: join(root, 'home'),
      AWS_EC2_METADATA_DISABLED: 'true',
      ...env,
    },
    cwd: root,
    json,
  });
  children.push(child);
  return child;
}

async function watchProcesses(): Promise<void> {
  if (process.platform !== 'linux') return;
  for (const id of await readdir('/proc')) {
    if (!/^\d+$/.test(id)) continue;
    const words = await readFile(`/proc/${id}/cmdline`).catch(() => Buffer.alloc(0));
    if (secretsIn(words).length > 0) exposed.add(words.toString('utf8').replaceAll('\0', ' ').slice(0, 60));
  }
}

/** Keys of the ring never come by environment; this test itself hands others to commands that way. */
async function watchEnvironments(): Promise<void> {
  if (process.platform !== 'linux') return;
  for (const id of await readdir('/proc')) {
    if (!/^\d+$/.test(id)) continue;
    const environment = await readFile(`/proc/${id}/environ`).catch(() => Buffer.alloc(0));
    if (secretsIn(environment).includes('key of the ring')) exposed.add(`the environment of ${id}`);
  }
}

async function filesWithSecrets(): Promise<Readonly<Record<string, readonly string[]>>> {
  const found: Record<string, readonly string[]> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const secrets = secretsIn(await readFile(path));
    if (secrets.length > 0) found[path] = secrets;
  }
  return found;
}

/** As the app does it: an engine to whom keys are handed in memory, and commands that reach it. */
async function workWithHandedKeys(disk: string): Promise<void> {
  const { accessKeyId, secretAccessKey, endpoint, region, bucket } = server;
  const vault = new Vault();
  const log = (line: string): void => {
    printed.push(line);
  };
  const opened = await openEngine({ home: join(root, 'home'), practice: null, watch: true, log, vault });
  if (!opened.ok) throw new Error(opened.failure.message);
  const engine = opened.value;
  const call = async (name: string, input: unknown): Promise<unknown> => {
    const answer = await engine.call(name, input);
    printed.push(JSON.stringify(answer));
    return answer;
  };
  const credentials = { kind: 'app' };
  try {
    engine.start();
    await mkdir(disk);
    await writeFile(join(disk, 'a.txt'), 'one');
    await call('connection.add', { name: 'handed', endpoint, region, pathStyle: true, credentials });
    await call('connection.test', { connection: 'handed' });
    vault.setKeys('handed', { accessKeyId, secretAccessKey: WRONG_SECRET });
    expect(await call('connection.test', { connection: 'handed' })).toMatchObject({
      failure: { code: 'keys-refused' },
    });
    vault.setKeys('handed', { accessKeyId, secretAccessKey, sessionToken: TOKEN });
    const md5 = createHash('md5').update(RING_KEY).digest('base64');
    vault.setRing([{ name: 'ring', key: RING_KEY.toString('base64'), md5, confirmed: true }]);
    const policy = { encryption: { mode: 'customer', keyRef: 'ring' } };
    const place = { path: disk, connection: 'handed', bucket, prefix: 'ring', policy };
    expect(await call('folder.add', place)).toMatchObject({ ok: true });
    expect(await cairn(['connection', 'test', 'handed'])).toMatchObject({ code: 0 });
    expect(await cairn(['sync', 'Ring'])).toMatchObject({ code: 0 });
    expect(await cairn(['verify', 'Ring', '--download'])).toMatchObject({ code: 0 });
    await cairn(['versions', 'Ring', 'a.txt']);
    await call('status.snapshot', {});
    await call('policy.explain', { folder: 'Ring', path: 'a.txt' });
    await watchProcesses();
    await watchEnvironments();
  } finally {
    await engine.stop();
  }
  // Without the app nobody on the command line has them.
  for (const words of [
    ['connection', 'test', 'handed'],
    ['sync', 'Ring'],
  ]) {
    const ended = await cairn(words);
    expect(ended.code).not.toBe(0);
    expect(JSON.stringify(ended.lines) + ended.stderr).toContain('secret-in-app');
  }
  expect(await cairn(['folder', 'pause', 'Ring'])).toMatchObject({ code: 0 });
}

it('no secret is written down, printed, or shown in a command line', { timeout: 120_000 }, async () => {
  const chain = {
    AWS_ACCESS_KEY_ID: server.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
    AWS_SESSION_TOKEN: TOKEN,
  };
  const where = ['--endpoint', server.endpoint, '--region', server.region, '--path-style'];
  const disk = join(root, 'Papers');
  const policy = join(root, 'policy.json');
  await mkdir(disk);
  await writeFile(
    policy,
    JSON.stringify({ encryption: { mode: 'customer', keyFile: join(root, 'user', 'customer.key') } }),
  );
  await writeFile(join(disk, 'small.txt'), 'small');
  await writeFile(join(disk, 'large.bin'), randomBytes(20 * 1024 * 1024));
  const looking = setInterval(() => void watchProcesses(), 100);
  try {
    // By profile, under a customer's key, by a command that is killed in the middle of it.
    expect(await cairn(['connection', 'add', 'store', ...where, '--profile', 'right'])).toMatchObject({ code: 0 });
    const target = ['--bucket', server.bucket, '--connection'];
    const added = await cairn(['folder', 'add', disk, ...target, 'store', '--prefix', 'p', '--policy', policy]);
    expect(added).toMatchObject({ code: 0 });
    const killed = await cairn(['sync'], { env: { CAIRN_TEST_END_AT: 'part-answered' } });
    expect(killed.signal).toBe('SIGKILL');
    expect(await cairn(['sync'])).toMatchObject({ code: 0 });

    // A running engine, and commands that reach it; then its end by kill -9.
    const running = start(['watch'], {});
    await running.until((run) => run.stderr.includes('Watching'), 'its first line');
    await writeFile(join(disk, 'small.txt'), 'small, changed');
    expect(await cairn(['sync'])).toMatchObject({ code: 0 });
    running.kill('SIGKILL');
    await running.ended;
    printed.push(JSON.stringify(running.lines), running.stderr);

    // All that reports, for programs and for people.
    const versions = await cairn(['versions', 'Papers', 'small.txt']);
    expect(versions).toMatchObject({ code: 0 });
    const id = /"versionId":"([^"]+)"/.exec(JSON.stringify(versions.lines))?.[1] ?? 'none';
    expect(await cairn(['restore', 'Papers', 'small.txt', '--version-id', id])).toMatchObject({ code: 0 });
    for (const words of [
      ['status'],
      ['queue'],
      ['activity'],
      ['receipts'],
      ['plan', 'Papers'],
      ['connection', 'list'],
      ['connection', 'test', 'store'],
      ['folder', 'show', 'Papers'],
      ['policy', 'explain', 'Papers', 'small.txt'],
      ['doctor', 'Papers'],
      ['doctor', 'Papers', '--iam'],
    ]) {
      await cairn(words);
    }
    await cairn(['policy', 'explain', 'Papers', 'small.txt'], { json: false });
    await cairn(['doctor', 'Papers'], { json: false });

    await workWithHandedKeys(join(root, 'Ring'));

    // Each way to fail: a refused key, a lost bucket, a store that is gone.
    expect(await cairn(['connection', 'add', 'wrong', ...where, '--profile', 'wrong'])).toMatchObject({ code: 0 });
    expect((await cairn(['connection', 'test', 'wrong'])).code).not.toBe(0);
    expect((await cairn(['folder', 'add', join(root, 'user'), ...target, 'wrong'])).code).not.toBe(0);
    expect(await cairn(['connection', 'add', 'chain', ...where])).toMatchObject({ code: 0 });
    expect(await cairn(['connection', 'test', 'chain'], { env: chain })).toMatchObject({ code: 0 });
    await server.stop();
    await writeFile(join(disk, 'later.txt'), 'waits');
    await cairn(['connection', 'test', 'chain'], { env: chain });
    await cairn(['connection', 'test', 'store']);
  } finally {
    clearInterval(looking);
  }
  await watchProcesses();

  // The search finds what is there: each holder holds what it should, and nothing else holds anything.
  const found = await filesWithSecrets();
  const [practice = '', profiles = '', key = ''] = holders();
  expect(found).toEqual({
    [practice]: ['secret key'],
    [profiles]: ['secret key', 'wrong secret key', 'session token'],
    [key]: ['customer key'],
  });
  expect(printed.length).toBeGreaterThan(20);
  expect(printed.filter((text) => secretsIn(Buffer.from(text)).length > 0)).toEqual([]);
  expect([...exposed]).toEqual([]);
});
