/** The new folder that files come back into. In: what is chosen, of when. Out: a path whose name says both. Pure. */

/**
 * @param parent null: `Restored` in the person's home.
 * @param at ISO 8601; the name has it as UTC wrote it, in letters that every file system takes.
 */
export function targetFor(
  parent: string | null,
  home: string,
  folder: string,
  paths: readonly string[],
  at: string,
): string {
  const slash = home.includes('\\') ? '\\' : '/';
  const base = parent ?? `${home}${slash}Restored`;
  const [only] = paths;
  const name = paths.length === 1 && only !== undefined && only !== '' ? only.slice(only.lastIndexOf('/') + 1) : folder;
  // A colon and what Windows does not take become a full stop, as in the times of files that are set aside.
  const stamp = at.slice(0, 16).replace('T', ' ').replace(':', '.');
  return `${base.replace(/[/\\]+$/, '')}${slash}${name.replace(/[<>:"/\\|?*]/g, '.')} ${stamp}`;
}

/** The same name with the first number that is not taken. */
export function nextFree(target: string, taken: readonly string[]): string {
  let free = target;
  for (let number = 2; taken.includes(free); number += 1) free = `${target} (${String(number)})`;
  return free;
}
