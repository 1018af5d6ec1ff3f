/** The folders as they are set up, and what a person may do to one as a whole. In: the engine's list. Out: folders by name. */
import { foldersHere } from '../../main/contract/attached.ts';
import type { Failure } from '../../main/contract/errors.ts';
import type { AnyFolder, Folder, LinksMode } from '../../main/contract/models.ts';
import type { DrillEvery } from '../../main/contract/verification.ts';
import type { Result } from '../../main/contract/result.ts';
import type { Bridge } from '../bridge.ts';
import { pulse, type Visibility } from './pulse.ts';

const REFRESH_EVERY_MS = 250;

export class Folders {
  readonly #bridge: Bridge;
  readonly #visibility: Visibility;
  #list = $state.raw<readonly AnyFolder[]>([]);
  #failure = $state.raw<Failure | null>(null);

  constructor(bridge: Bridge, visibility: Visibility) {
    this.#bridge = bridge;
    this.#visibility = visibility;
  }

  /** Also those without a folder on this computer. */
  get list(): readonly AnyFolder[] {
    return this.#list;
  }
  /** Those that can be paused: with a folder on this computer. */
  get here(): readonly Folder[] {
    return foldersHere(this.#list);
  }
  /** Why the last thing that a person asked for was not done. */
  get failure(): Failure | null {
    return this.#failure;
  }
  forgetFailure(): void {
    this.#failure = null;
  }
  find(name: string): AnyFolder | null {
    return this.#list.find((folder) => folder.name === name) ?? null;
  }

  /** Takes in a folder that was just added, ahead of the list that will hold it. */
  know(folder: AnyFolder): void {
    this.#list = [...this.#list.filter((each) => each.id !== folder.id), folder];
  }

  start(): () => void {
    const refresh = pulse(() => this.#read(), REFRESH_EVERY_MS, this.#visibility);
    const stopListening = this.#bridge.on('folders', refresh.request);
    const stopHearing = this.#bridge.on('engine', (engine) => {
      if (engine.state === 'up') refresh.request();
    });
    refresh.request();
    return () => {
      stopListening();
      stopHearing();
      refresh.stop();
    };
  }

  async pause(name: string, paused: boolean): Promise<void> {
    const answer = await this.#bridge.call('folder.pause', { folder: name, paused });
    this.#heed(answer);
    if (answer.ok) this.#list = this.#list.map((folder) => (folder.name === name ? answer.value : folder));
  }
  /** Until a time (ISO 8601), or with null until somebody resumes it. */
  async pauseUntil(name: string, until: string | null): Promise<void> {
    const answer = await this.#bridge.call('queue.pause', until === null ? { folder: name } : { folder: name, until });
    this.#heed(answer);
    if (answer.ok) for (const folder of answer.value) this.know(folder);
  }
  async pauseAll(paused: boolean): Promise<void> {
    await Promise.all(
      this.here.filter((folder) => folder.paused !== paused).map((folder) => this.pause(folder.name, paused)),
    );
  }
  async scan(name: string): Promise<void> {
    this.#heed(await this.#bridge.call('folder.scan', { folder: name }));
  }
  /** Whether links to what lies inside the folder are followed. */
  async links(name: string, links: LinksMode): Promise<void> {
    const answer = await this.#bridge.call('folder.links', { folder: name, links });
    this.#heed(answer);
    if (answer.ok) this.know(answer.value);
  }
  /** How often it is proved by itself that files come back. */
  async drill(name: string, drill: DrillEvery): Promise<void> {
    const answer = await this.#bridge.call('folder.drill', { folder: name, drill });
    this.#heed(answer);
    if (answer.ok) this.know(answer.value);
  }
  async remove(name: string): Promise<boolean> {
    const answer = await this.#bridge.call('folder.remove', { folder: name });
    this.#heed(answer);
    if (answer.ok) this.#list = this.#list.filter((folder) => folder.name !== name);
    return answer.ok;
  }
  /** Opens the folder, or shows one file of it, in the system's file manager. */
  async showOnDisk(name: string, path: string | null = null): Promise<void> {
    const input = path === null ? { folder: name } : { folder: name, path };
    this.#heed(await this.#bridge.call('app.showOnDisk', input));
  }

  #heed(answer: Result<unknown>): void {
    this.#failure = answer.ok ? null : answer.failure;
  }
  async #read(): Promise<void> {
    const answer = await this.#bridge.call('folder.list', {});
    if (answer.ok) this.#list = answer.value;
  }
}
