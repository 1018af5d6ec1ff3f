/** Practice servers that this engine keeps running. In: folders of practice servers. Out: they answer, until stopped. */
import type { Result } from '../contract/result.ts';
import { success } from '../contract/result.ts';

/** Starts the practice server of a folder where it does not run yet, in this process or another. */
export type PracticeStarter = (directory: string) => Promise<Result<{ stop(): Promise<void> }>>;

export interface PracticeServers {
  ensure(directory: string): Promise<Result<null>>;
  stop(): Promise<void>;
}

export function openPracticeServers(start: PracticeStarter | null): PracticeServers {
  const running = new Map<string, { stop(): Promise<void> }>();
  return {
    async ensure(directory) {
      if (start === null || running.has(directory)) return success(null);
      const started = await start(directory);
      if (!started.ok) return started;
      running.set(directory, started.value);
      return success(null);
    },
    async stop() {
      await Promise.all([...running.values()].map((server) => server.stop()));
      running.clear();
    },
  };
}
