/** The ring of customer keys. In: a person's wishes. Out: its entries, and what became of the last wish. No key comes here. */
import type { CallInput, CallOutput } from '../../main/contract/calls.ts';
import type { Failure } from '../../main/contract/errors.ts';
import type { ringCalls, RingEntry } from '../../main/contract/key-ring.ts';
import type { Bridge } from '../bridge.ts';

type Wish = Exclude<keyof typeof ringCalls, 'app.keyRing'>;

export class KeyRing {
  readonly #bridge: Bridge;
  #keys = $state.raw<readonly RingEntry[] | null>(null);
  #unreadable = $state(0);
  #failure = $state.raw<Failure | null>(null);
  #exportedTo = $state<string | null>(null);
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
  /** Why the last wish was not granted. */
  get failure(): Failure | null {
    return this.#failure;
  }
  /** Where the last recovery copy was written. */
  get exportedTo(): string | null {
    return this.#exportedTo;
  }
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Whether the recovery copy has still to be written, or to be confirmed; until then no policy may name the key. */
  static nextStep({ origin, exportedAt, confirmedAt }: RingEntry): 'export' | 'confirm' | null {
    if (confirmedAt !== null) return null;
    return exportedAt === null && origin === 'made' ? 'export' : 'confirm';
  }

  async load(): Promise<void> {
    const answer = await this.#bridge.call('app.keyRing', {});
    if (!answer.ok) {
      this.#failure = answer.failure;
      return;
    }
    this.#keys = answer.value.keys;
    this.#unreadable = answer.value.unreadable;
  }

  /** Each answers whether it was done; a dialog that was put away is no failure. */
  make(name: string): Promise<boolean> {
    return this.#wish('app.makeRingKey', { name: name.trim() });
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
  forget(name: string): Promise<boolean> {
    return this.#wish('app.forgetRingKey', { name });
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
