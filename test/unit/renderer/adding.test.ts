import { describe, expect, it, vi } from 'vitest';
import type { Measured } from '../../../main/contract/begin.ts';
import { failure } from '../../../main/contract/errors.ts';
import type { AttachedFolder, Connection, Folder, FolderMatch } from '../../../main/contract/models.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { templatePolicies } from '../../../main/contract/templates.ts';
import { commandsOf } from '../../../renderer/state/adding/command.ts';
import { lastPart, prefixFor } from '../../../renderer/state/adding/prefix.ts';
import { Adding } from '../../../renderer/state/adding.svelte.ts';
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
const measured: Measured = {
  files: 12,
  bytes: 3000,
  directories: 2,
  ignored: 0,
  links: 0,
  special: 0,
  unread: { count: 0, examples: [] },
  requests: 12,
  isWhole: true,
  warnings: [],
  costs: [1, 2, 3, 4].map((aMonth) => ({ aMonth, once: 0, isPriced: true })),
  prices: { currency: 'USD', asOf: '2025-06-01', isOwn: false },
};
const report = { folder: 'papers', at: '2026-11-22T14:00:00.000Z', store: 'aws', findings: [], capabilities: [] };
const facts = { versioning: 'enabled', lock: false, acls: true, blocksPublic: false } as const;
const KEY = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'a-secret' };

const bridgeOf = (connections: readonly Connection[] = [aws, practice]): FakeBridge =>
  new FakeBridge({
    'connection.list': () => success(connections),
    'connection.practice': () => success(practice),
    'connection.buckets': ({ connection }) => success(connection === 'AWS' ? ['papers', 'photos'] : ['practice']),
    'connection.profiles': () => success([{ name: 'work', kind: 'sso', region: 'eu-west-1', note: null }]),
    'connection.add': (connection) => success(connection),
    'connection.remove': () => success(aws),
    'connection.test': ({ bucket }) =>
      success({
        reachable: true,
        endpoint: 'https://store',
        buckets: ['papers'],
        bucket: bucket === undefined ? null : { name: bucket, versioning: bucket === 'photos' ? 'off' : 'enabled' },
      }),
    'connection.createBucket': ({ bucket }) =>
      success({ bucket, publicAccess: 'blocked', versioning: 'enabled', problems: [] }),
    'app.secretStore': () => success({ state: 'ok', backend: 'keys', kept: [], unreadable: 0 }),
    'app.keepKeys': ({ name }) => success({ name }),
    'app.handKeys': ({ name }) => success({ name }),
    'app.forgetKeys': ({ name }) => success({ name }),
    'folder.look': () => success(found(0)),
    'folder.measure': () => success(measured),
    'folder.endLook': () => success(null),
    'doctor.lookAt': () => success({ report, facts }),
    'policy.parse': () => success({ storageClass: 'STANDARD_IA' }),
    'folder.add': ({ path }) => success(added(lastPart(path))),
    'app.pickFolder': () => success('/home/papers'),
  });
const begun = async (bridge: FakeBridge, isPractice = false, path: string | null = null): Promise<Adding> => {
  const adding = new Adding(bridge);
  await adding.begin({ isPractice, path });
  return adding;
};
/** All answers that are due have come. */
const rest = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};
/** The AWS of a new connection, up to the step at which somebody signs in. */
const atWho = async (bridge: FakeBridge): Promise<Adding> => {
  const adding = await begun(bridge);
  adding.where.choose({ kind: 'new', store: 'aws' });
  await adding.goOn();
  return adding;
};
const inputs = (bridge: FakeBridge, name: string): unknown[] =>
  bridge.made.flatMap((made) => (made.name === name ? [made.input] : []));

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

