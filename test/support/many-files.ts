/**
 * A home whose folder holds very many files that are known to be in the bucket: on disk, and in the database as Cairn's
 * own code would have written them, in one transaction. In: where. Out: the same as after a first sync of them all.
 */
import { closeSync, existsSync, lstatSync, mkdirSync, openSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Folder } from '../../main/contract/models.ts';
import type { ObjectKey, RelPath } from '../../main/contract/names.ts';
import { lockHome, openWritable, writeSettings, writeTables } from '../../main/store/index.ts';

export interface ManyFiles {
  readonly home: string;
  /** The folder's root; made where it is missing. */
  readonly folder: string;
  readonly directories: number;
  readonly filesEach: number;
}

export interface Known {
  /** The directories below the root, and the files of each, by name. */
  readonly directories: readonly string[];
  readonly names: readonly string[];
}

/** The folder's own name in the database. */
export const MANY_ID = 'many-files';
/** Of nothing: the files are empty. */
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const WHEN = '2026-03-01T12:00:00.000Z';

/** Where so many files are made soonest: in memory, where there is a file system in it with room. */
export function roomForMany(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 2 * 1024 ** 3 ? memory : tmpdir();
}

/** Throws where the home cannot be made. The bucket itself is not filled. */
export function makeManyFiles({ home, folder, directories, filesEach }: ManyFiles): Known {
  const known: Known = {
    directories: Array.from({ length: directories }, (_, at) => `batch ${String(at + 1).padStart(2, '0')}`),
    names: Array.from({ length: filesEach }, (_, at) => `DSC_${String(at).padStart(6, '0')}.NEF`),
  };
  mkdirSync(home, { recursive: true });
  const lock = lockHome(home);
  if (!lock.ok) throw new Error(lock.failure.message);
  const opened = openWritable(home);
  if (!opened.ok) throw new Error(opened.failure.message);
  const tables = writeTables(opened.value);
  try {
    tables.now(() => {
      tables.folders.ensure(MANY_ID);
      for (const directory of known.directories) {
        mkdirSync(join(folder, directory), { recursive: true });
        for (const name of known.names) tables.journal.put(makeFile(folder, `${directory}/${name}`));
      }
      const { dev, ino } = lstatSync(folder, { bigint: true });
      tables.folders.setRoot(MANY_ID, String(dev), String(ino));
      tables.folders.setScanned(MANY_ID, WHEN);
    });
  } finally {
    tables.close();
    lock.value.release();
  }
  const written = writeSettings(home, settingsOf(home, folder));
  if (!written.ok) throw new Error(written.failure.message);
  return known;
}

/** @returns its row in the journal. */
function makeFile(root: string, path: string): Parameters<ReturnType<typeof writeTables>['journal']['put']>[0] {
  const file = join(root, path);
  closeSync(openSync(file, 'w'));
  const { dev, ino, size, mtimeNs, ctimeNs, mode } = lstatSync(file, { bigint: true });
  return {
    folder: MANY_ID,
    path: path as RelPath,
    stat: {
      dev: String(dev),
      ino: String(ino),
      size: Number(size),
      mtimeNs: String(mtimeNs),
      ctimeNs: String(ctimeNs),
      mode: Number(mode),
    },
    sha256: SHA256,
    key: `many/${path}` as ObjectKey,
    versionId: 'known',
    etag: 'known',
    policyVersion: 1,
    receiptSeq: 0,
  };
}

function settingsOf(home: string, path: string) {
  const folder: Folder = {
    ...{ id: MANY_ID, name: 'Many', path, connection: 'practice', bucket: 'practice', prefix: 'many/' },
    ...{ policy: {}, policyVersion: 1, addedAt: WHEN, deletes: 'mark', paused: false, ignore: [], watching: 'auto' },
  };
  const directory = join(home, 'practice');
  const credentials = { kind: 'practice', directory } as const;
  const connection = { name: 'practice', endpoint: null, region: 'us-east-1', pathStyle: true, credentials };
  return { connections: [connection], folders: [folder] };
}
