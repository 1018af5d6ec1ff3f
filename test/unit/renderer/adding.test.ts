import { describe, expect, it } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { Connection, Folder, FolderMatch } from '../../../main/contract/models.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { Adding, lastPart, prefixFor } from '../../../renderer/state/adding.svelte.ts';
import { FakeBridge } from './fake-bridge.ts';

const aws: Connection = {
  name: 'AWS',
  endpoint: null,
  region: 'eu-central-1',
  pathStyle: false,
  credentials: { kind: 'default' },
};
const practice: Connection = {
  name: 'This computer',
  endpoint: null,
  region: 'us-east-1',
  pathStyle: true,
  credentials: { kind: 'practice', directory: '/home/practice' },
};
const added = (name: string): Folder => ({
  id: '1',
  name,
  path: `/home/${name}`,
  connection: 'AWS',
  bucket: 'papers',
  prefix: `${name}/`,
  deletes: 'mark',
  paused: false,
  policy: {},
  policyVersion: 1,
  ignore: [],
  watching: 'auto',
  addedAt: '2026-11-22T14:00:00.000Z',
});
const none = { files: 0, bytes: 0 };
const found = (versions: number): FolderMatch => ({
  equal: { files: versions, bytes: versions },
  different: none,
  unproved: 0,
  onlyHere: none,
  onlyThere: none,
  unusable: { count: 0, examples: [] },
  examples: { different: [], onlyThere: [] },
  versions,
  requests: 1,
});
const bridgeOf = (): FakeBridge =>
  new FakeBridge({
    'connection.list': () => success([aws, practice]),
    'connection.practice': () => success(practice),
    'connection.buckets': ({ connection }) => success(connection === 'AWS' ? ['papers', 'photos'] : ['practice']),
    'folder.look': () => success(found(0)),
    'folder.add': ({ path }) => success(added(lastPart(path))),
    'app.pickFolder': () => success('/home/papers'),
  });

describe('the prefix', () => {
  it.each([
    ['', '/home/mara/Documents/papers', 'papers/'],
    ['', '/home/mara/Documents/papers/', 'papers/'],
    ['', 'C:\\Users\\mara\\papers', 'papers/'],
    ['kept', '/home/papers', 'kept/'],
    [' kept/ ', '/home/papers', 'kept/'],
    ['/kept/deep', '/home/papers', 'kept/deep/'],
    ['/', '/home/papers', ''],
    ['', '/', ''],
  ])('typed as “%s” for %s is “%s”', (typed, path, prefix) => {
    expect(prefixFor(typed, path)).toBe(prefix);
  });
});

it('takes three steps and sends what was chosen', async () => {
  const bridge = bridgeOf();
  const adding = new Adding(bridge);
  await adding.begin(false);
  // The practice connection is a choice of its own and not listed twice.
  expect(adding.connections?.map((connection) => connection.name)).toEqual(['AWS']);
  expect(adding.choice).toEqual({ kind: 'connection', name: 'AWS' });
  await adding.goOn();
  expect(adding.step).toBe(2);
  expect(adding.buckets).toEqual(['papers', 'photos']);
  adding.bucket = 'photos';
  await adding.goOn();
  expect(adding.step).toBe(3);
  expect(adding.canGoOn).toBe(false);
  await adding.pick();
  expect(adding.path).toBe('/home/papers');
  const folder = await adding.goOn();
  expect(folder?.name).toBe('papers');
  expect(bridge.made.at(-1)).toEqual({
    name: 'folder.add',
    input: { path: '/home/papers', connection: 'AWS', bucket: 'photos', prefix: 'papers/' },
  });
});

it('begins practice at the last step, with the practice bucket chosen', async () => {
  const adding = new Adding(bridgeOf());
  await adding.begin(true);
  expect(adding.step).toBe(3);
  expect(adding.bucket).toBe('practice');
  expect(adding.isPractice).toBe(true);
  adding.goBack();
  adding.goBack();
  expect(adding.step).toBe(1);
});

it('stays at a step that fails and says why; the next try clears it', async () => {
  const bridge = bridgeOf();
  const adding = new Adding(bridge);
  await adding.begin(true);
  adding.path = '/home/papers';
  bridge.answers['folder.add'] = () => failed(failure('not-a-folder', { path: '/home/papers' }));
  expect(await adding.goOn()).toBeNull();
  expect(adding.step).toBe(3);
  expect(adding.failure?.code).toBe('not-a-folder');
  bridge.answers['folder.add'] = () => success(added('papers'));
  expect((await adding.goOn())?.name).toBe('papers');
  expect(adding.failure).toBeNull();
});

it('lets a bucket be typed where the store does not list them', async () => {
  const bridge = bridgeOf();
  bridge.answers['connection.buckets'] = () =>
    failed(failure('permission', { action: 's3:ListAllMyBuckets', resource: '*', answer: '403' }));
  const adding = new Adding(bridge);
  await adding.begin(false);
  await adding.goOn();
  expect(adding.step).toBe(2);
  expect(adding.buckets).toBeNull();
  expect(adding.bucketsFailure?.code).toBe('permission');
  expect(adding.canGoOn).toBe(false);
  adding.bucket = 'papers';
  expect(adding.canGoOn).toBe(true);
});

it('forgets the bucket when another connection is chosen', async () => {
  const adding = new Adding(bridgeOf());
  await adding.begin(false);
  await adding.goOn();
  adding.goBack();
  adding.choose({ kind: 'practice' });
  expect(adding.bucket).toBe('');
  await adding.goOn();
  expect(adding.bucket).toBe('practice');
});

it('shows what lies there already, and begins there once a person has seen it; another place is looked at anew', async () => {
  const bridge = bridgeOf();
  const adding = new Adding(bridge);
  await adding.begin(true);
  adding.path = '/home/papers';
  bridge.answers['folder.look'] = () => success(found(3));
  expect(await adding.goOn()).toBeNull();
  expect(adding.found?.equal.files).toBe(3);
  expect(bridge.count('folder.add')).toBe(0);

  adding.prefix = 'elsewhere';
  expect(adding.found, 'what was seen was seen of another place').toBeNull();
  expect(await adding.goOn()).toBeNull();
  expect(bridge.count('folder.look')).toBe(2);
  expect((await adding.goOn())?.name).toBe('papers');
  expect(bridge.made.at(-1)).toMatchObject({ name: 'folder.add', input: { prefix: 'elsewhere/', adopt: true } });
});

it('ends a look that nobody waits for any more', async () => {
  const bridge = bridgeOf();
  const adding = new Adding(bridge);
  await adding.begin(true);
  adding.endLook();
  expect(bridge.count('folder.endLook')).toBe(0);
  adding.path = '/home/papers';
  const going = adding.goOn();
  adding.endLook();
  await going;
  const [look, end] = ['folder.look', 'folder.endLook'].map((name) => bridge.made.find((made) => made.name === name));
  expect(end?.input).toEqual({ look: (look?.input as { look: string }).look });
});
