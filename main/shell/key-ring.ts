/**
 * The ring of customer keys. In: a person's wishes, and what was kept before. Out: entries without their keys for the
 * window, the keys for the engine, and the text of a recovery copy.
 */
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { failure } from '../contract/errors.ts';
import { ringKeySchema, type KeyRing as Listed, type RingEntry } from '../contract/key-ring.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { bytesOfKey, KEY_BYTES, KEY_LINE, keyIn } from '../engine/key-text.ts';
import type { Handed } from './host-messages.ts';
import type { SecretFiles } from './secret-files.ts';

const keptKey = z.object({
  name: ringKeySchema.shape.name,
  key: ringKeySchema.shape.key,
  origin: z.enum(['made', 'imported']),
  since: z.string(),
  exportedAt: z.string().nullable(),
  confirmedAt: z.string().nullable(),
});
type KeptKey = z.output<typeof keptKey>;

export interface KeyRingOptions {
  readonly files: SecretFiles;
  /** Brings a message to the engine that runs; where none does, the next one is greeted with all. */
  readonly hand: (message: Handed) => void;
  readonly now: () => Date;
}

export class KeyRing {
  readonly #options: KeyRingOptions;
  readonly #keys = new Map<string, KeptKey>();
  #unreadable = 0;

  constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  /** Reads what was kept; to be called again where the keychain may have been unlocked meanwhile. */
  async load(): Promise<void> {
    const { values, unreadable } = await this.#options.files.read('ring');
    this.#unreadable = unreadable;
    for (const value of values) {
      const parsed = keptKey.safeParse(value);
      if (parsed.success && !this.#keys.has(parsed.data.name)) this.#keys.set(parsed.data.name, parsed.data);
    }
    this.#options.hand(this.message());
  }

  /** True where the keychain withheld something that it may give later. */
  get isWaiting(): boolean {
    return this.#unreadable > 0;
  }

  message(): Handed {
    const keys = [...this.#keys.values()].map(({ name, key, confirmedAt }) => ({
      name,
      key,
      md5: md5Of(key),
      confirmed: confirmedAt !== null,
    }));
    return { kind: 'ring', keys };
  }

  async list(): Promise<Listed> {
    if (this.isWaiting) await this.load();
    const keys = [...this.#keys.values()].map(entryOf).sort((a, b) => (a.name < b.name ? -1 : 1));
    return { keys, unreadable: this.#unreadable };
  }

  find(name: string): Result<RingEntry> {
    const found = this.#find(name);
    return found.ok ? success(entryOf(found.value)) : found;
  }

  make(name: string): Promise<Result<RingEntry>> {
    return this.#add(name, randomBytes(KEY_BYTES).toString('base64'), 'made');
  }

  /** @param path for the sentence, where the bytes are no key. */
  async import(name: string, bytes: Buffer, path: string): Promise<Result<RingEntry>> {
    const key = keyIn(bytes);
    return key === null ? failed(failure('not-a-key', { path })) : this.#add(name, key, 'imported');
  }

  /** @param key as `typedKeySchema` takes it. */
  type(name: string, key: string): Promise<Result<RingEntry>> {
    return this.#add(name, bytesOfKey(key).toString('base64'), 'imported');
  }

  /** @param show brings the key before the person, and answers whether they took it along. */
  async show(name: string, show: (key: string) => Promise<boolean>): Promise<Result<RingEntry>> {
    const found = this.#find(name);
    if (!found.ok) return found;
    const isTaken = await show(found.value.key);
    // Meanwhile much may have happened to it.
    const now = this.#find(name);
    if (!now.ok || !isTaken) return this.find(name);
    return this.#keep({ ...now.value, exportedAt: this.#options.now().toISOString() });
  }

  /** @param write brings the recovery copy to its place. */
  async export(name: string, write: (text: string) => Result<null>): Promise<Result<RingEntry>> {
    const found = this.#find(name);
    if (!found.ok) return found;
    const written = write(recoveryCopy(found.value));
    return written.ok ? this.#keep({ ...found.value, exportedAt: this.#options.now().toISOString() }) : written;
  }

  async confirm(name: string): Promise<Result<RingEntry>> {
    const found = this.#find(name);
    if (!found.ok) return found;
    const { exportedAt, origin, confirmedAt } = found.value;
    // What was never written anywhere else cannot be kept there.
    if (exportedAt === null && origin === 'made') return failed(failure('ring-key-unconfirmed', { key: name }));
    return this.#keep({ ...found.value, confirmedAt: confirmedAt ?? this.#options.now().toISOString() });
  }

  forget(name: string): Result<{ readonly name: string }> {
    const found = this.#find(name);
    if (!found.ok) return found;
    const removed = this.#options.files.remove('ring', name);
    if (!removed.ok) return removed;
    this.#keys.delete(name);
    this.#options.hand(this.message());
    return success({ name });
  }

  #find(name: string): Result<KeptKey> {
    const found = this.#keys.get(name);
    return found === undefined ? failed(failure('unknown-ring-key', { key: name })) : success(found);
  }

  async #add(name: string, key: string, origin: KeptKey['origin']): Promise<Result<RingEntry>> {
    const known = [...this.#keys.values()].find((one) => one.name === name || one.key === key);
    if (known !== undefined) return failed(failure('ring-key-known', { key: known.name }));
    // A file of this name that cannot be read now may hold a key that something lies under.
    if (this.#options.files.has('ring', name)) return failed(failure('ring-key-known', { key: name }));
    const since = this.#options.now().toISOString();
    return this.#keep({ name, key, origin, since, exportedAt: null, confirmedAt: null });
  }

  async #keep(kept: KeptKey): Promise<Result<RingEntry>> {
    const written = await this.#options.files.write('ring', kept.name, kept);
    if (!written.ok) return written;
    this.#keys.set(kept.name, kept);
    this.#options.hand(this.message());
    return success(entryOf(kept));
  }
}

function entryOf({ name, key, origin, since, exportedAt, confirmedAt }: KeptKey): RingEntry {
  return { name, md5: md5Of(key), origin, since, exportedAt, confirmedAt };
}

const md5Of = (key: string): string => createHash('md5').update(Buffer.from(key, 'base64')).digest('base64');

/** English on purpose: who reads it may be anybody, anywhere, in many years. */
export function recoveryCopy({ name, key, since }: Pick<KeptKey, 'name' | 'key' | 'since'>): string {
  return `Recovery copy of a customer key of Cairn

Whoever has this text and may read the bucket can read every object that lies
under this key. Who has not the key cannot read them, and nobody can bring it
back: not the store, and not Cairn. Keep this text where the loss of the
computer does not reach it, for example printed, or in a password manager.

Name:         ${JSON.stringify(name)}
Since:        ${since}
${KEY_LINE} ${key}
MD5 (Base64): ${md5Of(key)}

Back into Cairn: import this file in the key ring, under the same name.

Without Cairn, by the AWS command line:

  echo '${key}' | base64 -d > customer.key
  aws s3api get-object --bucket BUCKET --key KEY \\
    --sse-customer-algorithm AES256 --sse-customer-key fileb://customer.key FILE
`;
}
