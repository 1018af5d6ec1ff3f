/** What happened. In: the engine's record, newest first. Out: rows that stay where they are while new ones arrive. */
import type { Failure } from '../../main/contract/errors.ts';
import type { Activity } from '../../main/contract/models.ts';
import type { Bridge } from '../bridge.ts';
import { pulse, type Pulse, type Visibility } from './pulse.ts';

const REFRESH_EVERY_MS = 500;
const PAGE = 200;

export class ActivityLog {
  /** Null: of all folders. */
  readonly folder: string | null;
  readonly #bridge: Bridge;
  readonly #visibility: Visibility;
  #rows = $state.raw<readonly Activity[] | null>(null);
  #held = $state.raw<readonly Activity[]>([]);
  #hasMore = $state(false);
  #failure = $state.raw<Failure | null>(null);
  #refresh: Pulse | null = null;
  /** The person looks at the newest rows, so that newer ones may come in above without moving anything they read. */
  isAtTop = true;

  constructor(folder: string | null, bridge: Bridge, visibility: Visibility) {
    this.folder = folder;
    this.#bridge = bridge;
    this.#visibility = visibility;
  }

  /** Null until the first answer. */
  get rows(): readonly Activity[] | null {
    return this.#rows;
  }
  /** How many newer rows wait to be shown. */
  get held(): number {
    return this.#held.length;
  }
  get hasMore(): boolean {
    return this.#hasMore;
  }
  get failure(): Failure | null {
    return this.#failure;
  }

  start(): () => void {
    this.#refresh = pulse(() => this.#readNewest(), REFRESH_EVERY_MS, this.#visibility);
    const stopListening = this.#bridge.on('saved', (saved) => {
      if (this.folder === null || saved.folder === this.folder) this.touch();
    });
    this.touch();
    return () => {
      stopListening();
      this.#refresh?.stop();
    };
  }

  /** Something may have happened that was no saved file. */
  touch(): void {
    this.#refresh?.request();
  }

  /** Brings in what was held back. */
  show(): void {
    this.#rows = [...this.#held, ...(this.#rows ?? [])];
    this.#held = [];
  }

  /** Reads on where the list ends. */
  async readOn(): Promise<void> {
    const last = this.#rows?.at(-1);
    if (last === undefined) return;
    const answer = await this.#bridge.call('activity.list', { ...this.#scope(), before: last.seq, limit: PAGE });
    if (!answer.ok) {
      this.#failure = answer.failure;
      return;
    }
    this.#rows = [...(this.#rows ?? []), ...answer.value.filter((row) => row.seq < last.seq)];
    this.#hasMore = answer.value.length === PAGE;
  }

  #scope(): { readonly folder?: string } {
    return this.folder === null ? {} : { folder: this.folder };
  }

  async #readNewest(): Promise<void> {
    const answer = await this.#bridge.call('activity.list', { ...this.#scope(), limit: PAGE });
    this.#failure = answer.ok ? null : answer.failure;
    if (!answer.ok) return;
    const newest = this.#held[0]?.seq ?? this.#rows?.[0]?.seq;
    if (newest === undefined) {
      this.#rows = answer.value;
      this.#hasMore = answer.value.length === PAGE;
      return;
    }
    const fresh = answer.value.filter((row) => row.seq > newest);
    if (fresh.length === 0) return;
    if (fresh.length === PAGE) {
      // More came than one page holds: what lies between is read on from the page's end.
      this.#rows = answer.value;
      this.#held = [];
      this.#hasMore = true;
      return;
    }
    this.#held = [...fresh, ...this.#held];
    if (this.isAtTop) this.show();
  }
}
