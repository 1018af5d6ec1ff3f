/** Changes of the settings: connections and folders. In: what a person asked for. Out: the object written, or why not. */
import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { requireHere } from '../contract/attached.ts';
import { failure } from '../contract/errors.ts';
import type { AnyFolder, Connection, DeletesMode, Folder, LinksMode, WatchMode } from '../contract/models.ts';
import { EMPTY_POLICY, type Policy } from '../contract/policy.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { commonFields } from '../policy/request.ts';
import { isPrefixEmpty, probeVersioning, withCommonFields, type Versioning } from '../s3/index.ts';
import type { DrillEvery } from '../contract/verification.ts';
import { normalisePrefix } from '../scan/names.ts';
import { checkRoot } from '../scan/root.ts';
import type { Clients } from './clients.ts';
import type { OpenHome } from './home.ts';
import { lookAround, notEmpty } from './look-around.ts';
import { checkKeyRefs, NO_RING, type Ring } from './ring.ts';
import { removeSecret } from './secret-place.ts';
import { checkStoreTakes } from './store-limits.ts';
import { removeListing } from '../store/index.ts';
import { collidingFolder, describeTarget, isWithin, storeOf, type Target } from './targets.ts';

export interface NewFolder {
  /** Absolute. */
  readonly path: string;
  readonly connection: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly name?: string | undefined;
  readonly deletes?: DeletesMode | undefined;
  readonly policy?: Policy | undefined;
  /** Begin where something lies already: what is equal is taken for known, the rest stays beneath or aside. */
  readonly adopt?: boolean | undefined;
}

/** Kept here or attached. */
export function findFolder(folders: readonly AnyFolder[], name: string): Result<AnyFolder> {
  const found = folders.find((folder) => folder.name === name);
  return found === undefined ? failed(failure('unknown-folder', { name })) : success(found);
}

/** One that has a folder on this computer; what is only attached is refused. */
export function findFolderHere(folders: readonly AnyFolder[], name: string): Result<Folder> {
  const found = findFolder(folders, name);
  return found.ok ? requireHere(found.value) : found;
}

export function findConnection(connections: readonly Connection[], name: string): Result<Connection> {
  const found = connections.find((connection) => connection.name === name);
  return found === undefined ? failed(failure('unknown-connection', { name })) : success(found);
}

export function addConnection(home: OpenHome, connection: Connection): Result<Connection> {
  if (connection.name.trim() === '') return failed(failure('bad-input', { field: 'name', problem: reason('empty') }));
  const { connections } = home.settings;
  if (connections.some((one) => one.name === connection.name))
    return failed(failure('name-taken', { name: connection.name }));
  const endpoint = connection.endpoint === null ? success(null) : checkEndpoint(connection.endpoint);
  if (!endpoint.ok) return endpoint;
  const written = home.update({ ...home.settings, connections: [...connections, connection] });
  return written.ok ? success(connection) : written;
}

function checkEndpoint(text: string): Result<null> {
  const problem = failure('bad-input', {
    field: 'endpoint',
    problem: reason('no-address', { text }),
  });
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return failed(problem);
  // A key in the address would end up in the settings in clear, and in every sentence that names the endpoint.
  if (url.username !== '' || url.password !== '') {
    return failed(failure('bad-input', { field: 'endpoint', problem: reason('secret-in-address') }));
  }
  return success(null);
}

export function removeConnection(home: OpenHome, clients: Clients | null, name: string): Result<Connection> {
  const found = findConnection(home.settings.connections, name);
  if (!found.ok) return found;
  const users = home.settings.folders.filter((folder) => folder.connection === name).map((folder) => folder.name);
  if (users.length > 0) return failed(failure('connection-in-use', { name, folders: users.join(', ') }));
  // Before the settings: keys without their connection are of no use, and nobody would come to remove them.
  const forgotten = removeSecret(home.path, 'keys', name);
  if (!forgotten.ok) return forgotten;
  const connections = home.settings.connections.filter((connection) => connection.name !== name);
  const written = home.update({ ...home.settings, connections });
  if (!written.ok) return written;
  clients?.drop(name);
  return found;
}

