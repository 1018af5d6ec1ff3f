/** The timeline of one file. In: its folder and path. Out: its versions, newest first, and what was restored of them. */
import type { Failure } from '../../main/contract/errors.ts';
import type { Restored, Version } from '../../main/contract/models.ts';
import type { Bridge } from '../bridge.ts';
import { pulse, type Visibility } from './pulse.ts';

const REFRESH_EVERY_MS = 500;

export type Restoring =
  | { readonly kind: 'busy' }
  | { readonly kind: 'done'; readonly restored: Restored }
  | { readonly kind: 'failed'; readonly failure: Failure };

export class Versions {
  readonly folder: string;
  readonly path: string;
  readonly #bridge: Bridge;
  readonly #visibility: Visibility;
  #list = $state.raw<readonly Version[] | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #restoring = $state.raw<ReadonlyMap<string, Restoring>>(new Map());

  constructor(folder: string, path: string, bridge: Bridge, visibility: Visibility) {
    this.folder = folder;
    this.path = path;
    this.#bridge = bridge;
    this.#visibility = visibility;
  }

  /** Null until the first answer. */
  get list(): readonly Version[] | null {
    return this.#list;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  restoring(versionId: string): Restoring | null {
    return this.#restoring.get(versionId) ?? null;
  }

  start(): () => void {
    const refresh = pulse(() => this.#read(), REFRESH_EVERY_MS, this.#visibility);
    const stopListening = this.#bridge.on('saved', (saved) => {
      if (saved.folder === this.folder && saved.path === this.path) refresh.request();
    });
    refresh.request();
    return () => {
      stopListening();
      refresh.stop();
    };
  }

  /** Writes one version beside the present file. A second request for the same one waits for the first. */
  async restore(versionId: string): Promise<void> {
    if (this.#restoring.get(versionId)?.kind === 'busy') return;
    this.#note(versionId, { kind: 'busy' });
    const answer = await this.#bridge.call('versions.restore', { folder: this.folder, path: this.path, versionId });
    this.#note(
      versionId,
      answer.ok ? { kind: 'done', restored: answer.value } : { kind: 'failed', failure: answer.failure },
    );
  }

  #note(versionId: string, restoring: Restoring): void {
    this.#restoring = new Map(this.#restoring).set(versionId, restoring);
  }

  async #read(): Promise<void> {
    const answer = await this.#bridge.call('versions.list', { folder: this.folder, path: this.path });
    if (answer.ok) this.#list = answer.value;
    this.#failure = answer.ok ? null : answer.failure;
  }
}
