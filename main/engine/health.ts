/**
 * Whether the home can be written. In: failures of its database as they come up. Out: the problem, as long as there is
 * one, and a word when it is over. Meanwhile nothing is taken in: what cannot be written down is not begun.
 */
import type { Failure } from '../contract/errors.ts';
import { databaseFailure, freeBytes, type WriteTables } from '../store/index.ts';

/** How often it is tried whether a row can be written again, milliseconds. */
const PROBE_MS = 5_000;
/** With less than this to spare on the disk the next write would fail again, bytes. */
const ROOM = 512 * 1024;

export interface HealthOptions {
  readonly home: string;
  readonly tables: Pick<WriteTables, 'probe'>;
  readonly log: (line: string) => void;
  /** The problem came, changed or went. */
  readonly onChange: (problem: Failure | null) => void;
}

export class Health {
  readonly #options: HealthOptions;
  #problem: Failure | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  get problem(): Failure | null {
    return this.#problem;
  }

  /** Takes note of a failed write; null: the error is none of the database, but a bug. */
  note(error: unknown): Failure | null {
    const cause = databaseFailure(error, this.#options.home);
    if (cause === null || this.#isStopped) return cause;
    if (this.#problem?.code !== cause.code) {
      this.#problem = cause;
      this.#options.log(`${cause.message} ${cause.hint}`);
      this.#options.onChange(cause);
    }
    // What is damaged does not mend itself, and a row that can be written proves nothing.
    if (cause.code !== 'home-damaged')
      this.#timer ??= setTimeout(() => {
        this.#probe();
      }, PROBE_MS);
    return cause;
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #probe(): void {
    this.#timer = null;
    try {
      this.#options.tables.probe(new Date().toISOString());
      if (this.#problem?.code === 'disk-full' && (freeBytes(this.#options.home) ?? ROOM) < ROOM) {
        throw Object.assign(new Error('no room yet'), { code: 'ENOSPC' });
      }
    } catch (error) {
      if (this.note(error) === null) throw error;
      return;
    }
    this.#problem = null;
    this.#options.log(`The state in ${this.#options.home} can be written again.`);
    this.#options.onChange(null);
  }
}
