/**
 * Files that hold what the keychain encrypted, `HOME/secrets/`. In: a name and a value. Out: the values that can be read.
 * What is in clear stays in memory; a file is whole or not there, and its owner's alone.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { failure } from '../contract/errors.ts';
import { reason, systemReason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { removeSecret, SECRET_ENDING, secretFolder, secretPath, type SecretKind } from '../engine/secret-place.ts';
import type { Keychain } from './keychain.ts';

export interface ReadSecrets {
  readonly values: readonly unknown[];
  /** Files that the keychain does not open. */
  readonly unreadable: number;
}

export class SecretFiles {
  readonly #home: string;
  readonly #folder: string;
  readonly #keychain: Keychain;

  constructor(home: string, keychain: Keychain) {
    this.#home = home;
    this.#folder = secretFolder(home);
    this.#keychain = keychain;
  }

  /** True where there is something to ask the keychain for. */
  get isAny(): boolean {
    return this.#names('').length > 0;
  }

  async read(kind: SecretKind): Promise<ReadSecrets> {
    const values: unknown[] = [];
    const names = this.#names(`${kind}-`);
    for (const name of names) {
      try {
        values.push(JSON.parse(await this.#keychain.decrypt(readFileSync(join(this.#folder, name)))));
      } catch {
        // Nothing of the reason is kept: what could not be read must not end up in a log by way of an error.
      }
    }
    return { values, unreadable: names.length - values.length };
  }

  /** The value takes the place of a former one of this name. */
  async write(kind: SecretKind, name: string, value: unknown): Promise<Result<null>> {
    const looked = await this.#keychain.look().catch(() => ({ state: 'missing' as const, backend: null }));
    if (looked.state !== 'ok') {
      return failed(failure('keychain-missing', { backend: looked.backend ?? reason('no-keychain') }));
    }
    let bytes: Buffer;
    try {
      bytes = await this.#keychain.encrypt(JSON.stringify(value));
    } catch {
      return failed(failure('keychain-refused', { reason: reason('not-encrypted') }));
    }
    return this.#onDisk(() => {
      this.#put(secretPath(this.#home, kind, name), bytes);
    });
  }

  has(kind: SecretKind, name: string): boolean {
    return existsSync(secretPath(this.#home, kind, name));
  }

  remove(kind: SecretKind, name: string): Result<null> {
    return removeSecret(this.#home, kind, name);
  }

  #onDisk(work: () => void): Result<null> {
    try {
      work();
      return success(null);
    } catch (error) {
      const why = systemReason(error);
      return failed(failure('write-failed', { path: this.#folder, reason: why }));
    }
  }

  #put(path: string, bytes: Buffer): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const temporary = `${path}.${randomBytes(4).toString('hex')}.new`;
    try {
      const descriptor = openSync(temporary, 'wx', 0o600);
      try {
        writeFileSync(descriptor, bytes);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  #names(start: string): readonly string[] {
    try {
      return readdirSync(this.#folder).filter((name) => name.startsWith(start) && name.endsWith(SECRET_ENDING));
    } catch {
      return [];
    }
  }
}
