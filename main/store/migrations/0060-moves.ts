/** Where a queued file was found to have been moved from, and what finds a file again under another name. */
import type { Migration } from './migration.ts';

export const moves: Migration = {
  version: 60,
  sql: `
    -- The version to be copied, frozen as JSON when the move was seen: the journal may know another one by then.
    ALTER TABLE jobs ADD COLUMN source TEXT;
    ALTER TABLE jobs ADD COLUMN source_path TEXT GENERATED ALWAYS AS (json_extract(source, '$.path')) VIRTUAL;
    CREATE INDEX jobs_by_source ON jobs (folder, source_path) WHERE source_path IS NOT NULL;
    -- Of two folders few files share a number, so that the folder need not make the index larger.
    CREATE INDEX journal_by_inode ON journal (ino);
  `,
};
