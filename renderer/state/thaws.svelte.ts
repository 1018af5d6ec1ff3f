/** Archived versions that are waited for. In: a folder. Out: all that were asked for, newest first, as they are now. */
import type { Failure } from '../../main/contract/errors.ts';
import type { Thaw, ThawOffer, ThawTier } from '../../main/contract/thaw.ts';
import type { Bridge } from '../bridge.ts';
import { pulse, type Visibility } from './pulse.ts';

const REFRESH_EVERY_MS = 2000;
/** Classes of which a version cannot be read before it was brought back. */
const ARCHIVES = ['GLACIER', 'DEEP_ARCHIVE'];

export const isArchived = (storageClass: string | null): boolean => ARCHIVES.includes(storageClass ?? '');

export class Thaws {
  readonly folder: string;
  readonly #bridge: Bridge;
  readonly #visibility: Visibility;
  #list = $state.raw<readonly Thaw[]>([]);

  constructor(folder: string, bridge: Bridge, visibility: Visibility) {
    this.folder = folder;
    this.#bridge = bridge;
    this.#visibility = visibility;
  }

  get list(): readonly Thaw[] {
    return this.#list;
  }
  /** The wish for this version; null: nobody asked. */
  of(path: string, versionId: string): Thaw | null {
    return this.#list.find((one) => one.path === path && one.versionId === versionId) ?? null;
  }

  /** Follows the list until what is returned is called. */
  start(): () => void {
    const refresh = pulse(() => this.#read(), REFRESH_EVERY_MS, this.#visibility);
    const stopListening = this.#bridge.on('status', () => {
      refresh.request();
    });
    refresh.request();
    return () => {
      stopListening();
      refresh.stop();
    };
  }

  /** What it takes to read a version; nothing is asked of the archive. */
  async offers(path: string, versionId: string): Promise<readonly ThawOffer[] | Failure> {
    const answer = await this.#bridge.call('versions.thawOffers', { folder: this.folder, path, versionId });
    return answer.ok ? answer.value : answer.failure;
  }

  /** Asks the archive for it. Null: it was asked for. @param to a new file, written once it can be read; null: none. */
  async ask(path: string, versionId: string, tier: ThawTier, to: string | null): Promise<Failure | null> {
    const where = to === null ? {} : { to };
    const answer = await this.#bridge.call('versions.thaw', { folder: this.folder, path, versionId, tier, ...where });
    await this.#read();
    return answer.ok ? null : answer.failure;
  }

  async #read(): Promise<void> {
    const answer = await this.#bridge.call('versions.thaws', { folder: this.folder });
    if (answer.ok) this.#list = answer.value;
  }
}
