/**
 * The places of each connection. In: what is due, and how attempts end. Out: the jobs that go out now, and when to look
 * again. A lane is a connection: what slows one store down leaves the others alone.
 */
import { JOB_CLASSES, type JobOrder } from '../store/index.ts';
import type { Job } from '../store/types.ts';
import { asksForOldest, choose, placesForLarge } from './choose.ts';
import { openPace, type Pace } from './pace.ts';

export interface Lane {
  /** The connection. */
  readonly key: string;
  /** Ids of its folders whose jobs may go out now. */
  readonly folders: readonly string[];
}

export interface LanesOptions {
  readonly order: JobOrder;
  readonly newPace?: () => Pace;
  /** Milliseconds of a clock that only goes forward. */
  readonly monotonic: () => number;
  readonly random: () => number;
}

interface Places {
  readonly pace: Pace;
  readonly under: Map<number, { readonly isLarge: boolean; readonly begunMs: number }>;
  given: number;
}

export class Lanes {
  readonly #options: LanesOptions;
  readonly #places = new Map<string, Places>();
  readonly #laneOf = new Map<string, Places>();

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  /** What goes out now; each has its place until `ended`. */
  take(lanes: readonly Lane[], nowMs: number): Job[] {
    const { order } = this.#options;
    order.promote(
      nowMs,
      lanes.flatMap((lane) => lane.folders),
    );
    return lanes.flatMap((lane) => this.#takeOf(lane));
  }

  #takeOf({ key, folders }: Lane): Job[] {
    const { order, monotonic } = this.#options;
    const places = this.#of(key);
    for (const folder of folders) this.#laneOf.set(folder, places);
    const begunMs = monotonic();
    const limit = places.pace.limit(begunMs);
    const free = limit - places.under.size;
    if (free <= 0) return [];
    const large = [...places.under.values()].filter((one) => one.isLarge).length;
    const room = { places: free, forLarge: Math.max(0, placesForLarge(limit) - large), given: places.given };
    const due = order.foldersDue(folders);
    const ranked = due.flatMap((folder) => JOB_CLASSES.flatMap((one) => order.ranked(folder, one, free)));
    if (ranked.length === 0) return [];
    const oldest = asksForOldest(room)
      ? due.flatMap((folder) => JOB_CLASSES.flatMap((one) => order.oldest(folder, one, free)))
      : [];
    // One that was written down as ended in this very transaction keeps its place until all has been told of it.
    const jobs = choose(ranked, oldest, room)
      .filter((id) => !places.under.has(id))
      .flatMap((id) => order.job(id) ?? []);
    const largeOnes = new Set([...ranked, ...oldest].filter((one) => one.class === 1).map((one) => one.id));
    for (const job of jobs) places.under.set(job.id, { isLarge: largeOnes.has(job.id), begunMs });
    places.given += jobs.length;
    if (places.under.size >= limit) places.pace.filled();
    return jobs;
  }

  /** Its place is free. */
  ended(job: Job): void {
    this.#laneOf.get(job.folder)?.under.delete(job.id);
  }

  /** A request with a body was answered. */
  answered(folder: string, bytes: number): void {
    const places = this.#laneOf.get(folder);
    if (places === undefined) return;
    // Many end while others wait for their turn on the processor: the next look may find some place free, and none idle.
    if (places.under.size >= places.pace.limit(this.#options.monotonic()) - 1) places.pace.filled();
    places.pace.answered(bytes, this.#options.monotonic());
  }

  /** The store asked for less. */
  throttled(job: Job): void {
    const { monotonic, random } = this.#options;
    const places = this.#laneOf.get(job.folder);
    const begunMs = places?.under.get(job.id)?.begunMs;
    if (begunMs !== undefined) places?.pace.throttled(begunMs, monotonic(), random());
  }

  /** In how many milliseconds something may go out that cannot now; null: not before something else happens. */
  nextInMs(lanes: readonly Lane[], nowMs: number): number | null {
    const { order, monotonic } = this.#options;
    const waits: number[] = [];
    for (const { key, folders } of lanes) {
      const places = this.#of(key);
      const monotonicMs = monotonic();
      const pausedUntil = places.pace.pausedUntil(monotonicMs);
      if (pausedUntil !== null) waits.push(Math.ceil(pausedUntil - monotonicMs));
      else if (places.under.size < places.pace.limit(monotonicMs)) {
        const nextAt = order.nextAt(folders);
        if (nextAt !== null) waits.push(Math.max(0, nextAt - nowMs));
      }
    }
    return waits.length === 0 ? null : Math.min(...waits);
  }

  #of(key: string): Places {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const { newPace = openPace } = this.#options;
    const places: Places = { pace: newPace(), under: new Map(), given: 0 };
    this.#places.set(key, places);
    return places;
  }
}
