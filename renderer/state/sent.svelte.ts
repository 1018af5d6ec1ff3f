/** What was sent over a longer time. In: the span that is looked at. Out: its points, read anew as long as it is looked at. */
import type { ThroughputPoint, ThroughputSpan } from '../../main/contract/models.ts';
import type { Bridge } from '../bridge.ts';
import { type Visibility, whileSeen } from './pulse.ts';

/** A point of an hour lasts so long, milliseconds. */
const READ_EVERY_MS = 12_000;

export class Sent {
  readonly #bridge: Bridge;
  readonly #visibility: Visibility;
  #span = $state<ThroughputSpan>('minutes');
  #points = $state.raw<readonly ThroughputPoint[]>([]);

  constructor(bridge: Bridge, visibility: Visibility) {
    this.#bridge = bridge;
    this.#visibility = visibility;
  }

  get span(): ThroughputSpan {
    return this.#span;
  }
  set span(span: ThroughputSpan) {
    this.#span = span;
    this.#points = [];
    void this.#read();
  }
  /** Of an hour or a day; the last ten minutes come with the status. */
  get points(): readonly ThroughputPoint[] {
    return this.#points;
  }

  start(): () => void {
    return whileSeen(() => void this.#read(), READ_EVERY_MS, this.#visibility);
  }

  async #read(): Promise<void> {
    const span = this.#span;
    if (span === 'minutes' || !this.#visibility.visible()) return;
    const answer = await this.#bridge.call('status.throughput', { span });
    // Another span may be looked at by now.
    if (answer.ok && span === this.#span) this.#points = answer.value;
  }
}
