/** The engine's side of the contract: one handler a call. In: parsed input. Out: a Result. */
import type { EngineCallName } from '../contract/calls.ts';
import { parsePolicy } from '../contract/policy.ts';
import type { Handlers } from '../contract/registrar.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { parentPath, type RelPath } from '../contract/names.ts';
import { bringUnderPolicy } from './apply.ts';
import { attachedHandlers } from './attached-handlers.ts';
import { beginHandlers } from './begin-handlers.ts';
import { brakeReport, decideBrake } from './brakes.ts';
import { learnConditions } from './conditions.ts';
import { connectionHandlers } from './connections.ts';
import { examine, mend, remember, type Examined, type Patient } from './doctor.ts';
import type { Engine } from './engine.ts';
import { policyHandlers } from './policy-handlers.ts';
import { smallestPermissions } from './permissions.ts';
import { gatherDiagnostics } from './gather-diagnostics.ts';
import { historyHandlers } from './history-handlers.ts';
import { FolderHistory } from './history-ports.ts';
import { ignoreLists, whyIgnored } from './ignored.ts';
import {
  addFolder,
  findConnection,
  findFolder,
  findFolderHere,
  removeFolder,
  setDeletes,
  setIgnore,
  setDrill,
  setLinks,
  setPaused,
  setWatching,
} from './manage.ts';
import type { PracticeServers } from './practice.ts';
import { queueHandlers } from './queue-handlers.ts';
import { fileRows, queueEntry } from './report.ts';
import { Tasks } from './tasks.ts';
import type { Thaws } from './thaws.ts';
import { syncServed } from './served-sync.ts';

