/** What the engine says of itself. In: numbered snapshots. Out: the newest one, shown at most twice a second. */
import type { Events } from '../../main/contract/events.ts';
import type { FolderStatus, Snapshot } from '../../main/contract/models.ts';
import type { Bridge } from '../bridge.ts';
import { advance, settle, type Progress, type TimeLeft } from './progress.ts';
import { pulse, type Visibility } from './pulse.ts';

const SHOW_EVERY_MS = 500;

export class Status {
  readonly #bridge: Bridge;
  readonly #visibility: Visibility;
  #latest: Snapshot | null = null;
  #shown = $state.raw<Snapshot | null>(null);
  #engine = $state.raw<Events['engine']>({ state: 'up' });
  #progress = $state.raw<ReadonlyMap<string, Progress>>(new Map());
  #overall = $state.raw<Progress | null>(null);
  #timeLeft = $state.raw<TimeLeft | null>(null);
  /** When a folder was seen to go offline; one that already was when the window opened has no entry. */
  #offlineSince = $state.raw<ReadonlyMap<string, string>>(new Map());

  constructor(bridge: Bridge, visibility: Visibility) {
    this.#bridge = bridge;
    this.#visibility = visibility;
  }

  /** Null until the first answer. */
  get snapshot(): Snapshot | null {
    return this.#shown;
  }
  /** By name, as a person looks for them. */
  readonly folders: readonly FolderStatus[] = $derived(
    [...(this.#shown?.folders ?? [])].sort((a, b) => a.folder.localeCompare(b.folder)),
  );
  get engine(): Events['engine'] {
    return this.#engine;
  }
  /** Of everything that is under way. */
  get overall(): Progress | null {
    return this.#overall;
  }
  get secondsLeft(): number | null {
    return this.#timeLeft?.seconds ?? null;
  }
  folder(name: string): FolderStatus | null {
    return this.folders.find((folder) => folder.folder === name) ?? null;
  }
  progress(name: string): Progress | null {
    return this.#progress.get(name) ?? null;
  }
  offlineSince(name: string): string | null {
    return this.#offlineSince.get(name) ?? null;
  }

  /** Listens and asks for the first snapshot. Answers the way to stop. */
  start(): () => void {
    const show = pulse(
      () => {
        this.#show();
      },
      SHOW_EVERY_MS,
      this.#visibility,
    );
    const stops = [
      this.#bridge.on('status', (snapshot) => {
        if (!this.#accept(snapshot)) return;
        show.request();
      }),
      this.#bridge.on('engine', (engine) => {
        this.#engine = engine;
        if (engine.state !== 'up') return;
        // A new process counts from the beginning again.
        this.#latest = null;
        void this.#ask(show.request);
      }),
      show.stop,
    ];
    void this.#ask(show.request);
    return () => {
      for (const stop of stops) stop();
    };
  }

  async #ask(show: () => void): Promise<void> {
    const answer = await this.#bridge.call('status.snapshot', {});
    if (answer.ok) {
      if (this.#accept(answer.value)) show();
    } else if (answer.failure.code === 'engine-down' && this.#engine.state === 'up') {
      // The window may have come after the event that told of it.
      this.#engine = { state: 'down' };
    }
  }

  /** Takes a snapshot unless a newer one is known. */
  #accept(snapshot: Snapshot): boolean {
    if (this.#latest !== null && snapshot.sequence <= this.#latest.sequence) return false;
    this.#latest = snapshot;
    return true;
  }

  #show(): void {
    const next = this.#latest;
    if (next === null) return;
    const before = new Map((this.#shown?.folders ?? []).map((folder) => [folder.folder, folder]));
    const progress = new Map<string, Progress>();
    const offlineSince = new Map<string, string>();
    for (const folder of next.folders) {
      const toGo = folder.queued + folder.active;
      const reached = advance(this.#progress.get(folder.folder) ?? null, toGo);
      if (reached !== null) progress.set(folder.folder, reached);
      if (folder.state === 'offline') {
        const known = this.#offlineSince.get(folder.folder);
        const was = before.get(folder.folder);
        if (known !== undefined) offlineSince.set(folder.folder, known);
        else if (was !== undefined && was.state !== 'offline') offlineSince.set(folder.folder, next.at);
      }
    }
    this.#progress = progress;
    this.#offlineSince = offlineSince;
    this.#overall = advance(this.#overall, next.filesToGo);
    this.#timeLeft = settle(this.#timeLeft, next.secondsLeft, Date.parse(next.at));
    this.#shown = next;
  }
}
