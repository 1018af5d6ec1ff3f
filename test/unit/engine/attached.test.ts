/** What has no folder on this computer: every call and command that would read or send the disk refuses it. */
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { run } from '../../../main/cli/run.ts';
import { calls, type CallName } from '../../../main/contract/calls.ts';
import { failure } from '../../../main/contract/errors.ts';
import type { AttachedFolder } from '../../../main/contract/models.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { Bringing } from '../../../main/engine/bringing.ts';
import { Engine } from '../../../main/engine/engine.ts';
import type { PresentItems } from '../../../main/engine/history-ports.ts';
import { openPracticeServers } from '../../../main/engine/practice.ts';
import { serve } from '../../../main/engine/serve.ts';
import { iamPolicy } from '../../../main/policy/iam.ts';
import { writeSettings } from '../../../main/store/index.ts';
import { must, temporaryFolder } from '../store/support.ts';

const attached: AttachedFolder = {
  id: 'i',
  name: 'papers',
  path: null,
  connection: 'store',
  bucket: 'b',
  prefix: 'p/',
  policy: {},
  policyVersion: 1,
  addedAt: '2026-03-01T12:00:00.000Z',
  bringingBack: null,
};

/** A home with nothing but the attached place, at a store that nobody answers for. */
function homeWith(): string {
  const home = join(temporaryFolder(), 'home');
  const credentials = { kind: 'default' } as const;
  const connection = { name: 'store', endpoint: 'http://127.0.0.1:9', region: 'r', pathStyle: true, credentials };
  must(writeSettings(home, { connections: [connection], folders: [attached] }));
  return home;
}

const folder = attached.name;
const at = '2026-03-01T12:00:00Z';
const [path, versionId, task] = ['a.txt', 'v', 't'];

/** Calls that name a folder, each with the rest of its input: these read or send the disk, or change what it is sent by. */
const REFUSED: Readonly<Partial<Record<CallName, object>>> = {
  'folder.rebuild': {},
  'folder.inspect': {},
  'folder.interval': { seconds: 1 },
  'folder.pause': { paused: true },
  'folder.deletes': { deletes: 'keep' },
  'folder.ignore': { ignore: [] },
  'folder.ignoreLists': {},
  'folder.ignoreWhy': { path },
  'folder.watching': { watching: 'auto' },
  'folder.links': { links: 'skip' },
  'folder.drill': { drill: 'off' },
  'folder.drillNow': { task },
  'folder.scan': {},
  'folder.files': {},
  'queue.retry': {},
  'queue.first': { path },
  'queue.forget': { path },
  'queue.pause': {},
  'queue.resume': {},
  'brake.show': {},
  'brake.decide': { decision: 'release' },
  'policy.explain': { path },
  'policy.cost': {},
  'policy.plan': {},
  'policy.apply': { policyVersion: 1, task },
  'doctor.tryConditions': {},
  'versions.restoreInPlace': { path, versionId },
  'versions.makeCurrent': { path, versionId },
  'history.restoreInPlace': { at, task },
};
/** These ask the bucket, change its settings on a person's word, or only what is known of the place here. */
const TAKEN: readonly CallName[] = [
  'folder.policy',
  'folder.remove',
  'folder.bringBack',
  'folder.verify',
  'folder.keep',
  'folder.planKeep',
  'folder.setKeep',
  'activity.list',
  'queue.list',
  'policy.check',
  'policy.limits',
  'versions.list',
  'versions.restore',
  'versions.preview',
  'versions.thaw',
  'versions.thawOffers',
  'versions.thaws',
  'history.sums',
  'history.tree',
  'history.diff',
  'history.directory',
  'history.density',
  'history.restore',
  'doctor.look',
  'doctor.permissions',
  'doctor.fix',
];

describe('every call about a folder', () => {
  test('is named here as refused for an attached one, or as taken', () => {
    const named = Object.entries(calls).flatMap(([name, { input }]) =>
      !name.startsWith('app.') && 'folder' in ((input as { shape?: object }).shape ?? {}) ? [name] : [],
    );
    expect(named.sort()).toEqual([...Object.keys(REFUSED), ...TAKEN].sort());
  });

  test('that would read or send the disk says that there is none, and how to get one', async () => {
    const home = homeWith();
    const engine = must(await Engine.open({ home, watch: true, log: () => undefined }));
    const served = await serve(engine, openPracticeServers(null), () => undefined);
    try {
      engine.start();
      const refusal = { ok: false, failure: { code: 'only-attached', facts: { folder } } };
      for (const [name, input] of Object.entries(REFUSED)) {
        expect(await served.call(name, { folder, ...input }), name).toMatchObject(refusal);
      }
      expect(await served.call('folder.sync', { folders: [folder] })).toMatchObject(refusal);
      expect(await served.call('versions.preview', { folder, path, versionId: null })).toMatchObject(refusal);
      expect(await served.call('versions.restore', { folder, path, versionId })).not.toMatchObject(refusal);
      // Where all folders are meant it is left out.
      expect(await served.call('folder.sync', { folders: [] })).toMatchObject({ ok: true });
      expect(await served.call('folder.scanAll', {})).toMatchObject({ ok: true });
      expect(await served.call('queue.pause', {})).toMatchObject({ ok: true, value: [] });
      expect(engine.snapshot().folders).toMatchObject([{ state: 'attached', watcher: { state: 'off' }, queued: 0 }]);
      expect(engine.isSettled([])).toBe(true);
    } finally {
      await served.stop();
      await engine.stop();
    }
  });
});

