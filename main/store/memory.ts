/** What was read by names, of a bucket for example, kept until somebody says that it changed. In: the statement. Out: the same, without it. */

export interface Memory<Names extends readonly string[], T> {
  readonly of: (...names: Names) => T;
  readonly forget: () => void;
}

/** @param read answers for the names. What it answers must not be changed by those who get it. */
export function openMemory<Names extends readonly string[], T>(read: (...names: Names) => T): Memory<Names, T> {
  const known = new Map<string, T>();
  return {
    of: (...names) => {
      // No name of a connection holds a NUL, nor does a bucket's or a field's.
      const place = names.join('\0');
      const kept = known.get(place);
      if (kept !== undefined) return kept;
      const answer = read(...names);
      known.set(place, answer);
      return answer;
    },
    forget: () => {
      known.clear();
    },
  };
}
