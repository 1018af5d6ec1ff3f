/** Words that Cairn leaves for its next start, such as whether it ended in peace. */
import type { Migration } from './migration.ts';

export const marks: Migration = {
  version: 30,
  sql: `CREATE TABLE marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`,
};
