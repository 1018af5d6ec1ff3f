/**
 * What deletes of a run share. In: folders and clients. Out: what their buckets said of versions, asked once, and turns:
 * one delete at a time until a marker was seen.
 */
import type { Failure } from '../contract/errors.ts';
import type { Folder, Receipt } from '../contract/models.ts';
import { success, type Result } from '../contract/result.ts';
import { askVersioning, type StoreClient, type Versioning } from '../s3/index.ts';
import { recordGone, type WriteTables } from '../store/index.ts';
import type { DeletePorts } from '../transfer/index.ts';
import { checkFolderRoot } from './scans.ts';

export class DeletesOfRun {
  readonly #tables: WriteTables;
  readonly #onAdopted: (folder: string, receipt: Receipt) => void;
  readonly #versioning = new Map<string, Versioning>();
  readonly #sawMarker = new Set<string>();
  readonly #stopped = new Map<string, Failure>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(tables: WriteTables, onAdopted: (folder: string, receipt: Receipt) => void) {
    this.#tables = tables;
    this.#onAdopted = onAdopted;
  }

  /** A person set the folder's way anew: what was known of it is asked and shown again. */
  forget(folder: Folder): void {
    this.#versioning.delete(bucketOf(folder));
    this.#sawMarker.delete(folder.id);
    this.#stopped.delete(folder.id);
  }

  portsOf(folder: Folder, client: StoreClient): DeletePorts {
    const { id } = folder;
    const tables = this.#tables;
    return {
      mode: folder.deletes,
      versioning: async (signal) => {
        const known = this.#versioning.get(bucketOf(folder));
        if (known !== undefined) return success(known);
        const asked: Result<Versioning> = await askVersioning(client, folder.bucket, signal);
        if (asked.ok) this.#versioning.set(bucketOf(folder), asked.value);
        return asked;
      },
      inTurn: (work) => this.#inTurn(id, work),
      sawMarker: () => {
        this.#sawMarker.add(id);
      },
      stopped: () => this.#stopped.get(id) ?? null,
      stop: (cause) => {
        this.#stopped.set(id, cause);
      },
      checkRoot: () => checkFolderRoot(folder, tables),
      isExplained: (path, versionId) =>
        tables.receipts.ofPath(id, path).some((one) => one.operation === 'delete' && one.versionId === versionId),
      recordAdopted: async (receipt, path, counts) => {
        const written = await tables.commit(() => recordGone(tables, id, path, receipt, counts));
        this.#onAdopted(id, written);
      },
    };
  }

  async #inTurn<T>(folder: string, work: () => Promise<T>): Promise<T> {
    if (this.#sawMarker.has(folder)) return work();
    const before = this.#turns.get(folder) ?? Promise.resolve();
    const mine = before.then(work);
    this.#turns.set(
      folder,
      mine.catch(() => undefined),
    );
    return mine;
  }
}

const bucketOf = ({ connection, bucket }: Folder): string => `${connection}\0${bucket}`;
