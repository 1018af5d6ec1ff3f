/** Commands while an engine works in the home: it does what they ask, and they say the same as if they had done it. */
import { chmod, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { socketPlaces } from '../../main/engine/socket-place.ts';
import type { RunningCairn } from '../support/world/command.ts';
import { CONNECTION, FOLDER, openWorld, type World } from '../support/world/world.ts';

async function beginWatch(w: World, home = w.home): Promise<RunningCairn> {
  const watch = w.begin(['watch'], { env: { CAIRN_HOME: home } });
  await watch.until(({ stderr }) => stderr.includes('Watching'), 'its first words');
  return watch;
}

async function endWatch(watch: RunningCairn): Promise<void> {
  watch.kill('SIGTERM');
  expect(await watch.ended, watch.stderr).toMatchObject({ code: 0, signal: null });
}

const has =
  (path: string) =>
  (run: RunningCairn): boolean =>
    run.lines.some((line) => line['path'] === path);

const isThere = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null)) !== null;

/** Where the engine of a home listens: what the system offers decides. */
async function socketOf(home: string): Promise<string> {
  for (const { path } of socketPlaces(home)) {
    if ((await lstat(path).catch(() => null))?.isSocket() === true) return path;
  }
  throw new Error('there is no socket');
}

/** Says something to the socket, and hears what comes back before it is closed. */
function say(path: string, what: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let heard = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
    });
    socket.once('error', reject);
    socket.once('close', () => {
      resolve(heard);
    });
    socket.end(what);
  });
}

describe('changing commands while watch runs', () => {
  test('pause, resume, policy, retry: the same answers, and they take effect at once', async () => {
    await using w = await openWorld();
    const watch = await beginWatch(w);
    await w.write('a.txt', 'one');
    await watch.until(has('a.txt'), 'the first receipt');

    expect(await w.cairnDone('folder', 'pause', FOLDER)).toMatchObject([{ name: FOLDER, paused: true }]);
    await w.write('b.txt', 'two');
    await sleep(1_500);
    expect(w.receipts('b.txt'), 'nothing goes out of a paused folder').toEqual([]);
    expect(await w.cairnDone('folder', 'resume', FOLDER)).toMatchObject([{ name: FOLDER, paused: false }]);
    await watch.until(has('b.txt'), 'the receipt after resuming');

    await writeFile(join(w.root, 'policy.json'), JSON.stringify({ metadata: { shelf: 'left' } }));
    const set = await w.cairnDone('folder', 'policy', FOLDER, '--set', join(w.root, 'policy.json'));
    expect(set).toMatchObject([{ name: FOLDER, policyVersion: 2, policy: { metadata: { shelf: 'left' } } }]);
    await w.write('c.txt', 'three');
    await watch.until(has('c.txt'), 'the receipt under the new policy');
    expect(w.receipts('c.txt')).toMatchObject([{ policyVersion: 2, request: { Metadata: { shelf: 'left' } } }]);

    expect(await w.cairn('retry', FOLDER, '../d.txt')).toMatchObject({
      code: 2,
      lines: [{ error: { code: 'usage' } }],
    });

    await endWatch(watch);
    expect(await w.cairnDone('folder', 'show', FOLDER)).toMatchObject([{ paused: false, policyVersion: 2 }]);
  });

  test('a file that was parked goes out after a retry', async () => {
    await using w = await openWorld();
    const watch = await beginWatch(w);
    const others = { etag: `"${'0'.repeat(32)}"`, 'x-amz-checksum-crc32': 'AAAAAA==' };
    w.gate.spoilAnswers(
      ({ operation }) => operation === 'PutObject' || operation === 'HeadObject',
      { kind: 'headers', headers: others },
      Infinity,
    );
    await w.write('a.txt', 'one');
    await until(() => w.parked()['a.txt'] === 'damaged', 'a.txt is parked');
    w.gate.spoilAnswers(() => false);

    expect(await w.cairnDone('retry', FOLDER, 'a.txt')).toEqual([{ folder: FOLDER, retried: 1 }]);
    await watch.until(has('a.txt'), 'its receipt');
    expect(await w.cairnDone('retry', FOLDER)).toEqual([{ folder: FOLDER, retried: 0 }]);
    await endWatch(watch);
  });

  test('connections and folders are added and removed, and a new folder is watched', async () => {
    await using w = await openWorld();
    const watch = await beginWatch(w);
    const extra = join(w.root, 'extra');
    await mkdir(extra);
    await writeFile(join(extra, 'x.txt'), 'there before');

    const words = ['connection', 'add', 'second', '--endpoint', w.gate.endpoint, '--path-style'];
    expect(await w.cairnDone(...words)).toMatchObject([{ name: 'second', pathStyle: true }]);
    const add = ['folder', 'add', extra, '--connection', 'second', '--bucket', w.bucket.name];
    // The same store and place as the first folder's: refused, whoever is asked.
    expect(await w.cairn(...add)).toMatchObject({ code: 2, lines: [{ error: { code: 'target-collides' } }] });
    expect(await w.cairn(...words)).toMatchObject({ code: 2, lines: [{ error: { code: 'name-taken' } }] });

    const other = await otherBucket(w);
    const addOther = ['folder', 'add', extra, '--connection', 'second', '--bucket', other, '--prefix', 'x'];
    expect(await w.cairnDone(...addOther)).toMatchObject([{ name: 'extra', prefix: 'x/', connection: 'second' }]);
    await watch.until(has('x.txt'), 'the receipt of what was there');
    await writeFile(join(extra, 'y.txt'), 'saved later');
    await watch.until(has('y.txt'), 'the receipt of what was saved');

    const inUse = await w.cairn('connection', 'remove', 'second');
    expect(inUse).toMatchObject({ code: 2, lines: [{ error: { code: 'connection-in-use' } }] });
    expect(await w.cairnDone('folder', 'remove', 'extra')).toMatchObject([{ name: 'extra', bucket: other }]);
    expect(await w.cairn('folder', 'remove', 'extra')).toMatchObject({ code: 2 });
    expect(await w.cairnDone('connection', 'remove', 'second')).toMatchObject([{ name: 'second' }]);
    await endWatch(watch);
    expect((await w.cairnDone('connection', 'list')).map((one) => one['name'])).toEqual([CONNECTION]);
  });

  test('many at once: each is answered, none is lost, and reading commands go on', async () => {
    await using w = await openWorld();
    const watch = await beginWatch(w);
    const names = ['one', 'two', 'three', 'four'];
    const adding = names.map((name) => w.cairn('connection', 'add', name, '--profile', 'nobody'));
    const reading = [w.cairn('status'), w.cairn('folder', 'list'), w.cairn('receipts')];
    for (const ended of await Promise.all([...adding, ...reading]))
      expect(ended).toMatchObject({ code: 0, stderr: '' });
    await endWatch(watch);
    const listed = (await w.cairnDone('connection', 'list')).map((one) => one['name']);
    expect(new Set(listed)).toEqual(new Set([CONNECTION, ...names]));
  });

  test('two short commands at once without any engine: one waits for the other', async () => {
    await using w = await openWorld();
    const names = ['one', 'two', 'three'];
    const ended = await Promise.all(names.map((name) => w.cairn('connection', 'add', name, '--profile', 'nobody')));
    expect(ended.map((one) => one.code)).toEqual([0, 0, 0]);
    const listed = (await w.cairnDone('connection', 'list')).map((one) => one['name']);
    expect(new Set(listed)).toEqual(new Set([CONNECTION, ...names]));
  });
});

