/** What was read of a bucket, kept until somebody says that it changed. In: the statement. Out: the same, without it. */

export interface Memory<T> {
  readonly of: (connection: string, bucket: string) => T;
  readonly forget: () => void;
}

/** @param read answers for a bucket of a connection. What it answers must not be changed by those who get it. */
export function openMemory<T>(read: (connection: string, bucket: string) => T): Memory<T> {
  const known = new Map<string, T>();
  return {
    of: (connection, bucket) => {
      // No name of a connection holds a NUL, and no bucket's.
      const place = `${connection}\0${bucket}`;
      const kept = known.get(place);
      if (kept !== undefined) return kept;
      const answer = read(connection, bucket);
      known.set(place, answer);
      return answer;
    },
    forget: () => {
      known.clear();
    },
  };
}
