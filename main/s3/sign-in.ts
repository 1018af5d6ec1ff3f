/**
 * How a connection signs in: one provider, which feeds every client of the connection. In: where its keys come from.
 * Out: keys for the SDK, and better words for a refusal than the SDK or the store have.
 *
 * [Note: signing in anew] The SDK keeps what it was given: keys without an end for good, and the files of profiles in a
 * table of their own. So that a person who signs in again, or writes new keys into a file, need not start Cairn anew,
 * the memory is ours: `forget` drops it, and what is asked next reads every file again. It is called before each probe
 * of a connection that was held for its credentials.
 */
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import type { AccessKeys } from '../contract/access-keys.ts';
import { failure, FailureError, type Failure } from '../contract/errors.ts';
import type { Connection } from '../contract/models.ts';
import { reason } from '../contract/reasons.ts';
import type * as chain from './chain.ts';
import { findProfile, findSigner } from './profiles.ts';

/** Keys that were handed over for a connection, in memory alone; null: none were. */
export type KeysOf = (connection: string) => AccessKeys | null;

export interface SignIn {
  readonly provide: AwsCredentialIdentityProvider;
  /** What is asked next is asked of the source itself. */
  forget(): void;
  /** The failure in words that name the way out for this way of signing in. */
  explain(cause: Failure): Promise<Failure>;
}

/** Keys that end within this are asked for anew, milliseconds. */
const EARLY_MS = 5 * 60_000;

/**
 * @param keysOf what hands keys over; null where nobody does, as on the command line.
 * @param source where keys come from; for tests.
 */
export function openSignIn(
  connection: Connection,
  keysOf: KeysOf | null,
  source: () => AwsCredentialIdentityProvider = () => sourceOf(connection, keysOf),
): SignIn {
  let provider = source();
  let known: AwsCredentialIdentity | null = null;
  let asking: Promise<AwsCredentialIdentity> | null = null;

  const ask = async (options: Parameters<AwsCredentialIdentityProvider>[0]): Promise<AwsCredentialIdentity> => {
    const asked = provider;
    const found = await asked(options);
    // What was asked for before it was to be forgotten serves the one who asked, and nobody after.
    if (asked === provider) known = found;
    return found;
  };
  const provide: AwsCredentialIdentityProvider = async (options) => {
    if (known !== null && leftOf(known) > EARLY_MS) return known;
    asking ??= ask(options).finally(() => {
      asking = null;
    });
    try {
      return await asking;
    } catch (error) {
      if (known !== null && leftOf(known) > 0) return known;
      throw error;
    }
  };
  return {
    // The SDK leaves a provider alone that says it remembers by itself.
    provide: Object.assign(provide, { memoized: true }),
    forget: () => {
      provider = source();
      known = null;
      asking = null;
    },
    explain: (cause) => explain(connection, cause),
  };
}

const leftOf = ({ expiration }: AwsCredentialIdentity): number =>
  expiration === undefined ? Infinity : expiration.getTime() - Date.now();

function sourceOf({ name, credentials }: Connection, keysOf: KeysOf | null): AwsCredentialIdentityProvider {
  switch (credentials.kind) {
    case 'app':
    case 'ask':
      return () => {
        const keys = keysOf?.(name) ?? null;
        return keys === null ? Promise.reject(new FailureError(noKeys(name, credentials.kind, keysOf))) : handed(keys);
      };
    case 'profile':
      return chainOf(name, { profile: credentials.profile });
    default:
      return chainOf(name, {});
  }
}

/** The SDK's own ways, which are loaded when the first key is asked for. */
function chainOf(...given: Parameters<typeof chain.chainOf>): AwsCredentialIdentityProvider {
  let opened: Promise<AwsCredentialIdentityProvider> | null = null;
  return async (options) => {
    opened ??= import('./chain.ts').then((loaded) => loaded.chainOf(...given));
    opened.catch(() => (opened = null)); // loaded anew by whoever asks next
    const provide = await opened;
    return provide(options);
  };
}

function handed({ accessKeyId, secretAccessKey, sessionToken }: AccessKeys): Promise<AwsCredentialIdentity> {
  return Promise.resolve({ accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) });
}

/** Why a connection whose keys are handed over has none. */
export function noKeys(connection: string, kind: 'app' | 'ask', keysOf: KeysOf | null): Failure {
  if (keysOf === null) return failure('secret-in-app', { what: reason('keys-of', { connection }), connection });
  return failure(kind === 'ask' ? 'keys-asked' : 'keys-not-kept', { connection });
}

async function explain({ credentials }: Connection, cause: Failure): Promise<Failure> {
  const isRefused = cause.code === 'credentials-wrong' || cause.code === 'session-ended';
  if (credentials.kind === 'app' || credentials.kind === 'ask') {
    return isRefused ? failure('keys-refused', cause.facts) : cause;
  }
  const isSilent = cause.code === 'credentials-missing';
  if (!isSilent && cause.code !== 'session-ended') return cause;
  const named = credentials.kind === 'profile' ? credentials.profile : process.env['AWS_PROFILE'];
  if (credentials.kind !== 'profile' && (credentials.kind !== 'default' || named === undefined)) return cause;
  const profile = named ?? 'default';
  const facts = { ...cause.facts, profile };
  // A refusal of those who hand keys out has a status of theirs; to sign in again would not change it.
  const refusal = isSilent && cause.facts['status'] !== undefined ? `: ${String(cause.facts['answer'])}` : '';
  const signer = await findSigner(process.env, profile);
  if (signer?.kind === 'sso' && refusal === '') return failure('sign-on-ended', { ...facts, profile: signer.name });
  if (!isSilent) return cause;
  const found = await findProfile(process.env, profile);
  const why = found === null ? reason('no-such-profile') : `${found.kind}${refusal}`;
  return failure('profile-silent', { ...facts, reason: why });
}
