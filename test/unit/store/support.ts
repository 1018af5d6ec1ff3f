/** What the tests of the state share. In: nothing. Out: temporary homes that go away, and rows that say only what counts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Result } from '../../../main/contract/result.ts';
import type { ObjectKey, RelPath } from '../../../main/contract/names.ts';
import { openWritable, recordStored, writeTables, type WriteTables } from '../../../main/store/index.ts';
import type { WritableDb } from '../../../main/store/database.ts';
import type { FileStat, JournalRow, NewJob, NewReceipt } from '../../../main/store/types.ts';

/** An empty folder that goes away with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-unit-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** The value of a result that must be one. */
export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}

/** The code of a failure; `ok` where there is none. */
export function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.failure.code;
}

export interface OpenTables {
  readonly home: string;
  readonly db: WritableDb;
  readonly tables: WriteTables;
}

/** A database of its own, closed when the test ends. */
export function openTables(home = temporaryFolder()): OpenTables {
  const db = must(openWritable(home));
  const tables = writeTables(db);
  onTestFinished(() => {
    if (db.open) tables.close();
  });
  return { home, db, tables };
}

export const path = (text: string): RelPath => text as RelPath;

export function stat(change: Partial<FileStat> = {}): FileStat {
  return { dev: '1', ino: '2', size: 3, mtimeNs: '1000000000', ctimeNs: '1000000000', mode: 0o100644, ...change };
}

export const SEEN_AT = '2026-03-01T12:00:00.000Z';

export function job(at: string, change: Partial<NewJob> = {}): NewJob {
  return {
    folder: 'f',
    path: path(at),
    operation: 'put',
    reason: 'new',
    size: 3,
    seen: stat(),
    seenAt: SEEN_AT,
    ...change,
  };
}

export function journalRow(at: string, change: Partial<JournalRow> = {}): JournalRow {
  return {
    folder: 'f',
    path: path(at),
    stat: stat(),
    sha256: 'aa',
    key: at as ObjectKey,
    versionId: 'v1',
    etag: 'e1',
    policyVersion: 1,
    receiptSeq: 1,
    ...change,
  };
}

export function newReceipt(at: string, change: Partial<NewReceipt> = {}): NewReceipt {
  return {
    folder: 'Photos',
    path: at,
    key: at,
    operation: 'put',
    versionId: 'v1',
    etag: 'e1',
    size: 3,
    sha256: 'aa',
    checksum: { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' },
    proof: 'checksum',
    storageClass: null,
    serverSideEncryption: null,
    request: { Bucket: 'b', Key: at, StorageClass: 'STANDARD_IA', Metadata: { mtime: '1' }, ChecksumCRC32: 'AAAAAA==' },
    response: { VersionId: 'v1' },
    fields: { StorageClass: 'unproved' },
    dropped: [],
    policyVersion: 1,
    seenAt: SEEN_AT,
    startedAt: SEEN_AT,
    finishedAt: SEEN_AT,
    ...change,
  };
}

/** As after an upload: the row of the journal, and the receipt that it goes by. */
export function keep(tables: WriteTables, row: JournalRow): void {
  const { path: at, key, versionId, etag, sha256, stat: seen } = row;
  tables.now(() => recordStored(tables, newReceipt(at, { key, versionId, etag, sha256, size: seen.size }), row, null));
}
