/** How much may go out at which hour. In: the limits that count, and what is typed. Out: a checked draft, and the rate of now. */
import type { Failure } from '../../main/contract/errors.ts';
import { localTime, rateAt, type Limits as Kept } from '../../main/contract/limits.ts';
import type { Bridge } from '../bridge.ts';
import { checkDraft, draftOf, withRule, type LimitsDraft, type RateDraft, type RuleDraft } from './limits-draft.ts';
import { type Visibility, whileSeen } from './pulse.ts';

/** The clock on the wall is looked at so often, milliseconds. */
const LOOK_EVERY_MS = 15_000;

export class Limits {
  readonly #bridge: Bridge;
  readonly #visibility: Visibility;
  readonly #now: () => Date;
  #kept = $state.raw<Kept | null>(null);
  #draft = $state.raw<LimitsDraft>({ rules: [], always: { text: '', unit: 'KB' } });
  #at = $state.raw<Date>(new Date(0));
  #failure = $state.raw<Failure | null>(null);

  constructor(bridge: Bridge, visibility: Visibility, now: () => Date = () => new Date()) {
    this.#bridge = bridge;
    this.#visibility = visibility;
    this.#now = now;
  }

  /** Null until the first answer. */
  get kept(): Kept | null {
    return this.#kept;
  }
  get draft(): LimitsDraft {
    return this.#draft;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  readonly checked = $derived.by(() => checkDraft(this.#draft));
  readonly isChanged: boolean = $derived.by(
    () => this.#kept !== null && JSON.stringify(this.checked.limits) !== JSON.stringify(plain(this.#kept)),
  );
  /** Bytes a second that hold now; null: no limit. */
  readonly rate: number | null = $derived.by(() =>
    this.#kept === null ? null : rateAt(this.#kept, localTime(this.#at)),
  );

  /** Reads the limits, and looks at the clock until it is stopped. */
  start(): () => void {
    const look = (): void => {
      this.#at = this.#now();
    };
    look();
    void this.#read();
    return whileSeen(look, LOOK_EVERY_MS, this.#visibility);
  }
  setAlways(always: RateDraft): void {
    this.#draft = { ...this.#draft, always };
  }
  setRule(rule: RuleDraft): void {
    this.#draft = { ...this.#draft, rules: this.#draft.rules.map((one) => (one.key === rule.key ? rule : one)) };
  }
  addRule(): void {
    this.#draft = withRule(this.#draft);
  }
  removeRule(key: number): void {
    this.#draft = { ...this.#draft, rules: this.#draft.rules.filter((one) => one.key !== key) };
  }
  /** What was typed is left for what counts. */
  putBack(): void {
    if (this.#kept !== null) this.#draft = draftOf(this.#kept);
  }
  async save(): Promise<void> {
    const { limits } = this.checked;
    if (limits === null) return;
    const answer = await this.#bridge.call('settings.limits', {
      limits: { ...limits, rules: limits.rules.map((rule) => ({ ...rule })) },
    });
    this.#failure = answer.ok ? null : answer.failure;
    if (answer.ok) this.#take(answer.value);
  }

  async #read(): Promise<void> {
    const answer = await this.#bridge.call('settings.limits', {});
    this.#failure = answer.ok ? null : answer.failure;
    // What is being typed is not taken away.
    if (answer.ok && !this.isChanged) this.#take(answer.value);
  }
  #take(kept: Kept): void {
    this.#kept = kept;
    this.#draft = draftOf(kept);
  }
}

/** As a draft of it would be written, so that an order of fields or days is no change. */
function plain(kept: Kept): Kept | null {
  return checkDraft(draftOf(kept)).limits;
}
