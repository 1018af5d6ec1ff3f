/**
 * Pauses while the computer runs on its battery, or on a network that costs by what is sent. In: whether that is so and
 * wanted, and the folders. Out: pauses, and their end. What a person pauses or resumes meanwhile stays as they said.
 */
import type { Network, Power } from '../contract/app-settings.ts';
import type { Folder } from '../contract/models.ts';
import type { Result } from '../contract/result.ts';

/** What matters of a folder here. */
export type Pausable = Pick<Folder, 'name' | 'paused' | 'pausedUntil'>;

/** Why folders wait. */
export type WaitReason = 'battery' | 'metered';

export interface WaitFacts {
  readonly pauseOnBattery: boolean;
  readonly power: Power;
  readonly pauseOnMetered: boolean;
  readonly network: Network;
}

/** Pure. */
export function waitReasons({ pauseOnBattery, power, pauseOnMetered, network }: WaitFacts): readonly WaitReason[] {
  return [
    ...(pauseOnBattery && power === 'battery' ? (['battery'] as const) : []),
    ...(pauseOnMetered && network === 'metered' ? (['metered'] as const) : []),
  ];
}

export interface WaitingFacts {
  readonly isDue: boolean;
  /** Those that were paused for this; null: none had to be. */
  readonly waiting: readonly string[] | null;
  readonly folders: readonly Pausable[];
}

export interface WaitingStep {
  readonly pause: readonly string[];
  readonly resume: readonly string[];
  readonly waiting: readonly string[] | null;
}

/**
 * Pure. A folder that a person resumed meanwhile goes on, also where a second reason comes to the first; one that they
 * paused for a while ends by that.
 */
export function waitingStep({ isDue, waiting, folders }: WaitingFacts): WaitingStep {
  const still = folders
    .filter(({ name, paused, pausedUntil }) => paused && (pausedUntil ?? null) === null && waiting?.includes(name))
    .map(({ name }) => name);
  if (!isDue) return { pause: [], resume: still, waiting: null };
  if (waiting !== null) return { pause: [], resume: [], waiting: still };
  const pause = folders.filter(({ paused }) => !paused).map(({ name }) => name);
  return { pause, resume: [], waiting: pause };
}

export interface WaitingPauseOptions {
  readonly reasons: () => readonly WaitReason[];
  readonly waiting: () => readonly string[] | null;
  readonly remember: (waiting: readonly string[] | null) => void;
  readonly folders: () => Promise<Result<readonly Pausable[]>>;
  readonly pause: (folder: string) => Promise<Result<unknown>>;
  readonly resume: (folder: string) => Promise<Result<unknown>>;
  readonly log: (line: string) => void;
}

export class WaitingPause {
  readonly #options: WaitingPauseOptions;
  #work: Promise<void> = Promise.resolve();

  constructor(options: WaitingPauseOptions) {
    this.#options = options;
  }

  /** To be called when the power, the network, the wishes or the folders may have changed. One look at a time. */
  look(): Promise<void> {
    this.#work = this.#work
      .then(() => this.#step())
      .catch((error: unknown) => {
        this.#options.log(`the pause by itself: ${String(error)}`);
      });
    return this.#work;
  }

  async #step(): Promise<void> {
    const { reasons, waiting, remember, folders, pause, resume, log } = this.#options;
    // Most computers never get further.
    if (reasons().length === 0 && waiting() === null) return;
    const known = await folders();
    if (!known.ok) return;
    const why = reasons();
    const step = waitingStep({ isDue: why.length > 0, waiting: waiting(), folders: known.value });
    // Written down first: what is paused and not known would stay paused.
    if (step.pause.length > 0) remember(step.waiting);
    for (const name of step.pause) await told(`${name} could not be paused`, pause(name));
    let isLeft = false;
    for (const name of step.resume) if (!(await told(`${name} could not be resumed`, resume(name)))) isLeft = true;
    if (!isLeft) remember(step.waiting);
    if (step.pause.length > 0) log(`${why.join(' and ')}: ${String(step.pause.length)} folders wait`);

    async function told(what: string, call: Promise<Result<unknown>>): Promise<boolean> {
      const answer = await call;
      if (!answer.ok) log(`${what}: ${answer.failure.code}`);
      return answer.ok;
    }
  }
}