describe('the steps', () => {
  it('with a connection that is there skip the signing in, and send what was chosen', async () => {
    const bridge = bridgeOf();
    const adding = await begun(bridge);
    // The practice connection is a choice of its own and not listed twice.
    expect(adding.where.connections.map((connection) => connection.name)).toEqual(['AWS']);
    expect(adding.where.choice).toEqual({ kind: 'connection', name: 'AWS' });
    await adding.goOn();
    expect(adding.step).toBe('bucket');
    expect(adding.isSettled('who')).toBe(true);
    expect(adding.bucket.buckets).toEqual(['papers', 'photos']);
    adding.bucket.choose('photos');
    await adding.goOn();
    expect(adding.step).toBe('folder');
    expect(adding.canGoOn).toBe(false);
    await adding.folder.pick();
    await adding.goOn();
    expect(adding.step).toBe('how');
    await rest();
    expect((await adding.goOn())?.name).toBe('papers');
    expect(bridge.made.at(-1)).toEqual({
      name: 'folder.add',
      input: { path: '/home/papers', connection: 'AWS', bucket: 'photos', prefix: 'papers/', deletes: 'keep' },
    });
  });

  it('send nothing before the last one', async () => {
    const bridge = bridgeOf();
    const adding = await begun(bridge, true);
    adding.folder.take('/home/papers');
    await adding.goOn();
    await rest();
    expect(adding.step).toBe('how');
    expect(bridge.count('folder.add')).toBe(0);
    await adding.goOn();
    expect(bridge.count('folder.add')).toBe(1);
  });

  it('begin practice at the folder, with the practice bucket chosen; each can be gone back to', async () => {
    const adding = await begun(bridgeOf(), true);
    expect(adding.step).toBe('folder');
    expect(adding.bucket.name).toBe('practice');
    expect(adding.bucket.versioning).toBe('enabled');
    expect(adding.isPractice).toBe(true);
    adding.goBack();
    expect(adding.step).toBe('bucket');
    adding.goBack();
    expect(adding.step).toBe('where');
    adding.goTo('bucket');
    expect(adding.step).toBe('bucket');
    // Practice needs nobody to sign in.
    expect(adding.canGoTo('who')).toBe(false);
  });

  it('stay where they fail and say why; the next try clears it', async () => {
    const bridge = bridgeOf();
    const adding = await begun(bridge, true);
    bridge.answers['folder.measure'] = () => failed(failure('not-a-folder', { path: '/home/nowhere' }));
    adding.folder.take('/home/nowhere');
    expect(await adding.goOn()).toBeNull();
    expect(adding.step).toBe('folder');
    expect(adding.failure?.code).toBe('not-a-folder');
    bridge.answers['folder.measure'] = () => success(measured);
    adding.folder.take('/home/papers');
    await adding.goOn();
    expect(adding.step).toBe('how');
    expect(adding.failure).toBeNull();
  });

  it('begin with a folder that was dropped, and ask for what is still to be chosen', async () => {
    const adding = await begun(bridgeOf(), false, '/home/papers');
    expect(adding.step).toBe('folder');
    await rest();
    expect(adding.folder.measured?.files).toBe(12);
    await adding.goOn();
    expect(adding.step).toBe('where');
    await adding.goOn();
    expect(adding.step).toBe('bucket');
    // The folder is known, so it is not asked for again.
    await adding.goOn();
    expect(adding.step).toBe('how');
  });

  it('go back from a dropped folder to the first step, where no store is known yet', async () => {
    const adding = await begun(bridgeOf(), false, '/home/papers');
    adding.goBack();
    expect(adding.step).toBe('where');
  });

  it('let go of a bucket when another store is chosen', async () => {
    const adding = await begun(bridgeOf());
    await adding.goOn();
    await adding.goOn();
    expect(adding.isSettled('bucket')).toBe(true);
    adding.goTo('where');
    adding.where.choose({ kind: 'practice' });
    expect(adding.isSettled('bucket')).toBe(false);
    expect(adding.canGoTo('bucket')).toBe(false);
    await adding.goOn();
    expect(adding.bucket.name).toBe('practice');
  });
});

describe('with no folder on this computer', () => {
  it('the place in the bucket is attached, at the prefix that was typed; the connection that was made for it stays', async () => {
    const bridge = bridgeOf();
    const attached: AttachedFolder = {
      ...{ id: '2', name: 'photos', path: null, connection: 'AWS', bucket: 'photos', prefix: 'old/', policy: {} },
      ...{ policyVersion: 1, addedAt: '2026-11-22T14:00:00.000Z', bringingBack: null },
    };
    bridge.answers['folder.attach'] = () => success(attached);
    const adding = await begun(bridge);
    expect(adding.canAttach).toBe(false);
    expect(await adding.attach()).toBeNull();
    await adding.goOn();
    adding.bucket.choose('photos');
    adding.bucket.prefix = '/old';
    await adding.goOn();
    expect(adding.step).toBe('folder');
    expect(await adding.attach()).toEqual(attached);
    expect(inputs(bridge, 'folder.attach')).toEqual([{ connection: 'AWS', bucket: 'photos', prefix: 'old/' }]);
    expect(bridge.count('folder.add')).toBe(0);
    await adding.end();
    expect(bridge.count('connection.remove')).toBe(0);
  });

  it('what stands against it is said where it was asked for', async () => {
    const bridge = bridgeOf();
    bridge.answers['folder.attach'] = () => failed(failure('target-collides', { folder: 'Thesis', target: 'x' }));
    const adding = await begun(bridge);
    await adding.goOn();
    adding.bucket.choose('photos');
    await adding.goOn();
    expect(await adding.attach()).toBeNull();
    expect(adding).toMatchObject({ step: 'folder', isBusy: false, failure: { code: 'target-collides' } });
  });
});

