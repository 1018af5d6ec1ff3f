/**
 * The third step: a bucket of a connection. In: its list where it may be had, and what a person chooses, types or has made.
 * Out: a bucket that answered, whether it keeps versions, and where in it the files will lie.
 */
import { bucketNameProblem, type BucketNameProblem } from '../../../main/contract/bucket-name.ts';
import type { Failure } from '../../../main/contract/errors.ts';
import type { Bridge } from '../../bridge.ts';

export type Versioning = 'enabled' | 'suspended' | 'off';

/** A bucket of the list; one whose name is typed; one that is to be made. */
export type BucketMode = 'listed' | 'typed' | 'new';

/** What a look at one bucket told. */
interface Checked {
  readonly connection: string;
  readonly bucket: string;
  readonly versioning: Versioning;
}

/** A name that is typed is looked at once it rests for so long, milliseconds. */
export const TYPING_MS = 500;

export class WhichBucket {
  readonly #bridge: Bridge;
  #connection = $state<string | null>(null);
  #buckets = $state.raw<readonly string[] | null>(null);
  #listFailure = $state.raw<Failure | null>(null);
  #mode = $state<BucketMode>('listed');
  #name = $state('');
  #checked = $state.raw<Checked | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #made = $state.raw<readonly string[]>([]);
  #isChecking = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;
  keepsVersions = $state(true);
  prefix = $state('');

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Null: not known (yet, or since the store does not list them). */
  get buckets(): readonly string[] | null {
    return this.#buckets;
  }
  get listFailure(): Failure | null {
    return this.#listFailure;
  }
  get mode(): BucketMode {
    return this.#mode;
  }
  get name(): string {
    return this.#name;
  }
  get isChecking(): boolean {
    return this.#isChecking;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  /** Buckets that were made on the way. They stay, whatever becomes of the rest. */
  get made(): readonly string[] {
    return this.#made;
  }
  /** Of the bucket that stands there; null: it has not been asked. */
  get versioning(): Versioning | null {
    return this.isReady ? (this.#checked?.versioning ?? null) : null;
  }
  /** What stands against the name of a bucket that is to be made; null also while nothing is typed. */
  get problem(): BucketNameProblem | null {
    return this.#mode === 'new' && this.#name !== '' ? bucketNameProblem(this.#name) : null;
  }
  get canGoOn(): boolean {
    return this.#name.trim() !== '' && this.problem === null;
  }
  /** The bucket that stands there has answered. */
  get isReady(): boolean {
    const checked = this.#checked;
    return checked !== null && checked.connection === this.#connection && checked.bucket === this.#name.trim();
  }

  /** Begins anew with another connection, where it is another one. */
  open(connection: string, buckets: readonly string[] | null, listFailure: Failure | null): void {
    this.#listFailure = listFailure;
    const isSame = this.#connection === connection;
    this.#buckets = buckets;
    if (isSame && this.#name !== '') return;
    this.#connection = connection;
    this.#failure = null;
    this.#made = [];
    const first = buckets?.[0];
    this.#mode = first === undefined ? (buckets === null ? 'typed' : 'new') : 'listed';
    this.#name = first ?? '';
    this.#checked = null;
    if (first !== undefined) this.#lookSoon(0);
  }

  choose(bucket: string): void {
    this.#mode = 'listed';
    this.#set(bucket, 0);
  }
  /** Another way to name one; what was chosen by the former is left. */
  setMode(mode: BucketMode): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#set('', null);
  }
  type(name: string): void {
    this.#set(name, this.#mode === 'new' ? null : TYPING_MS);
  }

  /** Makes the bucket where it is to be made, and asks it where it was not asked. True: it stands and answers. */
  async settle(): Promise<boolean> {
    clearTimeout(this.#timer);
    if (this.#mode === 'new' && !(await this.#make())) return false;
    if (!this.isReady) await this.#check();
    return this.isReady;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#turn += 1;
  }

  #set(name: string, waitMs: number | null): void {
    this.#name = name;
    this.#failure = null;
    if (waitMs === null) this.stop();
    else this.#lookSoon(waitMs);
  }

  #lookSoon(waitMs: number): void {
    clearTimeout(this.#timer);
    this.#turn += 1;
    if (this.#name.trim() === '' || this.isReady) return;
    this.#timer = setTimeout(() => {
      void this.#check();
    }, waitMs);
  }

  async #check(): Promise<void> {
    const connection = this.#connection;
    const bucket = this.#name.trim();
    if (connection === null || bucket === '') return;
    const turn = (this.#turn += 1);
    this.#isChecking = true;
    const answer = await this.#bridge.call('connection.test', { connection, bucket });
    // Another name was typed meanwhile: this answer is about none that stands there.
    if (turn !== this.#turn) return;
    this.#isChecking = false;
    this.#failure = answer.ok ? null : answer.failure;
    if (!answer.ok || answer.value.bucket === null) return;
    this.#checked = { connection, bucket, versioning: answer.value.bucket.versioning };
  }

  async #make(): Promise<boolean> {
    const connection = this.#connection;
    const bucket = this.#name;
    if (connection === null || !this.canGoOn) return false;
    this.#failure = null;
    const input = { connection, bucket, versioning: this.keepsVersions };
    const answer = await this.#bridge.call('connection.createBucket', input);
    if (!answer.ok) {
      this.#failure = answer.failure;
      return false;
    }
    this.#made = [...this.#made, bucket];
    this.#buckets = [...(this.#buckets ?? []), bucket].sort();
    this.#mode = 'listed';
    const [problem] = answer.value.problems;
    // It is there, and not as it was wanted: a person should see that before going on.
    if (problem !== undefined) {
      this.#failure = problem;
      this.#lookSoon(0);
      return false;
    }
    return true;
  }
}
