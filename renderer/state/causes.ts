/** Why something needs a person. In: the status and what is parked. Out: one entry a cause, with all that it holds up. */
import type { Failure, FailureCode, FailureTold } from '../../main/contract/errors.ts';
import type { FolderStatus, QueueEntry, Snapshot } from '../../main/contract/models.ts';

/** What a person can press about it. */
export type Remedy = 'retry' | 'scan' | 'look' | 'release' | 'discard' | 'seen' | 'mark' | 'keep' | 'keys' | 'signIn';

/** What is for a person to decide, or to type. */
const DECISIONS: Readonly<Partial<Record<FailureCode, readonly Remedy[]>>> = {
  'deletes-braked': ['release', 'discard'],
  'deletes-stopped': ['mark', 'keep'],
  'mass-replacement': ['seen'],
  // What a person types, or does elsewhere; the connection tries by itself as well.
  'keys-asked': ['keys'],
  'keys-not-kept': ['keys'],
  'keys-refused': ['keys'],
  'sign-on-ended': ['signIn'],
  'session-ended': ['signIn'],
  'profile-silent': ['signIn'],
  'credentials-wrong': ['signIn'],
  'credentials-missing': ['signIn'],
};

export interface Cause {
  readonly key: string;
  /** Where files are meant, the first one's. */
  readonly failure: FailureTold;
  readonly folders: readonly string[];
  /** Parked files; 0 where whole folders are meant. */
  readonly files: number;
  /** Deletes that wait for a person's word. */
  readonly deletes: number;
  readonly remedies: readonly Remedy[];
  /** Whose it is, where it is all of a connection's; null: it is a file's. */
  readonly connection: string | null;
  /** The profile that has to be signed in with. */
  readonly profile: string | null;
}

/** Each thing to decide is shown, and of the rest the one that matters most. */
function failuresOf({ failure, problems }: FolderStatus): readonly Failure[] {
  const decisions = problems.filter((one) => one.code in DECISIONS && one.code !== failure?.code);
  return failure === null ? decisions : [failure, ...decisions];
}

/** Groups by what went wrong: the same cause in many folders or files is one entry with a count. */
export function causesOf(snapshot: Snapshot | null, parked: readonly QueueEntry[]): readonly Cause[] {
  const causes = new Map<string, Cause>();
  for (const status of snapshot?.folders ?? []) {
    // Offline mends itself, and parked files are counted below from the queue.
    if (status.state === 'offline' || status.state === 'paused') continue;
    for (const failure of failuresOf(status)) {
      if (parked.some((entry) => entry.folder === status.folder && entry.error?.code === failure.code)) continue;
      const key = `folder ${failure.code} ${failure.message}`;
      const known = causes.get(key);
      causes.set(key, {
        key,
        failure,
        folders: [...(known?.folders ?? []), status.folder],
        files: 0,
        deletes: failure.code === 'deletes-braked' ? (status.brake?.deletes ?? 0) : 0,
        remedies: DECISIONS[failure.code] ?? ['scan', 'look'],
        connection: status.connection,
        profile: typeof failure.facts['profile'] === 'string' ? failure.facts['profile'] : null,
      });
    }
  }
  for (const entry of parked) {
    if (entry.error === null) continue;
    const key = `parked ${entry.error.code}`;
    const known = causes.get(key);
    const folders = known?.folders ?? [];
    causes.set(key, {
      key,
      failure: known?.failure ?? entry.error,
      folders: folders.includes(entry.folder) ? folders : [...folders, entry.folder],
      files: (known?.files ?? 0) + 1,
      deletes: 0,
      remedies: ['look', 'retry'],
      connection: null,
      profile: null,
    });
  }
  return [...causes.values()];
}
