/** Why something needs a person. In: the status and what is parked. Out: one entry a cause, with all that it holds up. */
import type { QueueEntry, Snapshot } from '../../main/contract/models.ts';

/** What a person can press about it. */
export type Remedy = 'retry' | 'scan' | 'look';

export interface Cause {
  readonly key: string;
  /** A failure's code. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly folders: readonly string[];
  /** Parked files; 0 where whole folders are meant. */
  readonly files: number;
  readonly remedies: readonly Remedy[];
}

/** Groups by what went wrong: the same cause in many folders or files is one entry with a count. */
export function causesOf(snapshot: Snapshot | null, parked: readonly QueueEntry[]): readonly Cause[] {
  const causes = new Map<string, Cause>();
  for (const status of snapshot?.folders ?? []) {
    const failure = status.failure;
    // Offline mends itself, and parked files are counted below from the queue.
    if (failure === null || status.state === 'offline' || status.state === 'paused') continue;
    if (parked.some((entry) => entry.folder === status.folder && entry.error?.code === failure.code)) continue;
    const key = `folder ${failure.code} ${failure.message}`;
    const known = causes.get(key);
    causes.set(key, {
      key,
      code: failure.code,
      message: failure.message,
      hint: failure.hint,
      folders: [...(known?.folders ?? []), status.folder],
      files: 0,
      remedies: ['scan', 'look'],
    });
  }
  for (const entry of parked) {
    if (entry.error === null) continue;
    const key = `parked ${entry.error.code}`;
    const known = causes.get(key);
    const folders = known?.folders ?? [];
    causes.set(key, {
      key,
      code: entry.error.code,
      message: known?.message ?? entry.error.message,
      hint: entry.error.hint,
      folders: folders.includes(entry.folder) ? folders : [...folders, entry.folder],
      files: (known?.files ?? 0) + 1,
      remedies: ['look', 'retry'],
    });
  }
  return [...causes.values()];
}
