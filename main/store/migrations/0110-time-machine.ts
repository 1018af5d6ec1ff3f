/** What the time machine asks for quickly, what was last verified, and what is awaited from archives. */
import type { Migration } from './migration.ts';

export const timeMachine: Migration = {
  version: 110,
  sql: `
    -- How much happened when, without reading a receipt: by the minute (YYYY-MM-DDTHH:MM, UTC), and to the millisecond.
    -- What was adopted came to the bucket at another time than its receipt says.
    CREATE TABLE minutes (
      folder TEXT NOT NULL,
      minute TEXT NOT NULL,
      saved INTEGER NOT NULL,
      gone INTEGER NOT NULL,
      PRIMARY KEY (folder, minute)
    ) WITHOUT ROWID;
    INSERT INTO minutes (folder, minute, saved, gone)
      SELECT folder, substr(seen_at, 1, 16), sum(operation NOT IN ('gone', 'delete')), sum(operation IN ('gone', 'delete'))
      FROM receipts WHERE operation <> 'adopt' GROUP BY 1, 2;
    CREATE TRIGGER receipts_fill_minutes AFTER INSERT ON receipts WHEN new.operation <> 'adopt' BEGIN
      INSERT INTO minutes (folder, minute, saved, gone)
        VALUES (new.folder, substr(new.seen_at, 1, 16), new.operation NOT IN ('gone', 'delete'), new.operation IN ('gone', 'delete'))
        ON CONFLICT (folder, minute) DO UPDATE SET saved = saved + excluded.saved, gone = gone + excluded.gone;
    END;
    CREATE INDEX receipts_by_time ON receipts (folder, seen_at, operation);

    CREATE TABLE verifications (
      folder TEXT PRIMARY KEY,
      at TEXT NOT NULL,
      way TEXT NOT NULL CHECK (way IN ('head', 'download')),
      -- All that was known then, and how much of it was looked at.
      known INTEGER NOT NULL,
      checked INTEGER NOT NULL,
      ok INTEGER NOT NULL,
      missing INTEGER NOT NULL,
      different INTEGER NOT NULL,
      unread INTEGER NOT NULL
    ) WITHOUT ROWID;

    -- Versions that were asked for from an archive class. A row stays until a newer wish for the version, or the folder's end.
    CREATE TABLE thaws (
      folder TEXT NOT NULL,
      path TEXT NOT NULL,
      key TEXT NOT NULL,
      version_id TEXT NOT NULL,
      size INTEGER NOT NULL,
      tier TEXT NOT NULL,
      days INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'fetched', 'failed')),
      asked_at TEXT NOT NULL,
      expected_at TEXT NOT NULL,
      -- Until when the copy can be read; null: not known yet.
      readable_until TEXT,
      -- Where it is to be written once it can be read; null: nowhere.
      target TEXT,
      next_look_ms INTEGER NOT NULL,
      error TEXT,
      PRIMARY KEY (folder, key, version_id)
    ) WITHOUT ROWID;
    CREATE INDEX thaws_by_look ON thaws (state, next_look_ms);
  `,
};
