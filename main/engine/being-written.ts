/**
 * Plans that are written down while the look goes on. In: the end of each writing. Out: when the look may go on.
 *
 * A commit takes its turn with others of the moment, some milliseconds later. A look that waits for each directory's own
 * finds few files in that time where few of each directory have changed, and leaves the senders with nothing to do.
 */

/** The look waits where so many rows are still to be written: all of them may come into one commit. */
const AHEAD = 256;

export class BeingWritten {
  readonly #open: { readonly weight: number; readonly written: Promise<void> }[] = [];
  #weight = 0;

  /**
   * @param rows how many are written.
   * @returns once the look may go on. Throws what a writing threw, this one or one before it.
   */
  async add(rows: number, written: Promise<void>): Promise<void> {
    // It is waited for below, and may have failed before its turn comes.
    written.catch(() => undefined);
    // What writes none is kept in mind as well.
    const weight = Math.max(1, rows);
    this.#open.push({ weight, written });
    this.#weight += weight;
    while (this.#weight > AHEAD) await this.#first();
  }

  /** Once all has ended. Throws the first error of what was not written. */
  async settled(): Promise<void> {
    const all = this.#open.splice(0).map(({ written }) => written);
    await Promise.allSettled(all);
    await Promise.all(all);
  }

  async #first(): Promise<void> {
    const first = this.#open.shift();
    if (first === undefined) return;
    this.#weight -= first.weight;
    await first.written;
  }
}
