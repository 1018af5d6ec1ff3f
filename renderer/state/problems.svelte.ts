/** What needs attention. In: the status, and the parked part of the queue where there is one. Out: causes. */
import type { Failure } from '../../main/contract/errors.ts';
import type { BrakeReport, QueueEntry } from '../../main/contract/models.ts';
import type { Bridge } from '../bridge.ts';
import { causesOf, type Cause, type Remedy } from './causes.ts';
import { pulse, type Visibility } from './pulse.ts';
import type { Status } from './status.svelte.ts';
import { TypedKeys } from './typed-keys.svelte.ts';

const REFRESH_EVERY_MS = 1000;

export class Problems {
  readonly #bridge: Bridge;
  readonly #status: Status;
  readonly #visibility: Visibility;
  #parked = $state.raw<readonly QueueEntry[]>([]);
  #failure = $state.raw<Failure | null>(null);
  #asked = $state.raw<TypedKeys | null>(null);

  constructor(bridge: Bridge, status: Status, visibility: Visibility) {
    this.#bridge = bridge;
    this.#status = status;
    this.#visibility = visibility;
  }

  readonly causes: readonly Cause[] = $derived.by(() => causesOf(this.#status.snapshot, this.#parked));
  /** Why the last remedy did not work. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** Must be called where effects may be made. Answers the way to stop. */
  start(): () => void {
    const refresh = pulse(() => this.#read(), REFRESH_EVERY_MS, this.#visibility);
    const stopWatching = $effect.root(() => {
      const counts = $derived(
        (this.#status.snapshot?.folders ?? []).map((folder) => `${folder.folder}:${String(folder.parked)}`).join('\n'),
      );
      $effect(() => {
        if (counts !== '') refresh.request();
      });
    });
    return () => {
      stopWatching();
      refresh.stop();
    };
  }

  /** Sends what this cause holds up back to the queue. */
  async retry(cause: Cause): Promise<void> {
    await this.#each(cause, (folder) => this.#bridge.call('queue.retry', { folder }));
  }
  /** The deletes that a cause holds back, folder by folder, with the first of their names. */
  async waitingDeletes(cause: Cause): Promise<readonly BrakeReport[]> {
    const answers = await Promise.all(cause.folders.map((folder) => this.#bridge.call('brake.show', { folder })));
    this.#failure = answers.find((answer) => !answer.ok)?.failure ?? null;
    return answers.flatMap((answer) => (answer.ok && answer.value.deletes > 0 ? [answer.value] : []));
  }
  /** What waits is sent, or stays in the bucket; with `release` a notice of much that was replaced goes as well. */
  async decide(cause: Cause, decision: 'release' | 'discard'): Promise<void> {
    await this.#each(cause, (folder) => this.#bridge.call('brake.decide', { folder, decision }));
  }
  /** Deletes that had stopped go on, or from here on nothing is deleted in the bucket. */
  async setDeletes(cause: Cause, deletes: 'mark' | 'keep'): Promise<void> {
    await this.#each(cause, (folder) => this.#bridge.call('folder.deletes', { folder, deletes }));
  }
  /** Does what a person pressed; false: it is no change, but a place to go to. */
  async apply(remedy: Remedy, cause: Cause): Promise<boolean> {
    switch (remedy) {
      case 'retry':
        await this.retry(cause);
        return true;
      case 'scan':
        await this.scan(cause);
        return true;
      case 'release':
      case 'seen':
        await this.decide(cause, 'release');
        return true;
      case 'discard':
        await this.decide(cause, 'discard');
        return true;
      case 'mark':
      case 'keep':
        await this.setDeletes(cause, remedy);
        return true;
      case 'signIn':
        await this.signIn(cause);
        return true;
      case 'keys':
        this.askKeys(cause);
        return true;
      case 'look':
        return false;
    }
  }
  /** The question for keys that is open; it outlives its cause, which changes with the store's answer. */
  get asked(): TypedKeys | null {
    return this.#asked;
  }
  askKeys({ connection }: Cause): void {
    if (connection !== null) this.#asked = new TypedKeys(connection, this.#bridge);
  }
  endAsking(): void {
    this.#asked = null;
  }
  /** A person has signed in elsewhere: the store is asked at once. */
  async signIn({ connection }: Cause): Promise<void> {
    if (connection === null) return;
    const tested = await this.#bridge.call('connection.test', { connection });
    this.#failure = tested.ok ? null : tested.failure;
  }
  /** Looks at the folders of this cause again. */
  async scan(cause: Cause): Promise<void> {
    await this.#each(cause, (folder) => this.#bridge.call('folder.scan', { folder }));
  }

  async #each(
    cause: Cause,
    act: (folder: string) => Promise<{ readonly ok: true } | { readonly ok: false; readonly failure: Failure }>,
  ): Promise<void> {
    const answers = await Promise.all(cause.folders.map(act));
    const refused = answers.find((answer) => !answer.ok);
    this.#failure = refused?.failure ?? null;
  }

  async #read(): Promise<void> {
    const hasParked = (this.#status.snapshot?.folders ?? []).some((folder) => folder.parked > 0);
    if (!hasParked) {
      this.#parked = [];
      return;
    }
    const answer = await this.#bridge.call('queue.list', {});
    if (answer.ok) this.#parked = answer.value.filter((entry) => entry.state === 'parked');
  }
}
