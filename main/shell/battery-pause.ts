/**
 * Pauses while the computer runs on its battery. In: where the power comes from, whether that is wanted, and the folders.
 * Out: pauses, and their end with the mains. What a person pauses or resumes meanwhile stays as they said.
 */
import type { Power } from '../contract/app-settings.ts';
import type { Folder } from '../contract/models.ts';
import type { Result } from '../contract/result.ts';

/** What matters of a folder here. */
export type Pausable = Pick<Folder, 'name' | 'paused' | 'pausedUntil'>;

export interface BatteryFacts {
  readonly isWanted: boolean;
  readonly power: Power;
  /** Those that were paused for this; null: none had to be. */
  readonly waiting: readonly string[] | null;
  readonly folders: readonly Pausable[];
}

export interface BatteryStep {
  readonly pause: readonly string[];
  readonly resume: readonly string[];
  readonly waiting: readonly string[] | null;
}

/** Pure. A folder that a person resumed on battery goes on, and one that they paused for a while ends by that. */
export function batteryStep({ isWanted, power, waiting, folders }: BatteryFacts): BatteryStep {
  const isDue = isWanted && power === 'battery';
  const still = folders
    .filter(({ name, paused, pausedUntil }) => paused && (pausedUntil ?? null) === null && waiting?.includes(name))
    .map(({ name }) => name);
  if (!isDue) return { pause: [], resume: still, waiting: null };
  if (waiting !== null) return { pause: [], resume: [], waiting: still };
  const pause = folders.filter(({ paused }) => !paused).map(({ name }) => name);
  return { pause, resume: [], waiting: pause };
}

export interface BatteryPauseOptions {
  readonly isWanted: () => boolean;
  readonly power: () => Power;
  readonly waiting: () => readonly string[] | null;
  readonly remember: (waiting: readonly string[] | null) => void;
  readonly folders: () => Promise<Result<readonly Pausable[]>>;
  readonly pause: (folder: string) => Promise<Result<unknown>>;
  readonly resume: (folder: string) => Promise<Result<unknown>>;
  readonly log: (line: string) => void;
}

export class BatteryPause {
  readonly #options: BatteryPauseOptions;
  #work: Promise<void> = Promise.resolve();

  constructor(options: BatteryPauseOptions) {
    this.#options = options;
  }

  /** To be called when the power, the wish or the folders may have changed. One look at a time. */
  look(): Promise<void> {
    this.#work = this.#work
      .then(() => this.#step())
      .catch((error: unknown) => {
        this.#options.log(`the pause on battery: ${String(error)}`);
      });
    return this.#work;
  }

  async #step(): Promise<void> {
    const { isWanted, power, waiting, remember, folders, pause, resume, log } = this.#options;
    // Most computers never get further.
    if (!isWanted() && waiting() === null) return;
    const known = await folders();
    if (!known.ok) return;
    const step = batteryStep({ isWanted: isWanted(), power: power(), waiting: waiting(), folders: known.value });
    // Written down first: what is paused and not known would stay paused.
    if (step.pause.length > 0) remember(step.waiting);
    for (const name of step.pause) await told(`${name} could not be paused`, pause(name));
    let isLeft = false;
    for (const name of step.resume) if (!(await told(`${name} could not be resumed`, resume(name)))) isLeft = true;
    if (!isLeft) remember(step.waiting);
    if (step.pause.length > 0) log(`on battery, ${String(step.pause.length)} folders wait for the mains`);

    async function told(what: string, call: Promise<Result<unknown>>): Promise<boolean> {
      const answer = await call;
      if (!answer.ok) log(`${what}: ${answer.failure.code}`);
      return answer.ok;
    }
  }
}