/** Adds a folder once the bucket has answered and nothing collides; else nothing is written. */
export async function addFolder(
  home: OpenHome,
  clients: Clients,
  wanted: NewFolder,
  options: { readonly signal?: AbortSignal; readonly ring?: Ring } = {},
): Promise<Result<Folder>> {
  const policy = success(wanted.policy ?? EMPTY_POLICY);
  const ring = options.ring ?? NO_RING;
  const keys = checkKeyRefs(policy.value, ring);
  if (!keys.ok) return keys;
  const path = resolve(wanted.path);
  const root = await checkRoot(path, null);
  if (!root.ok) return root.failure.code === 'root-missing' ? failed(failure('not-a-folder', { path })) : root;
  const prefix = normalisePrefix(wanted.prefix);
  if (!prefix.ok) return prefix;
  const name = wanted.name ?? basename(path);
  if (name.trim() === '') return failed(failure('bad-input', { field: 'name', problem: reason('name-folder') }));
  const connection = findConnection(home.settings.connections, wanted.connection);
  if (!connection.ok) return connection;

  for (const own of await ownDirectories(home)) {
    if (isWithin(root.value.realPath, own)) return failed(failure('target-is-home', { path }));
  }
  const target = { store: storeOf(connection.value), bucket: wanted.bucket, prefix: prefix.value };
  const free = checkFree(home, name, target);
  if (!free.ok) return free;
  const taken = checkStoreTakes(policy.value, connection.value);
  if (!taken.ok) return taken;
  const opened = await clients.get(wanted.connection);
  if (!opened.ok) return opened;
  const client = success(withCommonFields(opened.value, commonFields(policy.value)));
  const versioning = await probeVersioning(client.value, wanted.bucket);
  if (!versioning.ok) return versioning;
  if (wanted.deletes === 'mark' && versioning.value !== 'enabled') return cannotMark(wanted.bucket, versioning.value);
  const isEmpty = await isPrefixEmpty(client.value, wanted.bucket, prefix.value);
  if (!isEmpty.ok) return isEmpty;
  if (!isEmpty.value && wanted.adopt !== true) {
    const place = { root: path, bucket: wanted.bucket, prefix: prefix.value, policy: policy.value };
    const own = new Set(await ownDirectories(home));
    const asNew = { ...place, ignore: [], links: 'skip', client: client.value } as const;
    const found = await lookAround(asNew, own, options.signal, ring);
    return found.ok ? failed(notEmpty(target, found.value)) : found;
  }

  // Another folder, or a change of one, may have come while the bucket was asked.
  const stillFree = checkFree(home, name, target);
  if (!stillFree.ok) return stillFree;
  const addedAt = new Date().toISOString();
  const folder: Folder = {
    id: randomUUID(),
    name,
    path,
    connection: wanted.connection,
    bucket: wanted.bucket,
    prefix: prefix.value,
    deletes: wanted.deletes ?? (versioning.value === 'enabled' ? 'mark' : 'keep'),
    paused: false,
    policy: policy.value,
    policyVersion: 1,
    ignore: [],
    watching: 'auto',
    addedAt,
  };
  const { folders: table } = home.tables;
  home.tables.now(() => {
    table.setRoot(folder.id, String(root.value.dev), String(root.value.ino));
    table.addPolicy(folder.id, 1, folder.policy, addedAt);
    if (!isEmpty.value) home.tables.looks.setMatchDue(folder.id, 'added');
    const learnt = table.capabilities(folder.connection, folder.bucket);
    table.setCapabilities(folder.connection, folder.bucket, { ...learnt, versioning: versioning.value }, addedAt);
    home.tables.activity.add({
      at: addedAt,
      folder: folder.id,
      kind: 'folder',
      code: 'added',
      path: null,
      detail: { root: path },
    });
  });
  const written = home.update({ ...home.settings, folders: [...home.settings.folders, folder] });
  return written.ok ? success(folder) : written;
}

/** Fails where the name, or the place in the bucket, is another folder's. */
export function checkFree(home: OpenHome, name: string, target: Target): Result<null> {
  const { folders, connections } = home.settings;
  if (folders.some((folder) => folder.name === name)) return failed(failure('name-taken', { name }));
  const other = collidingFolder(target, folders, connections);
  return other === null
    ? success(null)
    : failed(failure('target-collides', { other: other.name, target: describeTarget(target) }));
}

/** Cairn's own places, real paths: its home, and the data of every practice server that a connection names. */
export async function ownDirectories(home: Pick<OpenHome, 'path' | 'settings'>): Promise<string[]> {
  const practice = home.settings.connections.flatMap(({ credentials }) =>
    credentials.kind === 'practice' ? [credentials.directory] : [],
  );
  return Promise.all([home.path, ...practice].map((path) => realpath(path).catch(() => resolve(path))));
}

/** Writes one changed folder; the next upload sees it. */
export function updateFolder(home: OpenHome, name: string, change: (folder: Folder) => Folder): Result<Folder> {
  const found = findFolderHere(home.settings.folders, name);
  return found.ok ? replaceFolder(home, change(found.value)) : found;
}

/** Writes a folder in the place of the one with its id. */
export function replaceFolder<Kind extends AnyFolder>(home: OpenHome, changed: Kind): Result<Kind> {
  const folders = home.settings.folders.map((folder) => (folder.id === changed.id ? changed : folder));
  const written = home.update({ ...home.settings, folders });
  return written.ok ? success(changed) : written;
}

export function setPaused(home: OpenHome, name: string, paused: boolean): Result<Folder> {
  return updateFolder(home, name, ({ pausedUntil: _, ...folder }) => ({ ...folder, paused }));
}

