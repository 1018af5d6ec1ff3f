import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { commands } from '../../../main/cli/commands/index.ts';
import { run } from '../../../main/cli/run.ts';
import { must, newReceipt, openTables, temporaryFolder } from '../store/support.ts';
import { lockHome } from '../../../main/store/index.ts';
import { root } from '../../support/paths.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Each line of stdout as JSON. */
  readonly json: Record<string, unknown>[];
}

async function cairn(...argv: string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
  try {
    const code = await run(argv);
    const lines = out.split('\n').filter((line) => line.startsWith('{'));
    return { code, out, err, json: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}
const errorOf = (ran: Ran): unknown => (ran.json[0]?.['error'] as { code?: string } | undefined)?.code;
const home = (): string => join(temporaryFolder(), 'home');

describe('finding the command', () => {
  test.each<[string[], string]>([
    [['frobnicate'], '“frobnicate” is no command.'],
    [['folder'], 'folder add'],
    [['folder', 'frob'], '“folder frob” is no command. There is: folder add'],
    [['--', 'status'], 'is no command'],
    [['constructor'], 'is no command'],
    [['status', '--frob'], "Unknown option '--frob'"],
    [['status', 'a', 'b'], 'Usage: cairn status [N]'],
    [['plan'], 'Usage: cairn plan N'],
    [['status', '--home'], 'Usage: cairn status'],
    [['status', '--json=yes'], 'Usage: cairn status'],
    [['receipts', '--limit', '0'], 'whole number'],
    [['receipts', '--path', 'x'], '--path needs the folder'],
    [['restore', 'N', 'x'], '--version-id'],
    [['restore', 'N', 'x', '--version-id', 'v', '--at', '2026-01-01'], 'not both'],
    [['restore', 'N', 'x', '--at', '2026-01-01'], 'Usage'],
    [['connection', 'add', 'c', '--practice', 'p', '--endpoint', 'https://s'], 'stands alone'],
    [['practice', '--port', '70000'], '65535'],
    [['retry', 'N', 'a'], 'No folder is called'],
  ])('%j is wrong use', async (argv, said) => {
    const ran = await cairn('--home', home(), ...argv);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(said);
    expect(ran.out).toBe('');
  });

  test('help, in each of the ways to ask for it', async () => {
    for (const argv of [[], ['help'], ['--help'], ['-h']]) {
      const ran = await cairn(...argv);
      expect(ran.code).toBe(0);
      for (const { name } of commands) expect(ran.out).toContain(name);
    }
    for (const argv of [
      ['status', '--help'],
      ['status', '-h'],
      ['help', 'status'],
    ]) {
      const ran = await cairn(...argv);
      expect(ran.code).toBe(0);
      expect(ran.out).toContain('status [N]');
      expect(ran.out).not.toContain('connection add');
    }
  });

  test('options may stand anywhere, and those of the whole program before the command', async () => {
    const at = home();
    for (const argv of [
      ['--home', at, '--json', 'connection', 'list'],
      ['connection', '--home', at, 'list', '--json'],
      ['connection', 'list', `--home=${at}`, '--json'],
    ]) {
      expect(await cairn(...argv)).toMatchObject({ code: 0, out: '' });
    }
  });

  test('behind -- nothing is an option, and --json there is a name', async () => {
    const ran = await cairn('--home', home(), 'status', '--', '--json');
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('No folder is called “--json”');
    const asJson = await cairn('--json', '--home', home(), 'status', '--', '-x');
    expect(errorOf(asJson)).toBe('unknown-folder');
    expect(asJson.err).toBe('');
  });
});

describe('reading', () => {
  const readers = [
    ['status'],
    ['queue'],
    ['activity'],
    ['receipts'],
    ['receipts', 'check'],
    ['folder', 'list'],
    ['connection', 'list'],
  ];

  test('an empty home is reported as such, with 0, and is not made', async () => {
    const at = home();
    for (const argv of readers) {
      expect(await cairn('--home', at, ...argv)).toMatchObject({ code: 0, err: '' });
      expect((await cairn('--json', '--home', at, ...argv)).code).toBe(0);
    }
    expect(existsSync(at)).toBe(false);
  });

  test('goes on while an engine has the lock, and changing does not', async () => {
    const { home: at } = openTables();
    const lock = must(lockHome(at));
    for (const argv of readers) expect((await cairn('--home', at, ...argv)).code).toBe(0);
    for (const argv of [['connection', 'add', 'c'], ['sync'], ['retry', 'x'], ['folder', 'pause', 'x']]) {
      const ran = await cairn('--json', '--home', at, ...argv);
      expect([argv, ran.code, errorOf(ran)]).toEqual([argv, 1, 'home-locked']);
    }
    lock.release();
  });

  test('an unknown folder or connection is wrong use in every command that takes one', async () => {
    for (const argv of [
      ['status', 'x'],
      ['queue', 'x'],
      ['activity', 'x'],
      ['receipts', 'x'],
      ['plan', 'x'],
      ['sync', 'x'],
      ['watch', 'x'],
      ['retry', 'x'],
      ['versions', 'x', 'a'],
      ['tree', 'x'],
      ['folder', 'show', 'x'],
      ['folder', 'pause', 'x'],
      ['folder', 'resume', 'x'],
      ['folder', 'remove', 'x'],
      ['folder', 'policy', 'x'],
      ['restore', 'x', 'a', '--version-id', 'v'],
      ['connection', 'test', 'x'],
      ['connection', 'remove', 'x'],
    ]) {
      const ran = await cairn('--json', '--home', home(), ...argv);
      expect([argv, ran.code, errorOf(ran)]).toEqual([
        argv,
        2,
        argv[0] === 'connection' ? 'unknown-connection' : 'unknown-folder',
      ]);
    }
  });

  test('receipts check: 0 and a whole chain, 3 and the first broken one', async () => {
    const { db, home: at, tables } = openTables();
    for (let index = 0; index < 5; index += 1) tables.now(() => tables.receipts.append('f', newReceipt(String(index))));
    expect(await cairn('--json', '--home', at, 'receipts', 'check')).toMatchObject({
      code: 0,
      json: [{ checked: 5, ok: true, brokenAtSeq: null }],
    });
    db.exec(
      `DROP TRIGGER receipts_never_change; UPDATE receipts SET body = replace(body, '"size":3', '"size":9') WHERE seq = 4`,
    );
    expect(await cairn('--json', '--home', at, 'receipts', 'check')).toMatchObject({
      code: 3,
      json: [{ checked: 3, ok: false, brokenAtSeq: 4 }],
    });
    expect((await cairn('--home', at, 'receipts', '--limit', '2')).out.trimEnd().split('\n')).toHaveLength(2);
  });

  test.each([1, 3, 9])(
    'a database cut short to %i pages: words, 1, and no reference to a fault of ours',
    async (pages) => {
      const { home: at, tables } = openTables();
      for (let index = 0; index < 200; index += 1)
        tables.now(() => tables.receipts.append('f', newReceipt('x'.repeat(200) + String(index))));
      tables.close();
      truncateSync(join(at, 'cairn.db'), pages * 4096);
      for (const argv of [['receipts', 'check'], ['activity'], ['status'], ['sync']]) {
        const ran = await cairn('--json', '--home', at, ...argv);
        if (argv[0] === 'status' && ran.code === 0) continue; // no folder: nothing had to be read
        expect([argv, ran.code, errorOf(ran)]).toEqual([argv, 1, 'home-damaged']);
      }
    },
  );
});

describe('changing', () => {
  test('a connection is added, printed as it was written, and listed', async () => {
    const at = home();
    const added = await cairn(
      '--json',
      '--home',
      at,
      'connection',
      'add',
      'c',
      '--endpoint',
      'https://s3.example.com',
      '--region',
      'eu-west-1',
      '--path-style',
      '--profile',
      'p',
    );
    const written = {
      name: 'c',
      endpoint: 'https://s3.example.com',
      region: 'eu-west-1',
      pathStyle: true,
      credentials: { kind: 'profile', profile: 'p' },
    };
    expect(added).toMatchObject({ code: 0, json: [written] });
    expect((await cairn('--json', '--home', at, 'connection', 'list')).json).toEqual([written]);
    expect(await cairn('--json', '--home', at, 'connection', 'add', 'c')).toMatchObject({ code: 2 });
    expect((await cairn('--home', at, 'connection', 'remove', 'c')).code).toBe(0);
    expect((await cairn('--json', '--home', at, 'connection', 'list')).json).toEqual([]);
  });

  test('a folder whose bucket does not answer is not written', async () => {
    const at = home();
    await cairn('--home', at, 'connection', 'add', 'c', '--practice', join(at, 'practice'));
    const before = readFileSync(join(at, 'config.json'), 'utf8');
    const ran = await cairn(
      '--json',
      '--home',
      at,
      'folder',
      'add',
      temporaryFolder(),
      '--connection',
      'c',
      '--bucket',
      'b',
    );
    expect([ran.code, errorOf(ran)]).toEqual([1, 'practice-missing']);
    expect(readFileSync(join(at, 'config.json'), 'utf8')).toBe(before);
    for (const [missing, argv] of [
      ['--bucket', ['--connection', 'c']],
      ['--connection', ['--bucket', 'b']],
    ] as const) {
      const wrong = await cairn('--home', at, 'folder', 'add', '.', ...argv);
      expect([wrong.code, wrong.err.split('\n')[0]]).toEqual([2, `${missing} is missing.`]);
    }
  });

  test('a policy file: what can be used, what cannot, and what is not there', async () => {
    const folder = temporaryFolder();
    const check = async (text: string): Promise<[number, unknown]> => {
      const file = join(folder, 'policy.json');
      writeFileSync(file, text);
      const ran = await cairn('--json', '--home', home(), 'policy', 'check', file);
      return [ran.code, errorOf(ran)];
    };
    expect(await check('{"storageClass":"STANDARD_IA"}')).toEqual([0, undefined]);
    expect(await check('{"colour":1}')).toEqual([2, 'policy-malformed']);
    expect(await check('{')).toEqual([2, 'policy-malformed']);
    const missing = await cairn('--json', '--home', home(), 'policy', 'check', join(folder, 'none.json'));
    expect([missing.code, errorOf(missing)]).toEqual([2, 'file-missing']);
    mkdirSync(join(folder, 'dir'));
    expect(errorOf(await cairn('--json', '--home', home(), 'policy', 'check', join(folder, 'dir')))).toBe(
      'file-missing',
    );
  });

  test('malformed settings are named with their place by every command, and stay as they are', async () => {
    const at = home();
    mkdirSync(at);
    writeFileSync(join(at, 'config.json'), '{"format":1,"connections":7}');
    for (const argv of [['status'], ['sync'], ['connection', 'add', 'c'], ['folder', 'list']]) {
      const ran = await cairn('--json', '--home', at, ...argv);
      expect([argv, ran.code, errorOf(ran)]).toEqual([argv, 1, 'config-malformed']);
    }
    expect(readFileSync(join(at, 'config.json'), 'utf8')).toBe('{"format":1,"connections":7}');
    expect(readdirSync(at).filter((name) => name.startsWith('config'))).toEqual(['config.json']);
  });
});

test('a reader who goes away (`| head`) is no fault of ours', async () => {
  const child = spawn(process.execPath, [join(root, 'main/cli/main.ts'), 'help'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (text: Buffer) => {
    err += text.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  expect([code, err]).toEqual([0, '']);
});
