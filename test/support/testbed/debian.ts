/**
 * Packages of the system that the tests stand on. In: what for. Out: they are there; or why they are not, in a
 * sentence that names them and says which tests do without. Installed only as root on a Debian (or a child of it).
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../processes.ts';

export type Purpose = 'electron' | 'keychain' | 'notices' | 'radosgw' | 'peers' | 'bench';

interface Need {
  readonly packages: readonly string[];
  /** What does not run without them. */
  readonly serves: string;
}

const needs: Readonly<Record<Purpose, Need>> = {
  electron: {
    packages: [
      ...['xvfb', 'xauth', 'dbus-x11', 'trayer', 'xdotool'], // a display, a session, and a tray to be seen in
      ...['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1'], // what Electron links to
      ...['fonts-dejavu-core', 'fonts-noto-color-emoji'], // what pictures are written with
      ...['unzip', 'g++', 'ca-certificates'], // what the stand-in is made with
    ],
    serves: 'the end-to-end tests in Electron',
  },
  keychain: { packages: ['gnome-keyring', 'dbus-x11'], serves: 'the test of keys in a real keychain' },
  notices: {
    packages: ['dunst', 'libnotify4', 'dbus-x11'], // a desktop that shows notices, and what Electron sends them by
    serves: 'the tests of notices on a desktop',
  },
  radosgw: {
    packages: ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-common'],
    serves: 'the tests against radosgw',
  },
  peers: { packages: ['rclone'], serves: 'the comparison of bucket and disk by rclone' },
  bench: { packages: ['rclone', 'awscli', 's3cmd'], serves: 'the bench beside other tools' },
};

/** @returns null where all is there (by now), else a sentence. Never throws. */
export async function ensureDebianPackages(purpose: Purpose): Promise<string | null> {
  const { packages, serves } = needs[purpose];
  if (!existsSync('/usr/bin/dpkg-query')) return notOnDebian(packages, serves);
  const missing = await missingOf(packages);
  if (missing.length === 0) return null;
  if (process.getuid?.() !== 0) {
    return `${serves} need packages of the system. As root: apt-get install --no-install-recommends ${missing.join(' ')}`;
  }
  console.error(`Installing for ${serves}: ${missing.join(' ')}`);
  const failure = await install(missing);
  return failure === null ? null : `${serves} need ${missing.join(' ')}, which could not be installed: ${failure}`;
}

/** Which of them are not installed. */
export async function missingOf(packages: readonly string[]): Promise<readonly string[]> {
  const ended = await run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Abbrev}\n', ...packages]);
  const installed = new Set(
    ended.stdout
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([, state]) => state === 'ii')
      .map(([name]) => name),
  );
  return packages.filter((name) => !installed.has(name));
}

/** Elsewhere the programs may be there under packages of another name: whoever needs one looks for it. */
function notOnDebian(packages: readonly string[], serves: string): string | null {
  if (process.platform !== 'linux') return null;
  console.error(`Not a Debian: for ${serves} see to what Debian calls ${packages.join(' ')}.`);
  return null;
}

/**
 * Fetches packages with all that they need and this computer lacks, and installs none of them: what is a service of the
 * system would begin to serve. @returns null, or why not.
 */
export async function fetchDebianPackages(packages: readonly string[], folder: string): Promise<string | null> {
  await mkdir(join(folder, 'partial'), { recursive: true });
  return install(packages, [
    '--download-only',
    '-o',
    `Dir::Cache::archives=${folder}`,
    '-o',
    'APT::Sandbox::User=root',
  ]);
}

let updated = false;

async function install(packages: readonly string[], how: readonly string[] = []): Promise<string | null> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  if (!updated) {
    const ended = await run('apt-get', [...lock, 'update', '-qq'], { env, timeout: 300_000 });
    // What was read before may do: only the installation decides.
    if (ended.code !== 0) console.error(`apt-get update failed: ${ended.stderr.trim().slice(-500)}`);
    updated = true;
  }
  const options = ['install', '-y', '-qq', '--no-install-recommends', ...how, ...packages];
  const ended = await run('apt-get', [...lock, ...options], { env, timeout: 900_000 });
  return ended.code === 0 ? null : ended.stderr.trim().slice(-500) || `apt-get ended with ${String(ended.code)}`;
}
