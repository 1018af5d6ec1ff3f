/** A bucket looked over for a folder that is not kept yet. In: where it would be kept. Out: findings and facts; nothing is written down. */
import { basename, resolve } from 'node:path';
import type { BucketFacts, BucketReport } from '../contract/begin.ts';
import type { DeletesMode, Folder } from '../contract/models.ts';
import type { Policy } from '../contract/policy.ts';
import { success, type Result } from '../contract/result.ts';
import type { BucketLook } from '../s3/index.ts';
import { normalisePrefix } from '../scan/names.ts';
import type { Clients } from './clients.ts';
import { examine } from './doctor.ts';
import type { OpenHome } from './home.ts';
import { findConnection } from './manage.ts';

export interface PlaceToLookAt {
  /** Absolute. */
  readonly path: string;
  readonly connection: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly deletes: DeletesMode;
  readonly policy: Policy;
}

/** Fails as `doctor.look` does: where nothing can be learnt of the bucket. */
export async function lookAt(
  home: OpenHome,
  clients: Clients,
  wanted: PlaceToLookAt,
  signal: AbortSignal,
): Promise<Result<BucketReport>> {
  const connection = findConnection(home.settings.connections, wanted.connection);
  if (!connection.ok) return connection;
  const prefix = normalisePrefix(wanted.prefix);
  if (!prefix.ok) return prefix;
  const client = await clients.get(wanted.connection);
  if (!client.ok) return client;
  const path = resolve(wanted.path);
  // The folder as it would begin; the doctor asks for one, and this one is in no settings.
  const folder: Folder = {
    ...wanted,
    id: '',
    name: basename(path) || wanted.bucket,
    path,
    prefix: prefix.value,
    paused: false,
    policyVersion: 1,
    ignore: [],
    watching: 'auto',
    addedAt: new Date().toISOString(),
  };
  const examined = await examine(
    { folder, connection: connection.value, client: client.value, tables: home.tables },
    signal,
  );
  return examined.ok ? success({ report: examined.value.report, facts: factsOf(examined.value.look) }) : examined;
}

/** Pure. */
export function factsOf({
  versioning,
  lock,
  ownership,
  publicAccess,
}: Pick<BucketLook, 'versioning' | 'lock' | 'ownership' | 'publicAccess'>): BucketFacts {
  return {
    versioning: versioning.kind === 'told' ? versioning.value : null,
    lock: lock.kind === 'told' ? lock.value.enabled : lock.kind === 'unset' ? false : null,
    acls: ownership.kind === 'told' ? ownership.value !== 'BucketOwnerEnforced' : null,
    blocksPublic:
      publicAccess.kind === 'told' ? publicAccess.value.blockAcls : publicAccess.kind === 'unset' ? false : null,
  };
}
