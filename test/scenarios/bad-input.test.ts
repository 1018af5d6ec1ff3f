/** What a person can get wrong: each time a sentence that says what to do, the right exit code, and nothing lost. */
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { DeleteBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { root } from '../support/paths.ts';
import { run } from '../support/processes.ts';
import { CONNECTION, expectRefusal, FOLDER, openWorld, tellOnce } from '../support/world/world.ts';

describe('words', () => {
  test('unknown commands, options, folders, connections, buckets, paths and versions', async () => {
    await using w = await openWorld({ prefix: 'notes' });
    await w.write('a.txt', 'one');
    await w.settle();
    const other = join(w.root, 'other');
    await mkdir(other);
    const add = (connection: string, bucket: string, path = other) => [
      ...['folder', 'add', path, '--connection', connection, '--bucket', bucket, '--prefix', 'other'],
    ];

    await w.expectRefused(['frobnicate'], 2, 'usage');
    await w.expectRefused(['folder', 'frobnicate'], 2, 'usage');
    await w.expectRefused(['sync', '--frobnicate'], 2, 'usage');
    await w.expectRefused(['folder', 'add'], 2, 'usage');
    await w.expectRefused(['folder', 'add', other], 2, 'usage');
    await w.expectRefused(['receipts', '--limit', 'many'], 2, 'usage');
    await w.expectRefused(['tree', FOLDER, '--at', 'yesterday'], 2, 'usage');
    await w.expectRefused(['restore', FOLDER, 'a.txt'], 2, 'usage');
    for (const command of ['sync', 'plan', 'status', 'queue', 'receipts', 'tree', 'retry', 'watch']) {
      const { message } = await w.expectRefused([command, 'nowhere'], 2, 'unknown-folder');
      expect(message).toContain('nowhere');
    }
    await w.expectRefused(add('nowhere', w.bucket.name), 2, 'unknown-connection');
    await w.expectRefused(add(CONNECTION, 'no-such-bucket-here'), 4, 'bucket-missing');
    await w.expectRefused(add(CONNECTION, w.bucket.name, join(w.root, 'no such folder')), 2, 'not-a-folder');
    await w.expectRefused(['connection', 'test', 'nowhere'], 2, 'unknown-connection');
    await w.expectRefused(['connection', 'remove', CONNECTION], 2, 'connection-in-use');
    await w.expectRefused(['connection', 'add', CONNECTION], 2, 'name-taken');
    await w.expectRefused(['connection', 'add', 'x', '--endpoint', 'nowhere'], 2, 'bad-input');
    await w.expectRefused(['connection', 'add', 'x', '--endpoint', 'https://user:word@example.com'], 2, 'bad-input');
    await w.expectRefused(['versions', FOLDER, 'b.txt'], 2, 'unknown-path');
    for (const id of ['none', '-begins-with-a-dash', '--version-of-a-store', '-h0']) {
      await w.expectRefused(['restore', FOLDER, 'a.txt', '--version-id', id], 2, 'unknown-version');
    }
    await w.expectRefused(['restore', FOLDER, 'a.txt', '--version-id', '--to', other], 2, 'usage');

    expect(await w.cairnDone('folder', 'list')).toMatchObject([{ name: FOLDER }]);
    expect(await w.cairnDone('connection', 'list')).toMatchObject([{ name: CONNECTION }]);
    await w.expectNothingLost();
  });

  test('places that would collide, are not empty, or are Cairn’s own', async () => {
    await using w = await openWorld({ prefix: 'notes' });
    const other = join(w.root, 'other');
    await mkdir(other);
    await mkdir(join(w.home, 'inside'));
    const bucket = w.bucket.name;
    await w.bucket.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'taken/by-another', Body: 'x' }));
    const add = (path: string, prefix: string) => [
      ...['folder', 'add', path, '--connection', CONNECTION, '--bucket', bucket, '--prefix', prefix],
    ];

    for (const prefix of ['', 'notes', 'notes/', 'notes/below']) {
      await w.expectRefused(add(other, prefix), 2, 'target-collides');
    }
    await w.expectRefused(add(other, 'taken'), 2, 'prefix-not-empty');
    for (const prefix of ['/x', 'a//b', '../x']) await w.expectRefused(add(other, prefix), 2, 'bad-input');
    await w.expectRefused(add(w.home, 'home'), 2, 'target-is-home');
    await w.expectRefused(add(join(w.home, 'inside'), 'home'), 2, 'target-is-home');
    await w.expectRefused([...add(other, 'free'), '--name', FOLDER], 2, 'name-taken');
    await w.expectRefused([...add(other, 'free'), '--deletes', 'sometimes'], 2, 'usage');
    expect(await w.cairnDone('folder', 'list')).toHaveLength(1);

    // A folder that holds the home is fine; the home itself is left out.
    await w.cairnDone(...add(w.root, 'all'), '--name', 'all');
    await writeFile(join(w.root, 'beside.txt'), 'beside');
    await w.cairnDone('sync', 'all');
    const keys = (await w.bucket.versions()).map((version) => version.key);
    expect(keys).toContain('all/beside.txt');
    expect(keys.filter((key) => key.startsWith('all/home/'))).toEqual([]);
  });
});

