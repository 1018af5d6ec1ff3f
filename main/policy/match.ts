/**
 * In: the patterns of a rule and a path. Out: whether the rule is meant for it.
 * A pattern without a slash looks at the name alone, at any depth (`*.mp4`); one with a slash at the whole path from the
 * folder's root (`raw/**`, `/notes.txt`); one that ends in a slash at everything below such a directory (`raw/`).
 * Names that begin with a dot match like others, capitals and small letters differ, and Unicode forms do not.
 */
import picomatch from 'picomatch';
import { baseName, type RelPath } from '../contract/names.ts';

type Matcher = (path: RelPath) => boolean;

/** By the identity of the list of patterns: a policy lives long, and its files are many. */
const compiled = new WeakMap<readonly string[], Matcher>();

/** True where `path` matches one of `patterns`, or where there are none. */
export function matchesAny(patterns: readonly string[] | undefined, path: RelPath): boolean {
  if (patterns === undefined) return true;
  let matcher = compiled.get(patterns);
  if (matcher === undefined) {
    const matchers = patterns.map(matcherOf);
    matcher = (candidate) => matchers.some((matches) => matches(candidate));
    compiled.set(patterns, matcher);
  }
  return matcher(path.normalize('NFC') as RelPath);
}

function matcherOf(pattern: string): Matcher {
  const text = pattern.normalize('NFC');
  // `windows: false`: paths always have `/` here, and `\` in a pattern always escapes.
  const options = { dot: true, nonegate: true, windows: false } as const;
  if (!text.includes('/')) {
    const matches = picomatch(text, options);
    return (path) => matches(baseName(path));
  }
  const matches = picomatch(wholePathGlob(text), options);
  return (path) => matches(path);
}

function wholePathGlob(pattern: string): string {
  const isDirectory = pattern.endsWith('/');
  const inner = isDirectory ? pattern.slice(0, -1) : pattern;
  const isAnchored = inner.includes('/');
  const glob = (isAnchored ? inner : `**/${inner}`).replace(/^\//, '');
  // `raw/**` is what lies below raw; picomatch alone would also take a file that is itself called raw.
  return isDirectory ? `${glob}/**/*` : glob.replace(/\/\*\*$/, '/**/*');
}
