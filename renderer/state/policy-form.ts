/** Every field of a policy as the form shows it: its group, and how it is edited. Plain data. */
import {
  CANNED_ACLS,
  CHECKSUM_ALGORITHMS,
  ENCRYPTION_MODES,
  METADATA_LIMIT,
  METADATA_RESERVED,
  metadataBytes,
  STORAGE_CLASSES,
  TAGS_LIMIT,
} from '../../main/contract/policy-limits.ts';
import type { RingEntry } from '../../main/contract/key-ring.ts';
import type { PolicyFault } from '../../main/contract/policy.ts';
import type { PolicyLimit } from '../../main/contract/policy-answers.ts';
import type { Layer } from './policy-draft.ts';

export type FieldName = (typeof FIELDS)[number]['name'];
export type GroupName = (typeof FIELDS)[number]['group'];

export type FieldKind =
  | { readonly kind: 'choice'; readonly options: readonly (string | boolean)[] }
  | { readonly kind: 'flag' }
  | { readonly kind: 'text' }
  | { readonly kind: 'map' }
  | { readonly kind: 'list' }
  /** A key of the ring, by its name. */
  | { readonly kind: 'key' }
  /** So many days, or until a date: two fields of which one holds. */
  | { readonly kind: 'span'; readonly days: string; readonly date: string };

interface Form {
  /** A dotted path of the policy; of a span the path that holds both. */
  readonly name: string;
  readonly group: string;
  readonly edit: FieldKind;
  /** Shown where encryption has one of these modes. */
  readonly modes?: readonly string[];
  /** It counts for the whole folder, so a rule has none. */
  readonly isBaseOnly?: true;
}

const KMS = ['aws:kms', 'aws:kms:dsse'] as const;

export const FIELDS = [
  { name: 'storageClass', group: 'storage', edit: { kind: 'choice', options: STORAGE_CLASSES } },
  { name: 'checksum', group: 'storage', edit: { kind: 'choice', options: CHECKSUM_ALGORITHMS } },
  { name: 'contentMd5', group: 'storage', edit: { kind: 'choice', options: ['auto', true, false] } },

  { name: 'encryption.mode', group: 'encryption', edit: { kind: 'choice', options: ENCRYPTION_MODES } },
  { name: 'encryption.keyId', group: 'encryption', edit: { kind: 'text' }, modes: KMS },
  { name: 'encryption.bucketKey', group: 'encryption', edit: { kind: 'flag' }, modes: ['aws:kms'] },
  { name: 'encryption.context', group: 'encryption', edit: { kind: 'map' }, modes: KMS },
  { name: 'encryption.keyRef', group: 'encryption', edit: { kind: 'key' }, modes: ['customer'] },
  { name: 'encryption.keyFile', group: 'encryption', edit: { kind: 'text' }, modes: ['customer'] },

  { name: 'tags', group: 'marks', edit: { kind: 'map' } },
  { name: 'metadata', group: 'marks', edit: { kind: 'map' } },

  { name: 'contentType', group: 'headers', edit: { kind: 'text' } },
  { name: 'cacheControl', group: 'headers', edit: { kind: 'text' } },
  { name: 'contentDisposition', group: 'headers', edit: { kind: 'text' } },
  { name: 'contentEncoding', group: 'headers', edit: { kind: 'text' } },
  { name: 'contentLanguage', group: 'headers', edit: { kind: 'text' } },
  { name: 'expires', group: 'headers', edit: { kind: 'span', days: 'expires.inDays', date: 'expires.at' } },
  { name: 'redirect', group: 'headers', edit: { kind: 'text' } },

  { name: 'lock.mode', group: 'lock', edit: { kind: 'choice', options: ['GOVERNANCE', 'COMPLIANCE'] } },
  { name: 'lock', group: 'lock', edit: { kind: 'span', days: 'lock.retainDays', date: 'lock.retainUntil' } },
  { name: 'lock.legalHold', group: 'lock', edit: { kind: 'flag' } },

  { name: 'acl', group: 'access', edit: { kind: 'choice', options: CANNED_ACLS } },
  { name: 'grants.fullControl', group: 'access', edit: { kind: 'list' } },
  { name: 'grants.read', group: 'access', edit: { kind: 'list' } },
  { name: 'grants.readAcp', group: 'access', edit: { kind: 'list' } },
  { name: 'grants.writeAcp', group: 'access', edit: { kind: 'list' } },

  { name: 'guardOverwrites', group: 'advanced', edit: { kind: 'flag' }, isBaseOnly: true },
  { name: 'expectedBucketOwner', group: 'advanced', edit: { kind: 'text' }, isBaseOnly: true },
  { name: 'requesterPays', group: 'advanced', edit: { kind: 'flag' }, isBaseOnly: true },
] as const satisfies readonly Form[];

