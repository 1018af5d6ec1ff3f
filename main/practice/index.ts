/**
 * A folder goes in; an S3 server with versions on 127.0.0.1 comes out, its state in that folder.
 *
 * It has one account and one key, and every request must be signed with it: ACLs and policies are kept and told, but
 * they let nobody in and keep nobody out. Locks are enforced; lifecycle rules are kept and not carried out. Bytes are
 * encrypted on disk with a customer's key only; AES256 and KMS are labels. A new bucket has no default encryption and
 * lets every object have its ACL (as with ObjectWriter), unless it is told otherwise; Amazon S3 is stricter in both.
 */
import { chmod } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isBucketName } from './buckets.ts';
import { makeFolder } from './folders.ts';
import { type FolderLock, lockFolder } from './lock.ts';
import { makeServer, type RequestInfo } from './server.ts';
import {
  DEFAULT_BUCKET,
  endpointOf,
  makeKey,
  portOf,
  type PracticeCredentials,
  readPracticeCredentials,
  REGION,
  writeSettings,
} from './settings.ts';
import { Store } from './store.ts';

export { type PracticeCredentials, readPracticeCredentials } from './settings.ts';
export type { RequestInfo } from './server.ts';

/** A server that runs until `stop`. */
export interface PracticeServer extends PracticeCredentials {
  readonly port: number;
  /** Ends what is under way (at most 2 s), closes everything and frees the folder. */
  stop(): Promise<void>;
}

export interface PracticeOptions {
  /** Made where it is missing; its owner alone may enter it. */
  readonly directory: string;
  /** Must be free. Without one: the port used last, or else a free one. */
  readonly port?: number;
  /** Made with versioning on where it is missing. Default: the one used last, first `practice`. */
  readonly bucket?: string;
  /** Milliseconds since 1970; for tests of times and skew. */
  readonly clock?: () => number;
  /** How long the restore of an archived object takes, in ms. Default: a minute; in S3 it is minutes to days. */
  readonly thawDelayMs?: number;
  /** Told of every request that could be read, before it is answered. */
  readonly onRequest?: (info: RequestInfo) => void;
}

export type PracticeFailure = 'port-taken' | 'directory-in-use' | 'write-failed';

export type PracticeResult =
  | { readonly ok: true; readonly value: PracticeServer }
  | { readonly ok: false; readonly reason: PracticeFailure; readonly detail: string };

const THAW_DELAY = 60_000;

/** How long `stop` waits for answers under way, in ms. */
const STOP_PATIENCE = 2000;

function failure(reason: PracticeFailure, detail: string): PracticeResult {
  return { ok: false, reason, detail };
}

/** Starts the practice server of a folder. A second one on the same folder is refused. */
export async function startPractice(options: PracticeOptions): Promise<PracticeResult> {
  let lock: FolderLock | undefined;
  try {
    await makeFolder(options.directory);
    await chmod(options.directory, 0o700);
    lock = await lockFolder(options.directory);
    if (lock === undefined) return failure('directory-in-use', options.directory);
    const result = await startLocked(options, lock);
    if (!result.ok) await lock.release();
    return result;
  } catch (error) {
    await lock?.release();
    return failure('write-failed', error instanceof Error ? error.message : String(error));
  }
}

async function startLocked(options: PracticeOptions, lock: FolderLock): Promise<PracticeResult> {
  const { directory } = options;
  const known = readPracticeCredentials(directory);
  const key = known ?? makeKey();
  const bucket = options.bucket ?? known?.bucket ?? DEFAULT_BUCKET;
  if (!isBucketName(bucket)) return failure('write-failed', `${bucket} is no name for a bucket`);
  const clock = options.clock ?? Date.now;
  const credentials = { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey, region: REGION };
  const store = await Store.open(directory);
  const server = makeServer({
    store,
    credentials,
    clock,
    thawDelay: options.thawDelayMs ?? THAW_DELAY,
    onRequest: options.onRequest,
  });
  try {
    await makeBucket(store, bucket, clock());
    const port = await choosePort(server, options.port, known === null ? undefined : portOf(known.endpoint));
    if (port === undefined) {
      await store.close();
      return failure('port-taken', `port ${String(options.port)} is taken`);
    }
    const settings: PracticeCredentials = { endpoint: endpointOf(port), ...credentials, bucket };
    await writeSettings(directory, settings);
    let stopping: Promise<void> | undefined;
    const stop = (): Promise<void> => (stopping ??= stopAll(server, store, lock));
    return { ok: true, value: { ...settings, port, stop } };
  } catch (error) {
    server.close();
    await store.close();
    throw error;
  }
}

async function makeBucket(store: Store, bucket: string, now: number): Promise<void> {
  if (store.state.buckets.has(bucket)) return;
  await store.commit({ do: 'make-bucket', bucket, created: now });
  await store.commit({ do: 'set-versioning', bucket, versioning: 'Enabled' });
}

/** Listens on the port demanded, or on the one used last, or on a free one. Undefined where the demanded is taken. */
async function choosePort(
  server: Server,
  demanded: number | undefined,
  last: number | undefined,
): Promise<number | undefined> {
  if (demanded !== undefined) return listen(server, demanded);
  return (last === undefined ? undefined : await listen(server, last)) ?? (await listen(server, 0));
}

/** The port listened on; undefined where it is taken or not ours to take. */
function listen(server: Server, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    };
    server.once('error', onError);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.off('error', onError);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function stopAll(server: Server, store: Store, lock: FolderLock): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      server.closeAllConnections();
    }, STOP_PATIENCE);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
  await store.close();
  await lock.release();
}