describe('a new connection', () => {
  it('is made of store and profile, asked at once, and removed where the store does not answer', async () => {
    const bridge = bridgeOf();
    const adding = await atWho(bridge);
    expect(adding.step).toBe('who');
    expect(adding.who.choice).toEqual({ kind: 'profile', name: 'work' });
    bridge.answers['connection.test'] = () => failed(failure('offline', { endpoint: 'x', reason: 'y' }));
    await adding.goOn();
    expect(adding.step).toBe('who');
    expect(adding.failure?.code).toBe('offline');
    expect(inputs(bridge, 'connection.remove')).toEqual([{ connection: 'AWS us-east-1' }]);
    expect(adding.leftover).toBeNull();

    Object.assign(bridge.answers, { 'connection.test': bridgeOf().answers['connection.test'] });
    adding.where.region = 'eu-west-1';
    await adding.goOn();
    expect(adding.step).toBe('bucket');
    expect(inputs(bridge, 'connection.add').at(-1)).toEqual({
      name: 'AWS eu-west-1',
      endpoint: null,
      region: 'eu-west-1',
      pathStyle: false,
      credentials: { kind: 'profile', profile: 'work' },
    });
  });

  it('gets typed keys once, and they are gone from here before the app has answered', async () => {
    const bridge = bridgeOf();
    const adding = await atWho(bridge);
    adding.who.choose({ kind: 'keys' });
    expect(adding.canGoOn).toBe(false);
    Object.assign(adding.who, KEY);
    bridge.answers['app.keepKeys'] = ({ name }) => {
      // Asked again once the answer is under way.
      queueMicrotask(() => {
        expect(adding.who.secretAccessKey).toBe('');
        expect(adding.who.accessKeyId).toBe('');
      });
      return success({ name });
    };
    await adding.goOn();
    expect(adding.step).toBe('bucket');
    expect(inputs(bridge, 'app.keepKeys')).toEqual([{ name: 'AWS us-east-1', ...KEY }]);
    expect(inputs(bridge, 'connection.add')).toMatchObject([{ credentials: { kind: 'app' } }]);
    // Nothing else that was sent holds them.
    const rest = bridge.made.filter(({ name }) => name !== 'app.keepKeys');
    expect(JSON.stringify(rest)).not.toContain(KEY.secretAccessKey);
    // Back and forth, they are not asked for again.
    adding.goBack();
    expect(adding.canGoOn).toBe(true);
    await adding.goOn();
    expect(adding.step).toBe('bucket');
    expect(bridge.count('connection.add')).toBe(1);
  });

  it('is asked for its keys at each start where there is no keychain', async () => {
    const bridge = bridgeOf();
    bridge.answers['app.secretStore'] = () =>
      success({ state: 'basic', backend: 'basic_text', kept: [], unreadable: 0 });
    const adding = await atWho(bridge);
    adding.who.choose({ kind: 'keys' });
    Object.assign(adding.who, KEY);
    await adding.goOn();
    expect(inputs(bridge, 'app.handKeys')).toEqual([{ name: 'AWS us-east-1', ...KEY }]);
    expect(bridge.count('app.keepKeys')).toBe(0);
    expect(inputs(bridge, 'connection.add')).toMatchObject([{ credentials: { kind: 'ask' } }]);
  });

  it('is removed with its keys where the steps are left, and kept where a person says so', async () => {
    for (const keep of [false, true]) {
      const bridge = bridgeOf();
      const adding = await atWho(bridge);
      adding.who.choose({ kind: 'keys' });
      Object.assign(adding.who, KEY);
      await adding.goOn();
      expect(adding.leftover?.name).toBe('AWS us-east-1');
      await adding.end(keep);
      expect(bridge.count('connection.remove')).toBe(keep ? 0 : 1);
      expect(bridge.count('app.forgetKeys')).toBe(keep ? 0 : 1);
      await adding.end();
      expect(bridge.count('connection.remove')).toBe(keep ? 0 : 1);
    }
  });

  it('is no longer a leftover once a folder uses it', async () => {
    const bridge = bridgeOf();
    const adding = await atWho(bridge);
    await adding.goOn();
    await adding.goOn();
    adding.folder.take('/home/papers');
    await adding.goOn();
    await rest();
    expect((await adding.goOn())?.name).toBe('papers');
    await adding.end();
    expect(bridge.count('connection.remove')).toBe(0);
  });

  it('to the practice bucket goes without a word where it is not used, and stays where it was before', async () => {
    for (const [known, removed] of [
      [[aws], 1],
      [[aws, practice], 0],
    ] as const) {
      const bridge = bridgeOf(known);
      const adding = await begun(bridge, true);
      expect(adding.leftover).toBeNull();
      await adding.end();
      expect(bridge.count('connection.remove')).toBe(removed);
    }
  });

  it('gives way to another one when store or signing in are chosen anew', async () => {
    const bridge = bridgeOf();
    const adding = await atWho(bridge);
    await adding.goOn();
    adding.goTo('who');
    adding.who.choose({ kind: 'default' });
    expect(adding.canGoTo('bucket')).toBe(false);
    await adding.goOn();
    expect(inputs(bridge, 'connection.remove')).toEqual([{ connection: 'AWS us-east-1' }]);
    expect(bridge.count('connection.add')).toBe(2);
  });

  it('takes a name that is free, and the address of its region', async () => {
    const adding = await begun(bridgeOf([{ ...aws, name: 'AWS us-east-1' }]));
    adding.where.choose({ kind: 'new', store: 'aws' });
    expect(adding.where.freeName).toBe('AWS us-east-1 2');
    adding.where.choose({ kind: 'new', store: 'wasabi' });
    adding.where.region = 'eu-west-1';
    expect(adding.where.address.endpoint).toBe('https://s3.eu-west-1.wasabisys.com');
    expect(adding.canGoOn).toBe(true);
    adding.where.choose({ kind: 'new', store: 'other' });
    expect(adding.canGoOn).toBe(false);
    adding.where.endpoint = 'http://vault.lan:9000';
    expect(adding.canGoOn).toBe(true);
    expect(adding.where.freeName).toBe('vault.lan:9000');
  });
});

