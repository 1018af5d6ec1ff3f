/**
 * A folder's policy, edited. In: what a person changes. Out: the draft, what is wrong with it, what it would do and cost.
 * The draft is kept as long as the window lives; nothing of it counts before it is saved.
 */
import type { Failure } from '../../main/contract/errors.ts';
import type { AnyFolder } from '../../main/contract/models.ts';
import type { PolicyFault } from '../../main/contract/policy.ts';
import type { ExplainedRequest, PolicyCost, PolicyLimits } from '../../main/contract/policy-answers.ts';
import type { Bridge } from '../bridge.ts';
import type { Folders } from './folders.svelte.ts';
import {
  countChanges,
  isSame,
  rulesOf,
  withEncryption,
  withField,
  withMovedRule,
  withNewRule,
  withoutRule,
  withRuleTerm,
  type Draft,
  type Layer,
} from './policy-draft.ts';
import { pulse, type Pulse, type Visibility } from './pulse.ts';

/** What the middle of the screen shows. */
export type PolicyView = Layer | 'json' | 'keeping';

const READ_EVERY_MS = 200;

export class PolicyEditor {
  readonly folder: string;
  readonly #bridge: Bridge;
  readonly #folders: Folders;
  readonly #reading: Pulse;
  #saved = $state.raw<AnyFolder | null>(null);
  #draft = $state.raw<Draft>({});
  #view = $state<PolicyView>('base');
  #limits = $state.raw<PolicyLimits | null>(null);
  #faults = $state.raw<readonly PolicyFault[]>([]);
  #explained = $state.raw<ExplainedRequest | null>(null);
  #explainFailure = $state.raw<Failure | null>(null);
  #cost = $state.raw<PolicyCost | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #path = $state('');
  #size = $state<number | null>(null);
  #isSaving = $state(false);

  constructor(folder: string, bridge: Bridge, folders: Folders, visibility: Visibility) {
    this.folder = folder;
    this.#bridge = bridge;
    this.#folders = folders;
    this.#reading = pulse(() => this.#read(), READ_EVERY_MS, visibility);
  }

