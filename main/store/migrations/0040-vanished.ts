/** Paths that are gone from disk and still have their versions: without rows of their own no list of files could show them. */
import type { Migration } from './migration.ts';

export const vanished: Migration = {
  version: 40,
  sql: `
    CREATE TABLE vanished (
      folder TEXT NOT NULL,
      path TEXT NOT NULL,
      directory TEXT NOT NULL,
      size INTEGER NOT NULL,
      mtime_ns TEXT,
      version_id TEXT,
      PRIMARY KEY (folder, path)
    ) WITHOUT ROWID;
    CREATE INDEX vanished_by_directory ON vanished (folder, directory);
    -- A path that is known again is there again.
    CREATE TRIGGER vanished_comes_back AFTER INSERT ON journal BEGIN
      DELETE FROM vanished WHERE folder = new.folder AND path = new.path;
    END;
    -- Those of before, as their receipts tell: the last word on the path is \`gone\`. Their mtime was not kept.
    INSERT INTO vanished (folder, path, directory, size, mtime_ns, version_id)
      SELECT last.folder, last.path,
        rtrim(rtrim(last.path, replace(last.path, '/', '')), '/'),
        json_extract(last.body, '$.size'), NULL,
        (SELECT version_id FROM receipts WHERE folder = last.folder AND path = last.path AND operation <> 'gone'
          ORDER BY seq DESC LIMIT 1)
      FROM receipts AS last
      WHERE last.operation = 'gone'
        AND last.seq = (SELECT max(seq) FROM receipts WHERE folder = last.folder AND path = last.path)
        AND NOT EXISTS (SELECT 1 FROM journal WHERE folder = last.folder AND path = last.path);
  `,
};
