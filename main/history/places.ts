/**
 * Where each file of a tree comes to lie. In: paths that stay below their folder, and what the target's file system makes
 * of names. Out: a place each, no two of them the same there. Pure.
 *
 * A bucket holds what no single file system does: `a` beside `a/b`, `Readme` beside `README`, names that Windows gives to
 * devices. Each of these gets a name that is free, so that nothing is left out and nothing is written twice.
 */
import { fittingName, numberedName, type NameUnit } from './beside.ts';

/** What a file system makes of names. */
export interface TargetTraits {
  /** `a` and `A` are one file. */
  readonly foldsCase: boolean;
  /** An accent of its own and the letter that has it are one name. */
  readonly foldsForm: boolean;
  /** What Windows has no names with is refused, or means something else. */
  readonly windowsNames: boolean;
  /** What a name may have 255 of. */
  readonly nameUnit: NameUnit;
}

/** A file system that takes every name as it is. */
export const PLAIN_TARGET: TargetTraits = {
  foldsCase: false,
  foldsForm: false,
  windowsNames: false,
  nameUnit: 'bytes',
};

interface Directory {
  /** By what the file system takes a name for. */
  readonly directories: Map<string, { readonly name: string; readonly inside: Directory }>;
  readonly files: Set<string>;
}

/** Relative places, with `/`, by path. The files whose names can stay as they are come first to a name. */
export function placesOf(paths: readonly string[], traits: TargetTraits): ReadonlyMap<string, string> {
  const root = emptyDirectory();
  const entered = paths.map((path) => {
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    return { path, name, ...enter(root, parts, traits) };
  });
  const places = new Map<string, string>();
  const others: typeof entered = [];
  for (const file of entered) {
    const { path, name, inside, way } = file;
    if (usableName(name, traits) === name && takeName(inside, name, traits)) places.set(path, [...way, name].join('/'));
    else others.push(file);
  }
  for (const { path, name, inside, way } of others) {
    places.set(path, [...way, freeName(inside, usableName(name, traits), traits)].join('/'));
  }
  return places;
}

/** Directories that the file system takes for one become one; their files are told apart. */
function enter(
  root: Directory,
  parts: readonly string[],
  traits: TargetTraits,
): { readonly inside: Directory; readonly way: readonly string[] } {
  let inside = root;
  const way: string[] = [];
  for (const part of parts) {
    const name = usableName(part, traits);
    const id = identityOf(name, traits);
    const found = inside.directories.get(id) ?? { name, inside: emptyDirectory() };
    inside.directories.set(id, found);
    way.push(found.name);
    inside = found.inside;
  }
  return { inside, way };
}

function emptyDirectory(): Directory {
  return { directories: new Map(), files: new Set() };
}

function freeName(directory: Directory, name: string, traits: TargetTraits): string {
  let free = name;
  for (let number = 2; !takeName(directory, free, traits); number += 1) {
    free = numberedName(name, number, traits.nameUnit);
  }
  return free;
}

/** False where another file or directory has the name. */
function takeName({ directories, files }: Directory, name: string, traits: TargetTraits): boolean {
  const id = identityOf(name, traits);
  if (directories.has(id) || files.has(id)) return false;
  files.add(id);
  return true;
}

/** What the file system tells names apart by. */
function identityOf(name: string, { foldsCase, foldsForm }: TargetTraits): string {
  const formed = foldsForm ? name.normalize('NFD') : name;
  // Up and then down: the two sigmas, and letters that have an upper case of more than one letter, become one.
  return foldsCase ? formed.toUpperCase().toLowerCase() : formed;
}

const WINDOWS_UNUSABLE = /[<>:"|?*\\\p{Cc}]/gu;
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;

/** The name itself where it can be used, else one like it. */
export function usableName(name: string, { windowsNames, nameUnit }: TargetTraits): string {
  const usable = windowsNames
    ? name
        .replace(WINDOWS_UNUSABLE, '_')
        .replace(/[. ]+$/, (end) => '_'.repeat(end.length))
        .replace(WINDOWS_DEVICE, '$1_')
    : name;
  return fittingName(usable, nameUnit);
}
