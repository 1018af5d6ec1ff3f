/** The stores that are set up. In: the engine's list. Out: each with what is known of it, a test of it, and its removal. */
import type { ConnectionTest } from '../../main/contract/credential-calls.ts';
import type { Failure } from '../../main/contract/errors.ts';
import type { Connection } from '../../main/contract/models.ts';
import type { Bridge } from '../bridge.ts';

export type Tested =
  | { readonly kind: 'busy' }
  | { readonly kind: 'well'; readonly test: ConnectionTest }
  | { readonly kind: 'failed'; readonly failure: Failure };

export class Connections {
  readonly #bridge: Bridge;
  #list = $state.raw<readonly Connection[] | null>(null);
  #tested = $state.raw<ReadonlyMap<string, Tested>>(new Map());
  #failure = $state.raw<Failure | null>(null);

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Null until the first answer. */
  get list(): readonly Connection[] | null {
    return this.#list;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  tested(name: string): Tested | null {
    return this.#tested.get(name) ?? null;
  }

  /** Reads the list whenever it may have changed. Answers the way to stop. */
  start(): () => void {
    void this.#read();
    return this.#bridge.on('folders', () => void this.#read());
  }
  /** Asks the store whether it answers and takes the credentials. */
  async test(name: string): Promise<void> {
    if (this.#tested.get(name)?.kind === 'busy') return;
    this.#know(name, { kind: 'busy' });
    const answer = await this.#bridge.call('connection.test', { connection: name });
    this.#know(name, answer.ok ? { kind: 'well', test: answer.value } : { kind: 'failed', failure: answer.failure });
  }
  /** Forgets one that no folder uses, and its keys where the app keeps them. */
  async remove(name: string): Promise<boolean> {
    const answer = await this.#bridge.call('connection.remove', { connection: name });
    this.#failure = answer.ok ? null : answer.failure;
    await this.#read();
    return answer.ok;
  }

  #know(name: string, tested: Tested): void {
    this.#tested = new Map([...this.#tested, [name, tested]]);
  }
  async #read(): Promise<void> {
    const answer = await this.#bridge.call('connection.list', {});
    if (answer.ok) this.#list = answer.value;
  }
}
