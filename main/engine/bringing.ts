/** How far a bring-back is. In: listings, and how each file ended. Out: what is to be brought next, progress, the report. */
import type { BroughtBack } from '../contract/attached.ts';
import type { Failure, FailureClass } from '../contract/errors.ts';
import type { NotRestored, Progress } from '../contract/history.ts';
import type { AnyFolder, FolderMatch } from '../contract/models.ts';
import { success, type Result } from '../contract/result.ts';
import type { Brought, TreeItem } from '../history/index.ts';
import type { LeftOut, PresentItems } from './history-ports.ts';

/** What a report names of files that are missing; all are counted. */
const NAMED = 1000;

/** What another try would meet again: only such files may be left out. */
const LASTING: ReadonlySet<FailureClass> = new Set<FailureClass>([
  'archived',
  'file',
  'damaged',
  'permission',
  'policy',
]);

/** How the latest version of a key ended that was tried. */
interface Ended {
  readonly path: string;
  readonly versionId: string | null;
  readonly bytes: number;
  readonly result: Result<Brought['kind']>;
}

export class Bringing {
  readonly #to: string;
  readonly #onProgress: (progress: Progress) => void;
  readonly #ended = new Map<string, Ended>();
  #leftOut: readonly LeftOut[] = [];
  #progress: Progress = { files: 0, filesTotal: 0, bytes: 0, bytesTotal: 0 };

  constructor(to: string, onProgress: (progress: Progress) => void) {
    this.#to = to;
    this.#onProgress = onProgress;
  }

  get brought(): number {
    return this.#count('brought');
  }

  get failedCount(): number {
    return this.#failures().length + this.#leftOut.length;
  }

  /**
   * Whether it may become a folder of this computer. A key that no file can be called by was never a file, and nobody
   * waits for it.
   * @param leaveOut files may be missing that another try would not bring either.
   */
  isEnough(leaveOut: boolean): boolean {
    return this.#failures().every(({ failure }) => leaveOut && LASTING.has(failure.class));
  }

  /** Takes a listing, and answers what of it was not tried yet. What failed and is there no more is nobody's loss. */
  begin({ items, leftOut }: PresentItems): readonly TreeItem[] {
    this.#leftOut = leftOut;
    const listed = new Set(items.map(({ entry }) => entry.key));
    for (const [key, { result }] of this.#ended) if (!result.ok && !listed.has(key)) this.#ended.delete(key);
    const wanted: TreeItem[] = [];
    for (const { entry, item } of items) {
      const before = this.#ended.get(entry.key);
      if (before !== undefined && before.versionId === entry.versionId) continue;
      if (item.ok) wanted.push(item.value);
      else this.#ended.set(entry.key, { path: entry.path, versionId: entry.versionId, bytes: 0, result: item });
    }
    const { filesTotal, bytesTotal, ...done } = this.#progress;
    this.#progress = {
      ...done,
      filesTotal: filesTotal + wanted.length,
      bytesTotal: bytesTotal + wanted.reduce((sum, { entry }) => sum + entry.size, 0),
    };
    this.#onProgress(this.#progress);
    return wanted;
  }

  ended({ key, entry }: TreeItem, result: Result<Brought>): void {
    const { path, versionId, size } = entry;
    const isNew = result.ok && result.value.kind === 'brought';
    const kind = result.ok ? success(result.value.kind) : result;
    this.#ended.set(key, { path, versionId, bytes: isNew ? size : 0, result: kind });
    const { files, bytes } = this.#progress;
    this.#progress = { ...this.#progress, files: files + 1, bytes: bytes + size };
    this.#onProgress(this.#progress);
  }

  report(folder: AnyFolder, match: FolderMatch | null): BroughtBack {
    const failures: NotRestored[] = [
      ...this.#failures(),
      ...this.#leftOut.map(({ key, failure }) => ({ path: key, failure })),
    ];
    return {
      folder,
      to: this.#to,
      files: this.#ended.size + this.#leftOut.length,
      brought: this.brought,
      bytes: [...this.#ended.values()].reduce((sum, { bytes }) => sum + bytes, 0),
      wereThere: this.#count('was-there'),
      failed: failures.length,
      failures: failures.slice(0, NAMED),
      match,
    };
  }

  #failures(): { readonly path: string; readonly failure: Failure }[] {
    return [...this.#ended.values()].flatMap(({ path, result }) =>
      result.ok ? [] : [{ path, failure: result.failure }],
    );
  }

  #count(kind: Brought['kind']): number {
    return [...this.#ended.values()].filter(({ result }) => result.ok && result.value === kind).length;
  }
}
