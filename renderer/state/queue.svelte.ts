/** What is still to be done. In: the queue of one folder. Out: its rows, those that need attention first. */
import type { Failure } from '../../main/contract/errors.ts';
import type { JobState, QueueEntry } from '../../main/contract/models.ts';
import type { Result } from '../../main/contract/result.ts';
import type { Bridge } from '../bridge.ts';
import { pulse, type Pulse, type Visibility } from './pulse.ts';

const REFRESH_EVERY_MS = 1000;
const RANK: Readonly<Record<JobState, number>> = { parked: 0, active: 1, waiting: 2 };

export class Queue {
  readonly folder: string;
  readonly #bridge: Bridge;
  readonly #visibility: Visibility;
  #rows = $state.raw<readonly QueueEntry[] | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #refused = $state.raw<Failure | null>(null);
  #refresh: Pulse | null = null;

  constructor(folder: string, bridge: Bridge, visibility: Visibility) {
    this.folder = folder;
    this.#bridge = bridge;
    this.#visibility = visibility;
  }

  /** Null until the first answer. */
  get rows(): readonly QueueEntry[] | null {
    return this.#rows;
  }
  /** Why the last thing that was asked for was not done, or why the list cannot be read. */
  get failure(): Failure | null {
    return this.#refused ?? this.#failure;
  }

  start(): () => void {
    this.#refresh = pulse(() => this.#read(), REFRESH_EVERY_MS, this.#visibility);
    this.touch();
    return () => {
      this.#refresh?.stop();
    };
  }
  /** The numbers of the folder changed. */
  touch(): void {
    this.#refresh?.request();
  }
  /** Sends one parked file, or with null all of them, back to the queue. */
  async retry(path: string | null): Promise<void> {
    const of = path === null ? { folder: this.folder } : { folder: this.folder, path };
    this.#heed(await this.#bridge.call('queue.retry', of));
  }

  /** Sends this one before all others, whatever it waits for. */
  async first(path: string): Promise<void> {
    this.#heed(await this.#bridge.call('queue.first', { folder: this.folder, path }));
  }
  /** Takes one out; it is not looked for again until its file changes. */
  async forget(path: string): Promise<void> {
    this.#heed(await this.#bridge.call('queue.forget', { folder: this.folder, path }));
  }

  #heed(answer: Result<unknown>): void {
    this.#refused = answer.ok ? null : answer.failure;
    this.touch();
  }
  async #read(): Promise<void> {
    const answer = await this.#bridge.call('queue.list', { folder: this.folder });
    this.#failure = answer.ok ? null : answer.failure;
    if (!answer.ok) return;
    // The engine's own order is kept within a state.
    this.#rows = answer.value
      .map((entry, index) => ({ entry, index }))
      .sort((a, b) => RANK[a.entry.state] - RANK[b.entry.state] || a.index - b.index)
      .map(({ entry }) => entry);
  }
}
