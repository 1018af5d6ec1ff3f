/** The calls about what was: trees at a time, what differs, restores, checks, thaws. */
import { z } from 'zod';
import { answers, call, name, path, taskName as task } from './call.ts';
import type {
  Density,
  Differences,
  DirectorySums,
  DirectoryThen,
  FolderTree,
  InPlace,
  MadeCurrent,
  TreeInPlace,
  TreeRestored,
  VerifyReport,
} from './history.ts';
import type { Restored } from './models.ts';
import type { Preview } from './preview.ts';
import type { Thaw, ThawOffer } from './thaw.ts';
import type { Drill } from './verification.ts';

const time = z.iso.datetime({ offset: true });
const versionId = z.string().min(1).max(1024);
const directory = z.string().max(8192).default('');
const thawDays = z.number().int().min(1).max(365).default(7);
/** True: the bucket is listed now. Else what was listed last is good, and is listed again by the way where it is old. */
const refresh = z.boolean().default(false);
const MOST_ENTRIES = 200_000;
const MOST_ROWS = 2_000;
const MOST_SUMS = 200;
/** As an answer before gave it. */
const place = z.string().min(1).max(8192);
/** Files and directories of the folder; a directory stands for all below it. Left out: everything. */
const paths = z.array(path).min(1).max(10_000).optional();

export const historyCalls = {
  /** Ends what runs under this name; its call answers `cancelled`. False: nothing does. */
  'task.cancel': call(z.strictObject({ task }), answers<boolean>()),

  /** The folder as it stood at a time (left out: now), or one directory of it with all that is below. */
  'history.tree': call(
    z.strictObject({
      folder: name,
      at: time.optional(),
      directory,
      limit: z.number().int().min(1).max(MOST_ENTRIES).default(MOST_ENTRIES),
      refresh,
      task: task.optional(),
    }),
    answers<FolderTree>(),
  ),
  /** What lies directly in a directory, as it stood at a time against now: as much as can be told at once, from `after` on. */
  'history.directory': call(
    z.strictObject({
      folder: name,
      at: time,
      directory,
      after: place.optional(),
      limit: z.number().int().min(1).max(MOST_ROWS).default(MOST_ROWS),
      refresh,
      task: task.optional(),
    }),
    answers<DirectoryThen>(),
  ),
  /** What directories come to, all below them: as many as can be counted at once, of the first one from `after` on. */
  'history.sums': call(
    z.strictObject({
      folder: name,
      at: time,
      directories: z.array(z.string().max(8192)).min(1).max(MOST_SUMS),
      after: place.optional(),
    }),
    answers<DirectorySums>(),
  ),
  /** What differs between two times; `to` left out: now, as the bucket knows it. Of the kinds that are asked for. */
  'history.diff': call(
    z.strictObject({
      folder: name,
      from: time,
      to: time.optional(),
      kinds: z.array(z.enum(['added', 'changed', 'gone', 'moved'])).optional(),
      limit: z.number().int().min(1).max(MOST_ENTRIES).default(20_000),
      refresh,
      task: task.optional(),
    }),
    answers<Differences>(),
  ),
  /** How much happened when: by our receipts; by S3's times of versions that none explains where such were there first. `from` left out: since the first, `to`: until now. */
  'history.density': call(
    z.strictObject({
      folder: name,
      from: time.optional(),
      to: time.optional(),
      buckets: z.number().int().min(1).max(1000).default(200),
    }),
    answers<Density>(),
  ),
  /**
   * A directory as it stood at a time, or `paths` of it, into a new place (absolute), or with `resume` on into one that was
   * broken off.
   */
  'history.restore': call(
    z.strictObject({ folder: name, directory, paths, at: time, to: path, resume: z.boolean().default(false), task }),
    answers<TreeRestored>(),
  ),
  /** Writes one version into a new file (absolute), or beside the present one as `NAME (TIME)`; never over anything. */
  'versions.restore': call(
    z.strictObject({ folder: name, path, versionId, to: path.optional(), task: task.optional() }),
    answers<Restored>(),
  ),
  /**
   * What a person can see of a version, or with null of the file on disk: the beginning of a text, or a picture. A version
   * of an archive class is not read before it was brought back.
   */
  'versions.preview': call(
    z.strictObject({ folder: name, path, versionId: versionId.nullable(), task: task.optional() }),
    answers<Preview>(),
  ),
  /**
   * Writes one version over the present file, which is set aside as `NAME (TIME)` unless the bucket has it just as it
   * stands; the version becomes the current one in the bucket by a copy there.
   */
  'versions.restoreInPlace': call(
    z.strictObject({ folder: name, path, versionId, task: task.optional() }),
    answers<InPlace>(),
  ),
  /** The same for a directory as it stood at a time, or `paths` of it; files that came since stay. */
  'history.restoreInPlace': call(
    z.strictObject({ folder: name, directory, paths, at: time, task }),
    answers<TreeInPlace>(),
  ),
  /** Holds the bucket against what is known to be in it (an attached one against itself): all of it, or `sample` files chosen by `seed`. */
  'folder.verify': call(
    z.strictObject({
      folder: name,
      sample: z.number().int().min(1).optional(),
      seed: z.number().int().min(1).default(1),
      download: z.boolean().default(false),
      task,
    }),
    answers<VerifyReport>(),
  ),
  /** Fetches a few files, chosen by `seed`, and holds them against what was sent; nothing is written to the disk. */
  'folder.drillNow': call(
    z.strictObject({ folder: name, seed: z.number().int().min(1).default(1), task }),
    answers<Drill>(),
  ),
  /** Copies an earlier version over its key within the bucket; on disk nothing changes. Undoes a delete marker, too. */
  'versions.makeCurrent': call(z.strictObject({ folder: name, path, versionId }), answers<MadeCurrent>()),
  /** What it takes to read a version of an archive class: tiers, times and prices; empty: it can be read at once. */
  'versions.thawOffers': call(
    z.strictObject({ folder: name, path, versionId, days: thawDays }),
    answers<readonly ThawOffer[]>(),
  ),
  /**
   * Asks for a version of an archive class, and writes it into a new file (absolute) once it can be read, where one is
   * named. Asked again while it waits: a look how far it is. `offer` is null then.
   */
  'versions.thaw': call(
    z.strictObject({
      folder: name,
      path,
      versionId,
      tier: z.enum(['Expedited', 'Standard', 'Bulk']).optional(),
      days: thawDays,
      to: path.optional(),
    }),
    answers<{ readonly thaw: Thaw; readonly offer: ThawOffer | null }>(),
  ),
  /** All that were asked for, newest first. */
  'versions.thaws': call(z.strictObject({ folder: name }), answers<readonly Thaw[]>()),
} as const;
