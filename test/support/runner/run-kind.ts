/** Runs one kind of tests. In: the kind. Out: how it went, or why it could not run. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { results, root } from '../paths.ts';
import { run } from '../processes.ts';
import { radosgwMissing, startRadosgw } from '../radosgw/radosgw.ts';
import { ensureDebianPackages } from '../testbed/debian.ts';
import { ensureElectron } from '../testbed/electron.ts';
import { ensureNetworkManager } from '../testbed/network-manager.ts';
import { type Kind, notRun, type Outcome } from './kinds.ts';
import { outcomeOf } from './report.ts';

/** A kind that takes longer has hung. */
const PATIENCE = 15 * 60_000;

/** @param remark is told what a reader of the result must know. */
export async function runKind(kind: Kind, remark: (sentence: string) => void): Promise<Outcome> {
  if (!(await hasTests(join(root, 'test', kind.project)))) {
    return notRun(kind.name, `test/${kind.project} holds no tests yet`);
  }
  console.log(`\n=== ${kind.name} ===`);
  if (kind.inElectron) return runInElectron(kind, remark);
  if (kind.project === 'scenarios') {
    const lacking = await ensureDebianPackages('peers');
    if (lacking !== null) remark(lacking);
  }
  if (kind.store === 'radosgw') return runOnRadosgw(kind);
  return runVitest(kind, { command: [], env: {} });
}

async function hasTests(folder: string): Promise<boolean> {
  if (!existsSync(folder)) return false;
  const names = await readdir(folder, { recursive: true });
  return names.some((name) => name.endsWith('.test.ts'));
}

async function runOnRadosgw(kind: Kind): Promise<Outcome> {
  const lacking = (await ensureDebianPackages('radosgw')) ?? radosgwMissing();
  if (lacking !== null) return notRun(kind.name, lacking);
  const directory = await mkdtemp(join(tmpdir(), 'cairn-radosgw-'));
  try {
    await using radosgw = await startAndStop(directory);
    return await runVitest(kind, {
      command: [],
      env: {
        CAIRN_RADOSGW_ENDPOINT: radosgw.endpoint,
        CAIRN_RADOSGW_ACCESS_KEY_ID: radosgw.accessKeyId,
        CAIRN_RADOSGW_SECRET_ACCESS_KEY: radosgw.secretAccessKey,
        CAIRN_RADOSGW_REGION: radosgw.region,
      },
    });
  } catch (error) {
    // All its programs are there: that it does not start is a failure, and not a reason to do without.
    const why = error instanceof Error ? error.message : String(error);
    return { ...notRun(kind.name, ''), notRun: null, failed: 1, failures: [`radosgw did not start: ${why}`] };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function startAndStop(directory: string) {
  const radosgw = await startRadosgw({ directory });
  return { ...radosgw, [Symbol.asyncDispose]: () => radosgw.stop() };
}

async function runInElectron(kind: Kind, remark: (sentence: string) => void): Promise<Outcome> {
  const lacking = await ensureDebianPackages('electron');
  if (lacking !== null) return notRun(kind.name, lacking);
  // The rest runs without; the tests that need them are skipped, and counted so.
  for (const purpose of ['keychain', 'notices'] as const) {
    const without = await ensureDebianPackages(purpose);
    if (without !== null) remark(without);
  }
  const noNetworks = await ensureNetworkManager();
  if ('missing' in noNetworks) remark(noNetworks.missing);
  const electron = await ensureElectron();
  if ('missing' in electron) return notRun(kind.name, electron.missing);
  const command = displayCommand();
  if (command === null) return notRun(kind.name, 'there is neither a display nor xvfb-run');
  const which = `${kind.name} ran in Electron ${electron.version}`;
  remark(electron.kind === 'official' ? `${which}.` : `${which}, which stands in for the version that ships.`);
  return runVitest(kind, { command, env: electron.env });
}

/** On Linux a display and a session of their own, so that nobody's desktop is in the pictures. */
function displayCommand(): readonly string[] | null {
  if (process.platform !== 'linux') return [];
  const session = existsSync('/usr/bin/dbus-run-session') ? ['dbus-run-session', '--'] : [];
  if (existsSync('/usr/bin/xvfb-run')) return ['xvfb-run', '-a', '-s', '-screen 0 1600x1000x24', ...session];
  return process.env['DISPLAY'] ? session : null;
}

async function runVitest(
  kind: Kind,
  { command, env }: { readonly command: readonly string[]; readonly env: Readonly<Record<string, string>> },
): Promise<Outcome> {
  const folder = join(results, 'reports');
  await mkdir(folder, { recursive: true });
  const reportFile = join(folder, `${kind.name.replaceAll(' ', '-')}.json`);
  await rm(reportFile, { force: true });
  const vitest = [process.execPath, join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', kind.project];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const alone = kind.inElectron ? ['--no-file-parallelism'] : [];
  const [program, ...words] = [...command, ...vitest, ...reporters, ...alone];
  const store: Record<string, string> = kind.store === null ? {} : { CAIRN_TEST_STORE: kind.store };
  const ended = await run(program ?? '', words, {
    cwd: root,
    env: { ...ownEnvironment(), ...store, ...env },
    timeout: PATIENCE,
    show: true,
  });
  return outcomeOf(kind.name, reportFile, ended);
}

/** This process's environment, without anything that would lead a test to somebody's own account or home folder. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(AWS_|CAIRN_HOME$|CAIRN_TEST_STORE$|CAIRN_RADOSGW_)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
