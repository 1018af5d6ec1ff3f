/** The engine, as the app and the command line use it. In: a home folder. Out: calls answered, events told, files kept. */
import type { EventName, Events } from '../contract/events.ts';
import { success, type Result } from '../contract/result.ts';
import { Engine as Rooms } from './engine.ts';
import { openPracticeServers, type PracticeStarter } from './practice.ts';
import { serve } from './serve.ts';
import type { Vault } from './vault.ts';

export { openHome, openHomeForReading, type OpenHome, type ReadHome } from './home.ts';
export type { PracticeStarter } from './practice.ts';
export { Vault } from './vault.ts';

export interface EngineSetup {
  readonly home: string;
  /** Serves practice buckets that connections name; null: they are expected to run. */
  readonly practice: PracticeStarter | null;
  readonly watch: boolean;
  readonly log: (line: string) => void;
  /** Secrets that are handed over while it runs, and before; left out: nobody hands any over. */
  readonly vault?: Vault;
}

export interface Engine {
  /** A call of the contract, unparsed: name and input are checked here. */
  call(name: unknown, input: unknown): Promise<Result<unknown>>;
  on(listener: <Name extends EventName>(name: Name, payload: Events[Name]) => void): () => void;
  /** Begins to watch and to send. */
  start(): void;
  stop(): Promise<void>;
}

/** Opens the home under its lock. Nothing is watched or sent before `start`. */
export async function openEngine(setup: EngineSetup): Promise<Result<Engine>> {
  const opened = await Rooms.open({
    home: setup.home,
    watch: setup.watch,
    log: setup.log,
    ...(setup.vault === undefined ? {} : { vault: setup.vault }),
  });
  if (!opened.ok) return opened;
  const rooms = opened.value;
  const practice = openPracticeServers(setup.practice);
  for (const { name, credentials } of rooms.home.settings.connections) {
    if (credentials.kind !== 'practice') continue;
    const started = await practice.ensure(credentials.directory);
    if (!started.ok) setup.log(`the practice server of ${name} did not start: ${started.failure.message}`);
  }
  const served = await serve(rooms, practice, setup.log);
  return success({
    call: served.call,
    on: (listener) => rooms.on(listener),
    start: () => {
      rooms.start();
    },
    stop: async () => {
      await served.stop();
      await rooms.stop();
      await practice.stop();
    },
  });
}
