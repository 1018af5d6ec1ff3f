/** The calls about stores and how to sign in to them. In: parsed input. Out: a Result, which never holds a key. */
import { join } from 'node:path';
import { bucketNameProblem, bucketNameReasons } from '../contract/bucket-name.ts';
import type { connectionCalls } from '../contract/credential-calls.ts';
import { failure } from '../contract/errors.ts';
import { keyRefsOf, type ringUseCalls } from '../contract/key-ring.ts';
import type { Connection } from '../contract/models.ts';
import { PRACTICE_NAME } from '../contract/names.ts';
import type { Handlers } from '../contract/registrar.ts';
import { failed, success } from '../contract/result.ts';
import { createBucket, listBuckets, listProfiles } from '../s3/index.ts';
import type { Engine } from './engine.ts';
import { addConnection, findConnection, removeConnection } from './manage.ts';
import type { PracticeServers } from './practice.ts';
import { askStore } from './probe.ts';

type Names =
  | keyof typeof connectionCalls
  | keyof typeof ringUseCalls
  | 'connection.list'
  | 'connection.practice'
  | 'connection.add'
  | 'connection.remove'
  | 'connection.buckets';

/** @param changed tells everybody that there is another connection, or one less. */
export function connectionHandlers(engine: Engine, practice: PracticeServers, changed: () => void): Handlers<Names> {
  const { home, clients } = engine;
  return {
    'connection.list': () => success(home.settings.connections),
    'connection.practice': async () => {
      const directory = join(home.path, 'practice');
      const started = await practice.ensure(directory);
      if (!started.ok) return started;
      const known = home.settings.connections.find(
        ({ credentials }) => credentials.kind === 'practice' && credentials.directory === directory,
      );
      if (known !== undefined) return success(known);
      const connection: Connection = {
        name: PRACTICE_NAME,
        endpoint: null,
        region: 'us-east-1',
        pathStyle: true,
        credentials: { kind: 'practice', directory },
      };
      const added = addConnection(home, connection);
      if (added.ok) {
        await engine.refreshForbidden();
        changed();
      }
      return added;
    },
    'connection.add': async (connection) => {
      if (connection.credentials.kind === 'practice') {
        const started = await practice.ensure(connection.credentials.directory);
        if (!started.ok) return started;
      }
      const added = addConnection(home, connection);
      if (added.ok) {
        await engine.refreshForbidden();
        changed();
      }
      return added;
    },
    'connection.remove': async ({ connection }) => {
      const removed = removeConnection(home, clients, connection);
      if (removed.ok) {
        await engine.refreshForbidden();
        changed();
      }
      return removed;
    },
    'connection.buckets': async ({ connection }) => {
      const client = await clients.get(connection);
      return client.ok ? listBuckets(client.value) : client;
    },
    'connection.profiles': async () => success(await listProfiles(process.env)),
    'connection.test': async ({ connection, bucket }) => {
      // What was wrong before may have been mended since.
      clients.signInAnew(connection);
      const client = await clients.get(connection);
      if (!client.ok) return client;
      const tested = await askStore(client.value, bucket);
      if (!tested.ok) return tested;
      clients.noteAnswer(connection);
      return tested;
    },
    'connection.createBucket': async ({ connection, bucket, versioning }) => {
      const problem = bucketNameProblem(bucket);
      if (problem !== null) {
        return failed(failure('bad-input', { field: 'bucket', problem: bucketNameReasons[problem] }));
      }
      const found = findConnection(home.settings.connections, connection);
      if (!found.ok) return found;
      const client = await clients.get(connection);
      if (!client.ok) return client;
      const { credentials, endpoint, region } = found.value;
      const isAmazon = endpoint === null && credentials.kind !== 'practice';
      const made = await createBucket(client.value, bucket, isAmazon ? region : null, versioning);
      if (made.ok) clients.noteAnswer(connection);
      return made;
    },
    'encryption.keyUse': ({ name, md5 }) => {
      const users = home.settings.folders.filter(({ policy }) => keyRefsOf(policy).includes(name));
      return success({
        folders: users.map((folder) => folder.name),
        receipts: home.tables.receipts.countUnderKey(md5),
      });
    },
  };
}
