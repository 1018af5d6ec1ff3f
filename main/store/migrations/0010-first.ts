/** The first schema. Times: `_at` is ISO 8601 in UTC, `_ms` milliseconds since 1970, `_ns` nanoseconds since 1970 as decimal text. */
import type { Migration } from './migration.ts';

export const first: Migration = {
  version: 10,
  sql: `
    -- What is known to be in the bucket, one row a path. Device, inode and times are text: they pass 2^53.
    CREATE TABLE journal (
      folder TEXT NOT NULL,
      path TEXT NOT NULL,
      directory TEXT NOT NULL,
      dev TEXT NOT NULL,
      ino TEXT NOT NULL,
      size INTEGER NOT NULL,
      mtime_ns TEXT NOT NULL,
      ctime_ns TEXT NOT NULL,
      mode INTEGER NOT NULL,
      sha256 TEXT NOT NULL,
      key TEXT NOT NULL,
      version_id TEXT,
      etag TEXT,
      policy_version INTEGER NOT NULL,
      receipt_seq INTEGER NOT NULL,
      PRIMARY KEY (folder, path)
    ) WITHOUT ROWID;
    CREATE INDEX journal_by_directory ON journal (folder, directory);

    -- Operations to be done, one row a path: a newer one replaces a waiting one.
    CREATE TABLE jobs (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      folder TEXT NOT NULL,
      path TEXT NOT NULL,
      directory TEXT NOT NULL,
      operation TEXT NOT NULL CHECK (operation IN ('put', 'move', 'delete', 'gone')),
      reason TEXT NOT NULL,
      size INTEGER NOT NULL,
      seen TEXT NOT NULL,
      seen_at TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'active', 'parked')),
      renewed INTEGER NOT NULL DEFAULT 0,
      attempts INTEGER NOT NULL DEFAULT 0,
      crashes INTEGER NOT NULL DEFAULT 0,
      not_before_ms INTEGER NOT NULL DEFAULT 0,
      error TEXT,
      UNIQUE (folder, path)
    );
    CREATE INDEX jobs_by_state ON jobs (state, not_before_ms, id);
    CREATE INDEX jobs_by_folder ON jobs (folder, state);
    CREATE INDEX jobs_by_directory ON jobs (folder, directory);

    -- Attempts that may have reached S3. The row is written before the first byte goes out.
    CREATE TABLE intents (
      attempt_id TEXT PRIMARY KEY,
      folder TEXT NOT NULL,
      path TEXT NOT NULL,
      key TEXT NOT NULL,
      operation TEXT NOT NULL CHECK (operation IN ('put', 'multipart')),
      seen TEXT NOT NULL,
      seen_at TEXT NOT NULL,
      sha256 TEXT,
      request TEXT NOT NULL,
      policy_version INTEGER NOT NULL,
      started_at TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX intents_by_path ON intents (folder, path);

    -- Multipart uploads under way, and the parts that S3 has confirmed.
    CREATE TABLE uploads (
      folder TEXT NOT NULL,
      path TEXT NOT NULL,
      upload_id TEXT NOT NULL,
      key TEXT NOT NULL,
      attempt_id TEXT NOT NULL,
      seen TEXT NOT NULL,
      part_size INTEGER NOT NULL,
      policy_version INTEGER NOT NULL,
      algorithm TEXT NOT NULL,
      checksum_type TEXT NOT NULL,
      request TEXT NOT NULL,
      response TEXT NOT NULL,
      PRIMARY KEY (folder, path)
    ) WITHOUT ROWID;
    CREATE TABLE upload_parts (
      upload_id TEXT NOT NULL,
      number INTEGER NOT NULL,
      size INTEGER NOT NULL,
      etag TEXT NOT NULL,
      checksum TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      PRIMARY KEY (upload_id, number)
    ) WITHOUT ROWID;

    -- The part of a request that many receipts share: what the policy asks for.
    CREATE TABLE parameters (
      id INTEGER PRIMARY KEY,
      folder TEXT NOT NULL,
      policy_version INTEGER NOT NULL,
      json TEXT NOT NULL,
      UNIQUE (folder, policy_version, json)
    );

    -- One answer of S3 each, chained by hash. Never changed, never removed.
    CREATE TABLE receipts (
      seq INTEGER PRIMARY KEY,
      folder TEXT NOT NULL,
      path TEXT NOT NULL,
      operation TEXT NOT NULL,
      version_id TEXT,
      seen_at TEXT NOT NULL,
      finished_at TEXT NOT NULL,
      parameters INTEGER REFERENCES parameters (id),
      body TEXT NOT NULL,
      prev_hash TEXT NOT NULL,
      hash TEXT NOT NULL
    );
    CREATE INDEX receipts_by_path ON receipts (folder, path, seq);
    -- The newest of a folder, without sorting all that it ever had.
    CREATE INDEX receipts_by_folder ON receipts (folder, seq);
    CREATE TRIGGER receipts_never_change BEFORE UPDATE ON receipts
      BEGIN SELECT RAISE(ABORT, 'receipts are append-only'); END;
    CREATE TRIGGER receipts_never_vanish BEFORE DELETE ON receipts
      BEGIN SELECT RAISE(ABORT, 'receipts are append-only'); END;

    CREATE TABLE activity (
      seq INTEGER PRIMARY KEY,
      at TEXT NOT NULL,
      folder TEXT,
      kind TEXT NOT NULL,
      code TEXT NOT NULL,
      path TEXT,
      detail TEXT NOT NULL
    );
    CREATE INDEX activity_by_folder ON activity (folder, seq);

    -- What is known of a folder as a whole. Files and bytes are kept by triggers, so that no count walks the journal.
    CREATE TABLE folders (
      folder TEXT PRIMARY KEY,
      root_dev TEXT,
      root_ino TEXT,
      last_scan_at TEXT,
      superseded INTEGER NOT NULL DEFAULT 0,
      files INTEGER NOT NULL DEFAULT 0,
      bytes INTEGER NOT NULL DEFAULT 0,
      problem TEXT
    ) WITHOUT ROWID;
    CREATE TRIGGER journal_counts_in AFTER INSERT ON journal BEGIN
      INSERT INTO folders (folder, files, bytes) VALUES (new.folder, 1, new.size)
        ON CONFLICT (folder) DO UPDATE SET files = files + 1, bytes = bytes + new.size;
    END;
    CREATE TRIGGER journal_counts_change AFTER UPDATE OF size ON journal BEGIN
      UPDATE folders SET bytes = bytes + new.size - old.size WHERE folder = new.folder;
    END;
    CREATE TRIGGER journal_counts_out AFTER DELETE ON journal BEGIN
      UPDATE folders SET files = files - 1, bytes = bytes - old.size WHERE folder = old.folder;
    END;

    -- Every policy that a folder ever had: a receipt names the version it was sent under.
    CREATE TABLE policies (
      folder TEXT NOT NULL,
      version INTEGER NOT NULL,
      json TEXT NOT NULL,
      since TEXT NOT NULL,
      PRIMARY KEY (folder, version)
    ) WITHOUT ROWID;

    -- What was learnt of a bucket.
    CREATE TABLE capabilities (
      connection TEXT NOT NULL,
      bucket TEXT NOT NULL,
      versioning TEXT NOT NULL,
      checksums TEXT NOT NULL,
      conditions TEXT NOT NULL,
      learnt_at TEXT NOT NULL,
      PRIMARY KEY (connection, bucket)
    ) WITHOUT ROWID;

    -- When a set of fields that no answer shows was last proved, as a day (YYYY-MM-DD, UTC); and what was found dropped.
    CREATE TABLE field_proofs (
      connection TEXT NOT NULL,
      bucket TEXT NOT NULL,
      way TEXT NOT NULL,
      fields TEXT NOT NULL,
      day TEXT NOT NULL,
      PRIMARY KEY (connection, bucket, way, fields)
    ) WITHOUT ROWID;
    CREATE TABLE dropped_fields (
      connection TEXT NOT NULL,
      bucket TEXT NOT NULL,
      way TEXT NOT NULL,
      field TEXT NOT NULL,
      path TEXT NOT NULL,
      since TEXT NOT NULL,
      PRIMARY KEY (connection, bucket, way, field)
    ) WITHOUT ROWID;
  `,
};
