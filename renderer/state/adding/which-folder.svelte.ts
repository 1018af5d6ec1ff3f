/**
 * The fourth step: a folder of this computer. In: a path that was picked, dropped or typed. Out: how much it is, what a
 * person should know of its place, and what it would cost under policies. The count can be ended.
 */
import type { Measured } from '../../../main/contract/begin.ts';
import type { Failure } from '../../../main/contract/errors.ts';
import type { Policy } from '../../../main/contract/policy.ts';
import type { Bridge } from '../../bridge.ts';
import { newLook } from './look-name.ts';

/** A path that is typed is looked at once it rests for so long, milliseconds. */
const TYPING_MS = 400;
/** So long a step forward waits for the count, so that what is no folder is told at once. Milliseconds. */
const PATIENCE_MS = 700;

export class WhichFolder {
  readonly #bridge: Bridge;
  readonly #policies: () => readonly Policy[];
  #path = $state('');
  #measured = $state.raw<Measured | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #isCounting = $state(false);
  #look: string | null = null;
  #running: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The path that the last count was about. */
  #counted = '';

  /** @param policies those whose costs are wanted, asked for at each count. */
  constructor(bridge: Bridge, policies: () => readonly Policy[]) {
    this.#bridge = bridge;
    this.#policies = policies;
  }

  get path(): string {
    return this.#path;
  }
  /** Typed. */
  set path(path: string) {
    this.#path = path;
    this.#forget();
    if (path.trim() === '') return;
    this.#timer = setTimeout(() => {
      this.#begin();
    }, TYPING_MS);
  }
  /** Null until it is counted, or where the count was stopped. */
  get measured(): Measured | null {
    return this.#measured;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  get isCounting(): boolean {
    return this.#isCounting;
  }
  get canGoOn(): boolean {
    return this.#path.trim() !== '';
  }
  /** It is a folder, as far as is known: counted, being counted, or the count was stopped. */
  get isReady(): boolean {
    return this.canGoOn && this.#failure === null && this.#counted === this.#path.trim();
  }

  /** Picked or dropped: looked at at once. */
  take(path: string): void {
    this.#path = path;
    this.#forget();
    this.#begin();
  }

  async pick(): Promise<void> {
    const answer = await this.#bridge.call('app.pickFolder', {});
    if (!answer.ok) this.#failure = answer.failure;
    else if (answer.value !== null) this.take(answer.value);
  }

  /** True: it is a folder. A long count goes on behind the next step. */
  async settle(): Promise<boolean> {
    clearTimeout(this.#timer);
    if (!this.canGoOn) return false;
    if (this.#counted !== this.#path.trim() || this.#failure !== null) this.#begin();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([this.#running ?? Promise.resolve(), patience]);
    clearTimeout(timer);
    return this.isReady;
  }

  /** Counts again, since the policies are others. */
  countAgain(): void {
    if (this.isReady && this.#failure === null) this.#begin();
  }

  /** Ends the count. The folder can be kept all the same. */
  stop(): void {
    clearTimeout(this.#timer);
    if (this.#look !== null) void this.#bridge.call('folder.endLook', { look: this.#look });
    this.#look = null;
    this.#running = null;
    this.#isCounting = false;
  }

  #forget(): void {
    this.stop();
    this.#measured = null;
    this.#failure = null;
    this.#counted = '';
  }

  #begin(): void {
    this.stop();
    this.#failure = null;
    this.#running = this.#count(this.#path.trim());
  }

  async #count(path: string): Promise<void> {
    const look = newLook();
    this.#look = look;
    this.#counted = path;
    this.#isCounting = true;
    const answer = await this.#bridge.call('folder.measure', { path, look, policies: [...this.#policies()] });
    // Another path stands there by now, or the count was stopped.
    if (this.#look !== look) return;
    this.#look = null;
    this.#isCounting = false;
    if (answer.ok) this.#measured = answer.value;
    else this.#failure = answer.failure;
  }
}
