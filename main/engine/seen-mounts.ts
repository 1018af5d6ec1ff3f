/**
 * Mounts below a folder's root, remembered. In: looks at folders. Out: whether a directory belongs to a mount that is
 * not there now: then it is unknown, and no file of it is gone.
 *
 * Another device shows by itself that a disk dropped out. A directory of the same file system that was bound to a place
 * has the same device; only the table of mounts tells, so its places are kept in mind.
 */
import { realpath } from 'node:fs/promises';
import type { Folder } from '../contract/models.ts';
import type { RelPath } from '../contract/names.ts';
import { mountsBelow, placesAbove, readMounts, type Mount } from '../scan/mounts.ts';
import type { WriteTables } from '../store/index.ts';

export class SeenMounts {
  readonly #tables: Pick<WriteTables, 'folders' | 'now'>;
  readonly #read: () => Promise<readonly Mount[] | null>;

  /** @param read only tests give another one. */
  constructor(tables: Pick<WriteTables, 'folders' | 'now'>, read: () => Promise<readonly Mount[] | null> = readMounts) {
    this.#tables = tables;
    this.#read = read;
  }

  /** Takes in what is mounted in the folder now. */
  async note(folder: Folder): Promise<void> {
    const now = await this.#mountedIn(folder);
    const known = this.#tables.folders.mounts(folder.id);
    const more = now?.filter((place) => !known.includes(place)) ?? [];
    if (more.length > 0) this.#keep(folder, [...known, ...more]);
  }

  /**
   * Whether `directory` was part of a mount that is not there now. Asked after it was listed: a mount that drops out
   * later cannot have emptied that listing.
   */
  async isDroppedOut(folder: Folder, directory: RelPath): Promise<boolean> {
    return (await this.#droppedAbove(folder, directory)).length > 0;
  }

  /** Known files were found in `directory` as they were: what was mounted there has moved in for good. */
  async foundAgain(folder: Folder, directory: RelPath): Promise<void> {
    const dropped = await this.#droppedAbove(folder, directory);
    if (dropped.length === 0) return;
    const known = this.#tables.folders.mounts(folder.id);
    this.#keep(
      folder,
      known.filter((place) => !dropped.includes(place)),
    );
  }

  async #droppedAbove(folder: Folder, directory: RelPath): Promise<readonly RelPath[]> {
    const known = placesAbove(directory, this.#tables.folders.mounts(folder.id));
    if (known.length === 0) return [];
    const now = await this.#mountedIn(folder);
    // Without the table nothing is proved either way.
    return now === null ? known : known.filter((place) => !now.includes(place));
  }

  async #mountedIn(folder: Folder): Promise<readonly RelPath[] | null> {
    const mounts = await this.#read();
    if (mounts === null) return null;
    try {
      return mountsBelow(await realpath(folder.path), mounts);
    } catch {
      return null;
    }
  }

  #keep(folder: Folder, mounts: readonly RelPath[]): void {
    this.#tables.now(() => {
      this.#tables.folders.setMounts(folder.id, mounts);
    });
  }
}
