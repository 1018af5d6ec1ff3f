/**
 * The last step: how the folder is kept. In: a place, what lies there, what the doctor saw, and what a person chooses.
 * Out: a policy, what becomes of removed files, and whether a start is possible.
 */
import type { BucketReport } from '../../../main/contract/begin.ts';
import type { Failure } from '../../../main/contract/errors.ts';
import type { DeletesMode, FolderMatch } from '../../../main/contract/models.ts';
import type { Policy } from '../../../main/contract/policy.ts';
import type { Preset } from '../../../main/contract/presets.ts';
import {
  obstacleOf,
  templatePolicies,
  TEMPLATES,
  type TemplateId,
  type TemplateObstacle,
} from '../../../main/contract/templates.ts';
import type { Bridge } from '../../bridge.ts';
import { newLook } from './look-name.ts';
import { TYPING_MS } from './which-bucket.svelte.ts';

/** Where the files are to be kept, and those that are to be. */
export interface Place {
  readonly path: string;
  readonly connection: string;
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
}

export class How {
  readonly #bridge: Bridge;
  readonly #onOwn: () => void;
  #place = $state.raw<Place | null>(null);
  #preset = $state.raw<Preset | null>(null);
  #keepsVersions = $state(false);
  #template = $state<TemplateId>('everyday');
  #ownText = $state('');
  #own = $state.raw<Policy | null>(null);
  #ownFailure = $state.raw<Failure | null>(null);
  #deletes = $state<DeletesMode | null>(null);
  #found = $state.raw<FolderMatch | null>(null);
  #lookFailure = $state.raw<Failure | null>(null);
  #isLooking = $state(false);
  #report = $state.raw<BucketReport | null>(null);
  #reportFailure = $state.raw<Failure | null>(null);
  #isExamining = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Looks that are under way: what lies there, and the doctor's. */
  #look: string | null = null;
  #visit: string | null = null;
  #text = 0;

  /** @param onOwn the person's own policy is another one, and so is what it costs. */
  constructor(bridge: Bridge, onOwn: () => void) {
    this.#bridge = bridge;
    this.#onOwn = onOwn;
  }

  get template(): TemplateId {
    return this.#template;
  }
  get ownText(): string {
    return this.#ownText;
  }
  get ownFailure(): Failure | null {
    return this.#ownFailure;
  }
  /** Null: the person's own is not one yet. */
  get policy(): Policy | null {
    return this.#template === 'own' ? this.#own : templatePolicies[this.#template];
  }
  /** In the order of the templates; last the person's own, where it is one. */
  get policies(): readonly Policy[] {
    const own = this.#own === null ? [] : [this.#own];
    return [...TEMPLATES.flatMap((one) => (one === 'own' ? [] : [templatePolicies[one]])), ...own];
  }
  get canMark(): boolean {
    return this.#keepsVersions;
  }
  get deletes(): DeletesMode {
    return this.#deletes ?? (this.#keepsVersions ? 'mark' : 'keep');
  }
  set deletes(deletes: DeletesMode) {
    if (deletes === this.deletes || (deletes === 'mark' && !this.#keepsVersions)) return;
    this.#deletes = deletes;
    void this.examine();
  }
  /** What lies there; null: nobody has looked yet. */
  get found(): FolderMatch | null {
    return this.#found;
  }
  /** Something lies there already, and is taken on. */
  get adopts(): boolean {
    return (this.#found?.versions ?? 0) > 0;
  }
  get isLooking(): boolean {
    return this.#isLooking;
  }
  get lookFailure(): Failure | null {
    return this.#lookFailure;
  }
  get report(): BucketReport | null {
    return this.#report;
  }
  get reportFailure(): Failure | null {
    return this.#reportFailure;
  }
  get isExamining(): boolean {
    return this.#isExamining;
  }
  /** What speaks against a template here. */
  obstacle(template: TemplateId): TemplateObstacle | null {
    return this.#preset === null ? null : obstacleOf(template, this.#preset, this.#report?.facts ?? null);
  }
  /** A person has seen what lies there, and the policy can be had. The doctor's report is not waited for. */
  get canStart(): boolean {
    return this.#found !== null && !this.#isLooking && this.policy !== null && this.obstacle(this.#template) === null;
  }

  /** Looks at what lies there, then has the bucket looked over; of a place that was looked at, nothing is asked anew. */
  async open(place: Place, preset: Preset, keepsVersions: boolean): Promise<void> {
    this.#keepsVersions = keepsVersions;
    if (!keepsVersions) this.#deletes = null;
    if (JSON.stringify(place) === JSON.stringify(this.#place) && this.#found !== null) return;
    this.stop();
    this.#place = place;
    this.#preset = preset;
    this.#found = null;
    this.#report = null;
    if (this.obstacle(this.#template) !== null) this.#template = 'everyday';
    // The doctor's gentle tries come after the look, so that this one sees the bucket as it was.
    if (await this.look()) await this.examine();
  }

  /** True: what lies there is known. */
  async look(): Promise<boolean> {
    const place = this.#place;
    if (place === null) return false;
    const look = newLook();
    this.#look = look;
    this.#isLooking = true;
    this.#found = null;
    this.#lookFailure = null;
    const answer = await this.#bridge.call('folder.look', { ...place, look });
    if (this.#look !== look) return false;
    this.#look = null;
    this.#isLooking = false;
    if (answer.ok) this.#found = answer.value;
    else this.#lookFailure = answer.failure;
    return answer.ok;
  }

  /** The doctor's look, for the policy that is chosen. */
  async examine(): Promise<void> {
    const place = this.#place;
    const policy = this.policy;
    if (place === null || policy === null) return;
    this.#endVisit();
    const look = newLook();
    this.#visit = look;
    this.#isExamining = true;
    this.#reportFailure = null;
    const answer = await this.#bridge.call('doctor.lookAt', { ...place, deletes: this.deletes, policy, look });
    if (this.#visit !== look) return;
    this.#visit = null;
    this.#isExamining = false;
    if (answer.ok) this.#report = answer.value;
    else this.#reportFailure = answer.failure;
  }

  choose(template: TemplateId): void {
    if (template === this.#template || this.obstacle(template) !== null) return;
    this.#template = template;
    if (this.#place !== null) void this.examine();
  }

  /** The text of a policy; it is judged once it rests. */
  typeOwn(text: string): void {
    this.#ownText = text;
    this.#own = null;
    this.#ownFailure = null;
    clearTimeout(this.#timer);
    this.#text += 1;
    if (text.trim() === '') return;
    this.#timer = setTimeout(() => {
      void this.#judge(text, this.#text);
    }, TYPING_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    if (this.#look !== null) void this.#bridge.call('folder.endLook', { look: this.#look });
    this.#look = null;
    this.#isLooking = false;
    this.#endVisit();
  }

  #endVisit(): void {
    if (this.#visit !== null) void this.#bridge.call('folder.endLook', { look: this.#visit });
    this.#visit = null;
    this.#isExamining = false;
  }

  async #judge(text: string, turn: number): Promise<void> {
    const answer = await this.#bridge.call('policy.parse', { text });
    if (turn !== this.#text) return;
    if (!answer.ok) {
      this.#ownFailure = answer.failure;
      return;
    }
    this.#own = answer.value;
    this.#onOwn();
    if (this.#template === 'own' && this.#place !== null) void this.examine();
  }
}
