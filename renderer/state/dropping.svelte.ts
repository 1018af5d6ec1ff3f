/** A folder that is dragged over the window. In: the page's events. Out: whether one is above it, and the path of what is dropped. */

/** As much of a drag as is looked at. */
export interface DragLike {
  readonly dataTransfer: Pick<DataTransfer, 'types' | 'items' | 'files'> | null;
  preventDefault(): void;
}

export class Dropping {
  readonly #pathOf: (file: File) => string | null;
  readonly #onPath: (path: string) => void;
  /** Elements that the drag has come into and not left: the page tells of each. */
  #depth = $state(0);

  constructor(pathOf: (file: File) => string | null, onPath: (path: string) => void) {
    this.#pathOf = pathOf;
    this.#onPath = onPath;
  }

  get isOver(): boolean {
    return this.#depth > 0;
  }

  readonly enter = (event: DragLike): void => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    this.#depth += 1;
  };
  readonly over = (event: DragLike): void => {
    // Without this the drop would not come here.
    if (holdsFiles(event)) event.preventDefault();
  };
  readonly leave = (event: DragLike): void => {
    if (holdsFiles(event)) this.#depth = Math.max(0, this.#depth - 1);
  };
  readonly drop = (event: DragLike): void => {
    this.#depth = 0;
    if (!holdsFiles(event)) return;
    event.preventDefault();
    const file = folderOf(event) ?? event.dataTransfer?.files[0];
    const path = file === undefined ? null : this.#pathOf(file);
    if (path !== null) this.#onPath(path);
  };
}

function holdsFiles({ dataTransfer }: DragLike): boolean {
  return dataTransfer?.types.includes('Files') === true;
}

/** The first directory of what is dropped; where there is none, a person is told that a file is no folder. */
function folderOf({ dataTransfer }: DragLike): File | undefined {
  for (const item of dataTransfer?.items ?? []) {
    const file = item.webkitGetAsEntry()?.isDirectory === true ? item.getAsFile() : null;
    if (file !== null) return file;
  }
  return undefined;
}
