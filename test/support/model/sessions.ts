/** Cairn in its two shapes: an engine of this process, and the command line as a child that may be killed at any time. */
import { foldersHere } from '../../../main/contract/attached.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../../../main/contract/errors.ts';
import { openHome, openHomeForReading } from '../../../main/engine/home.ts';
import { Engine } from '../../../main/engine/engine.ts';
import { syncFolders, type SyncSummary } from '../../../main/engine/sync.ts';
import type { RunningCairn } from '../world/command.ts';
import { CONNECTION, took, type World } from '../world/world.ts';
import type { Kill } from './steps.ts';

/** Short, so that thousands of runs end in a day. Longer than the grain of a file's times. Milliseconds. */
const QUIET = 20;
const PROOF_GAP = 60;
/** A child that does nothing any more is not waited for any longer than this. */
const CHILD_PATIENCE = 1_200;
/** A sync that takes longer has hung. */
const PATIENCE = 180_000;
/** A store that does not answer is given up after this. */
const GIVE_UP = 60_000;

export class Sessions implements AsyncDisposable {
  readonly #w: World;
  #engine: Engine | null = null;
  #child: RunningCairn | null = null;
  /** What engines of this process had to log: nothing, if all is well. */
  readonly logged: string[] = [];
  kills = 0;
  restarts = 0;
  /** How long a store may be silent in the middle of a request, milliseconds; null: as long as the engine lets it. */
  silenceMs: number | null = null;

  constructor(w: World) {
    this.#w = w;
  }

  /** An engine that watches. */
  async open(): Promise<void> {
    await this.end();
    this.#engine = await this.#openEngine(true);
    this.#engine.start();
    this.restarts += 1;
  }

  async child(command: 'sync' | 'watch', env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.end();
    this.#child = this.#w.begin([command], { env });
  }

  /** A child that is killed as the step says. @param meanwhile is called in the middle of its work. */
  async killed(step: Kill, meanwhile: () => void): Promise<void> {
    const before = this.#w.requests().length;
    await this.child(step.command, step.at === null ? {} : { CAIRN_TEST_END_AT: step.at });
    const child = this.#child;
    const passed = async (count: number): Promise<void> => {
      const until = performance.now() + CHILD_PATIENCE;
      while (child?.isRunning === true && performance.now() < until) {
        if (this.#w.requests().length - before >= count) return;
        await sleep(2);
      }
    };
    await passed(Math.floor(step.requests / 2));
    meanwhile();
    await passed(step.at === null ? step.requests : Infinity);
    await sleep(step.ms);
    // At its own step it was as good as killed by us.
    if (child?.isRunning === false && (await child.ended).signal === 'SIGKILL') this.kills += 1;
    await this.end();
  }

  /** Stops the engine of this process, kills the child. */
  async end(): Promise<void> {
    const [engine, child] = [this.#engine, this.#child];
    this.#engine = null;
    this.#child = null;
    await engine?.stop();
    if (child === null) return;
    if (child.isRunning) {
      child.kill('SIGKILL');
      this.kills += 1;
    }
    await child.ended;
  }

  /** All that is due is sent, by the engine that runs, else by one of its own. Parked files are tried again. */
  async sync(): Promise<SyncSummary> {
    if (this.#child !== null) await this.end();
    if (this.#engine !== null) return this.#syncRunning(this.#engine);
    const { summary, failures } = await this.tried();
    for (const { code, message } of failures) throw new Error(`A sync failed: ${code} ${message}`);
    // What was under way in three kills waits for a person, whose word comes here.
    return this.#hasCrashed() ? this.sync() : summary;
  }

  /**
   * One sync by an engine of its own, whatever comes of it; it must end.
   * @param giveUpMs a store that does not answer at all is given up after this.
   */
  async tried(giveUpMs = GIVE_UP): Promise<{ readonly summary: SyncSummary; readonly failures: readonly Failure[] }> {
    const engine = await this.#openEngine(false);
    try {
      const folders = foldersHere(foldersHere(engine.home.settings.folders));
      for (const folder of folders) engine.home.tables.jobs.retryFolder(folder.id);
      const signal = AbortSignal.timeout(PATIENCE);
      const { summary, failures } = await syncFolders(engine, folders, {
        giveUpMs,
        onReceipt: () => undefined,
        signal,
      });
      if (signal.aborted) throw new Error('A sync did not end in time.');
      return { summary, failures: failures.map(({ failure }) => failure) };
    } finally {
      await engine.stop();
    }
  }

  /** Why files are parked, each with its reason. */
  parked(): readonly Failure[] {
    const home = took(openHomeForReading(this.#w.home));
    try {
      const jobs = foldersHere(home.settings.folders).flatMap(({ id }) => home.tables?.jobs.ofFolder(id) ?? []);
      return jobs.flatMap(({ state, error }) => (state === 'parked' && error !== null ? [error] : []));
    } finally {
      home.close();
    }
  }

  #hasCrashed(): boolean {
    return this.parked().some(({ code }) => code === 'crashed-thrice');
  }

  async #syncRunning(engine: Engine): Promise<SyncSummary> {
    const folders = foldersHere(foldersHere(engine.home.settings.folders));
    const until = performance.now() + PATIENCE;
    for (const folder of folders) {
      engine.home.tables.jobs.retryFolder(folder.id);
      engine.scan(folder, { kind: 'whole' });
    }
    for (;;) {
      const isDone = folders.every(({ id }) => {
        const { waiting, active } = engine.home.tables.jobs.counts(id);
        return waiting + active === 0;
      });
      if (isDone && engine.isSettled(folders)) {
        if (!this.#hasCrashed()) break;
        for (const folder of folders) engine.home.tables.jobs.retryFolder(folder.id);
        engine.kick();
      }
      if (performance.now() > until) throw new Error('The engine did not come to rest in time.');
      await sleep(10);
    }
    return { puts: 0, moves: 0, deletes: 0, gone: 0, bytes: 0, parked: 0, waiting: 0, requests: 0 };
  }

  async #openEngine(watch: boolean): Promise<Engine> {
    const log = (line: string): void => {
      this.logged.push(line);
    };
    return took(
      await Engine.open({
        home: this.#w.home,
        watch,
        log,
        patienceMs: null,
        quietMs: QUIET,
        proofGapMs: PROOF_GAP,
        brake: null,
        // What is under way when it is stopped is cut off, as by a person who does not want to wait.
        hurry: AbortSignal.abort(),
        ...(this.silenceMs === null ? {} : { silenceMs: this.silenceMs }),
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** The connection leads elsewhere. */
export function leadTo(w: World, endpoint: string): void {
  const home = took(openHome(w.home));
  try {
    const { settings } = home;
    const connections = settings.connections.map((one) => (one.name === CONNECTION ? { ...one, endpoint } : one));
    took(home.update({ ...settings, connections }));
  } finally {
    home.close();
  }
}
