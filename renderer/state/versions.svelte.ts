/** The timeline of one file. In: its folder and path. Out: its versions, newest first, and what was done with them. */
import type { Failure } from '../../main/contract/errors.ts';
import type { InPlace, MadeCurrent } from '../../main/contract/history.ts';
import type { Restored, Version } from '../../main/contract/models.ts';
import type { Result } from '../../main/contract/result.ts';
import type { Bridge } from '../bridge.ts';
import { pulse, type Visibility } from './pulse.ts';

const REFRESH_EVERY_MS = 500;

export type Restoring =
  | { readonly kind: 'busy' }
  | { readonly kind: 'done'; readonly restored: Restored }
  | { readonly kind: 'placed'; readonly placed: InPlace }
  | { readonly kind: 'current'; readonly made: MadeCurrent }
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

  /** Writes one version beside the present file, or into a new one: `to` is absolute. */
  async restore(versionId: string, to?: string): Promise<void> {
    const where = to === undefined ? {} : { to };
    await this.#do(
      versionId,
      (what) => this.#bridge.call('versions.restore', { ...what, ...where }),
      (restored) => ({ kind: 'done', restored }),
    );
  }

  /** Writes one version over the present file, which is kept first. */
  async inPlace(versionId: string): Promise<void> {
    await this.#do(
      versionId,
      (what) => this.#bridge.call('versions.restoreInPlace', what),
      (placed) => ({ kind: 'placed', placed }),
    );
  }

  /** Copies one version forward within the bucket. */
  async makeCurrent(versionId: string): Promise<void> {
    await this.#do(
      versionId,
      (what) => this.#bridge.call('versions.makeCurrent', what),
      (made) => ({ kind: 'current', made }),
    );
    await this.#read();
  }

  /** A second request for the same version waits for the first. */
  async #do<T>(
    versionId: string,
    call: (what: { readonly folder: string; readonly path: string; readonly versionId: string }) => Promise<Result<T>>,
    told: (value: T) => Restoring,
  ): Promise<void> {
    if (this.#restoring.get(versionId)?.kind === 'busy') return;
    this.#note(versionId, { kind: 'busy' });
    const answer = await call({ folder: this.folder, path: this.path, versionId });
    this.#note(versionId, answer.ok ? told(answer.value) : { kind: 'failed', failure: answer.failure });
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
