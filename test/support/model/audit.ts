/**
 * Holds a bucket and the receipts against what really happened on disk. In: a world at rest, and its history. Out: what
 * is wrong, each with its kind, so that a long run can count them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Receipt } from '../../../main/contract/models.ts';
import { openHomeForReading } from '../../../main/engine/home.ts';
import { openFolderHistory } from '../../../main/engine/history-ports.ts';
import type { StoredMarker, StoredVersion } from '../world/bucket.ts';
import { digest, readTree } from '../world/disk.ts';
import { FOLDER, took, type World } from '../world/world.ts';
import { GONE, missingIn, statesOf, type SyncPoint } from './ledger.ts';

export type FindingKind =
  /** The newest state of a file, or one that was there when all was sent, is no version in its place. */
  | 'lost'
  /** A version that is no whole state which its path ever had. */
  | 'torn'
  /** A version that no receipt, or more than one, stands for; a receipt without its version. */
  | 'unexplained'
  | 'wrong-receipt'
  | 'broken-chain'
  | 'open-upload'
  /** Present in the record and not on disk, or the other way. */
  | 'wrong-gone'
  | 'not-at-rest'
  | 'wrong-restore'
  /** The model and the disk are not the same: the test is wrong. */
  | 'model';

export interface Finding {
  readonly kind: FindingKind;
  readonly text: string;
}

export interface History {
  /** MD5s of every whole state that a path ever had. */
  readonly ever: ReadonlyMap<string, ReadonlySet<string> | ReadonlyMap<string, unknown>>;
  /** How often a path ceased to be a file; null: not counted. */
  readonly vanished: ReadonlyMap<string, number> | null;
  readonly points: readonly SyncPoint[];
}

/** A version with its bytes' MD5, as they are in the bucket. */
interface Known extends StoredVersion {
  readonly path: string;
  readonly md5: string;
}

export async function audit(w: World, history: History): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const find = (kind: FindingKind, text: string): void => {
    findings.push({ kind, text });
  };
  const versions = await knownVersions(w, find);
  const receipts = w.receipts();
  const markers = await markersOf(w, find);
  auditReceipts(versions, markers, receipts, find);
  auditMarkers(w, markers, versions, history, find);
  auditStates(versions, receipts, history, find);
  await auditDisk(w, versions, receipts, history, find);
  for (const key of await w.bucket.openUploads()) find('open-upload', key);
  const home = took(openHomeForReading(w.home));
  try {
    const chain = home.tables?.receipts.check();
    if (chain?.ok !== true) find('broken-chain', `at ${String(chain?.brokenAtSeq)}`);
    for (const folder of home.settings.folders) {
      for (const job of home.tables?.jobs.ofFolder(folder.id) ?? []) {
        find('not-at-rest', `${job.state} ${job.operation} ${job.path}: ${job.error?.code ?? ''}`);
      }
      for (const id of home.tables?.folders.uploadIds(folder.id) ?? []) find('not-at-rest', `upload ${id}`);
    }
  } finally {
    home.close();
  }
  return findings;
}

type Find = (kind: FindingKind, text: string) => void;

async function knownVersions(w: World, find: Find): Promise<readonly Known[]> {
  const known: Known[] = [];
  let stored: readonly StoredVersion[] = [];
  try {
    stored = await w.bucket.versions();
  } catch (error) {
    find('unexplained', String(error));
  }
  for (const version of stored) {
    // Of a single put the ETag is the MD5 that the store made of what it has.
    const isMd5 = /^[0-9a-f]{32}$/.test(version.etag);
    const md5 = isMd5 ? version.etag : digest('md5', await w.bucket.bytes(version.key, version.versionId));
    known.push({ ...version, md5, path: version.key.slice(w.prefix.length) });
  }
  return known;
}

async function markersOf(w: World, find: Find): Promise<readonly StoredMarker[]> {
  try {
    return await w.bucket.markers();
  } catch (error) {
    find('unexplained', String(error));
    return [];
  }
}

/** No path that is gone has a current version, where it was to be marked; and nothing else has a marker. */
function auditMarkers(
  w: World,
  markers: readonly StoredMarker[],
  versions: readonly Known[],
  { vanished, points }: History,
  find: Find,
): void {
  const byPath = new Map<string, readonly StoredMarker[]>();
  for (const marker of markers) {
    const path = marker.key.slice(w.prefix.length);
    byPath.set(path, [...(byPath.get(path) ?? []), marker]);
  }
  const there = points.at(-1)?.tree;
  for (const [path, laid] of byPath) {
    if (vanished !== null && laid.length > (vanished.get(path) ?? 0)) {
      find('wrong-gone', `${path} has ${laid.length} markers and vanished ${vanished.get(path) ?? 0} times`);
    }
    if (there?.has(path) === true && laid.some((marker) => marker.isLatest)) {
      find('wrong-gone', `${path} is there, and lies below a marker`);
    }
  }
  if (!w.bucket.mayHaveMarkers || there === undefined) return;
  for (const { path, isLatest } of versions) {
    if (isLatest && !there.has(path)) find('wrong-gone', `${path} is gone, and has a current version`);
  }
}

const idOf = ({ key, versionId }: { readonly key: string; readonly versionId: string | null }): string =>
  `${key} ${versionId ?? ''}`;

