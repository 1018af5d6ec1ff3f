/** A folder and a bucket looked at before anything is kept, with real files and a real server on this computer. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { templatePolicies } from '../../../main/contract/templates.ts';
import { openClients } from '../../../main/engine/clients.ts';
import { openHome } from '../../../main/engine/home.ts';
import { factsOf, lookAt } from '../../../main/engine/look-at.ts';
import { addConnection } from '../../../main/engine/manage.ts';
import { measureFolder, type MeasureOptions } from '../../../main/engine/measure.ts';
import { warningsOf } from '../../../main/engine/place-warnings.ts';
import { BUILT_IN_PRICES } from '../../../main/policy/prices.ts';
import { startPractice } from '../../../main/practice/index.ts';
import { codeOf, must, temporaryFolder } from '../store/support.ts';

const options = (change: Partial<MeasureOptions> = {}): MeasureOptions => ({
  folders: [],
  forbidden: new Set(),
  policies: [],
  prices: BUILT_IN_PRICES,
  signal: new AbortController().signal,
  ...change,
});

function someFiles(): string {
  const root = temporaryFolder();
  mkdirSync(join(root, 'chapters', 'old'), { recursive: true });
  writeFileSync(join(root, 'thesis.tex'), 'x'.repeat(1000));
  writeFileSync(join(root, 'chapters', 'one.tex'), 'x'.repeat(200));
  writeFileSync(join(root, 'chapters', 'old', 'one.tex'), '');
  writeFileSync(join(root, 'chapters', '.cairnignore'), 'old/\n');
  writeFileSync(join(root, '.DS_Store'), 'x');
  writeFileSync(join(root, 'map.tif'), Buffer.alloc(300_000));
  symlinkSync('thesis.tex', join(root, 'link.tex'));
  return root;
}

describe('a folder', () => {
  it('is counted by the rules by which it would be kept', async () => {
    const measured = must(await measureFolder(someFiles(), options()));
    expect(measured).toMatchObject({ files: 4, bytes: 301_205, ignored: 2, links: 1, requests: 4, isWhole: true });
    expect(measured.directories).toBe(1);
    expect(measured.unread).toEqual({ count: 0, examples: [] });
  });

  it('is held against policies: what each would cost a month, and once', async () => {
    const { everyday, archive } = templatePolicies;
    const measured = must(await measureFolder(someFiles(), options({ policies: [everyday, archive] })));
    const [plain, cold] = measured.costs;
    const GB = 2 ** 30;
    expect(plain?.aMonth).toBeCloseTo((301_205 / GB) * 0.023, 12);
    expect(plain?.once).toBeCloseTo((4 * 0.005) / 1000, 12);
    // What is smaller than 128 KiB stays in STANDARD.
    expect(cold?.aMonth).toBeCloseTo((1205 / GB) * 0.023 + (300_000 / GB) * 0.004, 12);
    expect(cold?.once).toBeCloseTo((3 * 0.005 + 0.02) / 1000, 12);
    expect(measured.prices).toEqual({ currency: 'USD', asOf: BUILT_IN_PRICES.asOf, isOwn: false });
  });

  it('says so where there is more than is counted', async () => {
    const measured = must(await measureFolder(someFiles(), options({ mostFiles: 1 })));
    expect(measured.isWhole).toBe(false);
    expect(measured.files).toBeGreaterThan(1);
  });

  it('is refused where it is none, or Cairn’s own; a count can be ended', async () => {
    const root = someFiles();
    expect(codeOf(await measureFolder(join(root, 'nowhere'), options()))).toBe('not-a-folder');
    expect(codeOf(await measureFolder(join(root, 'thesis.tex'), options()))).toBe('not-a-folder');
    expect(codeOf(await measureFolder(join(root, 'chapters'), options({ forbidden: new Set([root]) })))).toBe(
      'target-is-home',
    );
    const abort = new AbortController();
    abort.abort();
    expect(codeOf(await measureFolder(root, options({ signal: abort.signal })))).toBe('cancelled');
  });
});

describe('what a person should know of a place', () => {
  const facts = { path: '/home/mara/papers', home: '/home/mara', isMount: false, network: null, kept: [] };

  it.each([
    ['a plain folder', facts, []],
    ['the person’s own folder', { ...facts, path: '/home/mara' }, [{ kind: 'home' }]],
    ['one that holds it', { ...facts, path: '/home' }, [{ kind: 'home' }]],
    ['the whole disk', { ...facts, path: '/' }, [{ kind: 'disk' }]],
    ['another disk', { ...facts, path: '/media/stick', isMount: true }, [{ kind: 'disk' }]],
    ['a network disk', { ...facts, network: 'nfs' }, [{ kind: 'network', fileSystem: 'nfs' }]],
    [
      'one in a kept folder',
      { ...facts, kept: [{ name: 'All', path: '/home/mara' }] },
      [{ kind: 'inside', folder: 'All' }],
    ],
    [
      'one that holds a kept folder',
      { ...facts, kept: [{ name: 'Old', path: '/home/mara/papers/old' }] },
      [{ kind: 'around', folder: 'Old' }],
    ],
    ['one beside a kept folder', { ...facts, kept: [{ name: 'B', path: '/home/mara/papers-b' }] }, []],
  ])('%s', (_, place, warnings) => {
    expect(warningsOf(place)).toEqual(warnings);
  });
});

describe('a bucket', () => {
  it('is looked over before the folder is kept; nothing is written down or stored', async () => {
    const home = must(openHome(join(temporaryFolder(), 'home')));
    onTestFinished(() => {
      home.close();
    });
    const directory = join(home.path, 'practice');
    const server = await startPractice({ directory, bucket: 'practice' });
    if (!server.ok) throw new Error(server.reason);
    onTestFinished(() => server.value.stop());
    const credentials = { kind: 'practice', directory } as const;
    must(addConnection(home, { name: 'here', endpoint: null, region: 'us-east-1', pathStyle: true, credentials }));
    const clients = openClients(
      () => home.settings.connections,
      () => undefined,
    );
    onTestFinished(() => {
      clients.close();
    });
    const place = {
      path: '/papers',
      connection: 'here',
      bucket: 'practice',
      prefix: 'papers',
      deletes: 'mark',
    } as const;
    const { signal } = new AbortController();
    const looked = must(await lookAt(home, clients, { ...place, policy: {} }, signal));
    expect(looked.report.findings.filter(({ severity }) => severity === 'problem')).toEqual([]);
    expect(looked.facts.versioning).toBe('enabled');
    expect(home.tables.folders.seenCapabilities('here', 'practice')).toBeNull();
    const client = must(await clients.get('here'));
    const listed = must(await client.send('ListObjectVersions', { Bucket: 'practice' }));
    expect(listed.Versions ?? []).toEqual([]);

    const locked = must(await lookAt(home, clients, { ...place, policy: templatePolicies.compliance }, signal));
    expect(looked.facts.lock).toBe(false);
    expect(locked.report.findings.find(({ id }) => id === 'lock')?.severity).toBe('problem');
    expect(codeOf(await lookAt(home, clients, { ...place, bucket: 'nowhere', policy: {} }, signal))).toBe(
      'bucket-missing',
    );
    expect(codeOf(await lookAt(home, clients, { ...place, connection: 'x', policy: {} }, signal))).toBe(
      'unknown-connection',
    );
  });

  it('tells what templates stand on, or does not', () => {
    const denied = { kind: 'denied', action: 's3:Any' } as const;
    const none = { versioning: denied, lock: denied, ownership: denied, publicAccess: denied };
    expect(factsOf(none)).toEqual({ versioning: null, lock: null, acls: null, blocksPublic: null });
    const unset = { kind: 'unset' } as const;
    const told = {
      versioning: { kind: 'told', value: 'suspended' },
      lock: unset,
      ownership: { kind: 'told', value: 'BucketOwnerEnforced' },
      publicAccess: unset,
    } as const;
    expect(factsOf(told)).toEqual({ versioning: 'suspended', lock: false, acls: false, blocksPublic: false });
  });
});
