/** Deletes by marker: attempts at one, which of them wait for a person, and what went out of late for the brake to count. */
import type { Migration } from './migration.ts';

export const deletes: Migration = {
  version: 50,
  sql: `
    -- The same table, for attempts at a delete as well. A check cannot be widened in place.
    CREATE TABLE wider (
      attempt_id TEXT PRIMARY KEY,
      folder TEXT NOT NULL,
      path TEXT NOT NULL,
      key TEXT NOT NULL,
      operation TEXT NOT NULL CHECK (operation IN ('put', 'multipart', 'delete')),
      seen TEXT NOT NULL,
      seen_at TEXT NOT NULL,
      sha256 TEXT,
      request TEXT NOT NULL,
      policy_version INTEGER NOT NULL,
      started_at TEXT NOT NULL
    ) WITHOUT ROWID;
    INSERT INTO wider SELECT attempt_id, folder, path, key, operation, seen, seen_at, sha256, request, policy_version,
      started_at FROM intents;
    DROP TABLE intents;
    ALTER TABLE wider RENAME TO intents;
    CREATE INDEX intents_by_path ON intents (folder, path);

    -- A held job is not due, whatever its time: of a thousand that wait for a person none is looked at.
    ALTER TABLE jobs ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
    DROP INDEX jobs_by_state;
    CREATE INDEX jobs_by_state ON jobs (held, state, not_before_ms, id);
    CREATE INDEX jobs_deletes ON jobs (folder, held, reason, state) WHERE operation = 'delete';

    -- What stands against a folder's deletes, and when much of it was replaced at once.
    CREATE TABLE deletes (
      folder TEXT PRIMARY KEY,
      stopped TEXT,
      brake_since TEXT,
      replaced_at TEXT,
      replaced INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;

    -- Paths whose content was deleted, or replaced by another, not long ago.
    CREATE TABLE lately (
      folder TEXT NOT NULL,
      what TEXT NOT NULL CHECK (what IN ('deleted', 'replaced')),
      path TEXT NOT NULL,
      at_ms INTEGER NOT NULL,
      PRIMARY KEY (folder, what, path)
    ) WITHOUT ROWID;
    CREATE INDEX lately_by_time ON lately (folder, what, at_ms);
  `,
};
