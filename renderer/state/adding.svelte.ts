/**
 * The five steps of adding a folder, put together. In: what a person chooses. Out: the step that is shown, what stands
 * against it, the folder; and nothing left behind that was not wanted.
 */
import type { PlannedCost } from '../../main/contract/begin.ts';
import type { Failure } from '../../main/contract/errors.ts';
import type { AttachedFolder, Connection, Folder } from '../../main/contract/models.ts';
import type { Result } from '../../main/contract/result.ts';
import { TEMPLATES, type TemplateId } from '../../main/contract/templates.ts';
import type { Bridge } from '../bridge.ts';
import { How, type Place } from './adding/how.svelte.ts';
import { prefixFor } from './adding/prefix.ts';
import { Where } from './adding/where.svelte.ts';
import { WhichBucket } from './adding/which-bucket.svelte.ts';
import { WhichFolder } from './adding/which-folder.svelte.ts';
import { Who } from './adding/who.svelte.ts';

export const STEPS = ['where', 'who', 'bucket', 'folder', 'how'] as const;
export type Step = (typeof STEPS)[number];

/** How the steps are begun: with the practice bucket, with a folder that was dropped, or with nothing. */
export interface Beginning {
  readonly isPractice: boolean;
  readonly path: string | null;
}

/** A connection that was made on the way, and what of it has to go where it is not used. */
interface Made {
  readonly connection: Connection;
  /** What was chosen for it: the same again needs no other one. */
  readonly wanted: string;
}

