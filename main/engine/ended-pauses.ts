/** Pauses whose time is over. In: settings and a moment. Out: the settings as they hold then. Pure. */
import type { AnyFolder } from '../contract/models.ts';
import type { Settings } from '../store/index.ts';

function isEnded(folder: AnyFolder, nowMs: number): boolean {
  if (folder.path === null) return false;
  const { paused, pausedUntil } = folder;
  return paused && typeof pausedUntil === 'string' && Date.parse(pausedUntil) <= nowMs;
}

/** A pause that has ended is none, also where nobody was there to end it. */
export function withoutEndedPauses(settings: Settings, nowMs: number): Settings {
  if (!settings.folders.some((folder) => isEnded(folder, nowMs))) return settings;
  const folders = settings.folders.map((folder) =>
    isEnded(folder, nowMs) ? { ...folder, paused: false, pausedUntil: null } : folder,
  );
  return { ...settings, folders };
}