/** @param ending aborts when nobody will be answered any more: what waits for something ends. */
export function handlers(
  engine: Engine,
  practice: PracticeServers,
  thaws: Thaws,
  ending: AbortSignal,
): Handlers<EngineCallName> {
  const { home, clients } = engine;
  const folderNamed = (name: string) => findFolder(home.settings.folders, name);
  const folderHere = (name: string) => findFolderHere(home.settings.folders, name);
  const foldersChanged = (): void => {
    engine.emit('folders', {});
    engine.changed();
  };
  const historyOf = async (name: string): Promise<Result<FolderHistory>> => {
    const folder = folderNamed(name);
    if (!folder.ok) return folder;
    const client = await clients.get(folder.value.connection);
    if (!client.ok) return client;
    const listing = engine.listings.of(folder.value);
    return success(new FolderHistory(folder.value, client.value, home.tables, listing, home.path, engine.ring));
  };

  const patientOf = async (name: string): Promise<Result<Patient>> => {
    const folder = folderNamed(name);
    if (!folder.ok) return folder;
    const connection = findConnection(home.settings.connections, folder.value.connection);
    if (!connection.ok) return connection;
    const client = await clients.get(folder.value.connection);
    if (!client.ok) return client;
    return success({ folder: folder.value, connection: connection.value, client: client.value, tables: home.tables });
  };
  const tasks = new Tasks(engine.emit, ending);
  const learnt = (patient: Patient, examined: Result<Examined>) => {
    if (!examined.ok) return examined;
    remember(home.tables, patient.folder, examined.value);
    return success(examined.value.report);
  };

  const look = async (name: string) => {
    const patient = await patientOf(name);
    return patient.ok ? learnt(patient.value, await examine(patient.value)) : patient;
  };

  return {
    'status.snapshot': () => success(engine.snapshot()),
    'status.throughput': ({ span }) => success(engine.throughput(span)),
    'diagnostics.gather': ({ names }) => gatherDiagnostics(engine, (folder) => look(folder.name), names),

    ...connectionHandlers(engine, practice, foldersChanged),

    'folder.list': () => success(home.settings.folders),
    'folder.add': async (input) => {
      const policy = input.policy === undefined ? success(undefined) : parsePolicy(input.policy, new Date());
      if (!policy.ok) return policy;
      const added = await addFolder(
        home,
        clients,
        { ...input, policy: policy.value },
        { signal: ending, ring: engine.ring },
      );
      if (added.ok) {
        clients.noteAnswer(added.value.connection);
        engine.alsoSend([added.value]);
        engine.watchFolder(added.value);
        engine.scan(added.value, { kind: 'whole' });
        foldersChanged();
      }
      return added;
    },
    ...beginHandlers(engine, ending),
    'folder.rebuild': async ({ folder }) => {
      const found = folderHere(folder);
      if (!found.ok) return found;
      const matched = engine.matches.request(found.value);
      // A folder that is paused is not scanned, and can be compared all the same.
      if (found.value.paused) await engine.matches.run(found.value);
      else engine.scan(found.value, { kind: 'whole' });
      return matched;
    },
    'folder.inspect': async ({ folder }) => {
      const found = folderHere(folder);
      return found.ok ? engine.inspect(found.value) : found;
    },
    'folder.pause': ({ folder, paused }) => {
      const changed = setPaused(home, folder, paused);
      if (changed.ok) engine.pausesChanged([changed.value]);
      return changed;
    },
    'folder.deletes': async ({ folder, deletes }) => {
      const changed = await setDeletes(home, clients, folder, deletes);
      if (!changed.ok) return changed;
      engine.deletes.forget(changed.value);
      engine.release(changed.value);
      foldersChanged();
      return changed;
    },
    'folder.remove': async ({ folder }) => {
      const found = folderNamed(folder);
      if (!found.ok) return found;
      await engine.forgetFolder(found.value);
      const removed = removeFolder(home, folder);
      if (removed.ok) foldersChanged();
      return removed;
    },
    'folder.sync': async ({ folders, applyPolicy }) => {
      const found = eachOf(folders.map(folderHere));
      if (!found.ok) return found;
      const underPolicy = applyPolicy
        ? found.value.reduce((sum, folder) => sum + bringUnderPolicy(folder, home.tables), 0)
        : null;
      const due = found.value.filter((folder) => !folder.paused);
      const synced = await syncServed(engine, due, ending);
      return synced.ok ? success({ ...synced.value, underPolicy }) : synced;
    },
    'folder.scan': ({ folder }) => {
      const found = folderHere(folder);
      if (!found.ok) return found;
      engine.scan(found.value, { kind: 'whole' });
      return success(null);
    },
    'folder.scanAll': () => {
      engine.scanAll();
      return success(null);
    },
    'folder.ignore': ({ folder, ignore }) => {
      const changed = setIgnore(home, folder, ignore);
      if (!changed.ok) return changed;
      engine.rulesChanged(changed.value);
      foldersChanged();
      return changed;
    },
    'folder.ignoreLists': ({ folder }) => {
      const found = folderHere(folder);
      return found.ok ? success(ignoreLists(found.value, home.tables)) : found;
    },
    'folder.ignoreWhy': ({ folder, path }) => {
      const found = folderHere(folder);
      return found.ok ? whyIgnored(found.value, path, engine.forbidden) : found;
    },
    'folder.watching': ({ folder, watching }) => {
      const changed = setWatching(home, folder, watching);
      if (!changed.ok) return changed;
      engine.watchFolder(changed.value);
      foldersChanged();
      return changed;
    },
    'folder.drill': ({ folder, drill }) => {
      const changed = setDrill(home, folder, drill);
      if (changed.ok) foldersChanged();
      return changed;
    },
    'folder.links': ({ folder, links }) => {
      const changed = setLinks(home, folder, links);
      if (!changed.ok) return changed;
      // Where links are followed, ignored directories are watched as well: something may lead into them.
      engine.watchFolder(changed.value);
      engine.scan(changed.value, { kind: 'whole' });
      foldersChanged();
      return changed;
    },
    'folder.files': ({ folder, directory, search, limit }) => {
      const found = folderHere(folder);
      return found.ok ? success(fileRows(found.value, home.tables, { directory, search, limit })) : found;
    },

    'activity.list': ({ folder, before, limit }) => {
      const found = folder === undefined ? success(null) : folderNamed(folder);
      if (!found.ok) return found;
      const names = new Map(home.settings.folders.map((one) => [one.id, one.name]));
      const rows = home.tables.activity.list(found.value?.id ?? null, before ?? null, limit);
      return success(
        rows.map((row) => ({ ...row, folder: row.folder === null ? null : (names.get(row.folder) ?? null) })),
      );
    },
    'queue.list': ({ folder }) => {
      const found = folder === undefined ? success(home.settings.folders) : wrap(folderNamed(folder));
      if (!found.ok) return found;
      return success(
        found.value.flatMap((one) => home.tables.jobs.ofFolder(one.id).map((job) => queueEntry(job, one.name))),
      );
    },
    ...queueHandlers(engine),
    ...policyHandlers(engine, tasks, patientOf, ending),
    'queue.retry': ({ folder, path }) => {
      const found = folderHere(folder);
      if (!found.ok) return found;
      const { id } = found.value;
      const count = home.tables.now(() =>
        path === undefined ? home.tables.jobs.retryFolder(id) : home.tables.jobs.retryPath(id, path as RelPath),
      );
      // What was forgotten is looked for again.
      if (path !== undefined && home.tables.forgotten.remove(id, path as RelPath)) {
        engine.scan(found.value, { kind: 'directories', directories: [parentPath(path as RelPath)] });
      }
      engine.release(found.value);
      return success(count);
    },

    'brake.show': ({ folder }) => {
      const found = folderHere(folder);
      return found.ok ? success(brakeReport(found.value, home.tables)) : found;
    },
    'brake.decide': ({ folder, decision }) => {
      const found = folderHere(folder);
      if (!found.ok) return found;
      const decided = decideBrake(found.value, decision, home.tables, new Date().toISOString());
      engine.release(found.value);
      return success(decided);
    },

    'versions.list': async ({ folder, path }) => {
      const history = await historyOf(folder);
      return history.ok ? history.value.versions(path) : history;
    },
    ...historyHandlers(engine, historyOf, thaws, tasks, ending),
    ...attachedHandlers(engine, historyOf, tasks),

    'doctor.look': ({ folder }) => look(folder),
    'doctor.permissions': ({ folder: name }) => {
      const folder = folderNamed(name);
      return folder.ok ? smallestPermissions(folder.value, home.settings.connections) : folder;
    },
    'doctor.tryConditions': async ({ folder }) => {
      const found = folderHere(folder);
      if (!found.ok) return found;
      const client = await clients.get(found.value.connection);
      return client.ok ? learnConditions(home.tables, found.value, client.value) : client;
    },
    'doctor.fix': async ({ folder, finding, shown }) => {
      const patient = await patientOf(folder);
      return patient.ok ? learnt(patient.value, await mend(patient.value, finding, shown)) : patient;
    },
  };
}

function wrap<T>(result: Result<T>): Result<readonly T[]> {
  return result.ok ? success([result.value]) : failed(result.failure);
}

/** All values, or the first failure. */
function eachOf<T>(results: readonly Result<T>[]): Result<readonly T[]> {
  const values: T[] = [];
  for (const result of results) {
    if (!result.ok) return result;
    values.push(result.value);
  }
  return success(values);
}
