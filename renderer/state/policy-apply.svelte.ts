/** Brings what is stored under the policy. In: the editor's draft. Out: the plan, how far it is, and how it ended. */
import type { Failure } from '../../main/contract/errors.ts';
import type { Progress } from '../../main/contract/history.ts';
import type { PolicyApplied, PolicyPlan } from '../../main/contract/policy-answers.ts';
import type { Bridge } from '../bridge.ts';
import type { PolicyEditor } from './policy.svelte.ts';

export type Applying =
  | { readonly kind: 'looking' }
  | { readonly kind: 'planned'; readonly plan: PolicyPlan }
  | { readonly kind: 'busy'; readonly progress: Progress | null; readonly isEnding: boolean }
  | { readonly kind: 'done'; readonly applied: PolicyApplied }
  | { readonly kind: 'failed'; readonly failure: Failure };

export class PolicyApply {
  readonly #bridge: Bridge;
  readonly #editor: PolicyEditor;
  #state = $state.raw<Applying | null>(null);
  #task: string | null = null;

  constructor(bridge: Bridge, editor: PolicyEditor) {
    this.#bridge = bridge;
    this.#editor = editor;
  }

  get state(): Applying | null {
    return this.#state;
  }

  /** What would be done under the draft; nothing is sent or saved. */
  async look(): Promise<void> {
    if (this.#state?.kind === 'busy' || this.#state?.kind === 'looking') return;
    this.#state = { kind: 'looking' };
    const { folder, draft } = this.#editor;
    const answer = await this.#bridge.call('policy.plan', { folder, policy: draft });
    this.#state = answer.ok ? { kind: 'planned', plan: answer.value } : { kind: 'failed', failure: answer.failure };
  }

  /** Saves the draft where it is not saved yet, and then does what was planned. */
  async start(): Promise<void> {
    if (this.#state?.kind !== 'planned') return;
    const editor = this.#editor;
    this.#state = { kind: 'busy', progress: null, isEnding: false };
    if (editor.isDirty && (await editor.save()) === null) {
      this.#state = editor.failure === null ? null : { kind: 'failed', failure: editor.failure };
      return;
    }
    const task = `apply-${String(performance.now())}-${editor.folder}`.slice(0, 64);
    this.#task = task;
    const stop = this.#bridge.on('progress', ({ task: of, ...progress }) => {
      if (of === task && this.#state?.kind === 'busy') this.#state = { ...this.#state, progress };
    });
    const { folder, version } = editor;
    const answer = await this.#bridge.call('policy.apply', { folder, policyVersion: version, task });
    stop();
    this.#task = null;
    this.#state = answer.ok ? { kind: 'done', applied: answer.value } : { kind: 'failed', failure: answer.failure };
  }

  /** What has not begun stays as it is. */
  async cancel(): Promise<void> {
    if (this.#task === null || this.#state?.kind !== 'busy') return;
    this.#state = { ...this.#state, isEnding: true };
    await this.#bridge.call('task.cancel', { task: this.#task });
  }

  /** Puts away the plan, or how it ended. */
  dismiss(): void {
    if (this.#state?.kind !== 'busy') this.#state = null;
  }
}
