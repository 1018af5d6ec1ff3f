/** The ring of customer keys. In: a person's wishes. Out: its entries, and what became of the last wish. No key comes here. */
import type { CallInput, CallOutput } from '../../main/contract/calls.ts';
import type { SecretStore } from '../../main/contract/credential-calls.ts';
import type { Failure } from '../../main/contract/errors.ts';
import { typedKeySchema, type KeyUse, type ringCalls, type RingEntry } from '../../main/contract/key-ring.ts';
import type { Bridge } from '../bridge.ts';

type Wish = Exclude<keyof typeof ringCalls, 'app.keyRing'>;

/** A key that was not forgotten, and what would be lost with it. */
export interface NeededKey {
  readonly name: string;
  readonly use: KeyUse;
}

export class KeyRing {
  readonly #bridge: Bridge;
  #keys = $state.raw<readonly RingEntry[] | null>(null);
  #unreadable = $state(0);
  #keychain = $state<SecretStore['state'] | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #exportedTo = $state<string | null>(null);
  #uses = $state.raw<ReadonlyMap<string, KeyUse>>(new Map());
  #needed = $state.raw<NeededKey | null>(null);
  #isBusy = $state(false);

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** By name; null until they were read. */
  get keys(): readonly RingEntry[] | null {
    return this.#keys;
  }
  /** Keys that the keychain does not give out. */
  get unreadable(): number {
    return this.#unreadable;
  }
  /** Whether this computer can keep keys; null until that is known. */
  get keychain(): SecretStore['state'] | null {
    return this.#keychain;
  }
  /** Why the last wish was not granted. */
  get failure(): Failure | null {
    return this.#failure;
  }
  /** Where the last recovery copy was written. */
  get exportedTo(): string | null {
    return this.#exportedTo;
  }
  /** The key that was to be forgotten, and is needed. */
  get needed(): NeededKey | null {
    return this.#needed;
  }
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Whether the recovery copy has still to be written, or to be confirmed; until then no policy may name the key. */
  static nextStep({ origin, exportedAt, confirmedAt }: RingEntry): 'export' | 'confirm' | null {
    if (confirmedAt !== null) return null;
    return exportedAt === null && origin === 'made' ? 'export' : 'confirm';
  }

  /** Whether what was typed is a key of 32 bytes; blanks and ends of lines, which a paste may bring, do not count. */
  static isKey(typed: string): boolean {
    return typedKeySchema.safeParse(withoutBlanks(typed)).success;
  }

  /** Who needs a key, as it was counted last; null: not yet. */
  useOf(name: string): KeyUse | null {
    return this.#uses.get(name) ?? null;
  }

  async load(): Promise<void> {
    const [ring, store] = await Promise.all([
      this.#bridge.call('app.keyRing', {}),
      this.#bridge.call('app.secretStore', {}),
    ]);
    if (store.ok) this.#keychain = store.value.state;
    if (!ring.ok) {
      this.#failure = ring.failure;
      return;
    }
    this.#keys = ring.value.keys;
    this.#unreadable = ring.value.unreadable;
  }

  /** Each answers whether it was done; a dialog that was put away is no failure. */
  async make(name: string): Promise<boolean> {
    const isDone = await this.#wish('app.makeRingKey', { name: name.trim() });
    // It may have been made all the same, and only its copy not written.
    if (!isDone) await this.load();
    return isDone;
  }
  /** @param key as it was typed; the caller forgets it before this answers. */
  type(name: string, key: string): Promise<boolean> {
    return this.#wish('app.typeRingKey', { name: name.trim(), key: withoutBlanks(key) });
  }
  import(name: string): Promise<boolean> {
    return this.#wish('app.importRingKey', { name: name.trim() });
  }
  export(name: string): Promise<boolean> {
    return this.#wish('app.exportRingKey', { name }, (done) => {
      this.#exportedTo = done.path;
    });
  }
  confirm(name: string): Promise<boolean> {
    return this.#wish('app.confirmRingKey', { name });
  }
  /** Looks first who needs the key; where somebody does, nothing is asked of the app, and `needed` says what would be lost. */
  async forget(key: Pick<RingEntry, 'name' | 'md5'>): Promise<boolean> {
    const use = await this.count(key);
    if (use === null) return false;
    if (use.folders.length > 0 || use.receipts > 0) {
      this.#needed = { name: key.name, use };
      return false;
    }
    return this.#wish('app.forgetRingKey', { name: key.name });
  }

  /** Looks through all that was ever stored, so it is done only where a person asks. */
  async count({ name, md5 }: Pick<RingEntry, 'name' | 'md5'>): Promise<KeyUse | null> {
    if (this.#isBusy) return null;
    this.#isBusy = true;
    try {
      const answer = await this.#bridge.call('encryption.keyUse', { name, md5 });
      this.#failure = answer.ok ? null : answer.failure;
      if (!answer.ok) return null;
      this.#uses = new Map(this.#uses).set(name, answer.value);
      return answer.value;
    } finally {
      this.#isBusy = false;
    }
  }

  /** A person has read it. */
  dismiss(): void {
    this.#needed = null;
    this.#failure = null;
  }

  async #wish<Name extends Wish>(
    name: Name,
    input: CallInput<Name>,
    then?: (done: NonNullable<CallOutput<Name>>) => void,
  ): Promise<boolean> {
    if (this.#isBusy) return false;
    this.#isBusy = true;
    try {
      const answer = await this.#bridge.call(name, input);
      this.#failure = answer.ok ? null : answer.failure;
      if (!answer.ok || answer.value === null) return false;
      then?.(answer.value as NonNullable<CallOutput<Name>>);
      await this.load();
      return true;
    } finally {
      this.#isBusy = false;
    }
  }
}

const withoutBlanks = (typed: string): string => typed.replaceAll(/\s/g, '');
