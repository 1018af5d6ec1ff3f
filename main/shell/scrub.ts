/**
 * Takes secrets out of plain values, and names where they are not wanted. In: values, the secrets and names that are known.
 * Out: the same values with a mark in their place. Pure. What is known is taken out in each of its usual writings; what is
 * not known, by its form.
 */

/** What stands in the place of a secret. */
export const LEFT_OUT = '[left out]';

export interface Scrubbing {
  /** Keys, tokens and passwords that are known. */
  readonly secrets: readonly string[];
  /** The person's own folder, which becomes `~`. */
  readonly user: string;
  /** Names that are to go: of folders, buckets, connections, paths; null: names stay. */
  readonly names: readonly string[] | null;
}

/** A shorter text would be found in the middle of words. */
const LEAST_SECRET = 8;
const LEAST_NAME = 3;

/** Forms of secrets: access key ids, signed addresses, headers, what is called one, what stands before an address's `@`. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, LEFT_OUT],
  [/\b(x-amz-(?:signature|security-token|credential)["']?\s*[=:]\s*["']?)[^&\s"']+/gi, `$1${LEFT_OUT}`],
  [/\b(authorization["']?\s*[=:]\s*["']?)[^"\n]+/gi, `$1${LEFT_OUT}`],
  [/((?:secret|token|password|passwd)[\w-]*["']?\s*[=:]\s*["']?)[^\s"',;&}]+/gi, `$1${LEFT_OUT}`],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"]+@/gi, '$1'],
];
/** As long as a secret access key, and as mixed. */
const KEY_LIKE = /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g;

export function scrubber({ secrets, user, names }: Scrubbing): (value: unknown) => unknown {
  const known = writingsOf(secrets);
  const gone = [...(names ?? [])].filter((name) => name.length >= LEAST_NAME).sort((a, b) => b.length - a.length);
  const text = (value: string): string => {
    let left = value;
    for (const secret of known) left = left.replaceAll(secret, LEFT_OUT);
    for (const [form, mark] of FORMS) left = left.replace(form, mark);
    left = left.replace(KEY_LIKE, (word) =>
      /[A-Z]/.test(word) && /[a-z]/.test(word) && /\d/.test(word) ? LEFT_OUT : word,
    );
    if (names !== null) left = withoutNames(left, gone);
    return user.length > 1 ? left.replaceAll(user, '~') : left;
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [text(name), walk(field)]));
  };
  return walk;
}

/** As it is, as it stands in JSON and in an address, and coded. */
function writingsOf(secrets: readonly string[]): readonly string[] {
  const long = secrets.filter((secret) => secret.length >= LEAST_SECRET);
  const written = long.flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('hex'),
  ]);
  return [...new Set(written)].sort((a, b) => b.length - a.length);
}

/** A word with a slash in it is a path or an address. Where it stood in a program stays: `:LINE:COLUMN`. */
const PATH_LIKE = /[^\s"'“”,;()]*[/\\][^\s"'“”,;()]*?((?::\d+){0,2})(?=[\s"'“”,;()]|$)/g;

/** What is quoted in our sentences is a name. */
function withoutNames(text: string, names: readonly string[]): string {
  let left = text;
  for (const name of names) left = left.replaceAll(name, '[name]');
  return left.replace(/“[^”]*”/g, '“…”').replace(PATH_LIKE, '[path]$1');
}
