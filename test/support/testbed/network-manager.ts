/**
 * A real NetworkManager for tests, on a bus of its own and in a network of its own, so that nothing of this computer’s
 * network is touched. In: nothing, as root on a Debian (or a child of it). Out: an address for its clients, and a network
 * that is metered or not; or why it cannot be had, in a sentence.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cache } from '../paths.ts';
import { linesUntil, must, run } from '../processes.ts';
import { fetchDebianPackages } from './debian.ts';
import { makeOnce } from './make-once.ts';

const SERVES = 'the test of metered networks';
const NEEDED = ['/usr/bin/dpkg-deb', '/usr/bin/apt-get', '/usr/bin/dbus-daemon', '/usr/bin/unshare'] as const;
const PROOF = 'root/usr/sbin/NetworkManager';

/** The folder into which it was unpacked. Installed it would begin to govern the networks of this computer. */
export async function ensureNetworkManager(): Promise<{ readonly folder: string } | { readonly missing: string }> {
  const lacking = NEEDED.filter((path) => !existsSync(path));
  if (lacking.length > 0) return { missing: `${SERVES} needs ${lacking.join(' ')}` };
  if (process.getuid?.() !== 0) return { missing: `${SERVES} makes a network of its own, for which one must be root` };
  if ((await run('unshare', ['-nm', 'true'])).code !== 0) {
    return { missing: `${SERVES} makes a network of its own, which this system refuses` };
  }
  try {
    return { folder: await makeOnce(join(cache, 'network-manager'), PROOF, unpack) };
  } catch (error) {
    return { missing: `${SERVES} needs network-manager: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function unpack(empty: string): Promise<void> {
  const parcels = join(empty, 'parcels');
  const failure = await fetchDebianPackages(['network-manager'], parcels);
  if (failure !== null) throw new Error(failure);
  await mkdir(join(empty, 'root'));
  for (const name of await readdir(parcels)) {
    if (name.endsWith('.deb')) await must('dpkg-deb', ['--extract', join(parcels, name), join(empty, 'root')]);
  }
  // Where it is installed nothing had to be fetched; it serves as it lies there.
  if (!existsSync(join(empty, PROOF)) && existsSync('/usr/sbin/NetworkManager')) {
    for (const one of ['sbin/NetworkManager', 'bin/nmcli']) {
      await must('install', ['-D', `/usr/${one}`, join(empty, 'root/usr', one)]);
    }
  }
  await rm(parcels, { recursive: true });
}

export interface NetworkManager extends AsyncDisposable {
  /** Leads its clients to it, as the environment of a program. */
  readonly env: Readonly<Record<string, string>>;
  /** `guessed`: nobody said, and it guesses from what the network is; here that is no. */
  readonly setMetered: (metered: 'yes' | 'no' | 'guessed') => Promise<void>;
}

/** Everybody on this bus may do everything: nobody but the test knows of it. */
const busSettings = (socket: string): string => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
`;

const settings = (folder: string): string => `[main]
plugins=keyfile
dhcp=internal
dns=none
rc-manager=unmanaged
[keyfile]
path=${folder}/connections
[logging]
level=WARN
`;

/**
 * What runs in the network of its own. There is no udev in it, which NetworkManager sees by a \`/sys\` that cannot be
 * written; its state would lie in \`/run\` and \`/var/lib\`.
 */
const script = (folder: string, program: string): string => `set -e
mount --make-rprivate /
mount -t sysfs -o ro sysfs /sys
mount -t tmpfs none /run
mount -t tmpfs none /var/lib
mkdir /run/NetworkManager /var/lib/NetworkManager
dbus-daemon --config-file='${folder}/bus.conf' --nofork --nopidfile &
bus=$!
trap 'kill $bus' EXIT
until [ -S '${folder}/bus' ]; do sleep 0.1; done
'${program}' --no-daemon --config='${folder}/nm.conf' --config-dir='${folder}/none' --pid-file='${folder}/pid' \
  --state-file='${folder}/state' --intern-config='${folder}/intern.conf' &
manager=$!
trap 'kill $manager $bus; wait' EXIT
until nmcli general >/dev/null 2>&1; do sleep 0.1; done
echo ready
cat >/dev/null
`;

/** A wire with two ends in the same network; over one of them goes all that leaves it. */
const WIRE = [
  ...['connection', 'add', 'type', 'veth', 'con-name', 'wire', 'ifname', 'v0', 'peer', 'v1'],
  ...['ipv6.method', 'disabled', 'ipv4.method', 'manual', 'ipv4.addresses', '10.9.9.2/24', 'ipv4.gateway', '10.9.9.1'],
];
const OTHER_END = [
  ...['connection', 'add', 'type', 'veth', 'con-name', 'end', 'ifname', 'v1', 'peer', 'v0'],
  ...['ipv6.method', 'disabled', 'ipv4.method', 'disabled'],
];

/** @param from what {@link ensureNetworkManager} gave. */
export async function startNetworkManager(from: string): Promise<NetworkManager> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-networks-'));
  const usr = join(from, 'root/usr');
  await writeFile(join(folder, 'bus.conf'), busSettings(join(folder, 'bus')));
  await writeFile(join(folder, 'nm.conf'), settings(folder));
  const env = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(folder, 'bus')}` };
  const libraries = (await readdir(join(usr, 'lib')).catch(() => []))
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join(usr, 'lib', name));
  const own = {
    ...process.env,
    ...env,
    LC_ALL: 'C',
    PATH: `${join(usr, 'bin')}:${process.env['PATH'] ?? ''}`,
    LD_LIBRARY_PATH: libraries.join(':'),
  };
  const networks = spawn('unshare', ['-nm', 'sh', '-c', script(folder, join(from, PROOF))], {
    env: own,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await linesUntil(networks, 'ready');
  const nmcli = async (...words: readonly string[]): Promise<void> => {
    await must(join(usr, 'bin/nmcli'), ['--wait', '20', ...words], { env: own });
  };
  const setMetered = async (metered: 'yes' | 'no' | 'guessed'): Promise<void> => {
    await nmcli('connection', 'modify', 'wire', 'connection.metered', metered === 'guessed' ? 'unknown' : metered);
    await nmcli('connection', 'up', 'wire');
  };
  await nmcli(...WIRE);
  await nmcli(...OTHER_END);
  await nmcli('connection', 'up', 'end');
  await setMetered('guessed');
  return {
    env,
    setMetered,
    [Symbol.asyncDispose]: async () => {
      const gone = once(networks, 'exit');
      networks.stdin.end();
      await gone;
      await rm(folder, { recursive: true });
    },
  };
}
