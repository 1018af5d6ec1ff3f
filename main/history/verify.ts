/** Holds what is known of a version against what the store has of it. In: a journal row's facts, the store's answer. Out: a verdict. Pure. */
import type { VerifyFinding } from '../contract/history.ts';
import { unquoted, type OutputOf } from '../s3/index.ts';

export interface KnownVersion {
  readonly path: string;
  readonly versionId: string | null;
  readonly size: number;
  readonly etag: string | null;
  /** Of the receipt: what the store said of the bytes. */
  readonly checksum: { readonly algorithm: string; readonly value: string } | null;
  /** What was asked for; null: nothing. */
  readonly lock: { readonly mode: string; readonly until: string } | null;
  readonly legalHold: boolean;
}

type Head = Partial<OutputOf<'HeadObject'>>;

/** What is wrong with a version that is there; empty: nothing. */
export function differencesOf(known: KnownVersion, head: Head, now: Date): readonly VerifyFinding[] {
  const findings: VerifyFinding[] = [];
  const find = (what: VerifyFinding['what'], expected: string, found: string): void => {
    findings.push({ what, expected, found });
  };
  const size = head.ContentLength ?? 0;
  if (size !== known.size) find('size', String(known.size), String(size));
  const etag = unquoted(head.ETag);
  if (known.etag !== null && etag !== null && etag !== known.etag) find('etag', known.etag, etag);
  const returned = known.checksum === null ? undefined : checksumIn(head, known.checksum.algorithm);
  if (known.checksum !== null && returned !== undefined && returned !== known.checksum.value) {
    find('checksum', known.checksum.value, returned);
  }
  if (known.lock !== null && !isLocked(known.lock, head, now)) {
    const found = `${head.ObjectLockMode ?? 'no lock'} ${head.ObjectLockRetainUntilDate?.toISOString() ?? ''}`.trim();
    find('lock', `${known.lock.mode} ${known.lock.until}`, found);
  }
  if (known.legalHold && head.ObjectLockLegalHoldStatus !== 'ON') {
    find('legal-hold', 'ON', head.ObjectLockLegalHoldStatus ?? 'OFF');
  }
  return findings;
}

function checksumIn(head: Head, algorithm: string): string | undefined {
  const value = (head as Readonly<Record<string, unknown>>)[`Checksum${algorithm}`];
  return typeof value === 'string' ? value : undefined;
}

/** A longer or stricter lock is what somebody added, and holds as well; one that has run out need not be there. */
function isLocked(asked: { readonly mode: string; readonly until: string }, head: Head, now: Date): boolean {
  if (Date.parse(asked.until) <= now.getTime()) return true;
  const isStrict = head.ObjectLockMode === 'COMPLIANCE' || head.ObjectLockMode === asked.mode;
  // Stores keep whole seconds.
  return isStrict && (head.ObjectLockRetainUntilDate?.getTime() ?? 0) + 1000 > Date.parse(asked.until);
}

/** A seeded choice of `count` out of `total`, as rising indices; the same seed chooses the same. */
export function sampleOf(total: number, count: number, seed: number): readonly number[] {
  const random = mulberry(seed);
  const chosen: number[] = [];
  for (let index = 0; index < total && chosen.length < count; index += 1) {
    if (random() * (total - index) < count - chosen.length) chosen.push(index);
  }
  return chosen;
}

/** A small generator of numbers from 0 to 1, as good as a sample needs. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
