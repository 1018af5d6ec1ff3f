/**
 * Every call that the window may make: its name, the schema that its input must pass, and the type of its answer.
 * The answer always comes wrapped in a `Result`. `app.*` calls are served by the shell, all others by the engine.
 */
import { z } from 'zod';
import { appSettingsCalls } from './app-settings.ts';
import type { BroughtBack } from './attached.ts';
import { beginCalls } from './begin-calls.ts';
import { answers, call, name, path, type Answer } from './call.ts';
import { appSecretCalls, connectionCalls } from './credential-calls.ts';
import { appDiagnosticsCalls, diagnosticsCalls } from './diagnostics-calls.ts';
import type { ConditionsProbe, DoctorReport } from './doctor.ts';
import { historyCalls } from './history-calls.ts';
import { limitsSchema, type Limits } from './limits.ts';
import { ringCalls, ringUseCalls } from './key-ring.ts';
import { IGNORE_PATTERNS, ignorePattern } from './ignore.ts';
import { THROUGHPUT_SPANS } from './models.ts';
import type {
  Activity,
  AnyFolder,
  AttachedFolder,
  BrakeDecided,
  BrakeReport,
  Connection,
  FileRow,
  Folder,
  ForgottenEntry,
  IgnoreLists,
  IgnoreReason,
  FolderMatch,
  PrefixLook,
  QueueEntry,
  ServedSync,
  Snapshot,
  ThroughputPoint,
  Version,
} from './models.ts';
import { policyCalls } from './policy-calls.ts';

const nothing = z.strictObject({});
/** A year. */
const MOST_SECONDS = 31_536_000;
const connection = z.strictObject({
  name,
  endpoint: z.string().min(1).max(2048).nullable(),
  region: z.string().min(1).max(128),
  pathStyle: z.boolean(),
  credentials: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('default') }),
    z.strictObject({ kind: z.literal('profile'), profile: name }),
    z.strictObject({ kind: z.literal('practice'), directory: path }),
    z.strictObject({ kind: z.literal('app') }),
    z.strictObject({ kind: z.literal('ask') }),
  ]),
});

/** The app itself: version, where its state lies, and how the window should look. */
export interface AppInfo {
  readonly version: string;
  readonly platform: string;
  /** Where Cairn keeps its own state. */
  readonly home: string;
  /** The person's own folder, which paths are shown from. */
  readonly user: string;
  readonly locale: string;
}

