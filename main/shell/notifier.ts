/** Tells a person of what came up while they do not look. In: snapshots, and what ended. Out: the system's notices. */
import type { Events } from '../contract/events.ts';
import type { Snapshot } from '../contract/models.ts';
import type { TreeInPlace, TreeRestored } from '../contract/history.ts';
import { newsOf, sparing, type Notice } from './notices.ts';
import { noticeText, type NoticeText } from './notice-words.ts';

export interface NotifierOptions {
  readonly isWanted: () => boolean;
  /** The person has the window before them. */
  readonly isSeen: () => boolean;
  readonly locale: () => string;
  readonly show: (text: NoticeText, onClick: () => void) => void;
  /** Opens the window, at a place where one is given. */
  readonly open: (place: Events['show'] | null) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export class Notifier {
  readonly #options: NotifierOptions;
  #before: Snapshot | null = null;
  #told: ReadonlyMap<string, number> = new Map();

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  hearStatus(snapshot: Snapshot): void {
    const news = newsOf(this.#before, snapshot);
    this.#before = snapshot;
    this.tell(news);
  }

  /** An engine that starts anew counts from the beginning, and what it found before it ended is not news again. */
  hearEnd(): void {
    this.#before = null;
  }

  /** A call of the window has ended well; the window may be gone meanwhile. */
  hearAnswer(name: string, input: unknown, value: unknown): void {
    const files = restoredFiles(name, value);
    const folder = typeof input === 'object' && input !== null && 'folder' in input ? input.folder : null;
    if (files !== null && typeof folder === 'string') this.tell([{ kind: 'restored', folder, files }]);
  }

  tell(news: readonly Notice[]): void {
    const { isWanted, isSeen, locale, show, open, now } = this.#options;
    // What the person sees in the window is not counted as told: they may close it before the next.
    if (news.length === 0 || !isWanted() || isSeen()) return;
    const { notices, told } = sparing(news, this.#told, now());
    this.#told = told;
    for (const notice of notices) {
      show(noticeText(notice, locale()), () => {
        open(placeOf(notice));
      });
    }
  }
}

/** How many files a restore brought back; null: it was no restore. */
function restoredFiles(name: string, value: unknown): number | null {
  switch (name) {
    case 'history.restore':
      return (value as TreeRestored).restored;
    case 'history.restoreInPlace':
      return (value as TreeInPlace).restored;
    case 'versions.restore':
    case 'versions.restoreInPlace':
      return 1;
    default:
      return null;
  }
}

export function placeOf(notice: Notice): Events['show'] | null {
  switch (notice.kind) {
    case 'parked':
      return notice.folders[0] === undefined ? null : { folder: notice.folders[0], tab: 'queue' };
    case 'attention':
      return notice.folders[0] === undefined ? null : { folder: notice.folders[0] };
    case 'brake':
      return { folder: notice.folder };
    case 'restored':
      return { folder: notice.folder, tab: 'activity' };
    case 'back':
      return { folder: notice.folder, path: notice.path };
    case 'home':
      return null;
  }
}
