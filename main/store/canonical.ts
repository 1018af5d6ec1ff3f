/** JSON in one form only, so that a hash of it means something: keys sorted, nothing undefined, no white space. */
import { createHash } from 'node:crypto';

export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/** Hex SHA-256 of the canonical JSON of `value`. */
export function hashOf(value: unknown): string {
  return sha256Of(canonicalJson(value));
}

/**
 * The canonical JSON of an object whose values were read back from canonical JSON: only its own names want sorting, and
 * what lies below is written as it stands.
 */
export function canonicalJsonOfParts(parts: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(parts).sort();
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, parts[name]])));
}

/** Hex SHA-256 of a text. */
export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function sorted(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  // Without a prototype, so that `__proto__` is a name as any other. A receipt passes through here once.
  const whole = Object.create(null) as Record<string, unknown>;
  for (const name of Object.keys(value).sort()) {
    const inner = (value as Readonly<Record<string, unknown>>)[name];
    if (inner !== undefined) whole[name] = sorted(inner);
  }
  return whole;
}
