/** Places in a bucket without a folder on this computer, what becomes of them, and how they are told from folders. Pure. */
import { failure } from './errors.ts';
import type { NotRestored } from './history.ts';
import type { AnyFolder, AttachedFolder, Folder, FolderMatch } from './models.ts';
import { failed, success, type Result } from './result.ts';

/** What came of bringing the files of an attached place back to this computer. */
export interface BroughtBack {
  /** Of this computer again; or attached as before, where files are missing that could not be brought. */
  readonly folder: AnyFolder;
  readonly to: string;
  /** Files that the bucket has. */
  readonly files: number;
  readonly brought: number;
  readonly bytes: number;
  /** Files that had their places taken on disk already: by an earlier try, or by what a person has put there. */
  readonly wereThere: number;
  readonly failed: number;
  /** Files that are not there now, the first thousand. */
  readonly failures: readonly NotRestored[];
  /** Disk and bucket held against one another; null: not yet. Nothing is sent before. */
  readonly match: FolderMatch | null;
}

export function isAttached(folder: AnyFolder): folder is AttachedFolder {
  return folder.path === null;
}

/** Those that have a folder on this computer. */
export function foldersHere(folders: readonly AnyFolder[]): readonly Folder[] {
  return folders.filter((folder): folder is Folder => folder.path !== null);
}

/** A folder whose files are on this computer; what is only attached is refused. */
export function requireHere(folder: AnyFolder): Result<Folder> {
  return folder.path === null ? failed(failure('only-attached', { folder: folder.name })) : success(folder);
}
