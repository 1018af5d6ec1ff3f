/** What a look at a bucket taught, as JSON: a list of capabilities, each with how it is known. Null: nobody looked yet. */
import type { Migration } from './migration.ts';

export const whatBucketsCanDo: Migration = {
  version: 20,
  sql: `
    ALTER TABLE capabilities ADD COLUMN seen TEXT;
    ALTER TABLE capabilities ADD COLUMN seen_at TEXT;
  `,
};
