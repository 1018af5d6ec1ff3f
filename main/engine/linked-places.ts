/**
 * Directories that are seen under other names as well, since links of the folder lead to them. In: what looks come to.
 * Out: for a directory that the watching tells of, all of its names. The watching itself follows no link.
 */
import type { RelPath } from '../contract/names.ts';

type Names = Map<RelPath, Set<RelPath>>;

export class LinkedPlaces {
  #known: Names = new Map();
  /** What the look through the whole folder that goes on has come to; null: none goes on. */
  #found: Names | null = null;

  /** A look begins. */
  begin(isWhole: boolean): void {
    this.#found = isWhole ? new Map() : null;
  }

  /** Counts at once, so that no notice which comes during the look is missed. */
  note(real: RelPath, seenAs: RelPath): void {
    for (const names of this.#found === null ? [this.#known] : [this.#known, this.#found]) {
      const known = names.get(real);
      if (known === undefined) names.set(real, new Set([seenAs]));
      else known.add(seenAs);
    }
  }

  /** The look ended; one through the whole folder shows which names are no more. */
  end(isGood: boolean): void {
    if (isGood && this.#found !== null) this.#known = this.#found;
    this.#found = null;
  }

  /** These directories, each under all of its names. */
  allNames(directories: readonly RelPath[]): readonly RelPath[] {
    if (this.#known.size === 0) return directories;
    return [...new Set(directories.flatMap((directory) => [directory, ...(this.#known.get(directory) ?? [])]))];
  }
}