/** Waits until somebody is connected to the socket: the system then names it once more beside the one that listens. */
async function connectedTo(path: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const sockets = (await readFile('/proc/net/unix', 'utf8')).split('\n');
      expect(sockets.filter((line) => line.endsWith(path)).length).toBeGreaterThan(1);
    },
    { timeout: 60_000, interval: 50 },
  );
}

test('an engine that is killed in the middle of a call: the command says that it may or may not be done', async () => {
  await using w = await openWorld();
  const watch = await beginWatch(w);
  // It is there, and takes the call, and does not get to it any more.
  watch.kill('SIGSTOP');
  const pausing = w.begin(['folder', 'pause', FOLDER]);
  await connectedTo(join(w.home, 'engine.sock'));
  expect(pausing.isRunning).toBe(true);
  watch.kill('SIGKILL');
  await watch.ended;
  expect(await pausing.ended).toMatchObject({ code: 1, lines: [{ error: { code: 'engine-ended' } }] });
  expect(await w.cairnDone('folder', 'show', FOLDER)).toMatchObject([{ paused: false }]);
  expect(await w.cairnDone('folder', 'pause', FOLDER)).toMatchObject([{ paused: true }]);
});

describe('sync while watch runs', () => {
  test('is done by the one that runs: receipts, sum and exit code as always', async () => {
    await using w = await openWorld();
    const watch = await beginWatch(w);
    await w.cairnDone('folder', 'pause', FOLDER);
    for (const name of ['a', 'b', 'c']) await w.write(`${name}.txt`, name);
    await w.cairnDone('folder', 'resume', FOLDER);
    const ended = await w.cairn('sync');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const { summary } = ended.lines.at(-1) as { summary: { puts: number; parked: number } };
    expect(summary).toMatchObject({ puts: ended.lines.length - 1, parked: 0 });
    await w.expectNothingLost();
    const again = await w.cairn('sync');
    expect(again.lines, 'nothing is left to do').toMatchObject([{ summary: { puts: 0, parked: 0 } }]);

    expect(await w.cairn('sync', 'nowhere')).toMatchObject({ code: 2, lines: [{ error: { code: 'unknown-folder' } }] });
    await w.cairnDone('folder', 'pause', FOLDER);
    const paused = await w.cairn('sync');
    expect(paused).toMatchObject({ code: 0, lines: [{ summary: { puts: 0 } }] });
    expect(paused.stderr).toContain('is paused and left out');
    await w.cairnDone('folder', 'resume', FOLDER);
    await endWatch(watch);
  });

  test('so is a policy applied to what is there: once, with the folder still watched', async () => {
    await using w = await openWorld();
    const watch = await beginWatch(w);
    const names = ['a.txt', 'b.txt'];
    for (const name of names) await w.write(name, name);
    await watch.until((run) => names.every((name) => has(name)(run)), 'both receipts');
    await writeFile(join(w.root, 'policy.json'), JSON.stringify({ storageClass: 'STANDARD_IA' }));
    await w.cairnDone('folder', 'policy', FOLDER, '--set', join(w.root, 'policy.json'));

    // Of a paused folder it is queued, and goes out with all else when the folder goes on.
    await w.cairnDone('folder', 'pause', FOLDER);
    const paused = await w.cairn('policy', 'apply', FOLDER);
    expect(paused).toMatchObject({ code: 0, lines: [{ summary: { moves: 0 } }] });
    expect(paused.stderr).toContain('is paused and left out');
    await w.cairnDone('folder', 'resume', FOLDER);

    await w.cairnDone('policy', 'apply', FOLDER);
    for (const name of names) {
      expect(w.receipts(name).map(({ operation }) => operation)).toEqual(['put', 'copy']);
      const [newest] = await w.bucket.versionsOf(name);
      expect((await w.bucket.head(name, newest?.versionId ?? '')).StorageClass).toBe('STANDARD_IA');
    }
    const again = await w.cairn('policy', 'apply', FOLDER);
    expect(again, again.stderr).toMatchObject({ code: 0, lines: [{ summary: { moves: 0, parked: 0 } }] });
    expect(await w.cairn('policy', 'apply', 'nowhere')).toMatchObject({ code: 2 });
    // What the doctor tries with an object is tried there, too.
    expect(await w.cairnDone('doctor', FOLDER, '--probe-conditions')).toMatchObject([{ left: [] }]);
    await endWatch(watch);
    await w.expectNothingLost();
  });

  test('names what needs attention, and what is missing', async () => {
    await using w = await openWorld();
    const watch = await beginWatch(w);
    await w.write('begun.txt', 'begun');
    await watch.until(has('begun.txt'), 'its receipt');
    await w.rename('../notes', '../notes-away');
    const missing = await w.cairn('sync');
    expect(missing).toMatchObject({ code: 4 });
    expect(missing.lines).toMatchObject([{ error: { code: 'root-missing' } }, { summary: { puts: 0 } }]);
    await endWatch(watch);
    await w.rename('../notes-away', '../notes');
  });

  test('without a store: offline after its patience, the jobs kept', async () => {
    await using w = await openWorld();
    const watch = await beginWatch(w);
    await w.gate.shut();
    await w.write('a.txt', 'one');
    const ended = await w.cairn('sync');
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.lines.at(0)).toMatchObject({ error: { code: 'offline' } });
    await w.gate.reopen();
    await w.cairnDone('sync');
    await endWatch(watch);
    await w.expectVersions('a.txt', ['one']);
  });

  test('two syncs at once: both end well, each file is sent once', async () => {
    await using w = await openWorld();
    const names = Array.from({ length: 60 }, (_, at) => `${at}.txt`);
    for (const name of names) await w.write(name, name);
    const ended = await Promise.all([w.cairn('sync'), w.cairn('sync'), w.cairn('sync', FOLDER)]);
    for (const one of ended) expect(one, one.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(await w.bucket.versions()).toHaveLength(names.length);
    await w.expectNothingLost();
  });

  test('the engine is killed in the middle: the sync goes on by itself', async () => {
    await using w = await openWorld();
    const watch = await beginWatch(w);
    await w.gate.shut();
    await w.write('a.txt', 'one');
    const sync = w.begin(['sync']);
    await sleep(1_500);
    expect(sync.isRunning).toBe(true);
    watch.kill('SIGKILL');
    await watch.ended;
    await w.gate.reopen();
    expect(await sync.ended, sync.stderr).toMatchObject({ code: 0 });
    await w.expectVersions('a.txt', ['one']);
    await w.expectNothingLost();
  });
});

