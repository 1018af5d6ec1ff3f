/**
 * Where the app keeps what the keychain encrypted, `HOME/secrets/`. In: a name. Out: a path. The app alone can read such a
 * file; to remove one needs no keychain, and who lets a connection go removes its keys.
 */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { failure } from '../contract/errors.ts';
import { systemReason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';

/** What a file is of: keys of a connection, or a key of the ring. */
export type SecretKind = 'keys' | 'ring';

export const SECRET_ENDING = '.secret';

export function secretFolder(home: string): string {
  return join(home, 'secrets');
}

/** A name may hold anything; a file's may not. */
export function secretPath(home: string, kind: SecretKind, name: string): string {
  const word = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return join(secretFolder(home), `${kind}-${word}${SECRET_ENDING}`);
}

/** Where there is none, nothing is to be done. */
export function removeSecret(home: string, kind: SecretKind, name: string): Result<null> {
  const path = secretPath(home, kind, name);
  try {
    rmSync(path, { force: true });
    return success(null);
  } catch (error) {
    const reason = systemReason(error);
    return failed(failure('write-failed', { path, reason }));
  }
}
