/** In: the policy's metadata and the facts of one file. Out: what goes into the object's metadata, so that the file can come back as it was. */
import type { PolicyFields } from '../contract/policy.ts';

/** What Cairn writes down of a file beside its bytes. */
export interface MetadataFacts {
  /** Nanoseconds since 1970. */
  readonly mtimeNs: bigint;
  /** `st_mode` with the type of the file; null where the system has no such thing (Windows). */
  readonly mode: number | null;
  /** Names this attempt, so that an upload whose answer was lost can be found again. */
  readonly attemptId: string;
  /** The exact bytes of the path, percent-encoded; null or left out where the key alone gives the path back. */
  readonly exactName?: string | null;
  /** Hex; left out where the bytes are not known before the request, as with a multipart upload. */
  readonly sha256?: string | null;
}

const NANOSECONDS = 1_000_000_000n;

/**
 * Seconds since 1970 with as many decimals as it takes, at most nine, none where they are zeros: the form in which
 * rclone (`TimeToFloatString` of its swift library) and others keep `mtime`.
 */
export function mtimeText(mtimeNs: bigint): string {
  const distance = mtimeNs < 0n ? -mtimeNs : mtimeNs;
  const decimals = String(distance % NANOSECONDS)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const sign = mtimeNs < 0n ? '-' : '';
  return `${sign}${String(distance / NANOSECONDS)}${decimals === '' ? '' : `.${decimals}`}`;
}

/** Back to nanoseconds since 1970; null where the text is no such time. Decimals past the ninth are cut off. */
export function parseMtime(text: string): bigint | null {
  const found = /^(-?)(\d{1,18})(?:\.(\d+))?$/.exec(text);
  if (found === null) return null;
  const distance = BigInt(found[2] ?? '0') * NANOSECONDS + BigInt((found[3] ?? '').slice(0, 9).padEnd(9, '0'));
  return found[1] === '-' ? -distance : distance;
}

/** The policy's own entries first, then Cairn's; the policy cannot name these. */
export function objectMetadata(fields: PolicyFields, facts: MetadataFacts): Readonly<Record<string, string>> {
  return {
    ...fields.metadata,
    mtime: mtimeText(facts.mtimeNs),
    // Octal with the file's type and no leading zero, such as 100644: what rclone writes under the same name.
    ...(facts.mode === null ? {} : { mode: facts.mode.toString(8) }),
    ...(facts.exactName == null ? {} : { 'cairn-name': facts.exactName }),
    'cairn-attempt': facts.attemptId,
    ...(facts.sha256 == null ? {} : { 'cairn-sha256': facts.sha256 }),
  };
}
