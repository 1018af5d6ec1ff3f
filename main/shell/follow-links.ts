/** Follows links. In: texts that the system handed to the app, and the folders that are known. Out: the window at a place. */
import type { Events } from '../contract/events.ts';
import type { AnyFolder } from '../contract/models.ts';
import type { Result } from '../contract/result.ts';
import { readLink } from './links.ts';

export interface FollowLinksOptions {
  readonly folders: () => Promise<Result<readonly Pick<AnyFolder, 'name'>[]>>;
  /** Opens the window at a place. */
  readonly show: (place: Events['show']) => void;
  readonly log: (line: string) => void;
}

/**
 * What is not understood, or names a folder that is not there, does nothing: nobody’s words come before a person as a
 * name of Cairn’s. The log gets the code of the reason, and no word of the link.
 */
export class FollowLinks {
  readonly #options: FollowLinksOptions;
  /** The engine cannot be asked yet; the last link counts. */
  #waiting: string | null = null;

  constructor(options: FollowLinksOptions) {
    this.#options = options;
  }

  async follow(link: string): Promise<void> {
    const { folders, show, log } = this.#options;
    this.#waiting = null;
    const read = readLink(link);
    if ('refused' in read) {
      log(`a link was refused: ${read.refused}`);
      return;
    }
    const { place } = read;
    if ('settings' in place) {
      show(place);
      return;
    }
    const known = await folders();
    if (!known.ok) this.#waiting = link;
    else if (known.value.some(({ name }) => name === place.folder)) show(place);
    else log('a link was refused: link-unknown-folder');
  }

  /** To be called when the engine can be asked. */
  async goOn(): Promise<void> {
    if (this.#waiting !== null) await this.follow(this.#waiting);
  }
}