function auditReceipts(
  versions: readonly Known[],
  markers: readonly StoredMarker[],
  receipts: readonly Receipt[],
  find: Find,
): void {
  const left = new Map<string, { readonly size: number | null }>(versions.map((version) => [idOf(version), version]));
  for (const marker of markers) left.set(idOf(marker), { size: null });
  const explained = new Set<string>();
  for (const receipt of receipts) {
    if (receipt.operation === 'gone') continue;
    const id = idOf(receipt);
    const version = left.get(id);
    if (explained.has(id)) find('unexplained', `two receipts for ${id}`);
    else if (version === undefined) find('unexplained', `receipt ${receipt.seq} for ${id}, which is not there`);
    else if ((version.size === null) !== (receipt.operation === 'delete')) {
      find('wrong-receipt', `receipt ${receipt.seq}: ${receipt.operation} for ${id}`);
    } else if (version.size !== null && version.size !== receipt.size)
      find('wrong-receipt', `receipt ${receipt.seq}: the size of ${id}`);
    explained.add(id);
  }
  for (const id of left.keys()) if (!explained.has(id)) find('unexplained', `no receipt for ${id}`);
}

/** The path was gone, with a delete marker or without. */
const isEnd = ({ operation }: Receipt): boolean => operation === 'gone' || operation === 'delete';

/** Each version is a whole state of its path, and the states at the sync points come in the record in their order. */
function auditStates(
  versions: readonly Known[],
  receipts: readonly Receipt[],
  { ever, vanished, points }: History,
  find: Find,
): void {
  const md5s = new Map(versions.map((version) => [idOf(version), version.md5]));
  for (const { path, md5, versionId, size } of versions) {
    if (ever.get(path)?.has(md5) !== true) find('torn', `${path} ${versionId} of ${size} bytes is none of its states`);
  }
  const recorded = new Map<string, string[]>();
  for (const receipt of receipts) {
    const state = isEnd(receipt) ? GONE : (md5s.get(idOf(receipt)) ?? 'missing');
    const known = recorded.get(receipt.path);
    if (known === undefined) recorded.set(receipt.path, [state]);
    else known.push(state);
  }
  const paths = new Set(points.flatMap(({ tree }) => [...tree.keys()]));
  for (const path of paths) {
    const found = recorded.get(path) ?? [];
    const missing = missingIn(statesOf(path, points), found);
    if (missing !== null) {
      const kind = missing === GONE ? 'wrong-gone' : 'lost';
      find(kind, `${path}: ${missing} of ${statesOf(path, points).join(', ')} is not in ${found.join(', ')}`);
    }
  }
  for (const [path, states] of recorded) {
    const gone = states.filter((state) => state === GONE).length;
    if (vanished !== null && gone > (vanished.get(path) ?? 0)) find('wrong-gone', `${path} is gone ${gone} times`);
  }
}

/** The newest version of each file that is there holds its bytes; what is not there is gone in the record. */
async function auditDisk(
  w: World,
  versions: readonly Known[],
  receipts: readonly Receipt[],
  { points }: History,
  find: Find,
): Promise<void> {
  const newest = new Map(versions.filter((version) => version.isLatest).map((version) => [version.path, version]));
  const last = new Map(receipts.map((receipt) => [receipt.path, receipt]));
  const onDisk = new Set<string>();
  for (const { path, md5 } of (await readTree(w.disk)).values()) {
    const name = path.toString('utf8');
    onDisk.add(name);
    if (newest.get(name)?.md5 !== md5) find('lost', `${name}: the newest version does not hold its bytes`);
    const newestReceipt = last.get(name);
    if (newestReceipt !== undefined && isEnd(newestReceipt)) {
      find('wrong-gone', `${name} is there, and gone in the record`);
    }
    const known = points.at(-1)?.tree.get(name);
    if (known !== undefined && known.md5 !== md5) find('model', `${name} on disk is another than in the model`);
  }
  for (const path of points.at(-1)?.tree.keys() ?? []) if (!onDisk.has(path)) find('model', `${path} is not on disk`);
  for (const [path, receipt] of last) {
    if (!onDisk.has(path) && !isEnd(receipt)) find('wrong-gone', `${path} is gone, and the record has it`);
  }
}

/** The folder at each sync point, brought back, equals the tree that was written down then. */
export async function auditRestores(w: World, points: readonly SyncPoint[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const home = took(openHomeForReading(w.home));
  const opened = took(await openFolderHistory(home, FOLDER));
  const into = await mkdtemp(join(w.root, 'restored-'));
  try {
    for (const [number, { at, tree }] of points.entries()) {
      const to = join(into, String(number));
      const wrong = (text: string): void => {
        findings.push({ kind: 'wrong-restore', text: `${text}, of sync point ${number} at ${at.toISOString()}` });
      };
      const restored = await opened.history.restoreDirectory('', at, to, (path, result) => {
        if (!result.ok) wrong(`${path}: ${result.failure.message}`);
      });
      if (!restored.ok) {
        if (restored.failure.code !== 'unknown-path' || tree.size > 0) wrong(restored.failure.message);
        continue;
      }
      const found = new Map([...(await readTree(to)).values()].map(({ path, md5 }) => [path.toString('utf8'), md5]));
      for (const [path, { md5 }] of tree)
        if (found.get(path) !== md5) wrong(`${path} is ${found.get(path) ?? 'missing'}`);
      for (const path of found.keys()) if (!tree.has(path)) wrong(`${path} was not there`);
    }
  } finally {
    opened.close();
    home.close();
    await rm(into, { recursive: true });
  }
  return findings;
}
