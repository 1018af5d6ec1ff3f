/**
 * The system's keychain, by Electron's safeStorage. In: a text. Out: its ciphertext, and back. What only looks like a
 * keychain is refused: on Linux, where none is found, Chromium encrypts under a password that stands in its sources.
 */
import { safeStorage } from 'electron';
import type { SecretStore } from '../contract/credential-calls.ts';

export interface Keychain {
  look(): Promise<Pick<SecretStore, 'state' | 'backend'>>;
  encrypt(text: string): Promise<Buffer>;
  /** Throws where the keychain is locked, or has not the key any more. */
  decrypt(bytes: Buffer): Promise<string>;
}

/** How a ciphertext under the well-known password begins, on Linux alone; elsewhere the same letters mean a real key. */
const WELL_KNOWN = 'v10';

/** The part of safeStorage that serves here. An older Electron has only the calls that newer ones give up. */
interface Safe {
  readonly isAvailable: () => Promise<boolean>;
  readonly encrypt: (text: string) => Promise<Buffer>;
  readonly decrypt: (bytes: Buffer) => Promise<string>;
}
interface OlderCalls {
  isEncryptionAvailable(): boolean;
  encryptString(text: string): Buffer;
  decryptString(bytes: Buffer): string;
}

function safe(): Safe {
  if (typeof Reflect.get(safeStorage, 'encryptStringAsync') === 'function') {
    return {
      isAvailable: () => safeStorage.isAsyncEncryptionAvailable(),
      encrypt: (text) => safeStorage.encryptStringAsync(text),
      decrypt: async (bytes) => (await safeStorage.decryptStringAsync(bytes)).result,
    };
  }
  const older = safeStorage as unknown as OlderCalls;
  return {
    isAvailable: () => Promise.resolve(older.isEncryptionAvailable()),
    encrypt: (text) => Promise.resolve(older.encryptString(text)),
    decrypt: (bytes) => Promise.resolve(older.decryptString(bytes)),
  };
}

/** To be opened once the app is ready. */
export function openKeychain(): Keychain {
  const storage = safe();
  const backend = process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : null;
  return {
    look: async () => {
      if (backend === 'basic_text') return { state: 'basic', backend };
      if (!(await storage.isAvailable())) return { state: 'missing', backend };
      const isKnown =
        process.platform === 'linux' && (await storage.encrypt('x')).toString('latin1').startsWith(WELL_KNOWN);
      return { state: isKnown ? 'basic' : 'ok', backend };
    },
    encrypt: storage.encrypt,
    decrypt: storage.decrypt,
  };
}
