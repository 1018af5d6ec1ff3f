/**
 * The keys that the app holds for its connections. In: what a person typed, and what was kept before. Out: each of them to
 * the engine, whenever one starts and whenever something changes. To nobody else: no call answers one.
 */
import { z } from 'zod';
import { accessKeysSchema, type AccessKeys } from '../contract/access-keys.ts';
import { name } from '../contract/call.ts';
import type { SecretStore } from '../contract/credential-calls.ts';
import { success, type Result } from '../contract/result.ts';
import type { Handed } from './host-messages.ts';
import type { Keychain } from './keychain.ts';
import type { SecretFiles } from './secret-files.ts';

const keptKeys = z.object({ name, keys: accessKeysSchema });

export interface SecretsOptions {
  readonly files: SecretFiles;
  readonly keychain: Keychain;
  /** Brings a message to the engine that runs; where none does, the next one is greeted with all. */
  readonly hand: (message: Handed) => void;
}

export class Secrets {
  readonly #options: SecretsOptions;
  readonly #keys = new Map<string, AccessKeys>();
  readonly #kept = new Set<string>();
  #unreadable = 0;

  constructor(options: SecretsOptions) {
    this.#options = options;
  }

  /** Reads what was kept; to be called again where the keychain may have been unlocked meanwhile. */
  async load(): Promise<void> {
    const { values, unreadable } = await this.#options.files.read('keys');
    this.#unreadable = unreadable;
    for (const value of values) {
      const parsed = keptKeys.safeParse(value);
      // Keys that were typed since count, and what is known already need not be told again.
      if (!parsed.success || this.#keys.has(parsed.data.name)) continue;
      this.#kept.add(parsed.data.name);
      this.#take(parsed.data.name, parsed.data.keys);
    }
  }

  /** True where the keychain withheld something that it may give later. */
  get isWaiting(): boolean {
    return this.#unreadable > 0;
  }

  greeting(): readonly Handed[] {
    return [...this.#keys].map(([connection, keys]) => ({ kind: 'keys', connection, keys }));
  }

  /** Every key and token, so that they can be taken out of what is written elsewhere. */
  values(): readonly string[] {
    return [...this.#keys.values()].flatMap(({ accessKeyId, secretAccessKey, sessionToken }) => [
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? [] : [sessionToken]),
    ]);
  }

  async store(): Promise<SecretStore> {
    if (this.isWaiting) await this.load();
    const looked = await this.#options.keychain.look().catch(() => ({ state: 'missing' as const, backend: null }));
    return { ...looked, kept: [...this.#kept].sort(), unreadable: this.#unreadable };
  }

  async keep(connection: string, keys: AccessKeys): Promise<Result<{ readonly name: string }>> {
    const written = await this.#options.files.write('keys', connection, { name: connection, keys });
    if (!written.ok) return written;
    this.#kept.add(connection);
    this.#take(connection, keys);
    return success({ name: connection });
  }

  /** In memory alone, until the app ends. */
  hand(connection: string, keys: AccessKeys): Result<{ readonly name: string }> {
    this.#take(connection, keys);
    return success({ name: connection });
  }

  /** Forgets what was kept and is kept no more: another program let the connection go, and its file with it. */
  forgetGone(): void {
    for (const connection of this.#kept) {
      if (!this.#options.files.has('keys', connection)) this.forget(connection);
    }
  }

  forget(connection: string): Result<{ readonly name: string }> {
    const removed = this.#options.files.remove('keys', connection);
    if (!removed.ok) return removed;
    this.#kept.delete(connection);
    this.#keys.delete(connection);
    this.#options.hand({ kind: 'keys', connection, keys: null });
    return success({ name: connection });
  }

  #take(connection: string, keys: AccessKeys): void {
    this.#keys.set(connection, keys);
    this.#options.hand({ kind: 'keys', connection, keys });
  }
}