describe('a policy file', () => {
  test('that is no JSON, names what is unknown, or asks for what cannot be: refused, and the old one stays', async () => {
    await using w = await openWorld({ policy: { storageClass: 'STANDARD_IA' } });
    const file = join(w.root, 'policy.json');
    const refused = async (text: string): Promise<string> => {
      const code = 'policy-malformed';
      await writeFile(file, text);
      await w.expectRefused(['policy', 'check', file], 2, code);
      const { message } = await w.expectRefused(['folder', 'policy', FOLDER, '--set', file], 2, code);
      return String(message);
    };

    expect(await refused('{\n  "storageClass": "STANDARD",\n  "tags": { "a": 1, }\n}')).toMatch(/line 3, column 21/);
    expect(await refused('')).toMatch(/line 1, column 1/);
    expect(await refused('{ "storageKlass": "STANDARD" }')).toContain('storageKlass');
    expect(await refused('{ "storageClass": "CHEAP" }')).toContain('storageClass');
    expect(await refused('{ "rules": [ { "match": "*.mp4", "set": {} } ] }')).toContain('rules');
    expect(await refused('[]')).not.toBe('');
    expect(await refused('{ "acl": "private", "grants": { "read": ["id=x"] } }')).toContain('grants');
    const ring = '{ "encryption": { "mode": "customer", "keyRef": "ring" } }';
    // Where no app runs, nobody can look a key of its ring up.
    await writeFile(file, ring);
    await w.expectRefused(['folder', 'policy', FOLDER, '--set', file], 1, 'secret-in-app');

    await w.expectRefused(['policy', 'check', join(w.root, 'none.json')], 2, 'file-missing');
    await w.expectRefused(['policy', 'check', w.root], 2, 'file-missing');
    await w.expectRefused(['folder', 'policy', FOLDER, '--set', join(w.root, 'none.json')], 2, 'file-missing');
    const add = ['folder', 'add', w.root, '--connection', CONNECTION, '--bucket', w.bucket.name, '--policy', file];
    await w.expectRefused(add, 1, 'secret-in-app');

    expect(await w.cairnDone('folder', 'policy', FOLDER)).toEqual([{ storageClass: 'STANDARD_IA' }]);
    expect(await w.cairnDone('folder', 'show', FOLDER)).toMatchObject([{ policyVersion: 1 }]);
  });
});

describe('the store', () => {
  test('refuses the credentials, or there are none: jobs are kept, and sent once they are right', async () => {
    await using w = await openWorld();
    await w.write('a.txt', 'one');
    await w.write('b.txt', 'two');

    const wrong = { AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) };
    const { message } = await w.expectRefused(['sync'], 1, 'credentials-wrong', { env: wrong });
    expect(message).toContain(CONNECTION);
    expect(JSON.stringify(message)).not.toContain('xxxx');
    await w.expectRefused(['sync'], 1, 'credentials-wrong', { env: { AWS_ACCESS_KEY_ID: 'NOBODY' } });
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    await w.expectRefused(['sync'], 1, 'credentials-missing', { env: none });
    await w.expectRefused(['connection', 'test', CONNECTION], 1, 'credentials-missing', { env: none });
    expect(await w.cairnDone('queue')).toMatchObject([{ state: 'waiting' }, { state: 'waiting' }]);

    await w.cairnDone('sync');
    expect(await w.cairnDone('queue')).toEqual([]);
    await w.expectNothingLost();
  });

  tellOnce('is gone: sync gives up after half a minute, keeps the jobs, and sends all when it is back', async () => {
    await using w = await openWorld();
    for (let at = 0; at < 20; at += 1) await w.write(`${at}.txt`, String(at));
    await w.gate.shut();

    const ended = await w.cairn('sync');
    const { message } = expectRefusal(ended, 1, 'offline');
    expect(message).toContain(w.gate.endpoint);
    expect(ended.milliseconds).toBeGreaterThan(29_000);
    expect(ended.milliseconds).toBeLessThan(45_000);
    expect(await w.cairnDone('queue')).toHaveLength(20);
    await w.expectRefused(['tree', FOLDER], 1, 'offline');
    await w.expectRefused(['connection', 'test', CONNECTION], 1, 'offline');

    await w.gate.reopen();
    expect((await w.cairnDone('sync')).at(-1)).toMatchObject({ summary: { puts: 20, parked: 0 } });
    await w.expectNothingLost();
  });

  test('has lost the bucket: exit 4, jobs kept', async () => {
    await using w = await openWorld();
    await w.write('a.txt', 'one');
    await w.bucket.client.send(new DeleteBucketCommand({ Bucket: w.bucket.name }));

    const { message } = await w.expectRefused(['sync'], 4, 'bucket-missing');
    expect(message).toContain(w.bucket.name);
    expect(await w.cairnDone('queue')).toMatchObject([{ path: 'a.txt', state: 'waiting' }]);
  });
});

