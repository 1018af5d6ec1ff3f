/**
 * Looks a folder's bucket over, and mends what a person asks to have mended. In: a folder. Out: findings; or the findings
 * after one was mended. A look changes nothing in the bucket.
 */
import type { DoctorReport, Finding } from '../contract/doctor.ts';
import { failure, toldOf, type Failure } from '../contract/errors.ts';
import type { AnyFolder, Connection } from '../contract/models.ts';
import type { ObjectKey, RelPath } from '../contract/names.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { commonFields, putObjectFields } from '../policy/request.ts';
import { unionOf, wantsOf } from '../policy/wants.ts';
import {
  abortRule,
  capabilitiesOf,
  changeLifecycle,
  enableVersioning,
  finding,
  findingsOf,
  lookAtBucket,
  presetOf,
  withCommonFields,
  type BucketLook,
  type Lifecycle,
  type StoreClient,
  type UploadFields,
  type WritePart,
} from '../s3/index.ts';
import { canonicalJson } from '../store/canonical.ts';
import type { ReadTables, WriteTables } from '../store/index.ts';

export interface Patient {
  readonly folder: AnyFolder;
  readonly connection: Connection;
  readonly client: StoreClient;
  /** Null: nothing was ever kept in this home. */
  readonly tables: Pick<ReadTables, 'folders'> | null;
}

export interface Examined {
  readonly report: DoctorReport;
  readonly look: BucketLook;
}

/** Fails only where nothing can be learnt of the bucket: no answer, wrong credentials, no such bucket. */
export async function examine(patient: Patient, signal?: AbortSignal): Promise<Result<Examined>> {
  const { folder, connection, client, tables } = patient;
  const now = new Date();
  const upload = uploadFields(folder, now);
  const seen = tables?.folders.seenCapabilities(folder.connection, folder.bucket) ?? [];
  const asked = {
    bucket: folder.bucket,
    prefix: folder.prefix,
    plain: upload.ok ? upload.value.plain : {},
    parts: upload.ok ? upload.value.parts : [],
    checksMd5: seen.find((capability) => capability.name === 'content-md5')?.can ?? 'unknown',
    isOnlyRead: folder.path === null,
  } as const;
  const first = await lookAtBucket(clientOf(patient), asked, signal);
  // A clock that is wrong is refused once: its answer told the client the time, and with that all else can be told.
  const isOff = !first.ok && first.failure.code === 'clock-skew';
  const look = isOff ? await lookAtBucket(clientOf(patient), asked, signal) : first;
  if (!look.ok) return look;
  const preset = presetOf(connection, { name: client.wire.server, requestId: client.wire.requestId });
  const findings = findingsOf(look.value, {
    name: folder.name,
    bucket: folder.bucket,
    prefix: folder.prefix,
    deletes: folder.path === null ? 'keep' : folder.deletes,
    wants: wantsOf(folder.policy),
    ownUploads: new Set(tables?.folders.uploadIds(folder.id) ?? []),
    preset,
    now,
  });
  const report: DoctorReport = {
    folder: folder.name,
    at: now.toISOString(),
    store: preset.id,
    findings: upload.ok ? findings : [...findings, cannotBeSent(upload.failure)],
    capabilities: capabilitiesOf(look.value, preset),
  };
  return success({ report, look: look.value });
}

function clientOf({ client, folder }: Patient): StoreClient {
  return withCommonFields(client, commonFields(folder.policy));
}

function cannotBeSent(cause: Failure): Finding {
  return finding('policy', 'problem', 'policy-unsendable', { cause: toldOf(cause) });
}

/** Writes down what a look taught. */
export function remember(tables: WriteTables, folder: AnyFolder, { report, look }: Examined): void {
  const { connection, bucket } = folder;
  tables.now(() => {
    if (look.versioning.kind === 'told') {
      const learnt = tables.folders.capabilities(connection, bucket);
      tables.folders.setCapabilities(connection, bucket, { ...learnt, versioning: look.versioning.value }, report.at);
    }
    // A place that is only read was not tried, and knows less than a folder on the same bucket.
    if (folder.path !== null) tables.folders.setSeenCapabilities(connection, bucket, report.capabilities, report.at);
  });
}

/**
 * Looks, makes the change that the finding names, and looks again.
 * @param shown the input that a person was shown; where it would be another by now, nothing is sent (`bad-input`).
 */
