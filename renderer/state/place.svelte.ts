/** Where the person is. In: what they chose. Out: the one screen that is shown. */

const FOLDER_TABS = ['files', 'activity', 'queue', 'policy', 'versions', 'health'] as const;
export type FolderTab = (typeof FOLDER_TABS)[number];

export type Spot =
  | { readonly kind: 'overview' }
  | { readonly kind: 'activity' }
  /** With `part` it begins there. */
  | { readonly kind: 'settings'; readonly part?: 'ring' }
  | { readonly kind: 'folder'; readonly folder: string; readonly tab: FolderTab; readonly path: string | null }
  | { readonly kind: 'add'; readonly isPractice: boolean; readonly path: string | null };

/** Keeps where the person is for as long as the window lives, also where its page must be loaded again. */
export interface PlaceKeeper {
  /** Whatever was kept. */
  readonly read: () => unknown;
  readonly write: (spot: Spot) => void;
}

export class Place {
  readonly #keeper: PlaceKeeper | null;
  #spot = $state.raw<Spot>({ kind: 'overview' });
  #before: Spot = { kind: 'overview' };
  /** Whether something here would be left unfinished. */
  #guard: (() => boolean) | null = null;
  #held = $state.raw<(() => void) | null>(null);

  constructor(keeper: PlaceKeeper | null = null) {
    this.#keeper = keeper;
    this.#spot = spotOf(keeper?.read());
  }

  get spot(): Spot {
    return this.#spot;
  }
  /** The person was about to go, and has to say first what becomes of what they began. */
  get isHeld(): boolean {
    return this.#held !== null;
  }
  /** @param isUnfinished asked before each step to another screen. Answers the way to end the watch. */
  guard(isUnfinished: () => boolean): () => void {
    this.#guard = isUnfinished;
    return () => {
      if (this.#guard === isUnfinished) this.#guard = null;
    };
  }
  stay(): void {
    this.#held = null;
  }
  /** Goes where the person was about to go, whatever is unfinished. */
  leave(): void {
    const go = this.#held;
    this.#held = null;
    const guard = this.#guard;
    this.#guard = null;
    go?.();
    this.#guard = guard;
  }
  overview(): void {
    this.#go({ kind: 'overview' });
  }
  activity(): void {
    this.#go({ kind: 'activity' });
  }
  /** Opens the settings; with `part` where that begins. */
  settings(part?: 'ring'): void {
    this.#go(part === undefined ? { kind: 'settings' } : { kind: 'settings', part });
  }
  /** Opens a folder; with `path` its file's panel. */
  folder(folder: string, tab: FolderTab = 'files', path: string | null = null): void {
    this.#go({ kind: 'folder', folder, tab, path });
  }
  /** Shows another tab of the folder that is open; the chosen file stays chosen. */
  tab(tab: FolderTab): void {
    if (this.#spot.kind === 'folder') this.#go({ ...this.#spot, tab });
  }
  /** Opens or, with null, closes the panel of a file. */
  file(path: string | null): void {
    if (this.#spot.kind === 'folder') this.#go({ ...this.#spot, path });
  }
  /** Opens the steps of adding a folder; with `path` for one that was dropped, also where they are open already. */
  add(isPractice = false, path: string | null = null): void {
    if (
      this.#isHeldBack(() => {
        this.add(isPractice, path);
      })
    )
      return;
    if (this.#spot.kind !== 'add') this.#before = this.#spot;
    this.#spot = { kind: 'add', isPractice, path };
  }
  /** Leaves the steps of adding a folder for where the person was. */
  cancelAdd(): void {
    if (this.#spot.kind === 'add') this.#spot = this.#before;
  }
  #isHeldBack(go: () => void): boolean {
    if (this.#guard?.() !== true) return false;
    this.#held = go;
    return true;
  }
  #go(spot: Spot): void {
    const [here, there] = [this.#spot, spot];
    const isSameScreen =
      here.kind === 'folder' && there.kind === 'folder' && here.folder === there.folder && here.tab === there.tab;
    if (
      !isSameScreen &&
      this.#isHeldBack(() => {
        this.#go(spot);
      })
    )
      return;
    this.#spot = spot;
    this.#keeper?.write(spot);
  }
}

/** Takes what was kept for a place only where it is one; a folder that is gone meanwhile says so on its screen. */
function spotOf(kept: unknown): Spot {
  const overview: Spot = { kind: 'overview' };
  if (typeof kept !== 'object' || kept === null || !('kind' in kept)) return overview;
  if (kept.kind === 'activity' || kept.kind === 'settings') return { kind: kept.kind };
  if (kept.kind !== 'folder' || !('folder' in kept) || typeof kept.folder !== 'string') return overview;
  const tab = 'tab' in kept ? FOLDER_TABS.find((one) => one === kept.tab) : undefined;
  const path = 'path' in kept && typeof kept.path === 'string' ? kept.path : null;
  return { kind: 'folder', folder: kept.folder, tab: tab ?? 'files', path };
}
