/**
 * Keys that a connection asks for. In: what a person types. Out: the keys handed over, and kept where the connection says
 * so; then the store is asked. What was typed is dropped as soon as it was handed over.
 */
import type { Failure } from '../../main/contract/errors.ts';
import type { CredentialSource } from '../../main/contract/models.ts';
import type { Bridge } from '../bridge.ts';

export class TypedKeys {
  readonly connection: string;
  readonly #bridge: Bridge;
  accessKeyId = $state('');
  secretAccessKey = $state('');
  sessionToken = $state('');
  #kind = $state<CredentialSource['kind'] | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #isBusy = $state(false);

  constructor(connection: string, bridge: Bridge) {
    this.connection = connection;
    this.#bridge = bridge;
  }

  get failure(): Failure | null {
    return this.#failure;
  }
  get isBusy(): boolean {
    return this.#isBusy;
  }
  /** They are written down by the keychain; else they are gone when Cairn ends. */
  get isKept(): boolean {
    return this.#kind === 'app' && this.#failure?.code !== 'keychain-missing';
  }
  get isWhole(): boolean {
    return this.accessKeyId.trim() !== '' && this.secretAccessKey.trim() !== '';
  }

  /** Learns what becomes of the keys of this connection. */
  async open(): Promise<void> {
    const known = await this.#bridge.call('connection.list', {});
    if (known.ok) this.#kind = known.value.find((one) => one.name === this.connection)?.credentials.kind ?? null;
  }

  /** @returns whether the store takes them. Where no keychain keeps them, a second try uses them until Cairn ends. */
  async save(): Promise<boolean> {
    if (this.#isBusy || !this.isWhole) return false;
    this.#isBusy = true;
    try {
      return await this.#save();
    } finally {
      this.#isBusy = false;
    }
  }

  async #save(): Promise<boolean> {
    const token = this.sessionToken.trim();
    const handed = await this.#bridge.call(this.isKept ? 'app.keepKeys' : 'app.handKeys', {
      name: this.connection,
      accessKeyId: this.accessKeyId.trim(),
      secretAccessKey: this.secretAccessKey.trim(),
      ...(token === '' ? {} : { sessionToken: token }),
    });
    if (!handed.ok) {
      this.#failure = handed.failure;
      return false;
    }
    const tested = await this.#bridge.call('connection.test', { connection: this.connection });
    this.#failure = tested.ok ? null : tested.failure;
    if (tested.ok) this.forget();
    return tested.ok;
  }

  /** Nothing that was typed stays. */
  forget(): void {
    this.accessKeyId = '';
    this.secretAccessKey = '';
    this.sessionToken = '';
  }
}