test('on the command line it is refused with 2 and left out where all are meant; list, show and status tell it', async () => {
  const home = homeWith();
  const words = (line: string): string[] => line.split(' ').map((word) => (word === 'N' ? folder : word));
  const lines = async (line: string): Promise<{ code: number; said: Record<string, unknown>[] }> => {
    let out = '';
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += String(text);
      return true;
    });
    try {
      const code = await run(['--json', '--home', home, ...words(line)]);
      const said = out.split('\n').filter((one) => one.startsWith('{'));
      return { code, said: said.map((one) => JSON.parse(one) as Record<string, unknown>) };
    } finally {
      write.mockRestore();
    }
  };
  const commands = [
    ...['plan N', 'sync N', 'sync N --dry-run', 'watch N', 'rebuild N', 'folder look N', 'folder pause N', 'pause N'],
    ...[
      'resume N',
      'folder deletes N keep',
      'folder interval N 5',
      'folder watch-mode N auto',
      'folder links N follow',
    ],
    ...['ignore N', 'ignore N --add *.iso', 'ignore why N a.txt', 'retry N', 'forget N a.txt', 'queue first N a.txt'],
    ...['brake show N', 'brake release N', 'policy explain N a.txt', 'policy apply N', 'policy apply N --dry-run'],
    ...['policy cost N', 'doctor N --probe-conditions', 'restore N a.txt --version-id v --in-place'],
    ...['restore N --at 2026-03-01 --in-place', 'restore N a.txt --version-id v --make-current'],
  ];
  for (const line of commands) {
    const { code, said } = await lines(line);
    expect({ line, code, error: said[0]?.['error'] }).toMatchObject({
      line,
      code: 2,
      error: { code: 'only-attached' },
    });
  }
  expect(await lines('sync')).toMatchObject({ code: 0, said: [{ summary: { puts: 0 } }] });
  expect(await lines('folder list')).toMatchObject({ code: 0, said: [{ name: folder, path: null }] });
  expect(await lines('status')).toMatchObject({ code: 0, said: [{ folder, state: 'attached', path: null }] });
  expect((await lines('queue')).said).toEqual([]);
  expect((await lines('doctor N --iam')).said[0]).toEqual(
    iamPolicy({ bucket: 'b', prefix: 'p/', region: 'r', deletes: null }, WANTS_NOTHING, PLAIN),
  );
});

const WANTS_NOTHING = {
  ...{ tags: false, grants: false, acls: [], retention: false, legalHold: false, kmsKeys: [], guardOverwrites: false },
} as unknown as Parameters<typeof iamPolicy>[1];
const PLAIN = { noDeleteVersions: false, withDoctor: false };

test('the smallest policy of a place that is only read lets nothing be written', () => {
  const policy = iamPolicy({ bucket: 'b', prefix: 'p/', region: 'r', deletes: null }, WANTS_NOTHING, PLAIN);
  const actions = policy.Statement.flatMap(({ Action }) => Action);
  expect(actions.filter((action) => !/^s3:(Get|List)/.test(action))).toEqual([]);
  expect(actions).toEqual(expect.arrayContaining(['s3:GetObjectVersion', 's3:ListBucketVersions']));
});

describe('what has come back', () => {
  const entry = (key: string, version = 'v1') => ({
    ...{ key, path: key, size: 5, versionId: version, etag: null, lastModified: at, storageClass: null },
    ...{ sha256: null, receiptSeq: null },
  });
  const present = (...entries: ReturnType<typeof entry>[]): PresentItems => ({
    items: entries.map((one) => ({
      entry: one,
      item: success({ entry: one, key: one.key, sha256: null, secret: {}, place: one.path }),
    })),
    leftOut: [],
  });
  const fine = (path: string) =>
    success({ kind: 'brought' as const, restored: { path, versionId: 'v1', bytes: 5, to: `/to/${path}` } });
  const keysOf = (items: readonly { readonly key: string }[]) => items.map(({ key }) => key);

  test('is asked for once; another version of it comes again, and nothing waits for what is there no more', () => {
    const bringing = new Bringing('/to', () => undefined);
    const [a, b] = bringing.begin(present(entry('a'), entry('b')));
    if (a === undefined || b === undefined) throw new Error('both are wanted');
    bringing.ended(a, fine('a'));
    bringing.ended(b, failed(failure('archived', { key: 'b' })));
    expect(bringing.isEnough(false)).toBe(false);
    expect(keysOf(bringing.begin(present(entry('a'), entry('b'))))).toEqual([]);
    expect(keysOf(bringing.begin(present(entry('a', 'v2'), entry('b'))))).toEqual(['a']);
    expect(bringing.report(attached, null)).toMatchObject({
      files: 2,
      brought: 1,
      failed: 1,
      failures: [{ path: 'b' }],
    });
    bringing.begin(present(entry('a')));
    expect(bringing.isEnough(false)).toBe(true);
  });

  test('may be without what cannot be brought, on a person’s word, and never for want of a network', () => {
    const of = (code: 'archived' | 'offline'): Bringing => {
      const bringing = new Bringing('/to', () => undefined);
      const [a] = bringing.begin(present(entry('a')));
      if (a !== undefined) bringing.ended(a, failed(failure(code, { key: 'a', endpoint: 'e', reason: 'r' })));
      return bringing;
    };
    expect([of('archived').isEnough(false), of('archived').isEnough(true)]).toEqual([false, true]);
    expect([of('offline').isEnough(false), of('offline').isEnough(true)]).toEqual([false, false]);
  });
});
