/** Why a path of a folder is kept or not. In: a folder and a path, there or not. Out: the reason, and the rule. */
import { lstat, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Stats } from 'node:fs';
import { failure } from '../contract/errors.ts';
import type { Folder, IgnoreLists, IgnoreReason } from '../contract/models.ts';
import { childPath, parseRelPath, ROOT, type RelPath } from '../contract/names.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { errorCode, isVanished, realDisk, reasonOf } from '../scan/disk.ts';
import { skippedKindOf } from '../scan/entries.ts';
import { FolderRules } from '../scan/folder-rules.ts';
import { targetAt } from '../scan/links.ts';
import type { IgnoreRule } from '../scan/ignore.ts';
import type { ReadTables } from '../store/index.ts';
import { isWithin } from './targets.ts';

/** The folder's own list, and the files that the last look found. */
export function ignoreLists(folder: Folder, tables: ReadTables | null): IgnoreLists {
  const files = tables?.folders.find(folder.id).look?.lists ?? [];
  return { folder: folder.name, ignore: folder.ignore, files };
}

/**
 * Goes down to the path as a look does, and stops at the first thing that leaves it out.
 * @param text ends in `/` where a directory is meant that is not there.
 * @param forbidden real paths that are Cairn's own.
 */
export async function whyIgnored(
  folder: Folder,
  text: string,
  forbidden: ReadonlySet<string>,
): Promise<Result<IgnoreReason>> {
  const path = parseRelPath(text.endsWith('/') ? text.slice(0, -1) : text);
  if (path === null) {
    return failed(failure('bad-input', { field: 'path', problem: reason('not-below', { text }) }));
  }
  const rules = new FolderRules(folder.ignore).begin(folder.path);
  const because = (at: RelPath): string | null => (at === path ? null : at);
  const parts = path.split('/');
  let above = ROOT;
  for (const [index, part] of parts.entries()) {
    const cause = await rules.enter(above);
    if (cause !== null) return failed(cause);
    const at = childPath(above, part);
    const isLast = index === parts.length - 1;
    const absolute = join(folder.path, at);
    const found = await look(absolute, at);
    if (!found.ok) return found;
    const kind = found.value === null ? null : skippedKindOf(found.value);
    const target = kind === 'link' && folder.links === 'follow' ? await targetAt(realDisk, folder.path, at) : null;
    if (kind !== null && target === null) {
      return success({ path, reason: kind === 'link' ? 'symlink' : kind, because: because(at), rule: null });
    }
    const isDirectory =
      target !== null ? target.kind === 'directory' : (found.value?.isDirectory() ?? (!isLast || text.endsWith('/')));
    if (found.value !== null) {
      const real = target?.real ?? join(await realpath(dirname(absolute)), part);
      if ([...forbidden].some((own) => isWithin(real, own))) {
        return success({ path, reason: 'home folder', because: because(at), rule: null });
      }
    }
    const rule = rules.rule(at, isDirectory);
    if (rule !== null) return success({ path, reason: 'ignored', because: because(at), rule: shown(rule) });
    if (isLast) return success({ path, reason: found.value === null ? 'missing' : 'kept', because: null, rule: null });
    above = at;
  }
  return success({ path, reason: 'kept', because: null, rule: null });
}

async function look(absolute: string, path: RelPath): Promise<Result<Stats | null>> {
  try {
    return success(await lstat(absolute));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'unknown') throw error;
    if (isVanished(code)) return success(null);
    return failed(failure('file-unreadable', { path, reason: reasonOf(code), error: code }));
  }
}

function shown({ pattern, list, line }: IgnoreRule): IgnoreReason['rule'] {
  return { pattern, list: typeof list === 'string' ? list : list.file, line };
}
