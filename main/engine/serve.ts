/** An engine that others may call. In: the rooms. Out: the one way in, for the window and over the home's socket. */
import type { EngineCallName } from '../contract/calls.ts';
import { registrar, type Handlers } from '../contract/registrar.ts';
import { failed, type Result } from '../contract/result.ts';
import { databaseFailure } from '../store/index.ts';
import type { Engine } from './engine.ts';
import { handlers } from './handlers.ts';
import type { PracticeServers } from './practice.ts';
import { Thaws } from './thaws.ts';
import { openSocket, type Call } from './socket.ts';

export interface Served {
  readonly call: Call;
  /** Nobody is answered any more; to be called before the engine's own stop. */
  stop(): Promise<void>;
}

export async function serve(engine: Engine, practice: PracticeServers, log: (line: string) => void): Promise<Served> {
  const ending = new AbortController();
  const thaws = new Thaws(engine, log);
  const call = registrar(
    guarded(handlers(engine, practice, thaws, ending.signal), engine.home.path),
    (reference, error) => {
      log(`${reference} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    },
  );
  thaws.start();
  const socket = await openSocket(engine.home.path, call, log);
  return {
    call,
    stop: async () => {
      ending.abort();
      await thaws.stop();
      await socket?.stop();
    },
  };
}

/** A full disk, or another program that holds the database, is no bug of a handler. */
function guarded(all: Handlers<EngineCallName>, home: string): Handlers<EngineCallName> {
  const guard = (handler: (input: never) => unknown) => async (input: never) => {
    try {
      return (await handler(input)) as Result<unknown>;
    } catch (error) {
      const cause = databaseFailure(error, home);
      if (cause === null) throw error;
      return failed(cause);
    }
  };
  const entries = Object.entries(all).map(([name, handler]) => [name, guard(handler)] as const);
  return Object.fromEntries(entries) as unknown as Handlers<EngineCallName>;
}
