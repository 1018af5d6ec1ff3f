/** In: the path of a folder, and what it was when it was added. Out: what it is now, or why it cannot be used. */
import { opendir, realpath, stat } from 'node:fs/promises';
import { failure } from '../contract/errors.ts';
import { failed, success } from '../contract/result.ts';
import type { Result } from '../contract/result.ts';
import { errorCode, isVanished, reasonOf } from './disk.ts';

/** What tells one directory from every other on this computer. */
export interface KnownRoot {
  readonly dev: bigint;
  readonly ino: bigint;
}

export interface RootIdentity extends KnownRoot {
  /** Where the directory really is, with every link resolved. */
  readonly realPath: string;
}

/**
 * Checks that the folder at `path` is there, can be read, and is the one that was added (`known`; null while it is
 * being added). A person may name a link: then the directory behind it is what counts, so a link that is bent
 * elsewhere later is found out as well.
 * Fails with root-missing, root-changed, root-unreadable; and with not-a-folder while it is being added.
 */
export async function checkRoot(path: string, known: KnownRoot | null): Promise<Result<RootIdentity>> {
  try {
    const stats = await stat(path, { bigint: true });
    if (!stats.isDirectory()) {
      return failed(known === null ? failure('not-a-folder', { path }) : failure('root-changed', { root: path }));
    }
    if (known !== null && (known.dev !== stats.dev || known.ino !== stats.ino)) {
      return failed(failure('root-changed', { root: path }));
    }
    // Only opening it shows whether it can be read: rights, a dead network disk, a container's rules.
    await (await opendir(path)).close();
    return success({ dev: stats.dev, ino: stats.ino, realPath: await realpath(path) });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'unknown') throw error;
    const facts = { root: path, reason: reasonOf(code), error: code };
    return failed(failure(isVanished(code) ? 'root-missing' : 'root-unreadable', facts));
  }
}