export const calls = {
  'app.info': call(nothing, answers<AppInfo>()),
  /** Opens the system's picker. Null: nothing was chosen. */
  'app.pickFolder': call(nothing, answers<string | null>()),
  /** Opens the folder, or shows a file of it, in the system's file manager. */
  'app.showOnDisk': call(z.strictObject({ folder: name, path: path.optional() }), answers<null>()),
  'app.copyText': call(z.strictObject({ text: z.string().max(65536) }), answers<null>()),
  /** Starts the engine again where it stays down or could not open its home. The event of the engine tells how it went. */
  'app.startEngine': call(nothing, answers<null>()),
  ...appSettingsCalls,
  ...appDiagnosticsCalls,
  ...appSecretCalls,
  ...ringCalls,

  ...diagnosticsCalls,
  'status.snapshot': call(nothing, answers<Snapshot>()),
  /** What was sent since the engine began, in the last ten minutes, hour or day, oldest first. */
  'status.throughput': call(z.strictObject({ span: z.enum(THROUGHPUT_SPANS) }), answers<readonly ThroughputPoint[]>()),

  'connection.list': call(nothing, answers<readonly Connection[]>()),
  /** Starts the practice server where it does not run, and adds its connection where it is missing. */
  'connection.practice': call(nothing, answers<Connection>()),
  /** Names a store and how to sign in. No key ever comes this way. */
  'connection.add': call(connection, answers<Connection>()),
  /** Forgets a connection that no folder uses. */
  'connection.remove': call(z.strictObject({ connection: name }), answers<Connection>()),
  'connection.buckets': call(z.strictObject({ connection: name }), answers<readonly string[]>()),
  ...connectionCalls,
  ...ringUseCalls,

  'folder.list': call(nothing, answers<readonly AnyFolder[]>()),
  'folder.add': call(
    z.strictObject({
      path,
      connection: name,
      bucket: z.string().min(1).max(256),
      prefix: z.string().max(1024).default(''),
      name: name.optional(),
      deletes: z.enum(['keep', 'mark']).optional(),
      /** As its file would hold it. */
      policy: z.unknown().optional(),
      /** Begin where something lies already; without it that is refused, with what lies there. */
      adopt: z.boolean().optional(),
    }),
    answers<Folder>(),
  ),
  /** Names a place in a bucket that has no folder on this computer: to browse and to restore from. Nothing is sent to it. */
  'folder.attach': call(
    z.strictObject({
      connection: name,
      bucket: z.string().min(1).max(256),
      prefix: z.string().max(1024).default(''),
      name: name.optional(),
      /** As its file would hold it: who pays, customer keys. */
      policy: z.unknown().optional(),
    }),
    answers<AttachedFolder>(),
  ),
  /**
   * Brings all files of an attached place back to `to` (absolute; missing, or empty), and makes that its folder. Goes on
   * where an earlier try was broken off. `adopt`: a folder with files in it is used as it is, and gets what it lacks.
   * `leaveOut`: also where files could not be brought; they stay in the bucket.
   */
  'folder.bringBack': call(
    z.strictObject({
      folder: name,
      to: path,
      adopt: z.boolean().default(false),
      leaveOut: z.boolean().default(false),
      task: z.string().min(1).max(64),
    }),
    answers<BroughtBack>(),
  ),
  /** What a folder would find where it is to be kept; nothing is changed. It may read every file. `look` names it. */
  'folder.look': call(
    z.strictObject({
      path,
      connection: name,
      bucket: z.string().min(1).max(256),
      prefix: z.string().max(1024).default(''),
      look: z.string().min(1).max(64),
    }),
    answers<FolderMatch>(),
  ),
  ...beginCalls,
  /** Ends a look that is under way; it answers `cancelled`. */
  'folder.endLook': call(z.strictObject({ look: z.string().min(1).max(64) }), answers<null>()),
  /** Holds disk and bucket against one another, and makes the record of what is kept anew by that. */
  'folder.rebuild': call(z.strictObject({ folder: name }), answers<FolderMatch>()),
  /** Holds the bucket's versions against the receipts. */
  'folder.inspect': call(z.strictObject({ folder: name }), answers<PrefixLook>()),
  /** At least so long between two versions of one file; 0: every saved content becomes one. */
  'folder.interval': call(
    z.strictObject({ folder: name, seconds: z.number().int().min(0).max(MOST_SECONDS) }),
    answers<Folder>(),
  ),
  'folder.pause': call(z.strictObject({ folder: name, paused: z.boolean() }), answers<Folder>()),
  /** What becomes of a file in the bucket that is gone from disk: a delete marker, or nothing. */
  'folder.deletes': call(z.strictObject({ folder: name, deletes: z.enum(['keep', 'mark']) }), answers<Folder>()),
  /** What is not kept: the folder's own list, whole. It counts from the look that follows. */
  'folder.ignore': call(
    z.strictObject({ folder: name, ignore: z.array(ignorePattern).max(IGNORE_PATTERNS) }),
    answers<Folder>(),
  ),
  'folder.ignoreLists': call(z.strictObject({ folder: name }), answers<IgnoreLists>()),
  /** Why a path is kept or not, there or not; it ends in `/` where a directory is meant that is not there. */
  'folder.ignoreWhy': call(z.strictObject({ folder: name, path }), answers<IgnoreReason>()),
  'folder.watching': call(
    z.strictObject({ folder: name, watching: z.enum(['auto', 'events', 'polling']) }),
    answers<Folder>(),
  ),
  'folder.links': call(z.strictObject({ folder: name, links: z.enum(['skip', 'follow']) }), answers<Folder>()),
  /** How often a few files are fetched to prove that they come back. */
  'folder.drill': call(
    z.strictObject({ folder: name, drill: z.enum(['off', 'weekly', 'monthly']) }),
    answers<Folder>(),
  ),
  'folder.remove': call(z.strictObject({ folder: name }), answers<AnyFolder>()),
  'folder.scan': call(z.strictObject({ folder: name }), answers<null>()),
  /** A look through every folder that is not paused, as after a sleep. */
  'folder.scanAll': call(nothing, answers<null>()),
  /**
   * Scans the folders and answers once all that is due of them was sent, or cannot be. Paused ones are left out. With
   * `applyPolicy` what is in the bucket is queued first, where the present policy asks for something else.
   */
  'folder.sync': call(
    z.strictObject({ folders: z.array(name).max(10000), applyPolicy: z.boolean().default(false) }),
    answers<ServedSync>(),
  ),
  /** The children of one directory ('' is the root), or with `search` every path that holds the text, at most `limit`. */
  'folder.files': call(
    z.strictObject({
      folder: name,
      directory: z.string().max(8192).default(''),
      search: z.string().max(256).optional(),
      limit: z.number().int().min(1).max(20000).default(5000),
    }),
    answers<{ readonly rows: readonly FileRow[]; readonly more: number }>(),
  ),

  /** Newest first; `before` is the `seq` to go on from. */
  'activity.list': call(
    z.strictObject({
      folder: name.optional(),
      before: z.number().int().optional(),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    answers<readonly Activity[]>(),
  ),
  'queue.list': call(z.strictObject({ folder: name.optional() }), answers<readonly QueueEntry[]>()),
  /** Parked files go back to the queue; without a path, all of the folder. Answers how many. */
  'queue.retry': call(z.strictObject({ folder: name, path: path.optional() }), answers<number>()),
  /** A path goes before all others, whatever it waits for. */
  'queue.first': call(z.strictObject({ folder: name, path }), answers<QueueEntry>()),
  /** A path that waits or needs attention leaves the queue, and is not looked for again until the file changes. */
  'queue.forget': call(z.strictObject({ folder: name, path }), answers<ForgottenEntry>()),
  /** One folder, or all; until a time, or until it is resumed. Answers those that were changed. */
  'queue.pause': call(
    z.strictObject({ folder: name.optional(), until: z.iso.datetime({ offset: true }).optional() }),
    answers<readonly Folder[]>(),
  ),
  /** One folder, or all. Answers those that were paused. */
  'queue.resume': call(z.strictObject({ folder: name.optional() }), answers<readonly Folder[]>()),
  /** How much may go out at which hour; with `limits` it is set, and counts at once. */
  'settings.limits': call(z.strictObject({ limits: limitsSchema.optional() }), answers<Limits>()),

  /** Deletes that wait for a person, since so many files vanished at once. */
  'brake.show': call(z.strictObject({ folder: name }), answers<BrakeReport>()),
  /** They are sent; or the files stay in the bucket, and the paths are only noted as gone. */
  'brake.decide': call(
    z.strictObject({ folder: name, decision: z.enum(['release', 'discard']) }),
    answers<BrakeDecided>(),
  ),

  ...policyCalls,

  /** Newest first. */
  'versions.list': call(z.strictObject({ folder: name, path }), answers<readonly Version[]>()),
  ...historyCalls,

  /** Looks the folder's bucket over; nothing is changed there. */
  'doctor.look': call(z.strictObject({ folder: name }), answers<DoctorReport>()),
  /** The smallest IAM policy that the folder needs, as its JSON; of settings alone, nothing is asked. */
  'doctor.permissions': call(z.strictObject({ folder: name }), answers<Readonly<Record<string, unknown>>>()),
  /** Puts a small object under conditions and removes it again; what that shows is kept. */
  'doctor.tryConditions': call(z.strictObject({ folder: name }), answers<ConditionsProbe>()),
  /** Makes the change of one finding, and looks again. Where `shown` is given and no longer what it would send: refused. */
  'doctor.fix': call(
    z.strictObject({ folder: name, finding: z.string().min(1).max(256), shown: z.unknown().optional() }),
    answers<DoctorReport>(),
  ),
} as const;

export type Calls = typeof calls;
export type CallName = keyof Calls;
/** What a caller may leave out (defaults) and what it must give. */
export type CallInput<Name extends CallName> = z.input<Calls[Name]['input']>;
/** What a handler gets: parsed, with defaults filled in. */
export type CallParsed<Name extends CallName> = z.output<Calls[Name]['input']>;
export type CallOutput<Name extends CallName> = Calls[Name]['answer'] extends Answer<infer Output> ? Output : never;

/** Calls that the shell serves; the engine serves the rest. */
export type ShellCallName = Extract<CallName, `app.${string}`>;
export type EngineCallName = Exclude<CallName, ShellCallName>;
