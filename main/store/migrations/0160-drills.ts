/** The last proof of each folder that its files come back. */
import type { Migration } from './migration.ts';

export const drills: Migration = {
  version: 160,
  sql: `
    -- As JSON: it is read and written whole.
    CREATE TABLE drills (folder TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
  `,
};
