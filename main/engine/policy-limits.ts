/** What a folder's store and bucket cannot do of a policy. In: a folder. Out: the fields, each with the reason. */
import type { PolicyLimit, PolicyLimits } from '../contract/policy-answers.ts';
import { putObjectTable, type FieldRow } from '../policy/fields.ts';
import { commonFields } from '../policy/request.ts';
import { lookAtSettings, presetOf, withCommonFields, type BucketLook, type Feature, type Preset } from '../s3/index.ts';
import type { ReadTables } from '../store/index.ts';
import type { DroppedField } from '../store/field-proofs.ts';
import type { Patient } from './doctor.ts';
import { areKeysCovered } from './store-limits.ts';

/** The fields of a policy that stand on a feature of the store. */
const FIELDS: Readonly<Partial<Record<Feature, readonly string[]>>> = {
  acl: ['acl', 'grants'],
  tags: ['tags'],
  lock: ['lock'],
  kms: ['encryption.mode:aws:kms', 'encryption.mode:aws:kms:dsse'],
  'customer-keys': ['encryption.mode:customer'],
  redirect: ['redirect'],
  'expected-owner': ['expectedBucketOwner'],
  'requester-pays': ['requesterPays'],
};

/** Asks the bucket three questions; one that is not answered says nothing against a field. */
export async function policyLimits(patient: Patient, tables: Pick<ReadTables, 'fieldProofs'>): Promise<PolicyLimits> {
  const { folder, connection } = patient;
  const client = withCommonFields(patient.client, commonFields(folder.policy));
  const settings = await lookAtSettings(client, folder.bucket);
  const preset = presetOf(connection, { name: client.wire.server, requestId: client.wire.requestId });
  const limits = [
    ...ofStore(preset),
    ...ofBucket(settings),
    ...(areKeysCovered(connection) ? [] : [limit('encryption.mode:customer', 'in-clear')]),
    ...ofDropped(tables.fieldProofs.dropped(folder.connection, folder.bucket)),
  ];
  // The first reason of a field stands: what a kind of store lacks no setting of a bucket brings.
  const first = limits.filter((one, index) => limits.findIndex((other) => other.field === one.field) === index);
  return { store: preset.name, kind: preset.id, storageClasses: preset.storageClasses, limits: first };
}

function limit(
  field: string,
  because: PolicyLimit['because'],
  detail = '',
  lacks: PolicyLimit['lacks'] = null,
): PolicyLimit {
  return { field, because, detail, lacks };
}

/** Pure. */
export function ofStore({ name, lacks }: Preset): PolicyLimit[] {
  return Object.entries(FIELDS).flatMap(([feature, fields]) => {
    const lacking = feature as Feature;
    const reason = lacks[lacking];
    return reason === undefined ? [] : fields.map((field) => limit(field, 'store', `${name} ${reason}`, lacking));
  });
}

/** Pure. */
export function ofBucket({
  lock,
  ownership,
  encryption,
}: Pick<BucketLook, 'lock' | 'ownership' | 'encryption'>): PolicyLimit[] {
  const isOff = lock.kind === 'unset' || (lock.kind === 'told' && !lock.value.enabled);
  const isOwners = ownership.kind === 'told' && ownership.value === 'BucketOwnerEnforced';
  const isBlocked = encryption.kind === 'told' && encryption.value.blocked.includes('SSE-C');
  return [
    ...(isOff ? [limit('lock', 'lock-off')] : []),
    ...(isOwners ? [limit('acl', 'owner-enforced'), limit('grants', 'owner-enforced')] : []),
    ...(isBlocked ? [limit('encryption.mode:customer', 'customer-blocked')] : []),
  ];
}

/** Pure. */
export function ofDropped(dropped: readonly DroppedField[]): PolicyLimit[] {
  const rows: Readonly<Record<string, FieldRow>> = putObjectTable;
  return dropped.flatMap(({ field, path }) => {
    const source = rows[field]?.source;
    if (source === undefined || !('policy' in source)) return [];
    return [limit(source.policy.split('.')[0] ?? source.policy, 'dropped', path)];
  });
}
