/**
 * What a person is told of while they do not look. In: what was known before and what is known now. Out: notices, one a
 * cause, and of each cause at most one an hour. Pure.
 */
import type { FailureClass } from '../contract/errors.ts';
import type { FolderStatus, Snapshot } from '../contract/models.ts';

export type Notice =
  /** Files cannot be sent as they are. */
  | {
      readonly kind: 'parked';
      readonly cause: FailureClass | null;
      readonly folders: readonly string[];
      readonly files: number;
    }
  /** A whole folder cannot go on by itself. */
  | { readonly kind: 'attention'; readonly cause: FailureClass; readonly folders: readonly string[] }
  | { readonly kind: 'brake'; readonly folder: string; readonly deletes: number }
  /** Cairn's own state cannot be written or opened. */
  | { readonly kind: 'home'; readonly code: string }
  | { readonly kind: 'restored'; readonly folder: string; readonly files: number }
  /** A version of an archive class can be read again; `to` is where it was written, if it was. */
  | { readonly kind: 'back'; readonly folder: string; readonly path: string; readonly to: string | null };

/** One hour in milliseconds. */
export const QUIET = 60 * 60_000;

/** What came up between two snapshots. Nothing where there is no earlier one: what stands at the start, the tray shows. */
export function newsOf(before: Snapshot | null, after: Snapshot): readonly Notice[] {
  if (before === null) return [];
  const former = new Map(before.folders.map((folder) => [folder.folder, folder]));
  const news = new Map<string, Notice>();
  for (const folder of after.folders) {
    const was = former.get(folder.folder);
    const notice = was === undefined ? null : newsOfFolder(was, folder);
    if (notice === null) continue;
    const known = news.get(keyOf(notice));
    news.set(keyOf(notice), known === undefined ? notice : joined(known, notice));
  }
  return [...news.values()];
}

/** The one thing that matters most; a folder that is offline mends itself, and one that is paused was meant to be. */
function newsOfFolder(was: FolderStatus, now: FolderStatus): Notice | null {
  const { folder, failure, state } = now;
  if (failure?.class === 'home') return was.failure?.class === 'home' ? null : { kind: 'home', code: failure.code };
  if (now.brake !== null && was.brake === null) return { kind: 'brake', folder, deletes: now.brake.deletes };
  if (state === 'paused' || state === 'offline') return null;
  if (now.parked > was.parked) {
    return { kind: 'parked', cause: failure?.class ?? null, folders: [folder], files: now.parked };
  }
  const isHeld = (state === 'attention' || state === 'unavailable') && now.parked === 0;
  if (!isHeld || failure === null || failure.code === 'deletes-braked') return null;
  return failure.code === was.failure?.code ? null : { kind: 'attention', cause: failure.class, folders: [folder] };
}

/** Two notices of one cause as one. */
function joined(one: Notice, other: Notice): Notice {
  if (one.kind === 'parked' && other.kind === 'parked') {
    return { ...one, folders: [...one.folders, ...other.folders], files: one.files + other.files };
  }
  if (one.kind === 'attention' && other.kind === 'attention') {
    return { ...one, folders: [...one.folders, ...other.folders] };
  }
  return one;
}

/** What makes two notices the same cause. What a person asked for is never the same. */
export function keyOf(notice: Notice): string {
  switch (notice.kind) {
    case 'parked':
    case 'attention':
      return `${notice.kind} ${notice.cause ?? ''}`;
    case 'brake':
      return `brake ${notice.folder}`;
    case 'home':
      return `home ${notice.code}`;
    case 'restored':
      return `restored ${notice.folder}`;
    case 'back':
      return `back ${notice.folder} ${notice.path}`;
  }
}

/** Holds back what was told within the hour. Answers what is to be told, and what was told with that. */
export function sparing(
  news: readonly Notice[],
  told: ReadonlyMap<string, number>,
  now: number,
): { readonly notices: readonly Notice[]; readonly told: ReadonlyMap<string, number> } {
  const recent = new Map([...told].filter(([, at]) => now - at < QUIET));
  const notices = news.filter((notice) => {
    // Somebody waits for these.
    if (notice.kind === 'restored' || notice.kind === 'back') return true;
    if (recent.has(keyOf(notice))) return false;
    recent.set(keyOf(notice), now);
    return true;
  });
  return { notices, told: recent };
}
