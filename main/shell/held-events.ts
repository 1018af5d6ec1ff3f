/** Events for a window that nobody sees. In: events as they come. Out: what of them is still news when it is seen again. */
import type { EventName, Events } from '../contract/events.ts';

/** An event on its way: name and payload. */
export type Held = { [Name in EventName]: readonly [name: Name, payload: Events[Name]] }[EventName];

/** With more files than this it is cheaper to tell than to remember. */
const MOST_SAVED = 2_000;

export class HeldEvents {
  #status: Events['status'] | null = null;
  readonly #saved = new Map<string, Events['saved']>();

  /**
   * Keeps of a kind that comes often what counts: the newest snapshot, and the newest save of each file.
   * @returns false: this event does not wait.
   */
  hold([name, payload]: Held): boolean {
    if (name === 'status') this.#status = payload;
    else if (name === 'saved' && this.#saved.size < MOST_SAVED) {
      const file = `${payload.folder}\0${payload.path}`;
      // In the order of the last save of each.
      this.#saved.delete(file);
      this.#saved.set(file, payload);
    } else return false;
    return true;
  }

  /** What was kept, in its order; nothing of it is kept any more. */
  take(): readonly Held[] {
    const saved = [...this.#saved.values()].map((payload) => ['saved', payload] as const);
    const status = this.#status === null ? [] : [['status', this.#status] as const];
    this.#saved.clear();
    this.#status = null;
    return [...saved, ...status];
  }
}
