/** Migrations, numbered in tens so that one can be put between two. Each is run once, whole or not at all. */
import { first } from './0010-first.ts';
import { whatBucketsCanDo } from './0020-what-buckets-can-do.ts';
import { marks } from './0030-marks.ts';
import { vanished } from './0040-vanished.ts';
import { moves } from './0060-moves.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [first, whatBucketsCanDo, marks, vanished, moves];

/** The schema that this release writes. */
export const SCHEMA_VERSION = Math.max(...migrations.map((migration) => migration.version));
