/**
 * Makes an attached place a folder of this computer again. In: the place, and where its files shall lie. Out: the files
 * there, and the folder; or what is missing, and the place attached as before.
 *
 * Law by law: nothing is sent and nothing deleted on the way. Where it is to go is written down first, so that it can be
 * gone on with; the place becomes a folder in one step, once every file is there or a person said that some may be
 * missing; and then the bucket is held against the disk (`adopting.ts`) before the first scan may judge. The journal gets
 * a row only for a file that is on disk, so what never came back is not known, and cannot be missed.
 */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BroughtBack } from '../contract/attached.ts';
import { failure } from '../contract/errors.ts';
import type { Progress } from '../contract/history.ts';
import type { AnyFolder, AttachedFolder, Folder } from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { beginManifest, bringItems, takeUpManifest, Writings } from '../history/index.ts';
import { commonFields } from '../policy/request.ts';
import { probeVersioning, withCommonFields, type Versioning } from '../s3/index.ts';
import { checkRoot } from '../scan/root.ts';
import { Bringing } from './bringing.ts';
import type { Engine } from './engine.ts';
import { MANIFESTS, type FolderHistory } from './history-ports.ts';
import { lookAround } from './look-around.ts';
import { ownDirectories, replaceFolder } from './manage.ts';
import { isWithin } from './targets.ts';

export interface BringBackWish {
  /** Absolute. */
  readonly to: string;
  /** A folder with files in it is used as it is. */
  readonly adopt: boolean;
  /** Also where files could not be brought. */
  readonly leaveOut: boolean;
}

export interface BringBackTools {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** What others change in the bucket meanwhile is brought as well; after so many rounds it is left to be compared. */
const MOST_ROUNDS = 5;

export async function bringBack(
  engine: Engine,
  folder: AnyFolder,
  history: FolderHistory,
  wish: BringBackWish,
  tools: BringBackTools,
): Promise<Result<BroughtBack>> {
  const to = resolve(wish.to);
  if (folder.path !== null) return alreadyHere(engine, folder, to);
  const begun = await begin(engine, folder, to, wish.adopt, tools.signal);
  if (!begun.ok) return begun;
  const wished = { folder: folder.id, directory: '', at: begun.value.since, to, choice: null };
  const manifests = join(engine.home.path, MANIFESTS);
  const writings = new Writings(takeUpManifest(manifests, wished) ?? beginManifest(manifests, wished));
  const bringing = new Bringing(to, tools.onProgress);
  const ended = await bringAll(engine, history, to, writings, bringing, tools.signal);
  if (!ended.ok) return ended;
  engine.reached('files-brought');
  if (!bringing.isEnough(wish.leaveOut)) return success(bringing.report(current(engine, folder) ?? folder, null));
  const settled = await settle(engine, folder, to, bringing);
  if (!settled.ok) return settled;
  writings.remove();
  return compare(engine, settled.value, bringing);
}

/** The same command after a crash in its last moment: what is left is to compare. */
async function alreadyHere(engine: Engine, folder: Folder, to: string): Promise<Result<BroughtBack>> {
  if (folder.path !== to || !engine.matches.isDue(folder)) {
    return failed(failure('already-here', { folder: folder.name, path: folder.path }));
  }
  return compare(engine, folder, new Bringing(to, () => undefined));
}

/** Looks at the place on disk and writes down that files go there. */
async function begin(
  engine: Engine,
  folder: AttachedFolder,
  to: string,
  adopt: boolean,
  signal: AbortSignal,
): Promise<Result<{ readonly since: string }>> {
  for (const own of await ownDirectories(engine.home)) {
    if (isWithin(to, own)) return failed(failure('target-is-home', { path: to }));
  }
  if (folder.bringingBack?.to === to) return success(folder.bringingBack);
  const free = await checkPlace(engine, folder, to, adopt, signal);
  if (!free.ok) return free;
  const present = current(engine, folder);
  if (present === null) return failed(failure('unknown-folder', { name: folder.name }));
  const bringingBack = { to, since: new Date().toISOString() };
  const written = replaceFolder(engine.home, { ...present, bringingBack });
  if (!written.ok) return written;
  engine.emit('folders', {});
  engine.changed();
  return success(bringingBack);
}

/** Missing and empty are fine, and files that are all equal; others only where a person said so. */
async function checkPlace(
  engine: Engine,
  folder: AttachedFolder,
  to: string,
  adopt: boolean,
  signal: AbortSignal,
): Promise<Result<null>> {
  const root = await checkRoot(to, null);
  if (!root.ok) return root.failure.code === 'root-missing' ? success(null) : root;
  for (const own of await ownDirectories(engine.home)) {
    if (isWithin(root.value.realPath, own)) return failed(failure('target-is-home', { path: to }));
  }
  if (adopt || (await readdir(to)).length === 0) return success(null);
  const client = await engine.clients.get(folder.connection);
  if (!client.ok) return client;
  const { bucket, prefix, policy } = folder;
  const reader = withCommonFields(client.value, commonFields(policy));
  const place = { root: to, bucket, prefix, policy, ignore: [], links: 'skip', client: reader } as const;
  const found = await lookAround(place, engine.forbidden, signal);
  if (!found.ok) return found;
  const { equal, different, onlyHere, onlyThere } = found.value;
  if (different.files + onlyHere.files === 0) return success(null);
  const counts = { equal: equal.files, different: different.files, onlyHere: onlyHere.files };
  return failed(failure('place-not-empty', { path: to, ...counts, onlyThere: onlyThere.files }));
}

/** Lists and brings, until a listing names nothing that is still to be brought. */
async function bringAll(
  engine: Engine,
  history: FolderHistory,
  to: string,
  writings: Writings,
  bringing: Bringing,
  signal: AbortSignal,
): Promise<Result<null>> {
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const present = await history.presentItems(signal);
    if (!present.ok) return present;
    const items = bringing.begin(present.value);
    if (items.length === 0 && round > 1) return success(null);
    const named = await history.exactNames(items, signal);
    const ended = await bringItems(named, to, history.restorePorts(writings.run), writings, {
      signal,
      onResult: (item, result) => {
        bringing.ended(item, result);
        engine.reached('file-brought');
      },
    });
    if (!ended.ok) return ended;
  }
  return success(null);
}

