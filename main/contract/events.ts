/** What the window hears without asking. */
import type { Progress } from './history.ts';
import type { Snapshot } from './models.ts';

export interface Events {
  /** At most 10 a second; `sequence` counts up by one. */
  readonly status: Snapshot;
  /** A receipt was committed: the file's row, its versions and the activity list may be read again. */
  readonly saved: { readonly folder: string; readonly path: string; readonly seq: number };
  /** A folder was added, removed or changed. */
  readonly folders: Record<string, never>;
  /** A folder's bucket was listed: trees and differences may be read again. */
  readonly listed: { readonly folder: string };
  /** The engine's process: down for now, up again, or down for good after three crashes in five minutes. */
  readonly engine: { readonly state: 'up' | 'down' | 'stopped'; readonly reference?: string };
  /** How far a task is that a call began, at most 10 a second for each; `task` is the caller's own name for it. */
  readonly progress: Progress & { readonly task: string };
  /** A version of an archive class can be read again; `to` is where it was written, where that was asked for. */
  readonly back: { readonly folder: string; readonly path: string; readonly to: string | null };
  /** The shell asks the window to show a place. */
  readonly show: Shown;
}

/** A folder or a tab of it, a file's timeline, or the settings. */
export type Shown =
  | { readonly folder: string; readonly path?: string; readonly tab?: 'queue' | 'activity' | 'versions' }
  | { readonly settings: true };

export type EventName = keyof Events;
export const EVENT_NAMES = [
  'status',
  'saved',
  'folders',
  'listed',
  'engine',
  'progress',
  'back',
  'show',
] as const satisfies readonly EventName[];
