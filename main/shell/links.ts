/**
 * Links that lead into the window: `cairn://folder/NAME`, `cairn://versions/NAME`, `cairn://versions/NAME/PATH` and
 * `cairn://settings`. In: a text of anybody’s. Out: a place that the window can show, or a code of why it is none. A link
 * only leads somewhere: nothing in it is done, and it names neither a home nor a path outside of a folder. Pure.
 */
import type { Events } from '../contract/events.ts';
import { parseRelPath } from '../contract/names.ts';

export const LINK_SCHEME = 'cairn';

/** Why a text leads nowhere, as it stands in the log; of the text itself nothing is written there. */
export type LinkRefusal = 'link-not-ours' | 'link-too-long' | 'link-malformed' | 'link-unknown-place' | 'link-bad-name';

export type ReadLink = { readonly place: Events['show'] } | { readonly refused: LinkRefusal };

/** Longer than any path of {@link LONGEST_PATH} characters, each written as up to nine. */
const LONGEST = 80_000;
const LONGEST_NAME = 128;
const LONGEST_PATH = 8_192;

/** The names of places are in small letters; of the scheme systems write either. Queries and fragments mean nothing here. */
const SHAPE = /^cairn:\/\/([a-z]+)(?:\/([^?#]*))?$/i;
/** What no name of a folder or a file needs, and what Windows takes for a way to another directory. */
const STRANGE = /[\p{Cc}\p{Cs}\\]/u;

export function isLink(argument: string): boolean {
  return argument.toLowerCase().startsWith(`${LINK_SCHEME}:`);
}

export function readLink(text: unknown): ReadLink {
  if (typeof text !== 'string' || !isLink(text)) return { refused: 'link-not-ours' };
  if (text.length > LONGEST) return { refused: 'link-too-long' };
  const [, kind, rest = ''] = SHAPE.exec(text) ?? [];
  if (kind === undefined) return { refused: 'link-malformed' };
  const parts = partsOf(rest);
  if (parts === null) return { refused: 'link-malformed' };
  const [folder, ...path] = parts;
  switch (kind) {
    case 'settings':
      return folder === undefined ? { place: { settings: true } } : { refused: 'link-malformed' };
    case 'folder':
      if (path.length > 0) return { refused: 'link-malformed' };
      return isName(folder) ? { place: { folder } } : { refused: 'link-bad-name' };
    case 'versions':
      return isName(folder) ? versionsOf(folder, path) : { refused: 'link-bad-name' };
    default:
      return { refused: 'link-unknown-place' };
  }
}

function versionsOf(folder: string, parts: readonly string[]): ReadLink {
  if (parts.length === 0) return { place: { folder, tab: 'versions' } };
  const path = parts.join('/');
  const isPath = path.length <= LONGEST_PATH && !STRANGE.test(path) && parseRelPath(path) !== null;
  return isPath ? { place: { folder, path } } : { refused: 'link-bad-name' };
}

function isName(name: string | undefined): name is string {
  return name !== undefined && name !== '' && name.length <= LONGEST_NAME && !STRANGE.test(name);
}

/** Null: it cannot be read. A slash that is written as `%2F` would make two names of one. */
function partsOf(rest: string): readonly string[] | null {
  // Some systems put a slash at the end.
  const whole = rest.endsWith('/') ? rest.slice(0, -1) : rest;
  if (whole === '') return [];
  try {
    const parts = whole.split('/').map(decodeURIComponent);
    return parts.some((part) => part.includes('/')) ? null : parts;
  } catch {
    return null;
  }
}