  get draft(): Draft {
    return this.#draft;
  }
  get view(): PolicyView {
    return this.#view;
  }
  /** The base or rule that is open; behind the other views the base. */
  get layer(): Layer {
    return typeof this.#view === 'number' ? this.#view : 'base';
  }
  get limits(): PolicyLimits | null {
    return this.#limits;
  }
  /** All that is wrong with the draft. */
  get faults(): readonly PolicyFault[] {
    return this.#faults;
  }
  get explained(): ExplainedRequest | null {
    return this.#explained;
  }
  get explainFailure(): Failure | null {
    return this.#explainFailure;
  }
  get cost(): PolicyCost | null {
    return this.#cost;
  }
  /** Why the last save was refused. */
  get failure(): Failure | null {
    return this.#failure;
  }
  get path(): string {
    return this.#path;
  }
  get size(): number | null {
    return this.#size;
  }
  get isSaving(): boolean {
    return this.#isSaving;
  }
  /** Which version of the policy counts now. */
  get version(): number {
    return this.#saved?.policyVersion ?? 0;
  }
  get saved(): Draft {
    return this.#saved?.policy ?? {};
  }
  readonly changes: number = $derived(countChanges(this.#saved?.policy ?? {}, this.#draft));
  readonly isDirty: boolean = $derived(!isSame(this.#saved?.policy ?? {}, this.#draft));
  /** Somebody else saved another policy since the draft was begun. */
  readonly isOvertaken: boolean = $derived.by(() => {
    const now = this.#folders.find(this.folder)?.policyVersion;
    return now !== undefined && this.#saved !== null && now > this.#saved.policyVersion;
  });

  /** @param tried the file to try first. */
  async open(tried: string | null): Promise<void> {
    this.catchUp();
    if (this.#path === '' && tried !== null) this.#path = tried;
    this.#reading.request();
    const limits = await this.#bridge.call('policy.limits', { folder: this.folder });
    if (limits.ok) this.#limits = limits.value;
  }

  /** Takes what is saved by now, unless a draft would be lost by that. */
  catchUp(): void {
    const now = this.#folders.find(this.folder);
    if (now === null || now.policyVersion === this.#saved?.policyVersion) return;
    if (this.#saved === null || !this.isDirty) this.#take(now);
  }

  show(view: PolicyView): void {
    this.#view = view;
  }
  set(field: string, value: unknown, layer: Layer = this.layer): void {
    this.#edit(withField(this.#draft, layer, field, value));
  }
  setEncryption(mode: string | undefined): void {
    this.#edit(withEncryption(this.#draft, this.layer, mode));
  }
  setTerm(rule: number, term: 'match' | 'minSize' | 'maxSize', value: unknown): void {
    this.#edit(withRuleTerm(this.#draft, rule, term, value));
  }
  addRule(): void {
    this.#edit(withNewRule(this.#draft));
    this.#view = rulesOf(this.#draft).length - 1;
  }
  removeRule(rule: number): void {
    this.#edit(withoutRule(this.#draft, rule));
    this.#view = 'base';
  }
  /** The rule that is open stays open. */
  moveRule(from: number, to: number): void {
    const last = rulesOf(this.#draft).length - 1;
    const place = Math.max(0, Math.min(last, to));
    if (place === from) return;
    const order = rulesOf(this.#draft).map((_, index) => index);
    order.splice(place, 0, ...order.splice(from, 1));
    const open = this.#view;
    this.#edit(withMovedRule(this.#draft, from, place));
    if (typeof open === 'number') this.#view = order.indexOf(open);
  }
  /** The whole of it at once, as it was pasted. */
  replace(draft: Draft): void {
    this.#edit(draft);
    if (this.layer !== 'base' && rulesOf(draft)[this.layer] === undefined) this.#view = 'base';
  }
  /** What is wrong with the text of a policy; it is no draft yet. */
  async check(text: string): Promise<{ readonly draft: Draft | null; readonly faults: readonly PolicyFault[] }> {
    const answer = await this.#bridge.call('policy.check', { folder: this.folder, text });
    if (!answer.ok) return { draft: null, faults: [{ path: [], place: null, failure: answer.failure }] };
    return { draft: answer.value.policy, faults: answer.value.faults };
  }
  discard(): void {
    const now = this.#folders.find(this.folder) ?? this.#saved;
    if (now !== null) this.#take(now);
    if (typeof this.#view === 'number' && rulesOf(this.#draft)[this.#view] === undefined) this.#view = 'base';
  }
  tryFile(path: string, size: number | null): void {
    this.#path = path;
    this.#size = size;
    this.#reading.request();
  }

  /** A new version of the policy, which counts from the next upload on. Null: it was not saved. */
  async save(): Promise<AnyFolder | null> {
    if (this.#isSaving) return null;
    this.#isSaving = true;
    const answer = await this.#bridge.call('folder.policy', { folder: this.folder, policy: this.#draft });
    this.#isSaving = false;
    this.#failure = answer.ok ? null : answer.failure;
    if (!answer.ok) return null;
    this.#folders.know(answer.value);
    this.#take(answer.value);
    return answer.value;
  }

  #take(folder: AnyFolder): void {
    this.#saved = folder;
    this.#draft = folder.policy;
    this.#faults = [];
    this.#failure = null;
    this.#reading.request();
  }
  #edit(draft: Draft): void {
    this.#draft = draft;
    this.#failure = null;
    this.#reading.request();
  }

  async #read(): Promise<void> {
    const { folder } = this;
    const draft = this.#draft;
    const checked = await this.check(JSON.stringify(draft));
    // A later edit asks again.
    if (draft !== this.#draft) return;
    this.#faults = checked.faults;
    if (checked.draft === null) return;
    const policy = draft;
    const [path, size] = [this.#path.trim(), this.#size];
    const [explained, cost] = await Promise.all([
      path === ''
        ? null
        : this.#bridge.call('policy.explain', { folder, path, policy, ...(size === null ? {} : { size }) }),
      this.#bridge.call('policy.cost', { folder, policy }),
    ]);
    if (draft !== this.#draft) return;
    if (cost.ok) this.#cost = cost.value;
    if (path !== this.#path.trim() || size !== this.#size) return;
    this.#explained = explained?.ok === true ? explained.value : null;
    this.#explainFailure = explained === null || explained.ok ? null : explained.failure;
  }
}