describe('the folder on disk', () => {
  test('is gone, is a file, or is another one: exit 4, nothing deleted, and it goes on when it is back', async () => {
    await using w = await openWorld();
    await w.write('a.txt', 'one');
    await w.settle();
    const away = join(w.root, 'away');
    await rename(w.disk, away);

    await w.expectRefused(['sync'], 4, 'root-missing');
    await mkdir(w.disk);
    await w.expectRefused(['sync'], 4, 'root-changed');
    await rm(w.disk, { recursive: true });
    await writeFile(w.disk, 'a file');
    await w.expectRefused(['sync'], 4, 'root-changed');
    expect(await w.cairnDone('status')).toMatchObject([{ state: 'unavailable', files: 1 }]);

    await rm(w.disk);
    await rename(away, w.disk);
    w.forgetRequests();
    expect(await w.cairnDone('sync')).toMatchObject([{ summary: { puts: 0, gone: 0, requests: 0 } }]);
    await w.expectVersions('a.txt', ['one']);
    w.expectReceipts(['put a.txt']);
  });
});

describe('the program', () => {
  test('a port that is taken, a practice folder that is in use', async () => {
    await using w = await openWorld();
    const port = new URL(w.gate.endpoint).port;
    const { message } = await w.expectRefused(
      ['practice', '--dir', join(w.root, 'p'), '--port', port],
      1,
      'port-taken',
    );
    expect(message).toContain(port);
    await w.expectRefused(['practice', '--port', 'http'], 2, 'usage');

    const first = w.begin(['practice', '--dir', join(w.root, 'p')]);
    await first.until(({ lines }) => lines.length === 1, 'its address');
    await w.expectRefused(['practice', '--dir', join(w.root, 'p')], 1, 'practice-in-use');
    first.kill('SIGTERM');
    expect(await first.ended).toMatchObject({ code: 0, lines: [{ bucket: 'practice' }] });
  });

  test('under a Node that is too old it runs under the one beside it, or says what to do', async (story) => {
    const old = await oldNode();
    if (old === null) return story.skip('no Node older than 22.22 is installed beside the one that runs the tests');
    await using w = await openWorld();
    await w.write('a.txt', 'one');

    const ended = await w.begin(['sync'], { node: old }).ended;
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    await w.expectRefused(['sync', 'nowhere'], 2, 'unknown-folder', { node: old });
    const watch = w.begin(['watch'], { node: old });
    await watch.until(({ stderr }) => stderr.includes('Watching'), 'its first words');
    watch.kill('SIGTERM');
    expect(await watch.ended).toMatchObject({ code: 0 });

    const alone = join(w.root, 'alone');
    await cp(join(root, 'dist'), alone, { recursive: true });
    const program = join(alone, 'cli.js');
    await w.expectRefused(['sync'], 2, 'node-too-old', { node: old, program });
    const forPerson = await w.begin(['sync'], { node: old, program, json: false }).ended;
    expect(forPerson).toMatchObject({ code: 2, lines: [] });
    expect(forPerson.stderr).toMatch(/^Cairn needs Node 22\.22 or newer; this is Node [\d.]+, .*\n.+\n$/);
    await w.expectNothingLost();
  });
});

/** A Node on this computer that is older than Cairn takes; null where there is none. */
async function oldNode(): Promise<string | null> {
  for (const place of ['/usr/bin', '/usr/local/bin', ...(process.env['PATH'] ?? '').split(delimiter)]) {
    const candidate = join(place, 'node');
    if (!existsSync(candidate)) continue;
    const { stdout } = await run(candidate, ['--version'], { timeout: 10_000 });
    const [major = 0, minor = 0] = stdout.replace(/^v/, '').split('.').map(Number);
    if (major < 22 || (major === 22 && minor < 22)) return candidate;
  }
  return null;
}
