/** Migrations, numbered in tens so that one can be put between two. Each is run once, whole or not at all. */
import { first } from './0010-first.ts';
import { whatBucketsCanDo } from './0020-what-buckets-can-do.ts';
import { marks } from './0030-marks.ts';
import { vanished } from './0040-vanished.ts';
import { deletes } from './0050-deletes.ts';
import { moves } from './0060-moves.ts';
import { looks } from './0070-looks.ts';
import { theQueue } from './0080-the-queue.ts';
import { whatWasThere } from './0090-what-was-there.ts';
import { timeMachine } from './0110-time-machine.ts';
import { jobCounts } from './0150-job-counts.ts';
import { drills } from './0160-drills.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [
  first,
  whatBucketsCanDo,
  marks,
  vanished,
  deletes,
  moves,
  looks,
  theQueue,
  whatWasThere,
  timeMachine,
  jobCounts,
  drills,
];

/** The schema that this release writes. */
export const SCHEMA_VERSION = Math.max(...migrations.map((migration) => migration.version));
