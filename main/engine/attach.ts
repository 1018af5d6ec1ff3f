/**
 * A place in a bucket without a folder on this computer. In: where it is. Out: its settings, once the bucket has answered
 * and nothing collides; else nothing is written. Nothing is ever sent there.
 */
import { randomUUID } from 'node:crypto';
import { failure } from '../contract/errors.ts';
import type { AttachedFolder } from '../contract/models.ts';
import { EMPTY_POLICY, type Policy } from '../contract/policy.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { commonFields } from '../policy/request.ts';
import { isPrefixEmpty, withCommonFields } from '../s3/index.ts';
import { normalisePrefix } from '../scan/names.ts';
import type { Clients } from './clients.ts';
import type { OpenHome } from './home.ts';
import { checkFree, findConnection } from './manage.ts';
import { checkKeyRefs, NO_RING, type Ring } from './ring.ts';
import { storeOf } from './targets.ts';

export interface NewAttached {
  readonly connection: string;
  readonly bucket: string;
  readonly prefix: string;
  /** Left out: the last part of the prefix, or the bucket. */
  readonly name?: string | undefined;
  readonly policy?: Policy | undefined;
}

export async function attachFolder(
  home: OpenHome,
  clients: Clients,
  wanted: NewAttached,
  ring: Ring = NO_RING,
): Promise<Result<AttachedFolder>> {
  const policy = wanted.policy ?? EMPTY_POLICY;
  const keys = checkKeyRefs(policy, ring);
  if (!keys.ok) return keys;
  const prefix = normalisePrefix(wanted.prefix);
  if (!prefix.ok) return prefix;
  const name = wanted.name ?? prefix.value.split('/').at(-2) ?? wanted.bucket;
  if (name.trim() === '') {
    return failed(failure('bad-input', { field: 'name', problem: reason('name-place') }));
  }
  const connection = findConnection(home.settings.connections, wanted.connection);
  if (!connection.ok) return connection;
  const target = { store: storeOf(connection.value), bucket: wanted.bucket, prefix: prefix.value };
  const free = checkFree(home, name, target);
  if (!free.ok) return free;
  const client = await clients.get(wanted.connection);
  if (!client.ok) return client;
  // Whether it may be listed is all that it takes; it may be empty, full, with versions or without.
  const reader = withCommonFields(client.value, commonFields(policy));
  const answered = await isPrefixEmpty(reader, wanted.bucket, prefix.value);
  if (!answered.ok) return answered;

  // Another folder may have come while the bucket was asked.
  const stillFree = checkFree(home, name, target);
  if (!stillFree.ok) return stillFree;
  const addedAt = new Date().toISOString();
  const folder: AttachedFolder = {
    id: randomUUID(),
    name,
    path: null,
    connection: wanted.connection,
    bucket: wanted.bucket,
    prefix: prefix.value,
    policy: policy,
    policyVersion: 1,
    addedAt,
    bringingBack: null,
  };
  home.tables.now(() => {
    home.tables.folders.addPolicy(folder.id, 1, folder.policy, addedAt);
    const where = `${folder.bucket}/${folder.prefix}`;
    const row = { at: addedAt, folder: folder.id, kind: 'folder', code: 'attached', path: null } as const;
    home.tables.activity.add({ ...row, detail: { where } });
  });
  const written = home.update({ ...home.settings, folders: [...home.settings.folders, folder] });
  return written.ok ? success(folder) : written;
}
