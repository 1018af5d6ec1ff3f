/** How the app behaves. In: what the shell keeps. Out: what is set, and the way to change it at once. */
import type {
  AppSettings as Chosen,
  AppSettingsReport,
  Language,
  UpdatesReport,
} from '../../main/contract/app-settings.ts';
import type { AppInfo } from '../../main/contract/calls.ts';
import type { Failure } from '../../main/contract/errors.ts';
import type { Bridge } from '../bridge.ts';

export class AppSettings {
  readonly #bridge: Bridge;
  readonly #hearers = new Set<(language: Language) => void>();
  #report = $state.raw<AppSettingsReport | null>(null);
  #info = $state.raw<AppInfo | null>(null);
  #updates = $state.raw<UpdatesReport>({ kind: 'unlooked' });
  #isLooking = $state(false);
  #failure = $state.raw<Failure | null>(null);

  #isGathering = $state(false);
  #written = $state.raw<string | null>(null);

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Null until the first answer. */
  get report(): AppSettingsReport | null {
    return this.#report;
  }
  get info(): AppInfo | null {
    return this.#info;
  }
  get updates(): UpdatesReport {
    return this.#updates;
  }
  get isLooking(): boolean {
    return this.#isLooking;
  }
  get isGathering(): boolean {
    return this.#isGathering;
  }
  /** Where the last diagnostics file was written. */
  get written(): string | null {
    return this.#written;
  }
  /** Why the last change was not made. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** Hears the language that is chosen, also where it was before. Answers the way to stop. */
  onLanguage(hearer: (language: Language) => void): () => void {
    this.#hearers.add(hearer);
    return () => this.#hearers.delete(hearer);
  }

  async read(): Promise<void> {
    const [info, report, updates] = await Promise.all([
      this.#bridge.call('app.info', {}),
      this.#bridge.call('app.settings', {}),
      this.#bridge.call('app.updates', {}),
    ]);
    if (info.ok) this.#info = info.value;
    if (updates.ok) this.#updates = updates.value;
    if (report.ok) this.#take(report.value);
  }

  async change(part: Partial<Chosen>): Promise<void> {
    const answer = await this.#bridge.call('app.settings', { change: part });
    this.#failure = answer.ok ? null : answer.failure;
    if (answer.ok) this.#take(answer.value);
  }

  async askUpdates(act: 'look' | 'install'): Promise<void> {
    this.#isLooking = true;
    const answer = await this.#bridge.call('app.updates', { act });
    this.#isLooking = false;
    this.#failure = answer.ok ? null : answer.failure;
    if (answer.ok) this.#updates = answer.value;
  }

  /** Writes what may be handed to somebody who helps; `names`: of folders, buckets and files as well. */
  async diagnose(names: boolean): Promise<void> {
    if (this.#isGathering) return;
    this.#isGathering = true;
    const answer = await this.#bridge.call('app.diagnostics', { names });
    this.#isGathering = false;
    this.#failure = answer.ok ? null : answer.failure;
    if (answer.ok && answer.value !== null) this.#written = answer.value.path;
  }

  #take(report: AppSettingsReport): void {
    this.#report = report;
    for (const hearer of this.#hearers) hearer(report.language);
  }
}