describe('the bucket', () => {
  it('can be typed where the store does not list them, and has to answer', async () => {
    const bridge = bridgeOf();
    bridge.answers['connection.buckets'] = () =>
      failed(failure('permission', { action: 's3:ListAllMyBuckets', resource: '*', answer: '403' }));
    const adding = await begun(bridge);
    await adding.goOn();
    expect(adding.step).toBe('bucket');
    expect(adding.bucket.mode).toBe('typed');
    expect(adding.bucket.listFailure?.code).toBe('permission');
    expect(adding.canGoOn).toBe(false);
    adding.bucket.type('papers');
    const answer = bridge.answers['connection.test'];
    bridge.answers['connection.test'] = ({ bucket = '' }) =>
      failed(failure('bucket-missing', { bucket, answer: '404' }));
    await adding.goOn();
    expect(adding.step).toBe('bucket');
    expect(adding.failure?.code).toBe('bucket-missing');
    Object.assign(bridge.answers, { 'connection.test': answer });
    await adding.goOn();
    expect(adding.step).toBe('folder');
  });

  it('is looked at once its name rests, and the answer of a former name does not count', async () => {
    vi.useFakeTimers();
    const bridge = bridgeOf();
    const adding = await begun(bridge);
    await adding.goOn();
    const before = bridge.count('connection.test');
    adding.bucket.setMode('typed');
    for (const name of ['p', 'ph', 'photos']) adding.bucket.type(name);
    expect(bridge.count('connection.test')).toBe(before);
    await vi.runAllTimersAsync();
    expect(inputs(bridge, 'connection.test').at(-1)).toEqual({ connection: 'AWS', bucket: 'photos' });
    expect(adding.bucket.versioning).toBe('off');
    adding.bucket.type('photos-2');
    expect(adding.bucket.versioning).toBeNull();
    vi.useRealTimers();
  });

  it('is made where a person wants a new one, with a name that S3 takes; it is shown where not all could be set', async () => {
    const bridge = bridgeOf();
    const adding = await begun(bridge);
    await adding.goOn();
    adding.bucket.setMode('new');
    adding.bucket.type('My_Papers');
    expect(adding.bucket.problem).toBe('characters');
    expect(adding.canGoOn).toBe(false);
    adding.bucket.type('my-papers');
    expect(adding.bucket.problem).toBeNull();
    const problem = failure('permission', { action: 's3:PutBucketVersioning', resource: '*', answer: '403' });
    bridge.answers['connection.createBucket'] = ({ bucket }) =>
      success({ bucket, publicAccess: 'blocked', versioning: 'failed', problems: [problem] });
    await adding.goOn();
    expect(adding.step).toBe('bucket');
    expect(adding.failure).toEqual(problem);
    expect(adding.bucket.made).toEqual(['my-papers']);
    // It is there now, so going on makes no second one.
    await adding.goOn();
    expect(adding.step).toBe('folder');
    expect(inputs(bridge, 'connection.createBucket')).toEqual([
      { connection: 'AWS', bucket: 'my-papers', versioning: true },
    ]);
  });
});

