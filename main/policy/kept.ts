/** In: the versions of a folder, and how long they are to be kept. Out: how many would go. Pure. */

export interface KeptVersion {
  readonly path: string;
  readonly size: number;
  readonly storageClass: string;
  /** When it was put, milliseconds since 1970. */
  readonly at: number;
  /** A delete marker: it ends the time of the version before and is none itself. */
  readonly isMarker: boolean;
}

export interface KeepTerms {
  /** Days after a newer one came; null: one, the least that S3 takes. */
  readonly days: number | null;
  /** The newest of a file, the present one included, that never go; null: no such number. */
  readonly newest: number | null;
}

export interface GoingVersions {
  readonly count: number;
  readonly bytes: number;
  /** Bytes and number by class. */
  readonly classes: ReadonlyMap<string, { readonly count: number; readonly bytes: number }>;
}

const DAY_MS = 86_400_000;

/**
 * The versions that S3 would remove by now: beyond the newest, and so many days after a newer one came.
 * @param versions of each path in the order in which they were put; paths may be mixed.
 */
export function versionsGoing(versions: Iterable<KeptVersion>, keep: KeepTerms, now: number): GoingVersions {
  const byPath = new Map<string, KeptVersion[]>();
  for (const version of versions) {
    const known = byPath.get(version.path);
    if (known === undefined) byPath.set(version.path, [version]);
    else known.push(version);
  }
  const limit = now - (keep.days ?? 1) * DAY_MS;
  const classes = new Map<string, { count: number; bytes: number }>();
  for (const all of byPath.values()) {
    // From the newest on; what a marker lies on is an earlier version too.
    const earlier = all
      .map((version, index) => ({ version, replacedAt: all[index + 1]?.at ?? null }))
      .filter((one) => !one.version.isMarker && one.replacedAt !== null)
      .reverse();
    for (const [rank, { version, replacedAt }] of earlier.entries()) {
      if (rank < (keep.newest ?? 1) - 1 || (replacedAt ?? now) > limit) continue;
      const sum = classes.get(version.storageClass) ?? { count: 0, bytes: 0 };
      classes.set(version.storageClass, { count: sum.count + 1, bytes: sum.bytes + version.size });
    }
  }
  const sums = [...classes.values()];
  return {
    count: sums.reduce((count, sum) => count + sum.count, 0),
    bytes: sums.reduce((bytes, sum) => bytes + sum.bytes, 0),
    classes,
  };
}
