/** The new folder that files come back into. In: what is chosen, of when. Out: a path whose name says both. Pure. */

/**
 * @param parent null: `Restored` in the person's home.
 * @param at ISO 8601; the name has it as the clock of this computer shows it, in letters that every file system takes.
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
  const time = new Date(at);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  const stamp = `${day} ${two(time.getHours())}.${two(time.getMinutes())}`;
  // What Windows has no names with becomes a full stop.
  return `${base.replace(/[/\\]+$/, '')}${slash}${name.replace(/[<>:"/\\|?*]/g, '.')} ${stamp}`;
}

/** The same name with the first number that is not taken. */
export function nextFree(target: string, taken: readonly string[]): string {
  let free = target;
  for (let number = 2; taken.includes(free); number += 1) free = `${target} (${String(number)})`;
  return free;
}

/** A file of this name in a directory that a person picked. */
export function fileIn(directory: string, name: string): string {
  const slash = directory.includes('\\') ? '\\' : '/';
  return `${directory.replace(/[/\\]+$/, '')}${slash}${name}`;
}