export interface FormField {
  readonly name: FieldName;
  readonly edit: FieldKind;
}

/** The groups with the fields that are shown. @param mode how the layer encrypts. */
export function groupsFor(
  layer: Layer,
  mode: unknown,
): readonly { readonly group: GroupName; readonly fields: readonly FormField[] }[] {
  const shown = FIELDS.filter((field: Form) => {
    if (field.isBaseOnly === true && layer !== 'base') return false;
    return field.modes === undefined || (typeof mode === 'string' && field.modes.includes(mode));
  });
  const groups = [...new Set(shown.map(({ group }) => group))];
  return groups.map((group) => ({ group, fields: shown.filter((field) => field.group === group) }));
}

/** What is wrong with one field of a layer. A fault of what holds the fields is told at the first of them. */
export function faultsOf(faults: readonly PolicyFault[], layer: Layer, field: FormField): readonly PolicyFault[] {
  return faults.filter(({ path }) => {
    const [inLayer, rest] = placeOf(path);
    return inLayer === layer && homeOf(rest) === field.name;
  });
}

/** What is wrong with a rule itself: its patterns and sizes. */
export function termFaults(faults: readonly PolicyFault[], rule: number): readonly PolicyFault[] {
  return faults.filter(({ path }) => path[0] === 'rules' && path[1] === rule && path[2] !== 'set');
}

/** The layer that a fault is in; null: the policy as a whole. */
export function placeOf(path: readonly (string | number)[]): readonly [layer: Layer | null, rest: readonly string[]] {
  if (path.length === 0) return [null, []];
  if (path[0] !== 'rules') return ['base', path.map(String)];
  const index = path[1];
  if (typeof index !== 'number') return [null, []];
  return [index, path[2] === 'set' ? path.slice(3).map(String) : []];
}

function homeOf(rest: readonly string[]): FieldName | null {
  const dotted = rest.slice(0, 2).join('.');
  for (const field of FIELDS) {
    const spans: readonly string[] = field.edit.kind === 'span' ? [field.edit.days, field.edit.date] : [];
    if (field.name === dotted || spans.includes(dotted)) return field.name;
  }
  const whole = FIELDS.find(({ name }) => name === rest[0] || name.startsWith(`${rest[0] ?? ''}.`));
  return whole?.name ?? null;
}

/** Why the bucket or its kind of store cannot do this, where that is known. */
export function limitOf(limits: readonly PolicyLimit[], name: string): PolicyLimit | null {
  return limits.find(({ field }) => field === name || name.startsWith(`${field}.`)) ?? null;
}

/** Why one way of encryption cannot be had. */
export function modeLimit(limits: readonly PolicyLimit[], mode: string): PolicyLimit | null {
  return limits.find(({ field }) => field === `encryption.mode:${mode}`) ?? null;
}

/** How much of what S3 allows is used; null: the field has no such limit. */
export function usedOf(name: FieldName, value: unknown): { readonly used: number; readonly most: number } | null {
  const map = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, string>>) : {};
  if (name === 'tags') return { used: Object.keys(map).length, most: TAGS_LIMIT };
  if (name === 'metadata') return { used: metadataBytes(map), most: METADATA_LIMIT - METADATA_RESERVED };
  return null;
}

export interface KeyChoice {
  readonly name: string;
  /** `unready`: nobody confirmed yet that its recovery copy is kept. `missing`: the policy names it, and it is not there. */
  readonly kind: 'ready' | 'unready' | 'missing';
}

/** The keys that a policy may name, and the one that it names. @param chosen empty: none. */
export function keyChoices(
  keys: readonly Pick<RingEntry, 'name' | 'confirmedAt'>[],
  chosen: string,
): readonly KeyChoice[] {
  const known = keys.map(({ name, confirmedAt }): KeyChoice => ({
    name,
    kind: confirmedAt === null ? 'unready' : 'ready',
  }));
  const isMissing = chosen !== '' && !known.some(({ name }) => name === chosen);
  return isMissing ? [...known, { name: chosen, kind: 'missing' }] : known;
}
