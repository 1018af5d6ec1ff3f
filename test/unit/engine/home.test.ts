/** Connections, folders and the engine itself, with a real home and a real server on this computer. */
import { mkdirSync, readFileSync, realpathSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { Connection, Folder } from '../../../main/contract/models.ts';
import { openClients, type Clients } from '../../../main/engine/clients.ts';
import { Engine } from '../../../main/engine/engine.ts';
import { openHome, openHomeForReading, type OpenHome } from '../../../main/engine/home.ts';
import {
  addConnection,
  addFolder,
  findConnection,
  findFolder,
  ownDirectories,
  removeConnection,
  removeFolder,
  setPaused,
  setPolicy,
} from '../../../main/engine/manage.ts';
import { startPractice } from '../../../main/practice/index.ts';
import { codeOf, job, journalRow, must, temporaryFolder } from '../store/support.ts';

function home(path = join(temporaryFolder(), 'home')): OpenHome {
  const opened = must(openHome(path));
  let isOpen = true;
  const close = opened.close.bind(opened);
  onTestFinished(() => {
    if (isOpen) close();
  });
  return Object.assign(opened, {
    close: () => {
      isOpen = false;
      close();
    },
  });
}

const plain = (name: string, change: Partial<Connection> = {}): Connection => ({
  name,
  endpoint: null,
  region: 'us-east-1',
  pathStyle: false,
  credentials: { kind: 'default' },
  ...change,
});

interface World {
  readonly opened: OpenHome;
  readonly clients: Clients;
  readonly connection: Connection;
  readonly root: string;
  readonly add: (change?: Partial<Parameters<typeof addFolder>[2]>) => ReturnType<typeof addFolder>;
}

async function world(): Promise<World> {
  const opened = home();
  const directory = join(opened.path, 'practice');
  const server = await startPractice({ directory, bucket: 'practice' });
  if (!server.ok) throw new Error(server.reason);
  onTestFinished(() => server.value.stop());
  const connection = must(
    addConnection(opened, plain('here', { pathStyle: true, credentials: { kind: 'practice', directory } })),
  );
  const clients = openClients(
    () => opened.settings.connections,
    () => undefined,
  );
  onTestFinished(() => {
    clients.close();
  });
  const root = temporaryFolder();
  return {
    opened,
    clients,
    connection,
    root,
    add: (change = {}) =>
      addFolder(opened, clients, { path: root, connection: 'here', bucket: 'practice', prefix: 'p', ...change }),
  };
}

describe('a home', () => {
  test('is locked while it is open, and free afterwards', () => {
    const opened = home();
    expect(codeOf(openHome(opened.path))).toBe('home-locked');
    expect(codeOf(openHomeForReading(opened.path))).toBe('ok');
    opened.close();
    home(opened.path);
  });

  test('with malformed settings is not opened, not locked, and not changed', () => {
    const opened = home();
    opened.close();
    writeFileSync(join(opened.path, 'config.json'), '{');
    expect(codeOf(openHome(opened.path))).toBe('config-malformed');
    expect(codeOf(openHomeForReading(opened.path))).toBe('config-malformed');
    expect(readFileSync(join(opened.path, 'config.json'), 'utf8')).toBe('{');
    writeFileSync(join(opened.path, 'config.json'), '{"format":1,"connections":[],"folders":[]}');
    home(opened.path);
  });

  test('whose database is cut short says that it is damaged, and lets its lock go', () => {
    const opened = home();
    for (let index = 0; index < 300; index += 1)
      opened.tables.journal.put(journalRow(`${'x'.repeat(100)}${String(index)}`));
    opened.close();
    const file = join(opened.path, 'cairn.db');
    const whole = readFileSync(file);
    for (const pages of [1, 2, 5]) {
      writeFileSync(file, whole.subarray(0, pages * 4096));
      expect(codeOf(openHomeForReading(opened.path))).toBe('home-damaged');
      expect(codeOf(openHome(opened.path))).toBe('home-damaged');
    }
    writeFileSync(file, whole);
    home(opened.path);
  });
});

describe('connections', () => {
  test('are added once, found, and removed where no folder uses them', () => {
    const opened = home();
    must(addConnection(opened, plain('a', { endpoint: 'https://s3.example.com' })));
    expect(codeOf(addConnection(opened, plain('a')))).toBe('name-taken');
    expect(must(findConnection(opened.settings.connections, 'a')).endpoint).toBe('https://s3.example.com');
    expect(codeOf(findConnection(opened.settings.connections, 'A'))).toBe('unknown-connection');
    expect(codeOf(removeConnection(opened, null, 'b'))).toBe('unknown-connection');
    must(removeConnection(opened, null, 'a'));
    expect(opened.settings.connections).toEqual([]);
  });

  test.each([
    ['', 'https://s'],
    ['  ', 'https://s'],
    ['a', 's3.example.com'],
    ['a', 'ftp://s'],
    ['a', 'https://key:secret@s'],
    ['a', 'https://key@s'],
    ['a', ''],
  ])('“%s” at “%s” is refused, and nothing is written', (name, endpoint) => {
    const opened = home();
    expect(codeOf(addConnection(opened, plain(name, { endpoint })))).toBe('bad-input');
    expect(must(openHomeForReading(opened.path)).settings.connections).toEqual([]);
  });
});

describe('folders', () => {
  test('one is added with the name of its place, its prefix ended, and its root known', async () => {
    const { opened, add, root, connection } = await world();
    const folder = must(await add());
    expect(folder).toMatchObject({
      path: root,
      prefix: 'p/',
      deletes: 'mark',
      paused: false,
      policyVersion: 1,
      connection: connection.name,
    });
    expect(root.endsWith(folder.name)).toBe(true);
    expect(opened.tables.folders.find(folder.id).root).not.toBeNull();
    expect(opened.tables.folders.capabilities('here', 'practice').versioning).toBe('enabled');
    expect(must(openHomeForReading(opened.path)).settings.folders).toEqual([folder]);
    expect(codeOf(removeConnection(opened, null, 'here'))).toBe('connection-in-use');
  });

  test('what cannot be is refused, each with its reason, and nothing is written', async () => {
    const { opened, add, root } = await world();
    writeFileSync(join(root, 'file'), '');
    const codes = {
      missing: codeOf(await add({ path: join(root, 'none') })),
      file: codeOf(await add({ path: join(root, 'file') })),
      connection: codeOf(await add({ connection: 'none' })),
      bucket: codeOf(await add({ bucket: 'none-such' })),
      home: codeOf(await add({ path: opened.path })),
      practice: codeOf(await add({ path: join(opened.path, 'practice') })),
      prefix: codeOf(await add({ prefix: '../x' })),
      name: codeOf(await add({ name: ' ' })),
    };
    expect(codes).toEqual({
      missing: 'not-a-folder',
      file: 'not-a-folder',
      connection: 'unknown-connection',
      bucket: 'bucket-missing',
      home: 'target-is-home',
      practice: 'target-is-home',
      prefix: 'bad-input',
      name: 'bad-input',
    });
    expect(opened.settings.folders).toEqual([]);
    expect(opened.tables.activity.list(null, null, 10)).toEqual([]);
  });

  test('a link into the home is the home', async () => {
    const { opened, add, root } = await world();
    mkdirSync(join(opened.path, 'sub'));
    symlinkSync(join(opened.path, 'sub'), join(root, 'link'));
    expect(codeOf(await add({ path: join(root, 'link') }))).toBe('target-is-home');
    expect(await ownDirectories(opened)).toEqual([
      realpathSync(opened.path),
      realpathSync(join(opened.path, 'practice')),
    ]);
  });

  test('names and targets are free, also of one that was added while the bucket was asked', async () => {
    const { opened, add } = await world();
    const places = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    const [first, second, third] = await Promise.all([
      add({ path: places[0] ?? '', name: 'one', prefix: 'x' }),
      add({ path: places[1] ?? '', name: 'two', prefix: 'x/y' }),
      add({ path: places[2] ?? '', name: 'three', prefix: 'z' }),
    ]);
    const codes = [codeOf(first), codeOf(second), codeOf(third)];
    expect(codes.filter((code) => code === 'ok')).toHaveLength(2);
    expect(codes.filter((code) => code === 'target-collides')).toHaveLength(1);
    // None that was told as added is lost.
    expect(opened.settings.folders.map((folder) => folder.name).sort()).toEqual(
      [first, second, third].flatMap((one) => (one.ok ? [one.value.name] : [])).sort(),
    );
    expect(codeOf(await add({ name: 'three', prefix: 'other' }))).toBe('name-taken');
    expect(codeOf(await add({ name: 'four', prefix: '' }))).toBe('target-collides');
  });

  test('a change of one folder while another is added stays', async () => {
    const { opened, add } = await world();
    const first = must(await add({ name: 'first' }));
    const adding = add({ path: temporaryFolder(), name: 'second', prefix: 'q' });
    must(setPaused(opened, 'first', true));
    must(await adding);
    expect(must(findFolder(opened.settings.folders, 'first'))).toEqual({ ...first, paused: true });
  });

  test('a policy counts its versions; one that cannot be sent changes nothing; the removed leave no rows', async () => {
    const { opened, add } = await world();
    const folder = must(await add({ name: 'f' }));
    expect(must(setPolicy(opened, 'f', { storageClass: 'STANDARD_IA' })).policyVersion).toBe(2);
    expect(codeOf(setPolicy(opened, 'none', {}))).toBe('unknown-folder');
    opened.tables.journal.put(journalRow('a', { folder: folder.id }));
    opened.tables.jobs.enqueue(job('b', { folder: folder.id }));
    must(removeFolder(opened, 'f'));
    expect(codeOf(removeFolder(opened, 'f'))).toBe('unknown-folder');
    expect(opened.tables.journal.directories(folder.id)).toEqual([]);
    expect(opened.tables.jobs.ofFolder(folder.id)).toEqual([]);
    expect(opened.tables.folders.find(folder.id)).toMatchObject({ files: 0, root: null });
    must(removeConnection(opened, null, 'here'));
  });
});

describe('a connection that is held', () => {
  test.each([
    [403, '<Error><Code>InvalidAccessKeyId</Code></Error>', 'credentials'],
    [403, '<Error><Code>RequestTimeTooSkewed</Code></Error>', 'credentials'],
    [403, '<Error><Code>AccessDenied</Code></Error>', 'ok'],
    [503, '<Error><Code>SlowDown</Code></Error>', 'ok'],
    [200, '<VersioningConfiguration/>', 'ok'],
  ])('a probe that is answered %i %s leaves it %s', async (status, body, expected) => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(request.method === 'HEAD' ? '' : body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const directory = temporaryFolder();
    const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    writeFileSync(
      join(directory, 'practice.json'),
      JSON.stringify({ endpoint, region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 'b' }),
    );
    const clients = openClients(
      () => [plain('c', { credentials: { kind: 'practice', directory } })],
      () => undefined,
    );
    onTestFinished(() => {
      clients.close();
      server.closeAllConnections();
      server.close();
    });
    const client = must(await clients.get('c'));
    const refused = await client.send('GetBucketVersioning', { Bucket: 'b' });
    clients.hold('c', refused.ok ? failure('offline') : { ...refused.failure, class: 'offline' }, 'b');
    expect(clients.stateOf('c').state).toBe('offline');
    const before = client.requests;
    await vi.waitFor(
      () => {
        expect(client.requests).toBeGreaterThan(before);
        expect(clients.stateOf('c').state).toBe(expected);
      },
      { timeout: 4000 },
    );
    expect(clients.downFor('c') === null).toBe(expected === 'ok');
  });
});

describe('the engine', () => {
  test('a root that goes away while files wait holds the folder: nothing is taken for vanished', async () => {
    const { opened, add, root } = await world();
    const folder: Folder = must(await add({ name: 'f' }));
    opened.tables.jobs.enqueue(job('a', { folder: folder.id }));
    opened.close();
    renameSync(root, `${root}-away`);
    const engine = must(await Engine.open({ home: opened.path, watch: false, log: () => undefined }));
    onTestFinished(() => engine.stop());
    engine.start([folder]);
    await vi.waitFor(() => {
      expect(engine.holdOf(folder)?.code).toBe('root-missing');
    });
    expect(engine.home.tables.jobs.ofFolder(folder.id)).toMatchObject([{ path: 'a', state: 'waiting' }]);
    expect(engine.home.tables.folders.find(folder.id).superseded).toBe(0);
    renameSync(`${root}-away`, root);
    engine.release(folder);
    await vi.waitFor(() => {
      expect(engine.home.tables.jobs.ofFolder(folder.id)).toEqual([]);
    });
    expect(engine.home.tables.folders.find(folder.id).superseded).toBe(1);
  });

  test('what it opened it closes, also where it never began', async () => {
    const path = join(temporaryFolder(), 'home');
    const engine = must(await Engine.open({ home: path, watch: false, log: () => undefined }));
    expect(codeOf(await Engine.open({ home: path, watch: false, log: () => undefined }))).toBe('home-locked');
    await engine.stop();
    home(path);
  });
});
