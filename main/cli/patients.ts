/** Finds a folder, its connection and a client for commands about its bucket, and closes all of it whatever happens. */
import type { ExitCode } from '../contract/errors.ts';
import type { Patient } from '../engine/doctor.ts';
import { openHome, type OpenHome, type ReadHome } from '../engine/home.ts';
import { findConnection, findFolder } from '../engine/manage.ts';
import { openClient } from '../s3/index.ts';
import { ended, type Invocation } from './command.ts';
import { reading } from './homes.ts';

type Work = (patient: Patient, home: ReadHome | OpenHome) => Promise<ExitCode>;

/** For commands that leave the home as it is. */
export function withBucket(invocation: Invocation, work: Work): Promise<ExitCode> {
  return reading(invocation, (home) => withPatient(invocation, home, work));
}

/**
 * For commands that write down what they learn, where they can: under the lock, or, while another Cairn has it, for
 * reading, which is said.
 * @param work gets null for the home where nothing can be written down.
 */
export async function withBucketLearning(
  invocation: Invocation,
  work: (patient: Patient, home: OpenHome | null) => Promise<ExitCode>,
): Promise<ExitCode> {
  const home = openHome(invocation.home);
  if (!home.ok && home.failure.code === 'home-locked') {
    invocation.output.log('Another Cairn is working in this home, so what the look teaches is not written down.');
    return withBucket(invocation, (patient) => work(patient, null));
  }
  if (!home.ok) return ended(invocation.output, home.failure);
  const opened = home.value;
  try {
    return await withPatient(invocation, opened, (patient) => work(patient, opened));
  } finally {
    opened.close();
  }
}

async function withPatient(invocation: Invocation, home: ReadHome | OpenHome, work: Work): Promise<ExitCode> {
  const { output, positionals } = invocation;
  const { settings, tables } = home;
  const folder = findFolder(settings.folders, positionals[0] ?? '');
  if (!folder.ok) return ended(output, folder.failure);
  const connection = findConnection(settings.connections, folder.value.connection);
  if (!connection.ok) return ended(output, connection.failure);
  const client = await openClient(connection.value);
  if (!client.ok) return ended(output, client.failure);
  try {
    return await work({ folder: folder.value, connection: connection.value, client: client.value, tables }, home);
  } finally {
    client.value.close();
  }
}
