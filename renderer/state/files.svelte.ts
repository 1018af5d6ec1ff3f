/** The files of one folder. In: listings of the directories that are open. Out: rows for the list, kept up to date. */
import type { FileRow } from '../../main/contract/models.ts';
import type { Bridge } from '../bridge.ts';
import { pulse, type Pulse, type Visibility } from './pulse.ts';
import { ancestors, flatten, inOrder, passes, type FileFilter, type Listing, type TreeRow } from './tree.ts';

const REFRESH_EVERY_MS = 500;
const SEARCH_EVERY_MS = 200;
const MOST_ROWS = 20_000;
const MOST_FOUND = 1_000;

export class Files {
  readonly folder: string;
  readonly #bridge: Bridge;
  readonly #visibility: Visibility;
  readonly #collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  #listings = $state.raw<ReadonlyMap<string, Listing>>(new Map());
  #open = $state.raw<ReadonlySet<string>>(new Set());
  #filter = $state<FileFilter>('all');
  #search = $state('');
  #found = $state.raw<Listing>({ kind: 'loading' });
  #stale = new Set<string>();
  #refresh: Pulse | null = null;
  #searching: Pulse | null = null;
  /** Where the list stood, so that it stands there again when the person comes back. */
  scrollTop = 0;

  constructor(folder: string, bridge: Bridge, visibility: Visibility) {
    this.folder = folder;
    this.#bridge = bridge;
    this.#visibility = visibility;
  }

  readonly rows: readonly TreeRow[] = $derived.by(() =>
    this.#search === ''
      ? flatten(this.#listings, this.#open, this.#filter)
      : flatten(new Map([['', this.#found]]), new Set(), this.#filter),
  );
  get filter(): FileFilter {
    return this.#filter;
  }
  set filter(filter: FileFilter) {
    this.#filter = filter;
  }
  get search(): string {
    return this.#search;
  }
  set search(text: string) {
    if (this.#search === '' && text !== '') this.#found = { kind: 'loading' };
    this.#search = text;
    if (text !== '') this.#searching?.request();
  }
  /** The root is known, whatever it holds. */
  get isReady(): boolean {
    return this.#listings.get('')?.kind === 'ready';
  }

  /** What is known of one path, in whichever listing it stands. */
  row(path: string): FileRow | null {
    const directory = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    for (const listing of [this.#listings.get(directory), this.#found]) {
      const row = listing?.kind === 'ready' ? listing.rows.find((candidate) => candidate.path === path) : undefined;
      if (row !== undefined) return row;
    }
    return null;
  }

  /** Reads the root and listens. Answers the way to stop; what was open stays known. */
  start(): () => void {
    this.#refresh = pulse(() => this.#readStale(), REFRESH_EVERY_MS, this.#visibility);
    this.#searching = pulse(() => this.#find(), SEARCH_EVERY_MS, this.#visibility);
    const stopListening = this.#bridge.on('saved', (saved) => {
      if (saved.folder === this.folder) this.#touch(ancestors(saved.path));
    });
    this.touchAll();
    return () => {
      stopListening();
      this.#refresh?.stop();
      this.#searching?.stop();
    };
  }

  /** Something changed that no path was named for: all that is drawn is read again. */
  touchAll(): void {
    this.#touch(['', ...this.#open]);
  }

  toggle(directory: string): void {
    const open = new Set(this.#open);
    if (!open.delete(directory)) open.add(directory);
    this.#open = open;
    if (open.has(directory)) this.#show([directory]);
  }

  /** Opens every directory above `path`, so that its row can be drawn. */
  reveal(path: string): void {
    const above = ancestors(path);
    this.#open = new Set([...this.#open, ...above.filter((directory) => directory !== '')]);
    this.#show(above);
  }

  /** What a person asks for is read at once, and does not wait while the reading of a huge folder rests. */
  #show(directories: readonly string[]): void {
    const isKnown = (directory: string): boolean => this.#listings.get(directory)?.kind === 'ready';
    this.#touch(directories.filter(isKnown));
    void this.#load(directories.filter((directory) => !isKnown(directory)));
  }

  #touch(directories: readonly string[]): void {
    for (const directory of directories) {
      if (directory === '' || this.#open.has(directory)) this.#stale.add(directory);
    }
    if (this.#stale.size > 0) this.#refresh?.request();
    if (this.#search !== '') this.#searching?.request();
  }

  async #readStale(): Promise<void> {
    const directories = [...this.#stale];
    this.#stale.clear();
    await this.#load(directories);
  }

  async #load(directories: readonly string[]): Promise<void> {
    const read = await Promise.all(
      directories.map(async (directory) => [directory, await this.#read(directory)] as const),
    );
    const listings = new Map(this.#listings);
    for (const [directory, listing] of read) {
      // A listing that failed does not take away what was known.
      if (listing.kind === 'ready' || listings.get(directory)?.kind !== 'ready') listings.set(directory, listing);
    }
    this.#listings = listings;
  }

  async #read(directory: string): Promise<Listing> {
    const answer = await this.#bridge.call('folder.files', { folder: this.folder, directory, limit: MOST_ROWS });
    if (!answer.ok) return { kind: 'failed', failure: answer.failure };
    return { kind: 'ready', rows: inOrder(answer.value.rows, this.#collator), more: answer.value.more };
  }

  async #find(): Promise<void> {
    const search = this.#search;
    if (search === '') return;
    const answer = await this.#bridge.call('folder.files', { folder: this.folder, search, limit: MOST_FOUND });
    if (search !== this.#search) {
      this.#searching?.request();
      return;
    }
    this.#found = answer.ok
      ? { kind: 'ready', rows: answer.value.rows.filter((row) => passes(row, 'all')), more: answer.value.more }
      : { kind: 'failed', failure: answer.failure };
  }
}
