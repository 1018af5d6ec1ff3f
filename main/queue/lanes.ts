/**
 * The places of each connection. In: what is due, and how attempts end. Out: the jobs that go out now, and when to look
 * again. A lane is a connection: what slows one store down leaves the others alone.
 */
import { JOB_CLASSES, type JobOrder } from '../store/index.ts';
import type { Job } from '../store/types.ts';
import { asksForOldest, choose, placesForLarge } from './choose.ts';
import { openPace, type Pace } from './pace.ts';
import { Turns, type Turn } from './turns.ts';

export interface Lane {
  /** The connection. */
  readonly key: string;
  /** Ids of its folders whose jobs may go out now. */
  readonly folders: readonly string[];
}

export interface LanesOptions {
  readonly order: JobOrder;
  readonly newPace?: () => Pace;
  /** Files that wait for their turn may be in memory already, so many bytes in all. [Note: turns] */
  readonly aheadBytes: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly monotonic: () => number;
  readonly random: () => number;
}

interface Place {
  readonly isLarge: boolean;
  /** So small that it may be read before its turn comes. */
  readonly isSmall: boolean;
  readonly turn: Turn;
  /** When its first request went out. */
  sentMs: number;
}

interface Places {
  readonly pace: Pace;
  readonly turns: Turns;
  readonly under: Map<number, Place>;
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
    const { order, monotonic, aheadBytes } = this.#options;
    const places = this.#of(key);
    for (const folder of folders) this.#laneOf.set(folder, places);
    places.turns.admit();
    const limit = places.pace.limit(monotonic());
    const mostSmall = limit === 0 ? 0 : aheadBytes / limit;
    // As many again may be on their way to a turn, as long as they are small.
    const free = (mostSmall > 0 ? 2 * limit : limit) - places.under.size;
    if (free <= 0) return [];
    const under = [...places.under.values()];
    const large = under.filter((one) => one.isLarge).length;
    // Of all others no more than there are turns: they would hold memory, or what somebody with a turn waits for.
    let others = limit - under.filter((one) => !one.isSmall).length;
    const room = { places: free, forLarge: Math.max(0, placesForLarge(limit) - large), given: places.given };
    const due = order.foldersDue(folders);
    const ranked = due.flatMap((folder) => JOB_CLASSES.flatMap((one) => order.ranked(folder, one, free)));
    if (ranked.length === 0) return [];
    const oldest = asksForOldest(room)
      ? due.flatMap((folder) => JOB_CLASSES.flatMap((one) => order.oldest(folder, one, free)))
      : [];
    // One that was written down as ended in this very transaction keeps its place until all has been told of it.
    const chosen = choose(ranked, oldest, room).filter((id) => !places.under.has(id));
    const largeOnes = new Set([...ranked, ...oldest].filter((one) => one.class === 1).map((one) => one.id));
    const jobs: Job[] = [];
    for (const id of chosen) {
      const job = order.job(id);
      if (job === null) continue;
      const isSmall = job.operation === 'put' && job.size <= mostSmall;
      // As a rule what comes after it is as large, and would be read here in vain.
      if (!isSmall && others <= 0) break;
      if (!isSmall) others -= 1;
      this.#place(places, job, { isSmall, isLarge: largeOnes.has(id) });
      jobs.push(job);
    }
    places.given += jobs.length;
    if (places.under.size >= limit) places.pace.filled();
    return jobs;
  }

  #place({ turns, under }: Places, { id }: Job, kind: Pick<Place, 'isSmall' | 'isLarge'>): void {
    const turn = turns.open(() => {
      place.sentMs = this.#options.monotonic();
    });
    const place: Place = { ...kind, turn, sentMs: Infinity };
    under.set(id, place);
  }

  /** The turn of a job that was taken. */
  turnOf(job: Job): Turn {
    return this.#placeOf(job).turn;
  }

  /** It may be read before it has its turn. */
  isAhead(job: Job): boolean {
    return this.#placeOf(job).isSmall;
  }

  #placeOf({ folder, id }: Job): Place {
    const place = this.#laneOf.get(folder)?.under.get(id);
    if (place === undefined) throw new Error('only what was taken has a place');
    return place;
  }

  /** Its place is free. */
  ended(job: Job): void {
    const under = this.#laneOf.get(job.folder)?.under;
    under?.get(job.id)?.turn.giveBack();
    under?.delete(job.id);
  }

  /** Nobody waits for a turn any more, and nobody gets one. */
  stop(): void {
    for (const { turns } of this.#places.values()) turns.stop();
  }

  /** A request with a body was answered. */
  answered(folder: string, bytes: number): void {
    const places = this.#laneOf.get(folder);
    if (places === undefined) return;
    // Many end while others wait for their turn on the processor: the next look may find some place free, and none idle.
    if (places.under.size >= places.pace.limit(this.#options.monotonic()) - 1) places.pace.filled();
    places.pace.answered(bytes, this.#options.monotonic());
    places.turns.admit();
  }

  /** The store asked for less. */
  throttled(job: Job): void {
    const { monotonic, random } = this.#options;
    const places = this.#laneOf.get(job.folder);
    const sentMs = places?.under.get(job.id)?.sentMs;
    if (sentMs !== undefined) places?.pace.throttled(sentMs, monotonic(), random());
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
    const { newPace = openPace, monotonic } = this.#options;
    const pace = newPace();
    const places: Places = { pace, turns: new Turns(pace, monotonic), under: new Map(), given: 0 };
    this.#places.set(key, places);
    return places;
  }
}
