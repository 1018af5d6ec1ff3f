/** The order of the queue, what waits for its least interval, and paths that a person took out of the queue. */
import type { Migration } from './migration.ts';

export const theQueue: Migration = {
  version: 80,
  sql: `
    -- The lower the sooner; below zero: pulled forward by a person. What is there now keeps the order of its coming.
    ALTER TABLE jobs ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
    -- 0 small, 1 large, 2 the end of a path.
    ALTER TABLE jobs ADD COLUMN class INTEGER NOT NULL DEFAULT 0;
    -- Above zero while the newest version is too young for another one: the least interval, milliseconds.
    ALTER TABLE jobs ADD COLUMN interval_ms INTEGER NOT NULL DEFAULT 0;
    UPDATE jobs SET rank = max(0, coalesce(CAST(strftime('%s', seen_at) AS INTEGER), 0) * 1000),
      class = CASE WHEN operation IN ('gone', 'delete') THEN 2 WHEN size > 16777216 THEN 1 ELSE 0 END;
    -- What is due has the time 0, so both give the next one without a look at any other.
    DROP INDEX jobs_by_state;
    CREATE INDEX jobs_by_rank ON jobs (folder, held, state, not_before_ms, class, rank);
    CREATE INDEX jobs_by_age ON jobs (folder, held, state, not_before_ms, class, id);
    CREATE INDEX jobs_first ON jobs (rank) WHERE rank < 0;

    -- Not looked for again until the file changes. What was seen of it, or why its name cannot be kept.
    CREATE TABLE forgotten (
      folder TEXT NOT NULL,
      path TEXT NOT NULL,
      directory TEXT NOT NULL,
      seen TEXT NOT NULL,
      refused TEXT,
      PRIMARY KEY (folder, path)
    ) WITHOUT ROWID;
    CREATE INDEX forgotten_by_directory ON forgotten (folder, directory);
    CREATE TRIGGER forgotten_comes_back AFTER INSERT ON jobs BEGIN
      DELETE FROM forgotten WHERE folder = new.folder AND path = new.path;
    END;
  `,
};
