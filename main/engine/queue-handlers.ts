/** The engine's side of the calls about the queue: order, pauses, limits, least intervals. In: parsed input. Out: a Result. */
import { failure } from '../contract/errors.ts';
import { parseRelPath, type RelPath } from '../contract/names.ts';
import type { Handlers } from '../contract/registrar.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { Folder } from '../contract/models.ts';
import type { Engine } from './engine.ts';
import { limitsOf, setLimits } from './limits.ts';
import { findFolderHere, setLeastInterval } from './manage.ts';
import { pauseFolders, resumeFolders } from './pauses.ts';
import { forgetPath, sendFirst } from './queue-changes.ts';

type Served = 'queue.first' | 'queue.forget' | 'queue.pause' | 'queue.resume' | 'folder.interval' | 'settings.limits';

export function queueHandlers(engine: Engine): Handlers<Served> {
  const { home } = engine;
  const onPath = <T>(name: string, path: string, change: (folder: Folder, path: RelPath) => Result<T>): Result<T> => {
    const folder = findFolderHere(home.settings.folders, name);
    if (!folder.ok) return folder;
    const parsed = parseRelPath(path);
    if (parsed === null) return failed(failure('not-queued', { path, folder: name }));
    const changed = change(folder.value, parsed);
    if (changed.ok) {
      engine.kick();
      engine.changed();
    }
    return changed;
  };
  const paused = (changed: Result<readonly Folder[]>): Result<readonly Folder[]> => {
    if (changed.ok) engine.pausesChanged(changed.value);
    return changed;
  };
  return {
    'queue.first': ({ folder, path }) => onPath(folder, path, (found, rel) => sendFirst(found, rel, home.tables)),
    'queue.forget': ({ folder, path }) => onPath(folder, path, (found, rel) => forgetPath(found, rel, home.tables)),
    'queue.pause': ({ folder, until }) => paused(pauseFolders(home, folder, until ?? null, Date.now())),
    'queue.resume': ({ folder }) => paused(resumeFolders(home, folder)),
    'folder.interval': ({ folder, seconds }) => {
      const changed = setLeastInterval(home, folder, seconds);
      if (!changed.ok) return changed;
      engine.kick();
      engine.emit('folders', {});
      engine.changed();
      return changed;
    },
    'settings.limits': ({ limits }) => {
      if (limits === undefined) return success(limitsOf(home));
      const written = setLimits(home, limits);
      if (written.ok) engine.limits.look();
      return written;
    },
  };
}
