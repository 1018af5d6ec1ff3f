/** What lay in a bucket before Cairn wrote there, what the last look at it found, and what is still to be compared. */
import type { Migration } from './migration.ts';

export const whatWasThere: Migration = {
  version: 90,
  sql: `
    -- Versions that were there when the folder was added, or when its database was lost: known, and not ours to explain.
    -- A version without an id of its own goes by its ETag.
    CREATE TABLE there_before (
      folder TEXT NOT NULL,
      key TEXT NOT NULL,
      version TEXT NOT NULL,
      PRIMARY KEY (folder, key, version)
    ) WITHOUT ROWID;

    -- The last look at a folder's prefix, as JSON; 'told' is the mark of what was written into the activity.
    CREATE TABLE looks (
      folder TEXT PRIMARY KEY,
      at TEXT NOT NULL,
      json TEXT NOT NULL,
      told TEXT NOT NULL
    ) WITHOUT ROWID;

    -- Folders whose files must be held against the bucket before anything of them is sent, and why.
    CREATE TABLE matches_due (folder TEXT PRIMARY KEY, why TEXT NOT NULL) WITHOUT ROWID;
  `,
};
