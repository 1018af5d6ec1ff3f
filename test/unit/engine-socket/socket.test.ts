/** The engine's socket from both ends: whom it lets go, what it answers while it stops, and whom nobody trusts. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { askEngine } from '../../../main/engine/ask.ts';
import { openEngine } from '../../../main/engine/index.ts';
import { openSocket, type Call, type EngineSocket } from '../../../main/engine/socket.ts';
import { isTrusted, preparePlace, SOCKET_FILE, socketPlaces } from '../../../main/engine/socket-place.ts';
import { must, temporaryFolder } from '../store/support.ts';

const options = { patienceMs: 5_000, signal: new AbortController().signal };
const limits = { line: 1000, silentMs: 150, callers: 2, graceMs: 200 };

async function listening(
  call: Call,
  home = temporaryFolder(),
  also = limits,
): Promise<EngineSocket & { home: string }> {
  const said: string[] = [];
  const socket = await openSocket(home, call, (line) => said.push(line), also);
  if (socket === null) throw new Error(said.join());
  onTestFinished(() => socket.stop());
  return { ...socket, home };
}

const closed = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(heard);
    });
  });

describe('a caller', () => {
  test('gets values and failures as they are', async () => {
    const { home } = await listening((name) =>
      Promise.resolve(name === 'folder.list' ? success(['x']) : failed(failure('unknown-folder', { name: 'y' }))),
    );
    expect(await askEngine(home, 'folder.list', {}, options)).toEqual({ kind: 'answered', result: success(['x']) });
    const refused = await askEngine(home, 'folder.scan', { folder: 'y' }, options);
    expect(refused).toMatchObject({ kind: 'answered', result: { ok: false, failure: { code: 'unknown-folder' } } });
  });

  test('that says nothing, or only a part, is let go', async () => {
    const { path } = await listening(() => Promise.resolve(success(null)));
    expect(await closed(connect(path))).toBe('');
    const half = connect(path);
    half.write('{"name":');
    expect(await closed(half)).toBe('');
  });

  test('is not let go while its call takes long', async () => {
    const { home } = await listening(async () => {
      await sleep(600);
      return success('late');
    });
    expect(await askEngine(home, 'folder.list', {}, options)).toMatchObject({ result: { value: 'late' } });
  });

  test('of a crowd is turned away, and the others are served', async () => {
    const { path, home } = await listening(() => Promise.resolve(success(1)), temporaryFolder(), {
      ...limits,
      silentMs: 2_000,
    });
    const waiting = [connect(path), connect(path)];
    await sleep(50);
    expect((await askEngine(home, 'folder.list', {}, options)).kind).toBe('lost');
    for (const socket of waiting) socket.destroy();
    await sleep(50);
    expect((await askEngine(home, 'folder.list', {}, options)).kind).toBe('answered');
  });

  test('hears that nobody is there: no socket, a dead one, an engine that ends, one that is silent', async () => {
    const home = temporaryFolder();
    expect(await askEngine(home, 'folder.list', {}, options)).toEqual({ kind: 'nobody' });
    writeFileSync(join(home, SOCKET_FILE), '');
    expect(await askEngine(home, 'folder.list', {}, options)).toEqual({ kind: 'nobody' });

    const other = temporaryFolder();
    const server = createServer((socket) => {
      socket.once('data', () => socket.destroy());
    }).listen(join(other, SOCKET_FILE));
    onTestFinished(() => {
      server.close();
    });
    expect(await askEngine(other, 'folder.list', {}, options)).toEqual({ kind: 'lost' });

    const silent = await listening(() => new Promise(() => undefined));
    expect(await askEngine(silent.home, 'folder.list', {}, { ...options, patienceMs: 100 })).toEqual({ kind: 'lost' });
    const abort = new AbortController();
    setTimeout(() => {
      abort.abort();
    }, 50);
    const asked = await askEngine(silent.home, 'folder.list', {}, { patienceMs: null, signal: abort.signal });
    expect(asked).toEqual({ kind: 'cancelled' });
  });

  test('hears nonsense for nothing', async () => {
    const home = temporaryFolder();
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
    }).listen(join(home, SOCKET_FILE));
    onTestFinished(() => {
      server.close();
    });
    expect(await askEngine(home, 'folder.list', {}, options)).toEqual({ kind: 'lost' });
  });

  test('learns a failure of a newer release by its sentences', async () => {
    const home = temporaryFolder();
    const told = { code: 'from-tomorrow', message: 'It happened.', hint: 'Do that.', class: 'usage', facts: {} };
    const server = createServer((socket) => {
      socket.once('data', () => socket.end(`${JSON.stringify({ ok: false, failure: told })}\n`));
    }).listen(join(home, SOCKET_FILE));
    onTestFinished(() => {
      server.close();
    });
    const asked = await askEngine(home, 'folder.list', {}, options);
    expect(asked).toMatchObject({
      result: { failure: { code: 'internal', message: 'It happened.', hint: 'Do that.' } },
    });
  });
});

function later(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('a stop', () => {
  test('lets the answer under way go out, and leaves no file', async () => {
    const { promise: asked, resolve } = later();
    const socket = await listening(async () => {
      resolve();
      await sleep(100);
      return success('done');
    });
    const asking = askEngine(socket.home, 'folder.list', {}, options);
    await asked;
    await socket.stop();
    expect(await asking).toEqual({ kind: 'answered', result: success('done') });
    expect(existsSync(socket.path)).toBe(false);
  });

  test('does not wait for a call without end, or for idle callers', async () => {
    const { promise: asked, resolve } = later();
    const endless = (): Promise<never> => {
      resolve();
      return new Promise(() => undefined);
    };
    const socket = await listening(endless, temporaryFolder(), { ...limits, silentMs: 60_000 });
    const idling = connect(socket.path);
    const idle = closed(idling);
    const asking = askEngine(socket.home, 'folder.list', {}, options);
    await asked;
    const since = performance.now();
    await socket.stop();
    expect(performance.now() - since).toBeLessThan(2_000);
    expect(await asking).toEqual({ kind: 'lost' });
    expect(await idle).toBe('');
  });
});

describe('the place', () => {
  const around = { platform: 'linux' as const, user: 7, runtime: '/run/x', temporary: '/tmp' };

  test('is the home where its path is short enough, else a folder of the user’s own', () => {
    expect(socketPlaces('/h', around).map((place) => place.path)).toEqual([
      `/h/${SOCKET_FILE}`,
      expect.stringMatching(/^\/run\/x\/cairn-7\/[0-9a-f]{32}\.sock$/),
      expect.stringMatching(/^\/run\/user\/7\/cairn-7\/[0-9a-f]{32}\.sock$/),
      expect.stringMatching(/^\/tmp\/cairn-7\/[0-9a-f]{32}\.sock$/),
    ]);
    const long = socketPlaces(`/${'é'.repeat(60)}`, around);
    expect(long.map((place) => place.folder)).toEqual(['/run/x/cairn-7', '/run/user/7/cairn-7', '/tmp/cairn-7']);
    expect(socketPlaces('/h', { ...around, platform: 'win32' })).toMatchObject([
      { path: expect.stringMatching(/^\\\\\.\\pipe\\cairn-[0-9a-f]{32}$/) as string },
    ]);
    for (const { path } of long) expect(Buffer.byteLength(path)).toBeLessThanOrEqual(100);
  });

  test.runIf(process.platform !== 'win32')('that others may enter is not trusted, nor made good', () => {
    const folder = join(temporaryFolder(), 'cairn-own');
    const place = { path: join(folder, 'x.sock'), folder };
    expect(isTrusted(place)).toBe(false);
    expect(preparePlace(place)).toBe(true);
    chmodSync(folder, 0o777);
    expect(preparePlace(place)).toBe(false);
    const file = join(temporaryFolder(), 'a-file');
    writeFileSync(file, '');
    expect(preparePlace({ path: join(file, 'x.sock'), folder: file })).toBe(false);
  });
});

test('the app’s engine is heard too, and takes and refuses what the window’s would', async () => {
  const home = join(temporaryFolder(), 'home');
  mkdirSync(home);
  const said: string[] = [];
  const engine = must(await openEngine({ home, practice: null, watch: true, log: (line) => said.push(line) }));
  try {
    const connection = {
      name: 'store',
      endpoint: 'http://127.0.0.1:1',
      region: 'us-east-1',
      pathStyle: true,
      credentials: { kind: 'profile', profile: 'nobody' },
    } as const;
    const added = await askEngine(home, 'connection.add', connection, options);
    expect(added).toEqual({ kind: 'answered', result: success(connection) });
    const withKey = { ...connection, name: 'two', credentials: { kind: 'keys', secretAccessKey: 'x' } };
    expect(await engine.call('connection.add', withKey)).toMatchObject({ failure: { code: 'bad-input' } });
    const inUrl = { ...connection, name: 'two', endpoint: 'http://user:key@127.0.0.1:1' };
    const refused = await askEngine(home, 'connection.add', inUrl, options);
    expect(refused).toMatchObject({ result: { failure: { code: 'bad-input' } } });
    const nowhere = await askEngine(home, 'folder.policy', { folder: 'x', policy: { nonsense: 1 } }, options);
    expect(nowhere).toMatchObject({ result: { failure: { code: 'policy-malformed' } } });
    expect(await askEngine(home, 'folder.sync', { folders: [] }, options)).toMatchObject({ result: { ok: true } });
    expect(await askEngine(home, 'connection.remove', { connection: 'store' }, options)).toMatchObject({
      result: { value: { name: 'store' } },
    });
  } finally {
    await engine.stop();
  }
  expect(said).toEqual([]);
  expect(existsSync(join(home, SOCKET_FILE))).toBe(false);
});
