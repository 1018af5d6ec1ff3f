/**
 * Pauses, of one folder or of all, and their ends. In: what a person asked for, and two clocks. Out: folders that are
 * paused, and that go on in their time: also where the computer slept, where the clock was set, or where no Cairn ran.
 */
import { foldersHere } from '../contract/attached.ts';
import { failure } from '../contract/errors.ts';
import type { Folder } from '../contract/models.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { OpenHome } from './home.ts';
import { findFolderHere } from './manage.ts';

/** A timer does not count while the computer sleeps: so often it is looked again, milliseconds. */
const LOOK_MS = 30_000;

const resumed = ({ pausedUntil: _, ...folder }: Folder): Folder => ({ ...folder, paused: false });

/** The folders that are meant: one, or all that are on this computer. */
function meant(home: OpenHome, name: string | undefined): Result<readonly Folder[]> {
  if (name === undefined) return success(foldersHere(home.settings.folders));
  const found = findFolderHere(home.settings.folders, name);
  return found.ok ? success([found.value]) : found;
}

function write(home: OpenHome, changed: readonly Folder[]): Result<readonly Folder[]> {
  if (changed.length === 0) return success(changed);
  const byId = new Map(changed.map((folder) => [folder.id, folder]));
  const folders = home.settings.folders.map((folder) => byId.get(folder.id) ?? folder);
  const written = home.update({ ...home.settings, folders });
  return written.ok ? success(changed) : written;
}

/**
 * Answers those that were changed. A pause of all for a while leaves those alone that are paused until somebody resumes
 * them.
 * @param until ISO 8601; null: until it is resumed.
 */
export function pauseFolders(
  home: OpenHome,
  name: string | undefined,
  until: string | null,
  nowMs: number,
): Result<readonly Folder[]> {
  const folders = meant(home, name);
  if (!folders.ok) return folders;
  const untilMs = until === null ? Infinity : Date.parse(until);
  if (Number.isNaN(untilMs) || untilMs <= nowMs) {
    return failed(failure('bad-input', { field: 'until', problem: reason('not-in-future', { time: String(until) }) }));
  }
  const isKept = (folder: Folder): boolean =>
    name === undefined && until !== null && folder.paused && (folder.pausedUntil ?? null) === null;
  const pausedUntil = until === null ? null : new Date(untilMs).toISOString();
  const paused = folders.value.filter((folder) => !isKept(folder));
  return write(
    home,
    paused.map((folder) => ({ ...folder, paused: true, pausedUntil })),
  );
}

/** Answers those that were paused. */
export function resumeFolders(home: OpenHome, name: string | undefined): Result<readonly Folder[]> {
  const folders = meant(home, name);
  return folders.ok ? write(home, folders.value.filter((folder) => folder.paused).map(resumed)) : folders;
}

export interface PauseClockOptions {
  readonly folders: () => readonly Folder[];
  /** These go on; where that cannot be written down they are named again later. */
  readonly onEnd: (folders: readonly Folder[]) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds of a clock that only goes forward. */
  readonly monotonic: () => number;
}

/**
 * Ends pauses. A pause is over when the clock on the wall says so, or when as much time has passed as was left when it
 * began: a clock that is set back makes no hour longer.
 */
export class PauseClock {
  readonly #options: PauseClockOptions;
  readonly #deadlines = new Map<string, { readonly until: string; readonly atMs: number }>();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: PauseClockOptions) {
    this.#options = options;
  }

  /** To be called after every change of a pause, and whenever a clock may have jumped. */
  look = (): void => {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const { folders, now, monotonic } = this.#options;
    const [nowMs, passedMs] = [now(), monotonic()];
    const waits: number[] = [];
    const ended: Folder[] = [];
    const known = folders();
    for (const id of this.#deadlines.keys()) {
      if (!known.some((folder) => folder.id === id && folder.paused)) this.#deadlines.delete(id);
    }
    for (const folder of known) {
      const until = folder.paused ? (folder.pausedUntil ?? null) : null;
      if (until === null) continue;
      const leftMs = Date.parse(until) - nowMs;
      let deadline = this.#deadlines.get(folder.id);
      if (deadline?.until !== until) {
        deadline = { until, atMs: passedMs + leftMs };
        this.#deadlines.set(folder.id, deadline);
      }
      const waitMs = Math.min(leftMs, deadline.atMs - passedMs);
      if (waitMs <= 0) ended.push(folder);
      else waits.push(waitMs);
    }
    if (ended.length > 0) {
      waits.push(LOOK_MS);
      this.#options.onEnd(ended);
    }
    if (waits.length > 0) this.#timer = setTimeout(this.look, Math.min(LOOK_MS, ...waits));
  };

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
