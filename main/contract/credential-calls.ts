/** Calls about stores and how to sign in to them. No answer ever holds a key. */
import { z } from 'zod';
import { accessKeyFields } from './access-keys.ts';
import { answers, call, name } from './call.ts';
import type { Failure } from './errors.ts';

const nothing = z.strictObject({});
const bucket = z.string().min(1).max(256);

/** How a profile comes to its keys: they stand in the file, a sign-on, another profile's role, a program, or else. */
export type ProfileKind = 'keys' | 'sso' | 'role' | 'process' | 'other';

/** A profile in the files that the AWS command line shares with other programs. */
export interface Profile {
  readonly name: string;
  readonly kind: ProfileKind;
  readonly region: string | null;
  /** What tells it from others: the sign-on's session or address, or the role. */
  readonly note: string | null;
}

/** A store that answered. */
export interface ConnectionTest {
  readonly reachable: true;
  readonly endpoint: string;
  /** Null: the credentials are right, but may not list buckets. */
  readonly buckets: readonly string[] | null;
  /** The bucket that was named, where one was. */
  readonly bucket: { readonly name: string; readonly versioning: 'enabled' | 'suspended' | 'off' } | null;
}

/** What came of a new bucket. It is there, whatever else could not be set. */
export interface CreatedBucket {
  readonly bucket: string;
  /** `unknown`: this store has no such setting. `failed`: see `problems`. */
  readonly publicAccess: 'blocked' | 'unknown' | 'failed';
  readonly versioning: 'enabled' | 'off' | 'failed';
  readonly problems: readonly Failure[];
}

/** Whether keys can be kept with the system's keychain. */
export interface SecretStore {
  /** `basic`: all there is would keep them under a password that everybody knows, so it is not used. */
  readonly state: 'ok' | 'missing' | 'basic';
  /** What the system calls it; null: it has no name here. */
  readonly backend: string | null;
  /** The connections whose keys are kept, as far as they can be read just now. */
  readonly kept: readonly string[];
  /** Files of keys that the keychain does not open. */
  readonly unreadable: number;
}

export const connectionCalls = {
  /** The profiles of this computer, by name. Nothing secret of them is read. */
  'connection.profiles': call(nothing, answers<readonly Profile[]>()),
  /** Asks the store for its buckets and, where one is named, for that one. */
  'connection.test': call(z.strictObject({ connection: name, bucket: bucket.optional() }), answers<ConnectionTest>()),
  /** Makes a bucket: closed to the public where the store knows that, and with versions where they are wanted. */
  'connection.createBucket': call(
    z.strictObject({ connection: name, bucket, versioning: z.boolean() }),
    answers<CreatedBucket>(),
  ),
} as const;

export const appSecretCalls = {
  'app.secretStore': call(nothing, answers<SecretStore>()),
  /** Keeps the keys of the connection of this name, which may be added later, and hands them to the engine. */
  'app.keepKeys': call(z.strictObject({ name, ...accessKeyFields }), answers<{ readonly name: string }>()),
  /** Hands keys to the engine and keeps them nowhere: they are gone when the app ends. */
  'app.handKeys': call(z.strictObject({ name, ...accessKeyFields }), answers<{ readonly name: string }>()),
  /** Removes kept keys; the engine forgets them, too. */
  'app.forgetKeys': call(z.strictObject({ name }), answers<{ readonly name: string }>()),
} as const;
