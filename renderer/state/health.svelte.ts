/**
 * How a folder's bucket is. In: the doctor's looks, and what a person has mended. Out: the last report, and whether one is
 * under way. A look costs some forty requests: it is taken when the tab is opened first, and then only when asked for.
 */
import type { DoctorReport, Finding } from '../../main/contract/doctor.ts';
import type { Failure } from '../../main/contract/errors.ts';
import type { Result } from '../../main/contract/result.ts';
import type { Bridge } from '../bridge.ts';

export class Health {
  readonly folder: string;
  readonly #bridge: Bridge;
  #report = $state.raw<DoctorReport | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #permissions = $state.raw<string | null>(null);
  #isBusy = $state(false);
  #isProving = $state(false);

  constructor(folder: string, bridge: Bridge) {
    this.folder = folder;
    this.#bridge = bridge;
  }

  /** Null until the first look has ended. */
  get report(): DoctorReport | null {
    return this.#report;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  /** The smallest IAM policy, as it is to be copied. */
  get permissions(): string | null {
    return this.#permissions;
  }
  /** A look or a change is under way. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Files are being fetched to prove that they come back. */
  get isProving(): boolean {
    return this.#isProving;
  }

  /** Fetches a few files now; how it went stands in the folder's status. */
  async prove(): Promise<void> {
    if (this.#isProving) return;
    this.#isProving = true;
    const seed = 1 + Math.floor(Math.random() * 1_000_000);
    const task = `drill-${String(seed)}-${this.folder}`.slice(0, 64);
    const answer = await this.#bridge.call('folder.drillNow', { folder: this.folder, seed, task });
    this.#isProving = false;
    this.#failure = answer.ok ? null : answer.failure;
  }

  /** The first look, where there was none. */
  async open(): Promise<void> {
    const permissions = await this.#bridge.call('doctor.permissions', { folder: this.folder });
    if (permissions.ok) this.#permissions = JSON.stringify(permissions.value, null, 2);
    if (this.#report === null) await this.look();
  }

  async look(): Promise<void> {
    await this.#take(() => this.#bridge.call('doctor.look', { folder: this.folder }));
  }

  /** Makes the change that was shown; refused where the bucket has changed since. */
  async mend({ id, fix }: Finding): Promise<void> {
    if (fix === null) return;
    await this.#take(() => this.#bridge.call('doctor.fix', { folder: this.folder, finding: id, shown: fix.input }));
  }

  async #take(ask: () => Promise<Result<DoctorReport>>): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const answer = await ask();
    this.#isBusy = false;
    this.#failure = answer.ok ? null : answer.failure;
    if (answer.ok) this.#report = answer.value;
  }
}
