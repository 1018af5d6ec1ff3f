/**
 * Newer releases. In: a way to look for them, and a person's word. Out: a line for the tray where there is one;
 * nothing is downloaded or installed before the person says so.
 */

/** How releases are looked for and fetched. What it downloads it has checked before it answers. */
export interface Updater {
  /** The version of a release that is newer than this one; null where there is none. */
  readonly check: () => Promise<string | null>;
  /** Fetches it. Throws where what came is not what was announced. */
  readonly download: () => Promise<void>;
  /** Puts it in the place of this one and starts it. The app must have put everything away before. */
  readonly install: () => void;
}

export type UpdateState =
  | { readonly kind: 'none' }
  | { readonly kind: 'available'; readonly version: string }
  | { readonly kind: 'downloading'; readonly version: string };

export interface UpdatesOptions {
  readonly updater: Updater;
  /** Asks the person whether to install this version now. */
  readonly ask: (version: string) => Promise<boolean>;
  /** Tells the person that this version could not be fetched, and that nothing was changed. */
  readonly tellFailed: (version: string) => Promise<void>;
  /** Stops engine, window and tray, so that another program may take their place. */
  readonly putAway: () => Promise<void>;
  readonly onChange: () => void;
  readonly log: (line: string) => void;
}

export interface Updates {
  readonly state: () => UpdateState;
  /** Looks for a release now. Never throws: a server that does not answer is no fault of the app's. */
  readonly look: () => Promise<void>;
  /** The person chose the line in the tray. */
  readonly choose: () => Promise<void>;
  readonly stop: () => void;
}

/** The first look comes when the start is over, the others once a day; milliseconds. */
const FIRST_LOOK = 3_000;
const EVERY = 24 * 60 * 60_000;

export function startUpdates(options: UpdatesOptions): Updates {
  const { updater, log } = options;
  let state: UpdateState = { kind: 'none' };
  let isAsking = false;

  const change = (next: UpdateState): void => {
    state = next;
    options.onChange();
  };

  const look = async (): Promise<void> => {
    if (state.kind === 'downloading') return;
    try {
      const version = await updater.check();
      if (version === null || (state.kind === 'available' && state.version === version)) return;
      log(`there is a newer release, ${version}`);
      change({ kind: 'available', version });
    } catch (error) {
      log(`newer releases could not be looked for: ${firstLine(error)}`);
    }
  };

  const choose = async (): Promise<void> => {
    if (state.kind !== 'available' || isAsking) return;
    const { version } = state;
    isAsking = true;
    try {
      if (!(await options.ask(version))) return;
      change({ kind: 'downloading', version });
      try {
        await updater.download();
      } catch (error) {
        log(`${version} was not installed: ${firstLine(error)}`);
        change({ kind: 'available', version });
        await options.tellFailed(version);
        return;
      }
      log(`${version} takes the place of this one`);
      await options.putAway();
      updater.install();
    } finally {
      isAsking = false;
    }
  };

  const first = setTimeout(() => void look(), FIRST_LOOK);
  const timer = setInterval(() => void look(), EVERY);
  return {
    state: () => state,
    look,
    choose,
    stop() {
      clearTimeout(first);
      clearInterval(timer);
    },
  };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 300) ?? '';
}