export async function mend(
  patient: Patient,
  id: string,
  shown: unknown,
  onFix: (found: Finding) => void = () => undefined,
): Promise<Result<Examined>> {
  const examined = await examine(patient);
  if (!examined.ok) return examined;
  const { report, look } = examined.value;
  const found = report.findings.find((one) => one.id === id);
  if (found?.fix == null) {
    const mendable = report.findings.filter((one) => one.fix !== null).map((one) => one.id);
    const which =
      mendable.length === 0 ? reason('nothing-to-mend') : reason('can-be-mended', { findings: mendable.join(', ') });
    return failed(failure('bad-input', { field: id, problem: which }));
  }
  if (shown !== undefined && canonicalJson(shown) !== canonicalJson(plain(found.fix.input))) {
    return failed(failure('bad-input', { field: id, problem: reason('bucket-changed') }));
  }
  onFix(found);
  const changed = await change(patient, found.fix.call, look);
  return changed.ok ? examine(patient) : changed;
}

async function change(patient: Patient, call: string, look: BucketLook): Promise<Result<unknown>> {
  const { bucket, name, prefix } = patient.folder;
  const client = clientOf(patient);
  if (call === 'PutBucketVersioning') return enableVersioning(client, bucket);
  const shown = lifecycleOf(look);
  return changeLifecycle(client, bucket, shown, { kind: 'put', rule: abortRule(shown.rules, name, prefix) });
}

const NO_RULES: Lifecycle = { rules: [], transitionDefault: null, unknownElements: [] };

function lifecycleOf({ lifecycle }: BucketLook): Lifecycle {
  return lifecycle.kind === 'told' ? lifecycle.value : NO_RULES;
}

/** As it is after a journey as JSON: dates are text. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

/** Fields of a put that need a permission of their own. */
const ACTIONS: Readonly<Record<string, string>> = {
  ACL: 's3:PutObjectAcl',
  GrantFullControl: 's3:PutObjectAcl',
  GrantRead: 's3:PutObjectAcl',
  GrantReadACP: 's3:PutObjectAcl',
  GrantWriteACP: 's3:PutObjectAcl',
  Tagging: 's3:PutObjectTagging',
  ObjectLockMode: 's3:PutObjectRetention',
  ObjectLockRetainUntilDate: 's3:PutObjectRetention',
  ObjectLockLegalHoldStatus: 's3:PutObjectLegalHold',
};
const KMS = 'kms:GenerateDataKey';
const KMS_FIELDS: ReadonlySet<string> = new Set([
  'ServerSideEncryption',
  'SSEKMSKeyId',
  'SSEKMSEncryptionContext',
  'BucketKeyEnabled',
]);
/** Filled in by the probe itself, or of no account for what is allowed; a customer key is not read for a probe. */
const NOT_PROBED: ReadonlySet<string> = new Set([
  'Bucket',
  'Key',
  'ChecksumAlgorithm',
  'SSECustomerAlgorithm',
  'Metadata',
  'RequestPayer',
  'ExpectedBucketOwner',
]);

/** What an upload of this folder carries, taken apart by the permissions that it needs. */
function uploadFields(
  folder: AnyFolder,
  now: Date,
): Result<{ readonly plain: UploadFields; readonly parts: readonly WritePart[] }> {
  const fields = putObjectFields(unionOf(folder.policy), {
    bucket: folder.bucket,
    key: `${folder.prefix}probe` as ObjectKey,
    path: 'probe' as RelPath,
    now,
    mtimeNs: 0n,
    mode: null,
    attemptId: '',
  });
  if (!fields.ok) return fields;
  const isKms = fields.value.ServerSideEncryption?.startsWith('aws:kms') === true;
  const groups = new Map<string, Record<string, unknown>>();
  const named: readonly (readonly [string, unknown])[] = Object.entries(fields.value);
  for (const [name, value] of named) {
    if (NOT_PROBED.has(name)) continue;
    const action = KMS_FIELDS.has(name) && isKms ? KMS : (ACTIONS[name] ?? '');
    groups.set(action, { ...groups.get(action), [name]: value });
  }
  const parts = [...groups].filter(([action]) => action !== '');
  return success({ plain: groups.get('') ?? {}, parts: parts.map(([action, part]) => ({ action, fields: part })) });
}
