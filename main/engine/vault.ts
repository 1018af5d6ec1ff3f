/**
 * Secrets that were handed to this engine, in memory alone. In: what the shell hands over. Out: keys for whoever signs
 * in. Nothing here is ever written, logged, told as an event or part of an answer.
 */
import type { AccessKeys } from '../contract/access-keys.ts';
import type { RingKey } from '../contract/key-ring.ts';
import type { KeysOf } from '../s3/index.ts';
import { ringOf, type Ring } from './ring.ts';

export class Vault {
  readonly #keys = new Map<string, AccessKeys>();
  readonly #listeners = new Set<(connection: string) => void>();

  #ring: readonly RingKey[] = [];
  readonly #ringListeners = new Set<() => void>();

  readonly ring: Ring = ringOf(() => this.#ring);

  readonly keysOf: KeysOf = (connection) => this.#keys.get(connection) ?? null;

  /** @param keys null: they are to be forgotten. */
  setKeys(connection: string, keys: AccessKeys | null): void {
    if (keys === null) this.#keys.delete(connection);
    else this.#keys.set(connection, keys);
    for (const listener of this.#listeners) listener(connection);
  }

  /** @param keys all of the ring; what is missing of the former ones is forgotten. */
  setRing(keys: readonly RingKey[]): void {
    this.#ring = keys;
    for (const listener of this.#ringListeners) listener();
  }

  onRing(listener: () => void): void {
    this.#ringListeners.add(listener);
  }

  /** Hears of connections whose keys came, changed or went. */
  onKeys(listener: (connection: string) => void): void {
    this.#listeners.add(listener);
  }
}
