/** An engine that others may call. In: the rooms. Out: the one way in, for the window and over the home's socket. */
import { registrar } from '../contract/registrar.ts';
import type { Engine } from './engine.ts';
import { handlers } from './handlers.ts';
import type { PracticeServers } from './practice.ts';
import { openSocket, type Call } from './socket.ts';

export interface Served {
  readonly call: Call;
  /** Nobody is answered any more; to be called before the engine's own stop. */
  stop(): Promise<void>;
}

export async function serve(engine: Engine, practice: PracticeServers, log: (line: string) => void): Promise<Served> {
  const ending = new AbortController();
  const call = registrar(handlers(engine, practice, ending.signal), (reference, error) => {
    log(`${reference} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  });
  const socket = await openSocket(engine.home.path, call, log);
  return {
    call,
    stop: async () => {
      ending.abort();
      await socket?.stop();
    },
  };
}