describe('the folder', () => {
  it('is counted with the costs of every template; a count that is stopped keeps nobody from going on', async () => {
    const bridge = bridgeOf();
    const adding = await begun(bridge, true);
    let answered: (value: ReturnType<NonNullable<(typeof bridge.answers)['folder.measure']>>) => void = () => undefined;
    const call = bridge.call.bind(bridge);
    vi.spyOn(bridge, 'call').mockImplementation((name, input) => {
      const told = call(name, input);
      if (name !== 'folder.measure') return told;
      return new Promise((resolve) => {
        answered = resolve;
      });
    });
    adding.folder.take('/home/papers');
    expect(adding.folder.isCounting).toBe(true);
    adding.folder.stop();
    const [asked] = inputs(bridge, 'folder.measure') as { look: string; policies: unknown[] }[];
    expect(asked?.policies).toEqual(Object.values(templatePolicies));
    expect(inputs(bridge, 'folder.endLook')).toEqual([{ look: asked?.look }]);
    answered(success(measured));
    await rest();
    expect(adding.folder.measured).toBeNull();
    await adding.goOn();
    expect(adding.step).toBe('how');
  });

  it('has a price only where the prices are those of its store', async () => {
    const adding = await begun(bridgeOf());
    await adding.goOn();
    await adding.goOn();
    adding.folder.take('/home/papers');
    await rest();
    expect(adding.costOf('archive')?.aMonth).toBe(2);
    adding.where.choose({ kind: 'new', store: 'wasabi' });
    expect(adding.costOf('archive')).toBeNull();
  });
});

