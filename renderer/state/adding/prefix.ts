/** Paths and prefixes as somebody types them. Pure. */

/** The last part of a path of any system. */
export function lastPart(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== '') ?? '';
}

/** What is sent for a typed prefix: left empty it is the folder's name, a lone `/` is the bucket's root. */
export function prefixFor(typed: string, path: string): string {
  const trimmed = typed.trim().replace(/^\/+/, '');
  if (trimmed !== '') return trimmed.endsWith('/') ? trimmed : `${trimmed}/`;
  if (typed.trim() !== '') return '';
  const name = lastPart(path);
  return name === '' ? '' : `${name}/`;
}