/** From here on it is a folder of this computer. What may follow a crash at any line is a comparison that is due. */
async function settle(engine: Engine, folder: AttachedFolder, to: string, bringing: Bringing): Promise<Result<Folder>> {
  const { home, clients } = engine;
  const client = await clients.get(folder.connection);
  if (!client.ok) return client;
  const versioning = await probeVersioning(withCommonFields(client.value, commonFields(folder.policy)), folder.bucket);
  if (!versioning.ok) return versioning;
  const root = await checkRoot(to, null);
  if (!root.ok) return root;
  const present = current(engine, folder);
  if (present?.bringingBack?.to !== to) return failed(failure('unknown-folder', { name: folder.name }));
  const settled = folderOf(present, to, versioning.value);
  const at = new Date().toISOString();
  const { tables } = home;
  tables.now(() => {
    tables.folders.setRoot(folder.id, String(root.value.dev), String(root.value.ino));
    tables.folders.addPolicy(folder.id, present.policyVersion, present.policy, at);
    tables.looks.setMatchDue(folder.id, 'added');
    // Checked before against what the objects say of themselves.
    tables.verifications.removeFolder(folder.id);
    const learnt = tables.folders.capabilities(folder.connection, folder.bucket);
    tables.folders.setCapabilities(folder.connection, folder.bucket, { ...learnt, versioning: versioning.value }, at);
    const row = { at, folder: folder.id, kind: 'folder', code: 'brought-back', path: null } as const;
    tables.activity.add({ ...row, detail: { root: to, files: bringing.brought, failed: bringing.failedCount } });
  });
  engine.reached('root-known');
  const written = replaceFolder(home, settled);
  if (written.ok) engine.reached('folder-written');
  return written;
}

function folderOf({ bringingBack: _, ...place }: AttachedFolder, path: string, versioning: Versioning): Folder {
  return {
    ...place,
    path,
    deletes: versioning === 'enabled' ? 'mark' : 'keep',
    paused: false,
    ignore: [],
    watching: 'auto',
  };
}

/** Where the comparison comes to nothing now, the first scan makes it. */
async function compare(engine: Engine, folder: Folder, bringing: Bringing): Promise<Result<BroughtBack>> {
  const match = await engine.matches.run(folder);
  engine.alsoSend([folder]);
  engine.pausesChanged([folder]);
  return success(bringing.report(folder, match.ok ? match.value : null));
}

/** The place as the settings have it now; null: it was removed, or became a folder. */
function current(engine: Engine, { id }: AttachedFolder): AttachedFolder | null {
  const found = engine.home.settings.folders.find((folder) => folder.id === id);
  return found?.path === null ? found : null;
}
