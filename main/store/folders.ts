/** Statements on what is known of a folder as a whole, its policies, and of its bucket. */
import type { Capability } from '../contract/doctor.ts';
import type { Failure } from '../contract/errors.ts';
import type { RelPath } from '../contract/names.ts';
import type { Policy } from '../contract/policy.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { openMemory } from './memory.ts';
import type { BucketCapabilities, FolderRow, LookRow } from './types.ts';

interface Raw {
  folder: string;
  root_dev: string | null;
  root_ino: string | null;
  last_scan_at: string | null;
  superseded: number;
  files: number;
  bytes: number;
  problem: string | null;
  look: string | null;
  only_by_scan: number;
  mounts: string;
}

const unseen = (folder: string): FolderRow => ({
  folder,
  root: null,
  lastScanAt: null,
  superseded: 0,
  files: 0,
  bytes: 0,
  problem: null,
  look: null,
  onlyByScan: 0,
  mounts: [],
});

function toRow(raw: Raw): FolderRow {
  return {
    folder: raw.folder,
    root: raw.root_dev === null || raw.root_ino === null ? null : { dev: raw.root_dev, ino: raw.root_ino },
    lastScanAt: raw.last_scan_at,
    superseded: raw.superseded,
    files: raw.files,
    bytes: raw.bytes,
    problem: raw.problem === null ? null : (JSON.parse(raw.problem) as Failure),
    look: raw.look === null ? null : (JSON.parse(raw.look) as LookRow),
    onlyByScan: raw.only_by_scan,
    mounts: JSON.parse(raw.mounts) as RelPath[],
  };
}

export type FoldersReader = ReturnType<typeof openFoldersReader>;
export type Folders = ReturnType<typeof openFolders>;

export function openFoldersReader(db: ReadableDb) {
  const one = db.prepare<[string], Raw>('SELECT * FROM folders WHERE folder = ?');
  const capabilities = db.prepare<[string, string], BucketCapabilities>(
    'SELECT versioning, checksums, conditions FROM capabilities WHERE connection = ? AND bucket = ?',
  );
  const policy = db
    .prepare<[string, number], string>('SELECT json FROM policies WHERE folder = ? AND version = ?')
    .pluck();
  const seen = db
    .prepare<[string, string], string | null>('SELECT seen FROM capabilities WHERE connection = ? AND bucket = ?')
    .pluck();
  const mounts = db.prepare<[string], string>('SELECT mounts FROM folders WHERE folder = ?').pluck();
  const uploadIds = db.prepare<[string], string>('SELECT upload_id FROM uploads WHERE folder = ?').pluck();
  return {
    /** What the last look at the bucket taught; null: nobody looked yet. */
    seenCapabilities: (connection: string, bucket: string): readonly Capability[] | null => {
      const json = seen.get(connection, bucket) ?? null;
      return json === null ? null : (JSON.parse(json) as Capability[]);
    },
    /** As in its row: asked for each directory of a look. */
    mounts: (folder: string): readonly RelPath[] => JSON.parse(mounts.get(folder) ?? '[]') as RelPath[],
    /** Multipart uploads of the folder that are under way. */
    uploadIds: (folder: string): readonly string[] => uploadIds.all(folder),
    /** A policy that the folder had, null where it is not known any more. */
    policy: (folder: string, version: number): Policy | null => {
      const json = policy.get(folder, version);
      return json === undefined ? null : (JSON.parse(json) as Policy);
    },
    find: (folder: string): FolderRow => {
      const raw = one.get(folder);
      return raw === undefined ? unseen(folder) : toRow(raw);
    },
    capabilities: (connection: string, bucket: string): BucketCapabilities =>
      capabilities.get(connection, bucket) ?? { versioning: 'unknown', checksums: 'unknown', conditions: 'unknown' },
  };
}

export function openFolders(db: WritableDb) {
  const reader = openFoldersReader(db);
  // Asked for several times a file; nobody else writes them while this handle is open.
  const capabilities = openMemory(reader.capabilities);
  const update = (set: string) => db.prepare(`UPDATE folders SET ${set} WHERE folder = @folder`);
  const ensure = db.prepare<[string]>('INSERT INTO folders (folder) VALUES (?) ON CONFLICT (folder) DO NOTHING');
  const setRoot = update('root_dev = @dev, root_ino = @ino');
  const setScanned = update('last_scan_at = @at');
  const setLook = update('look = @look');
  const addOnlyByScan = update('only_by_scan = only_by_scan + @count');
  const setMounts = update('mounts = @mounts');
  const addSuperseded = update('superseded = superseded + @count');
  const setProblem = update('problem = @problem');
  const remove = db.prepare<[string]>('DELETE FROM folders WHERE folder = ?');
  const setCapabilities = db.prepare(
    `INSERT INTO capabilities (connection, bucket, versioning, checksums, conditions, learnt_at)
     VALUES (@connection, @bucket, @versioning, @checksums, @conditions, @at)
     ON CONFLICT (connection, bucket) DO UPDATE SET versioning = @versioning, checksums = @checksums,
       conditions = @conditions, learnt_at = @at`,
  );
  const setSeen = db.prepare(
    `INSERT INTO capabilities (connection, bucket, versioning, checksums, conditions, learnt_at, seen, seen_at)
     VALUES (@connection, @bucket, 'unknown', 'unknown', 'unknown', @at, @seen, @at)
     ON CONFLICT (connection, bucket) DO UPDATE SET seen = @seen, seen_at = @at`,
  );
  const addPolicy = db.prepare(
    `INSERT INTO policies (folder, version, json, since) VALUES (@folder, @version, @json, @since)
     ON CONFLICT (folder, version) DO NOTHING`,
  );
  return {
    ...reader,
    capabilities: capabilities.of,
    ensure: (folder: string): void => {
      ensure.run(folder);
    },
    setRoot: (folder: string, dev: string, ino: string): void => {
      ensure.run(folder);
      setRoot.run({ folder, dev, ino });
    },
    setScanned: (folder: string, at: string): void => {
      ensure.run(folder);
      setScanned.run({ folder, at });
    },
    setLook: (folder: string, look: LookRow): void => {
      ensure.run(folder);
      setLook.run({ folder, look: JSON.stringify(look) });
    },
    addOnlyByScan: (folder: string, count: number): void => {
      ensure.run(folder);
      addOnlyByScan.run({ folder, count });
    },
    setMounts: (folder: string, mounts: readonly RelPath[]): void => {
      ensure.run(folder);
      setMounts.run({ folder, mounts: JSON.stringify(mounts) });
    },
    addSuperseded: (folder: string, count: number): void => {
      ensure.run(folder);
      addSuperseded.run({ folder, count });
    },
    setProblem: (folder: string, problem: Failure | null): void => {
      ensure.run(folder);
      setProblem.run({ folder, problem: problem === null ? null : JSON.stringify(problem) });
    },
    setCapabilities: (connection: string, bucket: string, learnt: BucketCapabilities, at: string): void => {
      setCapabilities.run({ connection, bucket, ...learnt, at });
      capabilities.forget();
    },
    setSeenCapabilities: (connection: string, bucket: string, seen: readonly Capability[], at: string): void => {
      setSeen.run({ connection, bucket, seen: JSON.stringify(seen), at });
      capabilities.forget();
    },
    addPolicy: (folder: string, version: number, policy: Policy, since: string): void => {
      addPolicy.run({ folder, version, json: JSON.stringify(policy), since });
    },
    remove: (folder: string): void => {
      remove.run(folder);
    },
  };
}
