/** Joins names, receipts and a client into what history needs. In: a folder. Out: its ports, and restores. */
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failure } from '../contract/errors.ts';
import type { Folder, Receipt, Restored, TreeEntry, Version } from '../contract/models.ts';
import { baseName, parseRelPath, type RelPath } from '../contract/names.ts';
import { failed, success, type Result } from '../contract/result.ts';
import {
  besideName,
  prepareTarget,
  readTree,
  readVersions,
  restoreTree,
  restoreVersion,
  type HistoryPorts,
  type RestorePorts,
  type TreeAt,
  type TreeItem,
} from '../history/index.ts';
import { parseMtime } from '../policy/metadata.ts';
import { commonFields } from '../policy/request.ts';
import { openClient, withCommonFields, type StoreClient } from '../s3/index.ts';
import { exactName, keyOf, pathOfKey } from '../scan/names.ts';
import type { ReadTables } from '../store/index.ts';
import type { SecretFields } from '../transfer/index.ts';
import { secretByMd5 } from './customer-keys.ts';
import type { ReadHome } from './home.ts';
import { findConnection, findFolder } from './manage.ts';
import { isWithin } from './targets.ts';

/** A folder's history, for the command line and the window alike. It changes nothing in the home. */
export class FolderHistory {
  readonly #folder: Folder;
  readonly #client: StoreClient;
  readonly #tables: ReadTables | null;

  constructor(folder: Folder, client: StoreClient, tables: ReadTables | null) {
    this.#folder = folder;
    this.#client = withCommonFields(client, commonFields(folder.policy));
    this.#tables = tables;
  }