describe('the socket', () => {
  test('is for this user alone, and gone after the stop', async () => {
    await using w = await openWorld();
    await chmod(w.home, 0o755);
    const watch = await beginWatch(w);
    const path = join(w.home, 'engine.sock');
    const found = await lstat(path);
    expect(found.isSocket()).toBe(true);
    expect((found.mode & 0o777).toString(8)).toBe('600');
    await endWatch(watch);
    expect(await isThere(path)).toBe(false);
    expect((await readdir(w.home)).filter((name) => name.includes('sock'))).toEqual([]);
  });

  test('of a dead engine is replaced', async () => {
    await using w = await openWorld();
    const first = await beginWatch(w);
    first.kill('SIGKILL');
    await first.ended;
    const path = join(w.home, 'engine.sock');
    expect(await isThere(path), 'left of the dead one').toBe(true);
    // Nobody is behind it: the command takes the lock itself.
    await w.cairnDone('folder', 'pause', FOLDER);
    await w.cairnDone('folder', 'resume', FOLDER);
    const second = await beginWatch(w);
    expect(await w.cairnDone('folder', 'pause', FOLDER)).toMatchObject([{ paused: true }]);
    await endWatch(second);
    expect(await isThere(path)).toBe(false);
  });

  test('refuses garbage with a word, and goes on', async () => {
    await using w = await openWorld();
    const watch = await beginWatch(w);
    const path = await socketOf(w.home);
    const refused = (heard: string): unknown => (JSON.parse(heard) as { failure: { code: string } }).failure.code;
    expect(refused(await say(path, 'GET / HTTP/1.1\r\n\r\n'))).toBe('bad-input');
    expect(refused(await say(path, Buffer.from([0xff, 0xfe, 0x00, 0x0a])))).toBe('bad-input');
    expect(refused(await say(path, '[1,2,3]\n'))).toBe('bad-input');
    expect(refused(await say(path, '{"name":"folder.destroy","input":{}}\n'))).toBe('bad-input');
    expect(refused(await say(path, '{"name":"folder.pause","input":{"folder":7}}\n'))).toBe('bad-input');
    expect(refused(await say(path, `${'x'.repeat(1024 * 1024 + 10)}\n`))).toBe('bad-input');
    expect(refused(await say(path, '{"name":"app.info"}\n')), 'the window’s own calls are not served').toBe(
      'bad-input',
    );
    expect(await say(path, ''), 'nothing said, nothing answered').toBe('');
    expect(await say(path, '{"name":"folder.list"'), 'half a line is no request').toBe('');
    const two = await say(path, '{"name":"folder.list"}\n{"name":"connection.list","input":{}}\n');
    expect(
      two
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { ok: boolean }).ok),
    ).toEqual([true, true]);
    expect(await w.cairnDone('folder', 'list')).toHaveLength(1);
    await w.cairnDone('folder', 'pause', FOLDER);
    await endWatch(watch);
  });

  test('a home with a long path has it elsewhere, in a folder of the user’s own', async () => {
    await using w = await openWorld();
    const home = join(w.root, 'a-long-way'.repeat(12), 'home');
    const env = { CAIRN_HOME: home };
    const add = ['connection', 'add', CONNECTION, '--endpoint', w.gate.endpoint, '--path-style'];
    expect((await w.begin(add, { env }).ended).code).toBe(0);
    const bucket = await otherBucket(w);
    const folder = ['folder', 'add', w.disk, '--connection', CONNECTION, '--bucket', bucket];
    expect((await w.begin(folder, { env }).ended).code).toBe(0);

    const watch = await beginWatch(w, home);
    const path = await socketOf(home);
    expect(path.startsWith(home)).toBe(false);
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
    expect((await lstat(join(path, '..'))).mode & 0o777).toBe(0o700);
    const paused = await w.begin(['folder', 'pause', FOLDER], { env }).ended;
    expect(paused).toMatchObject({ code: 0, lines: [{ paused: true }] });
    await endWatch(watch);
    expect(await isThere(path)).toBe(false);
  });

  test('something else that stands in its place is left alone, and it is heard elsewhere', async () => {
    await using w = await openWorld();
    await writeFile(join(w.home, 'engine.sock'), 'a file of somebody');
    const watch = await beginWatch(w);
    expect(await w.cairnDone('folder', 'pause', FOLDER)).toMatchObject([{ paused: true }]);
    await endWatch(watch);
    expect(await isThere(join(w.home, 'engine.sock'))).toBe(true);
  });
});

async function otherBucket(w: World): Promise<string> {
  const { CreateBucketCommand } = await import('@aws-sdk/client-s3');
  const name = `${w.bucket.name}-2`;
  await w.bucket.client.send(new CreateBucketCommand({ Bucket: name }));
  return name;
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 60_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`it did not come to this: ${what}`);
    await sleep(50);
  }
}
