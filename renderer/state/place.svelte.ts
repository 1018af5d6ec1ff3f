/** Where the person is. In: what they chose. Out: the one screen that is shown. */

export type FolderTab = 'files' | 'activity' | 'queue' | 'health';

export type Spot =
  | { readonly kind: 'overview' }
  | { readonly kind: 'activity' }
  | { readonly kind: 'folder'; readonly folder: string; readonly tab: FolderTab; readonly path: string | null }
  | { readonly kind: 'add'; readonly isPractice: boolean };

export class Place {
  #spot = $state.raw<Spot>({ kind: 'overview' });
  #before: Spot = { kind: 'overview' };

  get spot(): Spot {
    return this.#spot;
  }
  overview(): void {
    this.#go({ kind: 'overview' });
  }
  activity(): void {
    this.#go({ kind: 'activity' });
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
  add(isPractice = false): void {
    if (this.#spot.kind !== 'add') this.#before = this.#spot;
    this.#spot = { kind: 'add', isPractice };
  }
  /** Leaves the steps of adding a folder for where the person was. */
  cancelAdd(): void {
    if (this.#spot.kind === 'add') this.#spot = this.#before;
  }
  #go(spot: Spot): void {
    this.#spot = spot;
  }
}