  async versions(path: string): Promise<Result<readonly Version[]>> {
    const key = this.#key(path);
    if (!key.ok) return key;
    const versions = await readVersions(key.value.path, key.value.key, this.#ports());
    if (!versions.ok) return versions;
    if (versions.value.length === 0) return failed(failure('unknown-path', { path, folder: this.#folder.name }));
    return versions;
  }

  tree(at: Date | null): Promise<Result<TreeAt>> {
    return readTree(at?.getTime() ?? null, this.#ports());
  }

  /** @param to absolute; null: beside the present file, under a name with the version's time. */
  async restoreOne(
    path: string,
    versionId: string,
    to: string | null,
    signal?: AbortSignal,
  ): Promise<Result<Restored>> {
    const key = this.#key(path);
    if (!key.ok) return key;
    const versions = await this.versions(path);
    if (!versions.ok) return versions;
    const version = versions.value.find((one) => one.versionId === versionId && !one.deleteMarker);
    if (version === undefined) {
      return failed(failure('unknown-version', { path, versionId, folder: this.#folder.name }));
    }
    const secret = this.#secretOf(path, versionId);
    if (!secret.ok) return secret;
    if (to === null && !(await leadsInside(this.#folder.path, dirname(path)))) {
      const reason = 'a link on the way leads out of the folder';
      return failed(failure('write-failed', { path: join(this.#folder.path, path), reason }));
    }
    const beside = besideName(baseName(path), new Date(version.seenAt ?? version.lastModified));
    return restoreVersion(
      {
        path,
        key: key.value.key,
        versionId: version.versionId,
        sha256: version.sha256,
        secret: secret.value,
        to: to ?? join(this.#folder.path, dirname(path), beside),
      },
      this.#restorePorts(),
      signal,
    );
  }

  /**
   * A directory as it stood at a time, into a new place.
   * @param directory '' is the whole folder. @param onResult is told of each file as it ends.
   */
  async restoreDirectory(
    directory: string,
    at: Date,
    to: string,
    onResult: (path: string, result: Result<Restored>) => void,
    signal?: AbortSignal,
  ): Promise<Result<{ readonly files: number; readonly unsafeKeys: readonly string[] }>> {
    const wanted = directory === '' ? '' : parseRelPath(directory);
    if (wanted === null) return failed(notAPath(directory));
    const tree = await this.tree(at);
    if (!tree.ok) return tree;
    const items: TreeItem[] = [];
    for (const entry of tree.value.entries) {
      const item = this.#itemOf(entry, wanted);
      if (!item.ok) onResult(entry.path, item);
      else if (item.value !== null) items.push(item.value);
    }
    if (items.length === 0) return failed(failure('unknown-path', { path: directory, folder: this.#folder.name }));
    const prepared = await prepareTarget(to);
    if (!prepared.ok) return prepared;
    await restoreTree(
      items,
      to,
      this.#restorePorts(),
      (item, result) => {
        onResult(item.entry.path, result);
      },
      signal,
    );
    return success({ files: items.length, unsafeKeys: tree.value.unsafeKeys });
  }

  /** Null: the entry lies outside of the directory. */
  #itemOf(entry: TreeEntry, directory: string): Result<TreeItem | null> {
    const base = directory === '' ? '' : `${directory}/`;
    if (!entry.path.startsWith(base)) return success(null);
    const key = keyOf(this.#folder.prefix, entry.path as RelPath);
    if (!key.ok) return key;
    const secret = this.#secretOf(entry.path, entry.versionId);
    if (!secret.ok) return secret;
    const sha256 = this.#receiptOf(entry.path, entry.versionId)?.sha256 ?? null;
    return success({ entry, key: key.value, sha256, secret: secret.value, place: entry.path.slice(base.length) });
  }

  #receiptOf(path: string, versionId: string | null): Receipt | null {
    const receipts = this.#tables?.receipts.ofPath(this.#folder.id, path) ?? [];
    return receipts.find((one) => one.versionId === versionId && one.sha256 !== null) ?? null;
  }

  #secretOf(path: string, versionId: string | null): Result<SecretFields> {
    return secretByMd5(this.#folder.policy, this.#receiptOf(path, versionId)?.request['SSECustomerKeyMD5']);
  }

  #key(text: string): Result<{
    readonly path: RelPath;
    readonly key: ReturnType<typeof keyOf> extends Result<infer Key> ? Key : never;
  }> {
    const path = parseRelPath(text);
    if (path === null) return failed(notAPath(text));
    const key = keyOf(this.#folder.prefix, path);
    return key.ok ? success({ path, key: key.value }) : key;
  }

  #ports(): HistoryPorts {
    const { id, prefix, bucket } = this.#folder;
    const tables = this.#tables;
    return {
      client: this.#client,
      bucket,
      prefix,
      receipts: () => tables?.receipts.every(id) ?? [],
      receiptsOf: (path) => tables?.receipts.ofPath(id, path).reverse() ?? [],
      pathOfKey: (key, exact) => {
        const encoded = exact === undefined ? null : exactName(exact as RelPath);
        return pathOfKey(prefix, key, encoded ?? undefined);
      },
    };
  }

  #restorePorts(): RestorePorts {
    return { client: this.#client, bucket: this.#folder.bucket, parseMtime };
  }
}

/** A folder's history with a client of its own, for commands that come and go. */
export async function openFolderHistory(
  home: ReadHome,
  name: string,
): Promise<Result<{ readonly history: FolderHistory; close(): void }>> {
  const folder = findFolder(home.settings.folders, name);
  if (!folder.ok) return folder;
  const connection = findConnection(home.settings.connections, folder.value.connection);
  if (!connection.ok) return connection;
  const client = await openClient(connection.value);
  if (!client.ok) return client;
  const history = new FolderHistory(folder.value, client.value, home.tables);
  return success({
    history,
    close: () => {
      client.value.close();
    },
  });
}

/** Whether the directory, or the nearest one above it that exists, really lies in the folder, with every link resolved. */
async function leadsInside(root: string, directory: string): Promise<boolean> {
  const realRoot = await realpath(root).catch(() => null);
  if (realRoot === null) return true; // there is nothing that a link could lead out of; making the folder will say more
  for (let current = directory; ; current = dirname(current)) {
    const real = await realpath(join(root, current)).catch(() => null);
    if (real !== null) return isWithin(real, realRoot);
    if (current === '.') return true;
  }
}

function notAPath(text: string) {
  return failure('bad-input', { field: 'path', problem: `“${text}” is not a path below the folder` });
}
