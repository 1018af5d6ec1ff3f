/** Statements on intents and multipart uploads: what may have reached S3 and is not settled yet. */
import type { ObjectKey, RelPath } from '../contract/names.ts';
import type { WritableDb } from './database.ts';
import type { FileStat, Intent, Upload, UploadPart } from './types.ts';

interface RawIntent {
  attempt_id: string;
  folder: string;
  path: string;
  key: string;
  operation: Intent['operation'];
  seen: string;
  seen_at: string;
  sha256: string | null;
  request: string;
  policy_version: number;
  started_at: string;
}

interface RawUpload {
  folder: string;
  path: string;
  upload_id: string;
  key: string;
  attempt_id: string;
  seen: string;
  part_size: number;
  policy_version: number;
  algorithm: string;
  checksum_type: 'FULL_OBJECT' | 'COMPOSITE';
  request: string;
  response: string;
}

type Fields = Readonly<Record<string, unknown>>;

function toIntent(raw: RawIntent): Intent {
  return {
    attemptId: raw.attempt_id,
    folder: raw.folder,
    path: raw.path as RelPath,
    key: raw.key as ObjectKey,
    operation: raw.operation,
    seen: JSON.parse(raw.seen) as FileStat,
    seenAt: raw.seen_at,
    sha256: raw.sha256,
    request: JSON.parse(raw.request) as Fields,
    policyVersion: raw.policy_version,
    startedAt: raw.started_at,
  };
}

function toUpload(raw: RawUpload): Upload {
  return {
    folder: raw.folder,
    path: raw.path as RelPath,
    uploadId: raw.upload_id,
    key: raw.key as ObjectKey,
    attemptId: raw.attempt_id,
    seen: JSON.parse(raw.seen) as FileStat,
    partSize: raw.part_size,
    policyVersion: raw.policy_version,
    algorithm: raw.algorithm,
    checksumType: raw.checksum_type,
    request: JSON.parse(raw.request) as Fields,
    response: JSON.parse(raw.response) as Fields,
  };
}

export type Attempts = ReturnType<typeof openAttempts>;

export function openAttempts(db: WritableDb) {
  // By place, as all that is written for each file.
  const addIntent = db.prepare(
    `INSERT INTO intents (attempt_id, folder, path, key, operation, seen, seen_at, sha256, request, policy_version, started_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setSha = db.prepare<[string, string]>('UPDATE intents SET sha256 = ? WHERE attempt_id = ?');
  // In no order: SQLite would prepare to sort for each attempt, and almost all find nothing.
  const intentsOf = db.prepare<[string, string], RawIntent>('SELECT * FROM intents WHERE folder = ? AND path = ?');
  const removeIntents = db.prepare<[string, string]>('DELETE FROM intents WHERE folder = ? AND path = ?');
  const removeIntent = db.prepare<[string]>('DELETE FROM intents WHERE attempt_id = ?');
  const addUpload = db.prepare(
    `INSERT INTO uploads (folder, path, upload_id, key, attempt_id, seen, part_size, policy_version, algorithm,
       checksum_type, request, response)
     VALUES (@folder, @path, @uploadId, @key, @attemptId, @seen, @partSize, @policyVersion, @algorithm,
       @checksumType, @request, @response)`,
  );
  const uploadOf = db.prepare<[string, string], RawUpload>('SELECT * FROM uploads WHERE folder = ? AND path = ?');
  const uploadsOfFolder = db.prepare<[string], RawUpload>('SELECT * FROM uploads WHERE folder = ?');
  const removeUpload = db.prepare<[string]>('DELETE FROM uploads WHERE upload_id = ?');
  const removeParts = db.prepare<[string]>('DELETE FROM upload_parts WHERE upload_id = ?');
  const removePartsOfFolder = db.prepare<[string]>(
    'DELETE FROM upload_parts WHERE upload_id IN (SELECT upload_id FROM uploads WHERE folder = ?)',
  );
  const removeUploadsOfFolder = db.prepare<[string]>('DELETE FROM uploads WHERE folder = ?');
  const removeIntentsOfFolder = db.prepare<[string]>('DELETE FROM intents WHERE folder = ?');
  const addPart = db.prepare(
    `INSERT OR REPLACE INTO upload_parts (upload_id, number, size, etag, checksum, sha256)
     VALUES (@uploadId, @number, @size, @etag, @checksum, @sha256)`,
  );
  const partsOf = db.prepare<[string], UploadPart>(
    'SELECT number, size, etag, checksum, sha256 FROM upload_parts WHERE upload_id = ? ORDER BY number',
  );
  return {
    addIntent: (intent: Intent): void => {
      const { attemptId, folder, path, key, operation, seen, seenAt, sha256, request, policyVersion, startedAt } =
        intent;
      addIntent.run(
        ...[attemptId, folder, path, key, operation, JSON.stringify(seen), seenAt, sha256],
        ...[JSON.stringify(request), policyVersion, startedAt],
      );
    },
    setIntentSha256: (attemptId: string, sha256: string): void => {
      setSha.run(sha256, attemptId);
    },
    /** In the order in which they were started. */
    intentsOf: (folder: string, path: RelPath): Intent[] =>
      intentsOf
        .all(folder, path)
        .map(toIntent)
        .sort((a, b) => (a.startedAt < b.startedAt ? -1 : Number(a.startedAt > b.startedAt))),
    removeIntent: (attemptId: string): void => {
      removeIntent.run(attemptId);
    },
    removeIntents: (folder: string, path: RelPath): void => {
      removeIntents.run(folder, path);
    },
    removeFolder: (folder: string): void => {
      removePartsOfFolder.run(folder);
      removeUploadsOfFolder.run(folder);
      removeIntentsOfFolder.run(folder);
    },
    addUpload: (upload: Upload): void => {
      addUpload.run({
        ...upload,
        seen: JSON.stringify(upload.seen),
        request: JSON.stringify(upload.request),
        response: JSON.stringify(upload.response),
      });
    },
    uploadOf: (folder: string, path: RelPath): Upload | null => {
      const raw = uploadOf.get(folder, path);
      return raw === undefined ? null : toUpload(raw);
    },
    uploadsOfFolder: (folder: string): Upload[] => uploadsOfFolder.all(folder).map(toUpload),
    removeUpload: (uploadId: string): void => {
      removeParts.run(uploadId);
      removeUpload.run(uploadId);
    },
    addPart: (uploadId: string, part: UploadPart): void => {
      addPart.run({ uploadId, ...part });
    },
    partsOf: (uploadId: string): UploadPart[] => partsOf.all(uploadId),
  };
}
