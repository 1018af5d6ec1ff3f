/** The calls about what was. In: parsed input. Out: a Result. */
import type { historyCalls } from '../contract/history-calls.ts';
import type { InPlace, NotRestored } from '../contract/history.ts';
import type { AnyFolder, TreeEntry } from '../contract/models.ts';
import type { Handlers } from '../contract/registrar.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { UntoldTimes } from '../history/index.ts';
import { densityOf, hasUntoldLife } from './density.ts';
import type { Engine } from './engine.ts';
import type { FolderHistory } from './history-ports.ts';
import { restoreDirectoryInPlace, restoreFileInPlace } from './in-place.ts';
import { makeCurrent } from './make-current.ts';
import { findFolder, findFolderHere } from './manage.ts';
import { previewPresent, previewVersion } from './preview.ts';
import type { Tasks } from './tasks.ts';
import type { Thaws } from './thaws.ts';
import { verifyAttached } from './verify-attached.ts';
import { verifyFolder } from './verify.ts';

/** What an answer names of files that failed or got another name; all are counted. */
const NAMED = 1000;

export function historyHandlers(
  engine: Engine,
  historyOf: (name: string) => Promise<Result<FolderHistory>>,
  thaws: Thaws,
  tasks: Tasks,
  ending: AbortSignal,
): Handlers<keyof typeof historyCalls> {
  const { home } = engine;
  const folderNamed = (name: string) => findFolder(home.settings.folders, name);
  const folderHere = (name: string) => findFolderHere(home.settings.folders, name);

  const untoldTimesOf = async (folder: AnyFolder): Promise<Result<UntoldTimes | undefined>> => {
    if (!hasUntoldLife(folder, home.tables)) return success(undefined);
    const history = await historyOf(folder.name);
    const untold = history.ok ? await history.value.untoldTimes(ending) : history;
    // What receipts tell of a folder can be shown without the bucket.
    return untold.ok || folder.path === null ? untold : success(undefined);
  };

  const noteRestored = (
    name: string,
    code: string,
    path: string | null,
    detail: Record<string, string | number>,
  ): void => {
    const folder = folderNamed(name);
    if (!folder.ok) return;
    home.tables.now(() => {
      const at = new Date().toISOString();
      home.tables.activity.add({ at, folder: folder.value.id, kind: 'restored', code, path, detail });
    });
    engine.changed();
  };

  return {
    'task.cancel': ({ task }) => success(tasks.cancel(task)),

    'history.tree': ({ folder, at, directory, limit, refresh, task }) =>
      tasks.run(task, async ({ signal }) => {
        const history = await historyOf(folder);
        if (!history.ok) return history;
        const time = at === undefined ? null : new Date(at);
        const tree = await history.value.tree(time, { directory, wanted: refresh ? 'now' : 'kept', signal });
        if (!tree.ok) return tree;
        const { asOf, entries, unsafeKeys } = tree.value;
        return success({
          asOf,
          entries: entries.slice(0, limit).map(treeEntry),
          unsafeKeys,
          more: Math.max(0, entries.length - limit),
        });
      }),

    'history.directory': ({ folder, directory, at, after, limit, refresh, task }) =>
      tasks.run(task, async ({ signal, onProgress }) => {
        const history = await historyOf(folder);
        if (!history.ok) return history;
        const onVersions = (files: number): void => {
          onProgress({ files, filesTotal: 0, bytes: 0, bytesTotal: 0 });
        };
        const wanted = refresh ? 'now' : 'kept';
        return history.value.directory({ directory, at: new Date(at), after, limit, wanted, onVersions }, signal);
      }),

    'history.sums': async ({ folder, directories, at, after }) => {
      const history = await historyOf(folder);
      return history.ok ? history.value.sums(directories, new Date(at), after, ending) : history;
    },

    'history.diff': ({ folder, from, to, kinds, limit, refresh, task }) =>
      tasks.run(task, async ({ signal }) => {
        const history = await historyOf(folder);
        if (!history.ok) return history;
        const until = to === undefined ? null : new Date(to);
        const found = await history.value.diff(new Date(from), until, { wanted: refresh ? 'now' : 'kept', signal });
        if (!found.ok) return found;
        const changes = found.value.changes.filter(({ kind }) => kinds?.includes(kind) ?? true);
        return success({ ...found.value, changes: changes.slice(0, limit), more: Math.max(0, changes.length - limit) });
      }),

    'history.density': async ({ folder, from, to, buckets }) => {
      const found = folderNamed(folder);
      if (!found.ok) return found;
      const untold = await untoldTimesOf(found.value);
      if (!untold.ok) return untold;
      return success(densityOf(found.value, home.tables, { from, to, buckets }, new Date(), untold.value));
    },

    'history.restore': ({ folder, directory, paths, at, to, resume, task }) =>
      tasks.run(task, async ({ signal, onProgress }) => {
        const history = await historyOf(folder);
        if (!history.ok) return history;
        const failures: NotRestored[] = [];
        const renamed: { path: string; renamedTo: string }[] = [];
        const done = { restored: 0, bytes: 0, failed: 0 };
        const fail = (one: NotRestored): void => {
          done.failed += 1;
          if (failures.length < NAMED) failures.push(one);
        };
        const ended = await history.value.restoreDirectory(
          directory,
          new Date(at),
          to,
          (path, result) => {
            if (!result.ok) {
              fail({ path, failure: result.failure });
              return;
            }
            done.restored += 1;
            done.bytes += result.value.bytes;
            const { renamedTo } = result.value;
            if (renamedTo !== null && renamed.length < NAMED) renamed.push({ path, renamedTo });
          },
          { signal, resume, onProgress, paths },
        );
        if (!ended.ok) return ended;
        for (const { key, failure } of ended.value.leftOut) fail({ path: key, failure });
        noteRestored(folder, 'tree', directory === '' ? null : directory, {
          to,
          at,
          files: done.restored,
          failed: done.failed,
        });
        return success({ to, files: ended.value.files, ...done, renamed, failures });
      }),

    'versions.preview': ({ folder, path, versionId, task }) =>
      tasks.run(task, async ({ signal }) => {
        if (versionId === null) {
          const found = folderHere(folder);
          return found.ok ? previewPresent(found.value, path) : found;
        }
        const history = await historyOf(folder);
        return history.ok ? previewVersion(history.value, path, versionId, signal) : history;
      }),

    'versions.restoreInPlace': ({ folder, path, versionId, task }) =>
      tasks.run(task, async ({ signal }) => {
        const found = folderHere(folder);
        if (!found.ok) return found;
        const history = await historyOf(folder);
        if (!history.ok) return history;
        const done = await restoreFileInPlace(engine, found.value, history.value, path, versionId, { signal });
        if (!done.ok) return done;
        const { to, bytes, setAside } = done.value;
        noteRestored(folder, 'in-place', path, { versionId, to, bytes, ...(setAside === null ? {} : { setAside }) });
        return done;
      }),

    'history.restoreInPlace': ({ folder, directory, paths, at, task }) =>
      tasks.run(task, async ({ signal, onProgress }) => {
        const found = folderHere(folder);
        if (!found.ok) return found;
        const history = await historyOf(folder);
        if (!history.ok) return history;
        const failures: NotRestored[] = [];
        const setAside: string[] = [];
        const done = { restored: 0, leftAlone: 0, bytes: 0, queued: 0, failed: 0 };
        const onResult = (path: string, result: Result<InPlace> | null): void => {
          if (result === null) {
            done.leftAlone += 1;
            return;
          }
          if (!result.ok) {
            done.failed += 1;
            if (failures.length < NAMED) failures.push({ path, failure: result.failure });
            return;
          }
          done.restored += 1;
          done.bytes += result.value.bytes;
          if (result.value.current === 'queued') done.queued += 1;
          const aside = result.value.setAside;
          if (aside !== null && setAside.length < NAMED)
            setAside.push(`${path.slice(0, path.lastIndexOf('/') + 1)}${aside}`);
        };
        const tools = { signal, onProgress, onResult };
        const what = { directory, paths, at: new Date(at) };
        const ended = await restoreDirectoryInPlace(engine, found.value, history.value, what, tools);
        if (!ended.ok) return ended;
        const counts = { at, files: done.restored, failed: done.failed };
        noteRestored(folder, 'tree-in-place', directory === '' ? null : directory, counts);
        return success({ files: ended.value.files, ...done, setAside, failures });
      }),

    'folder.verify': ({ folder, sample, seed, download, task }) =>
      tasks.run(task, async (tools) => {
        const found = folderNamed(folder);
        if (!found.ok) return found;
        const client = await engine.clients.get(found.value.connection);
        if (!client.ok) return client;
        const wish = { sample: sample ?? null, seed, download };
        const history = await historyOf(folder);
        if (!history.ok) return history;
        const report =
          found.value.path === null
            ? await verifyAttached(found.value, client.value, history.value, home.tables, wish, tools)
            : await verifyFolder(found.value, client.value, home.tables, wish, { ...tools, ring: engine.ring });
        engine.changed();
        return report;
      }),

    'folder.drillNow': ({ folder, seed, task }) =>
      tasks.run(task, async (tools) => {
        const found = folderHere(folder);
        return found.ok ? engine.drill(found.value, seed, tools) : found;
      }),

    'versions.thawOffers': ({ folder, path, versionId, days }) => {
      const found = folderNamed(folder);
      return found.ok ? thaws.offers(found.value, path, versionId, days) : found;
    },
    'versions.thaw': ({ folder, path, versionId, tier, days, to }) => {
      const found = folderNamed(folder);
      if (!found.ok) return found;
      return thaws.ask(found.value, { path, versionId, days, tier: tier ?? null, target: to ?? null });
    },
    'versions.thaws': ({ folder }) => {
      const found = folderNamed(folder);
      return found.ok ? success(thaws.list(found.value)) : found;
    },

    'versions.makeCurrent': async ({ folder, path, versionId }) => {
      const found = folderHere(folder);
      if (!found.ok) return found;
      const history = await historyOf(folder);
      return history.ok ? makeCurrent(engine, found.value, history.value, path, versionId, ending) : history;
    },

    'versions.restore': ({ folder, path, versionId, to, task }) =>
      tasks.run(task, async ({ signal }) => {
        const history = await historyOf(folder);
        if (!history.ok) return history;
        const restored = await history.value.restoreOne(path, versionId, to ?? null, signal);
        if (!restored.ok) return failed(restored.failure);
        noteRestored(folder, 'version', path, { versionId, to: restored.value.to, bytes: restored.value.bytes });
        return restored;
      }),
  };
}

/** What the contract tells of an entry. */
export function treeEntry({ path, size, versionId, lastModified, storageClass }: TreeEntry): TreeEntry {
  return { path, size, versionId, lastModified, storageClass };
}