function cannotMark(bucket: string, versioning: Versioning): Result<never> {
  return failed(failure('mark-needs-versions', { bucket, reason: reason(`versioning-${versioning}`) }));
}

/**
 * What becomes of a file in the bucket that is gone from disk. Either way what stopped its deletes is over: with `mark`
 * since the bucket says that it keeps versions now, with `keep` since those that wait are only noted as gone.
 */
export async function setDeletes(
  home: OpenHome,
  clients: Clients,
  name: string,
  deletes: DeletesMode,
): Promise<Result<Folder>> {
  const found = findFolderHere(home.settings.folders, name);
  if (!found.ok) return found;
  const { connection, bucket } = found.value;
  if (deletes === 'mark') {
    const opened = await clients.get(connection);
    if (!opened.ok) return opened;
    const client = withCommonFields(opened.value, commonFields(found.value.policy));
    const versioning = await probeVersioning(client, bucket);
    if (!versioning.ok) return versioning;
    if (versioning.value !== 'enabled') return cannotMark(bucket, versioning.value);
  }
  const changed = updateFolder(home, name, (folder) => ({ ...folder, deletes }));
  if (!changed.ok) return changed;
  const { id } = changed.value;
  home.tables.now(() => {
    home.tables.deletes.setStopped(id, null);
    if (deletes === 'mark') return;
    home.tables.jobs.keepInstead(id, 'all');
    home.tables.deletes.setBrake(id, null);
  });
  return changed;
}

/** The folder's own list of what is not kept; the next look goes by it. */
export function setIgnore(home: OpenHome, name: string, patterns: readonly string[]): Result<Folder> {
  return updateFolder(home, name, (folder) => ({ ...folder, ignore: [...new Set(patterns)] }));
}

export function setWatching(home: OpenHome, name: string, watching: WatchMode): Result<Folder> {
  return updateFolder(home, name, (folder) => ({ ...folder, watching }));
}

/** What becomes of links; what they lead to is looked for from the next look on. */
/** How often it is proved by itself that files come back. */
export function setDrill(home: OpenHome, name: string, drill: DrillEvery): Result<Folder> {
  return updateFolder(home, name, (folder) => ({ ...folder, drill }));
}

export function setLinks(home: OpenHome, name: string, links: LinksMode): Result<Folder> {
  return updateFolder(home, name, (folder) => ({ ...folder, links }));
}

/** At least so many seconds between two versions of one file. What waits for the former interval is looked at again. */
export function setLeastInterval(home: OpenHome, name: string, seconds: number): Result<Folder> {
  const changed = updateFolder(home, name, (folder) => ({ ...folder, leastIntervalSeconds: seconds }));
  if (changed.ok) home.tables.now(() => home.tables.jobs.lookAtEarly(changed.value.id));
  return changed;
}

/** A new version of the policy; it counts from the next upload on. */
export function setPolicy(home: OpenHome, name: string, policy: Policy, ring: Ring = NO_RING): Result<AnyFolder> {
  const keys = checkKeyRefs(policy, ring);
  if (!keys.ok) return keys;
  const folder = findFolder(home.settings.folders, name);
  if (!folder.ok) return folder;
  const connection = findConnection(home.settings.connections, folder.value.connection);
  if (!connection.ok) return connection;
  const taken = checkStoreTakes(policy, connection.value);
  if (!taken.ok) return taken;
  const { policyVersion } = folder.value;
  const changed = replaceFolder(home, { ...folder.value, policy, policyVersion: policyVersion + 1 });
  if (changed.ok) {
    const { id, policyVersion } = changed.value;
    home.tables.now(() => {
      home.tables.folders.addPolicy(id, policyVersion, policy, new Date().toISOString());
    });
  }
  return changed;
}

/** Forgets a folder here. The bucket is never touched; receipts stay. */
export function removeFolder(home: OpenHome, name: string): Result<AnyFolder> {
  const found = findFolder(home.settings.folders, name);
  if (!found.ok) return found;
  const folders = home.settings.folders.filter((folder) => folder.id !== found.value.id);
  const written = home.update({ ...home.settings, folders });
  if (!written.ok) return written;
  home.tables.now(() => {
    home.tables.journal.removeFolder(found.value.id);
    home.tables.vanished.removeFolder(found.value.id);
    home.tables.thaws.removeFolder(found.value.id);
    home.tables.verifications.removeFolder(found.value.id);
    home.tables.drills.removeFolder(found.value.id);
    home.tables.jobs.removeFolder(found.value.id);
    home.tables.forgotten.removeFolder(found.value.id);
    // The bucket is not touched: an upload that was broken off stays there, for the doctor's rule to clear away.
    home.tables.attempts.removeFolder(found.value.id);
    home.tables.deletes.removeFolder(found.value.id);
    home.tables.folders.remove(found.value.id);
    home.tables.looks.removeFolder(found.value.id);
  });
  removeListing(home.path, found.value.id);
  return found;
}
