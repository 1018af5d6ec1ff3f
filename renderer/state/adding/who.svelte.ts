/**
 * The second step: how to sign in. In: the profiles of this computer, its keychain, and what a person chooses or types.
 * Out: the way to sign in. Typed keys are handed to the app and forgotten here at once.
 */
import type { Profile, SecretStore } from '../../../main/contract/credential-calls.ts';
import { failure, type Failure } from '../../../main/contract/errors.ts';
import type { CredentialSource } from '../../../main/contract/models.ts';
import type { Bridge } from '../../bridge.ts';

export type WhoChoice =
  { readonly kind: 'profile'; readonly name: string } | { readonly kind: 'keys' } | { readonly kind: 'default' };

export class Who {
  readonly #bridge: Bridge;
  #profiles = $state.raw<readonly Profile[] | null>(null);
  #store = $state.raw<SecretStore | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #choice = $state.raw<WhoChoice | null>(null);
  accessKeyId = $state('');
  secretAccessKey = $state('');
  sessionToken = $state('');
  /** What the connection is to be called; empty: as the store suggests. */
  name = $state('');

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Null until known. */
  get profiles(): readonly Profile[] | null {
    return this.#profiles;
  }
  /** Null until known. */
  get store(): SecretStore | null {
    return this.#store;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  get choice(): WhoChoice | null {
    return this.#choice;
  }
  /** Typed keys stay beyond this run of the app. */
  get keepsKeys(): boolean {
    return this.#store?.state === 'ok';
  }
  get canGoOn(): boolean {
    if (this.#choice?.kind !== 'keys') return this.#choice !== null;
    return this.#store !== null && this.accessKeyId.trim() !== '' && this.secretAccessKey.trim() !== '';
  }
  get source(): CredentialSource {
    const choice = this.#choice;
    if (choice?.kind === 'profile') return { kind: 'profile', profile: choice.name };
    if (choice?.kind === 'keys') return { kind: this.keepsKeys ? 'app' : 'ask' };
    return { kind: 'default' };
  }

  /** Looks at what this computer has; the profile that the AWS command line would take itself is chosen. */
  async open(): Promise<void> {
    const [profiles, store] = await Promise.all([
      this.#bridge.call('connection.profiles', {}),
      this.#bridge.call('app.secretStore', {}),
    ]);
    this.#profiles = profiles.ok ? profiles.value : [];
    this.#store = store.ok ? store.value : null;
    this.#failure = profiles.ok ? (store.ok ? null : store.failure) : profiles.failure;
    if (this.#choice !== null) return;
    const usual = this.#profiles.find((profile) => profile.name === 'default') ?? this.#profiles[0];
    this.#choice = usual === undefined ? { kind: 'keys' } : { kind: 'profile', name: usual.name };
  }

  choose(choice: WhoChoice): void {
    this.#choice = choice;
    if (choice.kind !== 'keys') this.clear();
  }

  /** Gives typed keys to the app, under the name of their connection, and forgets them. Null: done, or none to give. */
  async handOver(name: string): Promise<Failure | null> {
    if (this.#choice?.kind !== 'keys') return null;
    if (this.#store === null) return failure('engine-down');
    const token = this.sessionToken.trim();
    const keys = {
      name,
      accessKeyId: this.accessKeyId.trim(),
      secretAccessKey: this.secretAccessKey.trim(),
      ...(token === '' ? {} : { sessionToken: token }),
    };
    const handed = this.#bridge.call(this.keepsKeys ? 'app.keepKeys' : 'app.handKeys', keys);
    this.clear();
    const answer = await handed;
    return answer.ok ? null : answer.failure;
  }

  /** What was typed is gone from here. */
  clear(): void {
    this.accessKeyId = '';
    this.secretAccessKey = '';
    this.sessionToken = '';
  }
}