export class Adding {
  readonly #bridge: Bridge;
  readonly where = new Where();
  readonly who: Who;
  readonly bucket: WhichBucket;
  readonly how: How;
  readonly folder: WhichFolder;
  #step = $state<Step>('where');
  #connection = $state.raw<Connection | null>(null);
  #made = $state.raw<Made | null>(null);
  #isBusy = $state(false);
  #failure = $state.raw<Failure | null>(null);
  #isEnded = false;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    this.who = new Who(bridge);
    this.bucket = new WhichBucket(bridge);
    this.how = new How(bridge, () => {
      this.folder.countAgain();
    });
    this.folder = new WhichFolder(bridge, () => this.how.policies);
  }

  get step(): Step {
    return this.#step;
  }
  /** The connection that will be used; null: it is not made yet, or another store or way in was chosen since. */
  get connection(): Connection | null {
    const { choice } = this.where;
    const known = this.#connection;
    if (known === null || choice === null) return null;
    if (choice.kind === 'practice') return known.credentials.kind === 'practice' ? known : null;
    if (choice.kind === 'connection') return known.name === choice.name ? known : null;
    return this.#made?.wanted === this.#wanted ? known : null;
  }
  get isPractice(): boolean {
    return this.where.isPractice;
  }
  get isBusy(): boolean {
    return this.#isBusy;
  }
  /** What stands against the step that is shown. */
  get failure(): Failure | null {
    const own: Readonly<Record<Step, Failure | null>> = {
      where: null,
      who: this.who.failure,
      bucket: this.bucket.failure,
      folder: this.folder.failure,
      how: this.how.lookFailure,
    };
    return this.#failure ?? own[this.#step];
  }
  /** Where in the bucket the files will lie. */
  get prefix(): string {
    return prefixFor(this.bucket.prefix, this.folder.path);
  }
  /** A connection that was made here, that nothing uses, and that a person may want all the same. */
  get leftover(): Connection | null {
    const made = this.#made?.connection ?? null;
    return made === null || made.credentials.kind === 'practice' ? null : made;
  }
  get canGoOn(): boolean {
    if (this.#isBusy) return false;
    if (this.#step === 'how') return this.how.canStart && this.place !== null;
    // Keys that were handed over are not asked for again.
    if (this.#step === 'who' && this.isSettled('who')) return true;
    return this[this.#step].canGoOn;
  }
  /** Whether a step has what it needs, so that a person may go to it and beyond it. */
  isSettled(step: Step): boolean {
    switch (step) {
      case 'where':
        return this.connection !== null || (this.where.choice?.kind === 'new' && this.#step !== 'where');
      case 'who':
        return this.connection !== null;
      case 'bucket':
        return this.connection !== null && this.bucket.isReady;
      case 'folder':
        return this.folder.isReady;
      case 'how':
        return false;
    }
  }
  /** Where the files will lie, once all of it is known. */
  get place(): Place | null {
    const { prefix, connection } = this;
    if (connection === null || !this.bucket.isReady || !this.folder.canGoOn) return null;
    const bucket = this.bucket.name.trim();
    return { path: this.folder.path.trim(), connection: connection.name, bucket, prefix };
  }

  /** What the files would cost under a template; null: not known, of this store, or not yet. */
  costOf(template: TemplateId): PlannedCost | null {
    const { measured } = this.folder;
    // The built-in table holds Amazon's prices, and those of nobody else.
    if (measured?.prices == null || (this.where.preset?.id !== 'aws' && !measured.prices.isOwn)) return null;
    return measured.costs[TEMPLATES.indexOf(template)] ?? null;
  }

  /** Reads the connections. With `isPractice` the first three steps are taken at once. */
  async begin({ isPractice, path }: Beginning): Promise<void> {
    if (path !== null) this.drop(path);
    const answer = await this.#bridge.call('connection.list', {});
    if (answer.ok) this.where.know(answer.value);
    else this.#failure = answer.failure;
    if (isPractice) {
      this.where.choose({ kind: 'practice' });
      await this.#take(async () => {
        await this.#connect();
        if (this.#step === 'bucket' && (await this.bucket.settle())) this.#step = 'folder';
      });
      return;
    }
    const [only] = this.where.connections;
    if (this.where.choice !== null) return;
    this.where.choose(only === undefined ? { kind: 'practice' } : { kind: 'connection', name: only.name });
  }

  /** A folder came onto the window: its step is shown, whatever is still to be chosen. */
  drop(path: string): void {
    this.#failure = null;
    this.folder.take(path);
    if (!this.#isBusy) this.#step = 'folder';
  }

  /** The step before; a connection that is there needs none to sign in. */
  goBack(): void {
    this.#failure = null;
    const at = STEPS.indexOf(this.#step);
    const before = STEPS[at - 1];
    if (before === undefined || this.#isBusy) return;
    const isSkipped = before === 'who' ? this.where.choice?.kind !== 'new' : this.connection === null;
    this.#step = isSkipped ? 'where' : before;
  }
  /** Goes to a step that has what it needs. */
  goTo(step: Step): void {
    if (!this.canGoTo(step)) return;
    this.#failure = null;
    this.#step = step;
  }
  canGoTo(step: Step): boolean {
    if (this.#isBusy || step === this.#step || step === 'how') return false;
    if (step === 'where') return true;
    if (step === 'folder') return this.folder.isReady;
    if (step === 'who') return this.where.choice?.kind === 'new' && this.connection !== null;
    return this.connection !== null;
  }

  /** Takes the step that is shown. After the last one answers the folder, else null. */
  async goOn(): Promise<Folder | null> {
    if (!this.canGoOn) return null;
    let added: Folder | null = null;
    await this.#take(async () => {
      switch (this.#step) {
        case 'where':
          await this.#connect();
          return;
        case 'who':
          await this.#signIn();
          return;
        case 'bucket':
          if (await this.bucket.settle()) this.#goForward('folder');
          return;
        case 'folder':
          if (await this.folder.settle()) this.#goForward('how');
          return;
        case 'how':
          added = await this.#add();
      }
    });
    return added;
  }

  /** The place in the bucket is known, so it can be browsed without a folder. */
  get canAttach(): boolean {
    return !this.#isBusy && this.connection !== null && this.bucket.isReady;
  }

  /** Ends the steps without a folder on this computer: what the bucket has is browsed and restored from. */
  async attach(): Promise<AttachedFolder | null> {
    const { connection } = this;
    if (!this.canAttach || connection === null) return null;
    let attached: AttachedFolder | null = null;
    await this.#take(async () => {
      const [bucket, prefix] = [this.bucket.name.trim(), prefixFor(this.bucket.prefix, '')];
      const answer = await this.#bridge.call('folder.attach', { connection: connection.name, bucket, prefix });
      if (answer.ok) {
        this.#made = null;
        attached = answer.value;
      } else this.#failure = answer.failure;
    });
    return attached;
  }

  /** The steps are left. `keep`: a connection that was made here stays. Nothing else is left behind. */
  async end(keep = false): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.who.clear();
    this.bucket.stop();
    this.folder.stop();
    this.how.stop();
    if (keep) this.#made = null;
    await this.#unmake();
  }

  async #take(work: () => Promise<void>): Promise<void> {
    this.#isBusy = true;
    this.#failure = null;
    try {
      await work();
    } finally {
      this.#isBusy = false;
    }
  }

  /** To a step, or to the first one before it that still lacks something; a folder that is known is not asked for again. */
  #goForward(wanted: 'folder' | 'how'): void {
    const step = wanted === 'folder' && this.folder.isReady ? 'how' : wanted;
    const before = STEPS.slice(0, STEPS.indexOf(step));
    this.#step = before.find((one) => !this.isSettled(one)) ?? step;
    const place = this.place;
    const preset = this.where.preset;
    if (this.#step !== 'how' || place === null || preset === null) return;
    void this.how.open(place, preset, this.bucket.versioning === 'enabled');
  }

  /** Takes the store that was chosen; a new one is made once it is known how to sign in. */
  async #connect(): Promise<void> {
    const choice = this.where.choice;
    if (choice === null) return;
    if (choice.kind === 'new') {
      if (this.#made === null || this.#made.wanted !== this.#wanted) this.#connection = null;
      this.#step = 'who';
      await this.who.open();
      return;
    }
    await this.#unmake();
    if (choice.kind === 'connection') this.#connection = this.where.connection;
    else await this.#practise();
    if (this.#connection !== null) await this.#list(this.#connection);
  }

  async #practise(): Promise<void> {
    const answer = await this.#bridge.call('connection.practice', {});
    if (!answer.ok) {
      this.#failure = answer.failure;
      return;
    }
    const isNew = !this.where.names.includes(answer.value.name);
    this.#connection = answer.value;
    if (isNew) this.#made = { connection: answer.value, wanted: 'practice' };
  }

  get #wanted(): string {
    return JSON.stringify([this.where.address, this.who.source, this.who.name]);
  }

  /** Makes the connection, and holds that the store answers. Where it does not, nothing of it stays. */
  async #signIn(): Promise<void> {
    const isTyped = this.who.choice?.kind === 'keys' && this.who.secretAccessKey !== '';
    const wanted = this.#wanted;
    if (this.#made !== null && this.#made.wanted === wanted && !isTyped) {
      await this.#list(this.#made.connection);
      return;
    }
    await this.#unmake();
    const name = this.who.name.trim() || this.where.freeName;
    const source = this.who.source;
    const added = await this.#bridge.call('connection.add', { name, ...this.where.address, credentials: source });
    if (!added.ok) {
      this.#failure = added.failure;
      return;
    }
    this.#made = { connection: added.value, wanted };
    const refused = await this.who.handOver(name);
    const tested = refused ?? (await this.#test(added.value));
    if (tested === null) return;
    this.#failure = tested;
    await this.#unmake();
  }

  /** Null: the store answered, and its buckets are shown. */
  async #test(connection: Connection): Promise<Failure | null> {
    const answer = await this.#bridge.call('connection.test', { connection: connection.name });
    if (!answer.ok) return answer.failure;
    this.#connection = connection;
    this.bucket.open(connection.name, answer.value.buckets, null);
    this.#step = 'bucket';
    return null;
  }

  async #list(connection: Connection): Promise<void> {
    const buckets: Result<readonly string[]> = await this.#bridge.call('connection.buckets', {
      connection: connection.name,
    });
    // Many keys may use a bucket and not list all: a person can still type its name.
    this.#connection = connection;
    this.bucket.open(connection.name, buckets.ok ? buckets.value : null, buckets.ok ? null : buckets.failure);
    this.#step = 'bucket';
  }

  /** Removes a connection that was made here and that nothing uses, with its keys. */
  async #unmake(): Promise<void> {
    const made = this.#made;
    if (made === null) return;
    this.#made = null;
    if (this.#connection === made.connection) this.#connection = null;
    const { name, credentials } = made.connection;
    await this.#bridge.call('connection.remove', { connection: name });
    if (credentials.kind === 'app' || credentials.kind === 'ask') await this.#bridge.call('app.forgetKeys', { name });
  }

  async #add(): Promise<Folder | null> {
    const place = this.place;
    const policy = this.how.policy;
    if (place === null || policy === null) return null;
    const answer = await this.#bridge.call('folder.add', {
      ...place,
      deletes: this.how.deletes,
      ...(Object.keys(policy).length === 0 ? {} : { policy }),
      ...(this.how.adopts ? { adopt: true } : {}),
    });
    if (answer.ok) {
      this.#made = null;
      return answer.value;
    }
    this.#failure = answer.failure;
    // Somebody has put something there since it was looked at: it is shown before anything begins.
    if (answer.failure.code === 'prefix-not-empty') await this.how.look();
    return null;
  }
}
