/**
 * An S3 server that is not ours: Ceph's radosgw, one node, on loopback. In: an empty folder. Out: its address and a
 * key, and how to stop it. It keeps objects in memory: what was stored is gone when it stops.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must } from '../processes.ts';
import { configuration } from './configuration.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { addStorageClasses } from './storage-classes.ts';

export interface Radosgw {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  /** Lets go at once of what was removed; by itself it takes two hours. */
  collectGarbage(): Promise<void>;
  /** Ends all three daemons; they are gone when it resolves. */
  stop(): Promise<void>;
}

const PROGRAMS = ['ceph', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin', 'setpriv'];

/** @returns null where all its programs are there, else a sentence that names those that are not. */
export function radosgwMissing(): string | null {
  const places = (process.env['PATH'] ?? '').split(':');
  const missing = PROGRAMS.filter((program) => !places.some((place) => existsSync(join(place, program))));
  if (missing.length === 0) return null;
  return `${missing.join(', ')} cannot be found (Debian: apt-get install radosgw ceph-mon ceph-osd)`;
}

/**
 * Starts it, within some 3 s. Throws a sentence where a step fails, with nothing left running.
 * @param options.directory made where it is missing; holds configuration, logs and the monitor's small database.
 */
export async function startRadosgw(options: { readonly directory: string }): Promise<Radosgw> {
  const directory = options.directory;
  const daemons: Daemon[] = [];
  const stop = async (): Promise<void> => {
    // The last one first: each talks to those before it.
    for (const daemon of daemons.splice(0).reverse()) await daemon.stop();
  };
  try {
    const [monitorPort, port] = await freePorts(2);
    if (monitorPort === undefined || port === undefined) throw new Error('No free port was found.');
    const fsid = randomUUID();
    const config = join(directory, 'ceph.conf');
    for (const part of ['mon', 'osd', 'log', 'tmp']) await mkdir(join(directory, part), { recursive: true });
    await writeFile(config, configuration({ directory, fsid, monitorPort, port }));

    daemons.push(await startMonitor(directory, config, fsid, monitorPort));
    daemons.push(await startObjectStore(config));
    const accessKeyId = `CAIRN${randomBytes(8).toString('hex').toUpperCase()}`;
    const secretAccessKey = randomBytes(24).toString('hex');
    await makeUser(config, accessKeyId, secretAccessKey);
    // A class that was not there when the gateway started is refused.
    await addStorageClasses(directory, config);
    const gateway = startDaemon(
      'radosgw',
      ['-c', config, '-n', 'client.rgw', '-f'],
      join(directory, 'log/radosgw.out'),
    );
    daemons.push(gateway);
    const endpoint = `http://127.0.0.1:${String(port)}`;
    await untilAnswers(endpoint, gateway);
    const collectGarbage = async (): Promise<void> => {
      await must('radosgw-admin', ['-c', config, '-n', 'client.rgw', 'gc', 'process', '--include-all'], {
        timeout: 120_000,
      });
    };
    return { endpoint, accessKeyId, secretAccessKey, region: 'us-east-1', collectGarbage, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startMonitor(directory: string, config: string, fsid: string, port: number): Promise<Daemon> {
  const map = join(directory, 'monmap');
  const address = `[v2:127.0.0.1:${String(port)}]`;
  await must('monmaptool', ['--create', '--clobber', '--fsid', fsid, '--addv', 'a', address, map], { timeout: 20_000 });
  await must('ceph-mon', ['-c', config, '-i', 'a', '--mkfs', '--monmap', map], { timeout: 30_000 });
  return startDaemon('ceph-mon', ['-c', config, '-i', 'a', '-f'], join(directory, 'log/mon.out'));
}

async function startObjectStore(config: string): Promise<Daemon> {
  const uuid = randomUUID();
  await must('ceph', ['-c', config, '--connect-timeout', '30', 'osd', 'new', uuid], { timeout: 40_000 });
  await must('ceph-osd', ['-c', config, '-i', '0', '--mkfs', '--osd-uuid', uuid], { timeout: 30_000 });
  return startDaemon('ceph-osd', ['-c', config, '-i', '0', '-f'], join(config, '../log/osd.out'));
}

/** Makes the one user. It also writes the default zone, which the storage classes are added to. */
async function makeUser(config: string, accessKeyId: string, secretAccessKey: string): Promise<void> {
  const who = ['--uid=cairn', '--display-name=Cairn', `--access-key=${accessKeyId}`, `--secret=${secretAccessKey}`];
  const options = ['-c', config, '-n', 'client.rgw', 'user', 'create', ...who, '--max-buckets=0'];
  await must('radosgw-admin', options, { timeout: 60_000 });
}

async function untilAnswers(endpoint: string, gateway: Daemon): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    const ended = gateway.ended();
    if (ended !== null) throw new Error(`radosgw ended while it started: ${ended}`);
    const answer = await fetch(endpoint).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok === true) return;
    await sleep(50);
  }
  throw new Error('radosgw did not answer within 60 s.');
}

/** Ports that were free a moment ago; held open together, so that they differ. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
