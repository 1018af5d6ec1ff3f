/** A policy while it is being edited. In: the draft and one change. Out: the next draft; nothing is changed in place. Pure. */

/** As the policy's file holds it; what is in it may still be wrong. */
export type Draft = Readonly<Record<string, unknown>>;
/** The base, or the index of a rule. */
export type Layer = 'base' | number;

export interface DraftRule {
  readonly match?: readonly string[];
  readonly minSize?: unknown;
  readonly maxSize?: unknown;
  readonly set: Draft;
}

const isRecord = (value: unknown): value is Draft =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
export const isSame = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

export function rulesOf(draft: Draft): readonly DraftRule[] {
  return Array.isArray(draft['rules']) ? (draft['rules'] as DraftRule[]) : [];
}

/** The fields that the base or a rule sets. */
export function fieldsOf(draft: Draft, layer: Layer): Draft {
  if (layer !== 'base') return rulesOf(draft)[layer]?.set ?? {};
  const { rules: _, ...base } = draft;
  return base;
}

/** @param field a dotted path such as `encryption.mode`. */
export function valueOf(draft: Draft, layer: Layer, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>((inner, part) => (isRecord(inner) ? inner[part] : undefined), fieldsOf(draft, layer));
}

/** Of two ways to name one thing S3 takes one. */
const RIVALS: Readonly<Record<string, string>> = {
  'encryption.keyRef': 'encryption.keyFile',
  'encryption.keyFile': 'encryption.keyRef',
};

/** @param value undefined: the field is not set any more, nor is what held it alone. */
export function withField(draft: Draft, layer: Layer, field: string, value: unknown): Draft {
  const rival = value === undefined ? undefined : RIVALS[field];
  const before = fieldsOf(draft, layer);
  const fields = put(rival === undefined ? before : put(before, rival.split('.'), undefined), field.split('.'), value);
  if (layer === 'base') return withRules(fields, rulesOf(draft));
  return withRules(
    draft,
    rulesOf(draft).map((rule, index) => (index === layer ? { ...rule, set: fields } : rule)),
  );
}

function put(fields: Draft, path: readonly string[], value: unknown): Draft {
  const [name = '', ...rest] = path;
  const { [name]: before, ...others } = fields;
  const next = rest.length === 0 ? value : put(isRecord(before) ? before : {}, rest, value);
  if (next === undefined || (rest.length > 0 && isSame(next, {}))) return others;
  // It keeps its place among the others.
  return name in fields ? { ...fields, [name]: next } : { ...others, [name]: next };
}

/** What goes with a way of encryption; the rest S3 would refuse beside it. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  AES256: [],
  'aws:kms': ['keyId', 'context', 'bucketKey'],
  'aws:kms:dsse': ['keyId', 'context'],
  customer: ['keyFile', 'keyRef'],
};

/** @param mode undefined: the policy says nothing of encryption. */
export function withEncryption(draft: Draft, layer: Layer, mode: string | undefined): Draft {
  if (mode === undefined) return withField(draft, layer, 'encryption', undefined);
  const before = valueOf(draft, layer, 'encryption');
  const kept = Object.entries(isRecord(before) ? before : {}).filter(([name]) => BESIDE[mode]?.includes(name) === true);
  return withField(draft, layer, 'encryption', { mode, ...Object.fromEntries(kept) });
}

function withRules(draft: Draft, rules: readonly DraftRule[]): Draft {
  const { rules: _, ...base } = draft;
  return rules.length === 0 ? base : { ...base, rules };
}

/** A new last rule, which is meant for every file until it gets patterns. */
export function withNewRule(draft: Draft): Draft {
  return withRules(draft, [...rulesOf(draft), { match: ['*'], set: {} }]);
}

export function withoutRule(draft: Draft, index: number): Draft {
  return withRules(
    draft,
    rulesOf(draft).filter((_, at) => at !== index),
  );
}

/** Moves a rule to another place; the others close up. */
export function withMovedRule(draft: Draft, from: number, to: number): Draft {
  const rules = [...rulesOf(draft)];
  const [moved] = rules.splice(from, 1);
  if (moved === undefined) return draft;
  rules.splice(Math.max(0, Math.min(rules.length, to)), 0, moved);
  return withRules(draft, rules);
}

/** For which files a rule is meant; an empty list or undefined is left out. */
export function withRuleTerm(
  draft: Draft,
  index: number,
  term: 'match' | 'minSize' | 'maxSize',
  value: unknown,
): Draft {
  const isLeftOut = value === undefined || (Array.isArray(value) && value.length === 0);
  return withRules(
    draft,
    rulesOf(draft).map((rule, at) => {
      if (at !== index) return rule;
      const { [term]: _, set, ...others } = rule;
      return isLeftOut ? { ...others, set } : { ...others, [term]: value, set };
    }),
  );
}

/** How many fields of the base and how many rules differ; a change of the rules' order alone counts as one. */
export function countChanges(saved: Draft, draft: Draft): number {
  const [before, after] = [fieldsOf(saved, 'base'), fieldsOf(draft, 'base')];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const fields = [...names].filter((name) => !isSame(before[name] ?? null, after[name] ?? null)).length;
  const [former, rules] = [rulesOf(saved).map(canonical), rulesOf(draft).map(canonical)];
  const added = without(rules, former);
  const gone = without(former, rules);
  const changed = Math.max(added, gone);
  const isMoved = changed === 0 && !isSame(former, rules);
  return fields + changed + (isMoved ? 1 : 0);
}

/** How many of `some` have no equal in `others`, each of which counts once. */
function without(some: readonly string[], others: readonly string[]): number {
  const left = [...others];
  return some.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  }).length;
}

/** A value as it stands in a line to type in; what is no text or number, as JSON. */
export function textIn(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A number where the text is one; what is none is kept for the check to speak of. Empty: not set. */
export function numberIn(text: string): number | string | undefined {
  const bare = text.trim();
  if (bare === '') return undefined;
  return /^-?\d+(\.\d+)?$/.test(bare) ? Number(bare) : bare;
}

const POWERS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4 };

/** Bytes of a text such as `48 MB`, in steps of 1,024; null: it is none. */
export function bytesIn(text: string): number | null {
  const found = /^\s*(\d+(?:[.,]\d+)?)\s*([kmgt]?)(i?b)?\s*$/i.exec(text);
  if (found === null) return null;
  const power = POWERS[(found[2] ?? '').toLowerCase()] ?? 0;
  const bytes = Math.round(Number((found[1] ?? '').replace(',', '.')) * 1024 ** power);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** A size as it can be typed in again: in the largest unit that leaves no rest. */
export function exactSize(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value > 0 && value % 1024 === 0 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${String(value)} ${UNITS[unit] ?? ''}`;
}
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** Entries of a map as a person writes them, `name=value`. */
export function entriesOf(value: unknown): readonly string[] {
  return isRecord(value) ? Object.entries(value).map(([key, text]) => `${key}=${String(text)}`) : [];
}
export function entryIn(text: string): readonly [key: string, value: string] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
/** The map with one more entry, or with another value of it. */
export function withEntry(value: unknown, text: string): Draft {
  const [key, entry] = entryIn(text);
  return { ...(isRecord(value) ? value : {}), [key]: entry };
}
/** Undefined where none is left. */
export function withoutEntry(value: unknown, at: number): Draft | undefined {
  const entries = Object.entries(isRecord(value) ? value : {}).filter((_, index) => index !== at);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
