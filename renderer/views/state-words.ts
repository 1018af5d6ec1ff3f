/** The state of a folder as a person reads it. In: its status and progress. Out: an outline and a sentence. */
import type { FileRow, FolderState, FolderStatus } from '../../main/contract/models.ts';
import type { StateShape } from '../parts/StateIcon.svelte';
import type { Progress } from '../state/progress.ts';
import { format, words } from '../words/index.ts';

const SHAPES: Readonly<Record<FolderState, StateShape>> = {
  idle: 'sync',
  scanning: 'work',
  syncing: 'work',
  paused: 'paused',
  offline: 'offline',
  unavailable: 'attention',
  attention: 'attention',
  attached: 'none',
};

export function shapeOf(status: FolderStatus): StateShape {
  return SHAPES[status.state];
}

/** The sentence: `In sync`, `1,284 of 3,902 sent`, `Offline since 13:40, 212 wait`. */
export function sentenceOf(status: FolderStatus, progress: Progress | null, offlineSince: string | null): string {
  const toGo = status.queued + status.active;
  const withWaiting = (state: string): string => (toGo > 0 ? words.state.wait(state, format.count(toGo)) : state);
  switch (status.state) {
    case 'idle':
      return words.state.idle;
    case 'scanning':
      return words.state.scanning;
    case 'syncing':
      return progress === null
        ? words.state.syncing
        : words.state.sent(format.count(progress.done), format.count(progress.total));
    case 'paused':
      return withWaiting(
        status.pausedUntil == null ? words.state.paused : words.state.pausedUntil(endOf(status.pausedUntil)),
      );
    case 'offline':
      return withWaiting(
        offlineSince === null ? words.state.offline : words.state.offlineSince(format.clock(offlineSince)),
      );
    case 'unavailable':
      return status.failure === null ? words.state.unavailable : words.short[status.failure.code];
    case 'attached':
      return status.bringingBack == null ? words.state.attached : words.state.bringingBack;
    case 'attention':
      return status.parked > 0
        ? words.state.attentionFiles(status.parked, format.count(status.parked))
        : status.failure === null
          ? words.state.attention
          : words.short[status.failure.code];
  }
}

/** The time of an end within a day, else its day. */
function endOf(iso: string): string {
  return Date.parse(iso) - Date.now() < 86_400_000 ? format.clock(iso) : format.day(iso);
}

/** The state without numbers, for announcing a change of it. */
export function plainState(state: FolderState): string {
  return words.state[state];
}

/** A file's outline and words; a directory speaks for what is below it. */
export function fileState(row: FileRow): { readonly shape: StateShape; readonly text: string } {
  if (row.kind === 'directory') {
    if (row.attention > 0) {
      return { shape: 'attention', text: words.files.held(format.count(row.attention)) };
    }
    if (row.state === 'sending') return { shape: 'work', text: words.file.sending };
    if (row.waiting > 0) return { shape: 'waiting', text: words.files.wait(format.count(row.waiting)) };
    const forgotten = row.forgotten ?? 0;
    if (forgotten > 0) return { shape: 'none', text: words.files.leftOut(format.count(forgotten)) };
  }
  switch (row.state) {
    case 'sync':
      return { shape: 'tick', text: words.file.sync };
    case 'waiting':
      return { shape: 'waiting', text: words.file.waiting };
    case 'sending':
      return { shape: 'work', text: words.file.sending };
    case 'attention':
      return {
        shape: 'attention',
        text: row.failure === null ? words.file.attention : words.short[row.failure.code],
      };
    case 'forgotten':
      return { shape: 'none', text: words.file.forgotten };
    case 'gone':
      return { shape: 'gone', text: words.file.gone };
  }
}