describe('how it is kept', () => {
  const atHow = async (bridge: FakeBridge): Promise<Adding> => {
    const adding = await begun(bridge);
    await adding.goOn();
    await adding.goOn();
    adding.folder.take('/home/papers');
    await adding.goOn();
    await rest();
    return adding;
  };

  it('shows what lies there already before it begins there; the look comes before the doctor’s', async () => {
    const bridge = bridgeOf();
    bridge.answers['folder.look'] = () => success(found(3));
    const adding = await atHow(bridge);
    expect(adding.how.found?.equal.files).toBe(3);
    const asked = bridge.made.map(({ name }) => name);
    expect(asked.indexOf('folder.look')).toBeLessThan(asked.indexOf('doctor.lookAt'));
    expect(bridge.count('folder.add')).toBe(0);
    expect((await adding.goOn())?.name).toBe('papers');
    expect(bridge.made.at(-1)).toMatchObject({ name: 'folder.add', input: { adopt: true, deletes: 'mark' } });
  });

  it('looks at another place anew, and not at the same one', async () => {
    const bridge = bridgeOf();
    const adding = await atHow(bridge);
    adding.goBack();
    await adding.goOn();
    await rest();
    expect(bridge.count('folder.look')).toBe(1);
    adding.goTo('bucket');
    adding.bucket.prefix = 'elsewhere';
    await adding.goOn();
    await rest();
    expect(bridge.count('folder.look')).toBe(2);
    expect(inputs(bridge, 'folder.look').at(-1)).toMatchObject({ prefix: 'elsewhere/' });
  });

  it('looks once more where something came there meanwhile', async () => {
    const bridge = bridgeOf();
    const adding = await atHow(bridge);
    const counts = { equal: 0, different: 0, onlyHere: 0, onlyThere: 1 };
    bridge.answers['folder.add'] = () => failed(failure('prefix-not-empty', { target: 'papers', ...counts }));
    bridge.answers['folder.look'] = () => success(found(1));
    expect(await adding.goOn()).toBeNull();
    expect(adding.how.adopts).toBe(true);
    expect(adding.failure?.code).toBe('prefix-not-empty');
  });

  it('holds a template back that the bucket cannot take, and has the bucket looked over for the one that is chosen', async () => {
    const bridge = bridgeOf();
    const adding = await atHow(bridge);
    adding.how.choose('compliance');
    expect(adding.how.obstacle('compliance')).toEqual({ kind: 'lock-off' });
    expect(adding.how.template).toBe('everyday');
    adding.how.choose('archive');
    await rest();
    expect(inputs(bridge, 'doctor.lookAt').at(-1)).toMatchObject({ policy: templatePolicies.archive });
    await adding.goOn();
    expect(bridge.made.at(-1)).toMatchObject({ name: 'folder.add', input: { policy: templatePolicies.archive } });
  });

  it('takes a policy of one’s own once it is one', async () => {
    vi.useFakeTimers();
    const bridge = bridgeOf();
    const adding = await begun(bridge, true);
    adding.folder.take('/home/papers');
    await vi.runAllTimersAsync();
    await adding.goOn();
    await vi.runAllTimersAsync();
    adding.how.choose('own');
    expect(adding.canGoOn).toBe(false);
    bridge.answers['policy.parse'] = () =>
      failed(failure('policy-malformed', { field: 'storageClas', problem: 'there is no such field' }));
    adding.how.typeOwn('{ "storageClas": "STANDARD_IA" }');
    await vi.runAllTimersAsync();
    expect(adding.how.ownFailure?.code).toBe('policy-malformed');
    expect(adding.canGoOn).toBe(false);
    bridge.answers['policy.parse'] = () => success({ storageClass: 'STANDARD_IA' });
    adding.how.typeOwn('{ "storageClass": "STANDARD_IA" }');
    await vi.runAllTimersAsync();
    expect(adding.canGoOn).toBe(true);
    // What it costs is counted anew.
    expect(inputs(bridge, 'folder.measure').at(-1)).toMatchObject({
      policies: [...Object.values(templatePolicies), { storageClass: 'STANDARD_IA' }],
    });
    await adding.goOn();
    expect(bridge.made.at(-1)).toMatchObject({ input: { policy: { storageClass: 'STANDARD_IA' } } });
    vi.useRealTimers();
  });

  it('ends what is under way when the steps are left', async () => {
    const bridge = bridgeOf();
    const adding = await begun(bridge, true);
    adding.folder.take('/home/papers');
    await adding.end();
    const [count] = inputs(bridge, 'folder.measure') as { look: string }[];
    expect(inputs(bridge, 'folder.endLook')).toEqual([{ look: count?.look }]);
  });
});

describe('the same on the command line', () => {
  const kept = {
    path: '/home/mara/My papers',
    connection: 'AWS',
    bucket: 'papers',
    prefix: 'papers/',
    deletes: 'mark',
    policyFile: null,
    adopts: false,
  } as const;

  it('makes the connection and the folder', () => {
    const profile = { ...aws, credentials: { kind: 'profile', profile: 'work' } } as const;
    expect(commandsOf(profile, kept)).toEqual([
      'cairn connection add AWS --region eu-central-1 --profile work',
      "cairn folder add '/home/mara/My papers' --connection AWS --bucket papers --prefix papers/ --deletes mark",
    ]);
    expect(commandsOf(practice, { ...kept, prefix: '', policyFile: 'policy.json', adopts: true })).toEqual([
      "cairn connection add 'This computer' --practice /home/practice",
      "cairn folder add '/home/mara/My papers' --connection 'This computer' --bucket papers --deletes mark --policy policy.json --adopt",
    ]);
  });

  it('never has a place for keys', () => {
    for (const kind of ['app', 'ask'] as const) {
      const [only, ...more] = commandsOf({ ...aws, credentials: { kind } }, kept);
      expect(more).toEqual([]);
      expect(only).toContain('cairn folder add');
    }
  });
});
