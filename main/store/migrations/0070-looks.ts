/** What the last whole look at a folder left out or could not read, what only looks found, and the mounts seen in it. */
import type { Migration } from './migration.ts';

export const looks: Migration = {
  version: 70,
  sql: `
    -- JSON: { skipped, unread, leftOut, lists }.
    ALTER TABLE folders ADD COLUMN look TEXT;
    ALTER TABLE folders ADD COLUMN only_by_scan INTEGER NOT NULL DEFAULT 0;
    -- JSON: directories below the root on which a file system was seen mounted.
    ALTER TABLE folders ADD COLUMN mounts TEXT NOT NULL DEFAULT '[]';
  `,
};
