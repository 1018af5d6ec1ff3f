/** The three steps of adding a folder. In: what the person chooses. Out: the choices, what stands against them, the folder. */
import type { CallInput } from '../../main/contract/calls.ts';
import type { Failure } from '../../main/contract/errors.ts';
import type { Connection, Folder, FolderMatch } from '../../main/contract/models.ts';
import type { Bridge } from '../bridge.ts';

export type Step = 1 | 2 | 3;
/** A connection by name, or the practice bucket, which is made when it is first chosen. */
export type Choice = { readonly kind: 'practice' } | { readonly kind: 'connection'; readonly name: string };

/** What lies already where the files are to be kept, and for which choices that was found out. */
interface Found {
  readonly place: string;
  readonly match: FolderMatch;
}

/** The last part of a path of any system. */
export function lastPart(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== '') ?? '';
}

/** What is sent for a typed prefix: left empty it is the folder's name, a lone `/` is the bucket's root. */
export function prefixFor(typed: string, path: string): string {
  const trimmed = typed.trim().replace(/^\/+/, '');
  if (trimmed !== '') return trimmed.endsWith('/') ? trimmed : `${trimmed}/`;
  if (typed.trim() !== '') return '';
  const name = lastPart(path);
  return name === '' ? '' : `${name}/`;
}

export class Adding {
  readonly #bridge: Bridge;
  #step = $state<Step>(1);
  #connections = $state.raw<readonly Connection[] | null>(null);
  #choice = $state.raw<Choice | null>(null);
  #connection = $state.raw<Connection | null>(null);
  #buckets = $state.raw<readonly string[] | null>(null);
  #isBusy = $state(false);
  #failure = $state.raw<Failure | null>(null);
  #bucketsFailure = $state.raw<Failure | null>(null);
  #found = $state.raw<Found | null>(null);
  #look: string | null = null;
  bucket = $state('');
  prefix = $state('');
  path = $state('');

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  get step(): Step {
    return this.#step;
  }
  /** Without the practice connection, which is a choice of its own. Null until known. */
  get connections(): readonly Connection[] | null {
    return this.#connections?.filter((connection) => connection.credentials.kind !== 'practice') ?? null;
  }
  get choice(): Choice | null {
    return this.#choice;
  }
  get connection(): Connection | null {
    return this.#connection;
  }
  get isPractice(): boolean {
    return this.#choice?.kind === 'practice';
  }
  /** Null: not known (yet, or since the store does not list them). */
  get buckets(): readonly string[] | null {
    return this.#buckets;
  }
  get bucketsFailure(): Failure | null {
    return this.#bucketsFailure;
  }
  get isBusy(): boolean {
    return this.#isBusy;
  }
  /** What stands against the step that is shown. */
  get failure(): Failure | null {
    return this.#failure;
  }
  /** Where in the bucket the files will lie. */
  get wholePrefix(): string {
    return prefixFor(this.prefix, this.path);
  }
  /** What lies there already; null: nothing, or nobody has looked for these choices. */
  get found(): FolderMatch | null {
    return this.#found?.place === this.#place ? this.#found.match : null;
  }
  get #place(): string {
    return JSON.stringify([this.#connection?.name, this.bucket.trim(), this.wholePrefix, this.path.trim()]);
  }
  get canGoOn(): boolean {
    if (this.#isBusy) return false;
    if (this.#step === 1) return this.#choice !== null;
    return this.#step === 2 ? this.bucket.trim() !== '' : this.path.trim() !== '';
  }

  /** Reads the connections. With `isPractice` the first two steps are taken at once. */
  async begin(isPractice: boolean): Promise<void> {
    const answer = await this.#bridge.call('connection.list', {});
    if (answer.ok) this.#connections = answer.value;
    else this.#failure = answer.failure;
    if (isPractice) {
      this.choose({ kind: 'practice' });
      await this.goOn();
      if (this.#step === 2 && this.bucket !== '') this.#step = 3;
      return;
    }
    const only = this.connections?.[0];
    if (this.#choice === null && only !== undefined) this.choose({ kind: 'connection', name: only.name });
  }

  choose(choice: Choice): void {
    const isSame =
      choice.kind === this.#choice?.kind &&
      (choice.kind === 'practice' || (this.#choice.kind === 'connection' && choice.name === this.#choice.name));
    if (isSame) return;
    this.#choice = choice;
    this.#connection = null;
    this.#buckets = null;
    this.#failure = null;
    this.bucket = '';
  }

  goBack(): void {
    this.#failure = null;
    if (this.#step > 1) this.#step = this.#step === 3 ? 2 : 1;
  }
  /** Goes back to a step that was taken. */
  goTo(step: Step): void {
    if (step < this.#step && !this.#isBusy) {
      this.#failure = null;
      this.#step = step;
    }
  }

  /** Takes the step that is shown. After the last one answers the folder, else null. */
  async goOn(): Promise<Folder | null> {
    if (!this.canGoOn) return null;
    this.#isBusy = true;
    this.#failure = null;
    try {
      if (this.#step === 1) await this.#connect();
      else if (this.#step === 2) this.#step = 3;
      else return await this.#add();
      return null;
    } finally {
      this.#isBusy = false;
    }
  }

  async pick(): Promise<void> {
    const answer = await this.#bridge.call('app.pickFolder', {});
    if (!answer.ok) this.#failure = answer.failure;
    else if (answer.value !== null) this.path = answer.value;
  }

  async #connect(): Promise<void> {
    const choice = this.#choice;
    if (choice === null) return;
    if (choice.kind === 'practice') {
      const answer = await this.#bridge.call('connection.practice', {});
      if (!answer.ok) {
        this.#failure = answer.failure;
        return;
      }
      this.#connection = answer.value;
    } else {
      this.#connection = this.#connections?.find((connection) => connection.name === choice.name) ?? null;
    }
    const connection = this.#connection;
    if (connection === null) return;
    const buckets = await this.#bridge.call('connection.buckets', { connection: connection.name });
    // Many keys may use a bucket and not list all: a person can still type its name.
    this.#buckets = buckets.ok ? buckets.value : null;
    this.#bucketsFailure = buckets.ok ? null : buckets.failure;
    if (this.bucket === '') this.bucket = this.#buckets?.[0] ?? '';
    this.#step = 2;
  }

  /** Ends a look that is under way, since nobody waits for it any more. */
  endLook(): void {
    const look = this.#look;
    if (look !== null) void this.#bridge.call('folder.endLook', { look });
  }

  /** Looks first; where something lies there, it is shown, and the next time it is taken on. */
  async #add(): Promise<Folder | null> {
    const connection = this.#connection;
    if (connection === null) return null;
    const place = {
      path: this.path.trim(),
      connection: connection.name,
      bucket: this.bucket.trim(),
      prefix: this.wholePrefix,
    };
    const isShown = this.found !== null;
    if (!isShown && !(await this.#isFree(place))) return null;
    const answer = await this.#bridge.call('folder.add', isShown ? { ...place, adopt: true } : place);
    if (answer.ok) return answer.value;
    this.#failure = answer.failure;
    return null;
  }

  async #isFree(place: Omit<CallInput<'folder.look'>, 'look'>): Promise<boolean> {
    const chosen = this.#place;
    const look = String(Math.random()).slice(2);
    this.#look = look;
    const answer = await this.#bridge.call('folder.look', { ...place, look });
    this.#look = null;
    if (!answer.ok) {
      this.#failure = answer.failure;
      return false;
    }
    if (answer.value.versions === 0) return true;
    this.#found = { place: chosen, match: answer.value };
    return false;
  }
}
