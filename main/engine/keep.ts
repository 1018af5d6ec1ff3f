/**
 * How long a folder's earlier versions stay: a lifecycle rule of the bucket, merged into those that are there.
 * In: a folder and what is asked. Out: what stands, what would change and what would go; or the change made.
 */
import { failure, type Failure } from '../contract/errors.ts';
import type { Difference } from '../contract/findings.ts';
import type { KeepReport } from '../contract/policy-answers.ts';
import { lackOf, nameOf } from '../contract/presets.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { commonFields } from '../policy/request.ts';
import { versionsGoing, type GoingVersions, type KeptVersion } from '../policy/kept.ts';
import {
  changedRules,
  changeLifecycle,
  differenceOf,
  keepOf,
  keepRule,
  keepRuleFor,
  presetOf,
  probeVersioning,
  readLifecycle,
  withCommonFields,
  writeInput,
  type Keep,
  type Lifecycle,
  type RuleChange,
  type StoreClient,
} from '../s3/index.ts';
import type { ReadTables } from '../store/index.ts';
import type { Patient } from './doctor.ts';

export type { KeepReport };

export interface KeepPlan extends KeepReport, Difference {
  readonly wanted: Keep | null;
  /** The operation and its input; null where nothing would change. */
  readonly request: { readonly call: string; readonly input: Readonly<Record<string, unknown>> } | null;
  /** Versions that S3 would remove soon after, as the receipts tell. */
  readonly going: GoingVersions;
}

interface Planned {
  readonly plan: KeepPlan;
  readonly lifecycle: Lifecycle;
  readonly change: RuleChange | null;
}

function clientOf({ client, folder }: Patient): StoreClient {
  return withCommonFields(client, commonFields(folder.policy));
}

/** What stands in the bucket. */
export async function readKeep(patient: Patient): Promise<Result<KeepReport>> {
  const { folder } = patient;
  const lifecycle = await readLifecycle(clientOf(patient), folder.bucket);
  if (!lifecycle.ok) return lifecycle;
  return success({ folder: folder.name, prefix: folder.prefix, keep: standing(lifecycle.value, folder.prefix) });
}

function standing({ rules }: Lifecycle, prefix: string): Keep | null {
  const rule = keepRuleFor(rules, prefix);
  return rule?.Status === 'Enabled' ? keepOf(rule) : null;
}

/** What would change; nothing is sent. Fails with a sentence where the store cannot do it. */
export async function planKeep(
  patient: Patient,
  wanted: Keep | null,
  tables: Pick<ReadTables, 'receipts'> | null,
): Promise<Result<KeepPlan>> {
  const planned = await plan(patient, wanted, tables);
  return planned.ok ? success(planned.value.plan) : planned;
}

/**
 * Plans, shows the plan, changes the rule and answers what stands then.
 * @param onPlan sees what is about to be sent; where it answers a failure, nothing is.
 */
export async function setKeep(
  patient: Patient,
  wanted: Keep | null,
  tables: Pick<ReadTables, 'receipts'> | null,
  onPlan: (plan: KeepPlan) => Failure | null,
): Promise<Result<KeepReport>> {
  const planned = await plan(patient, wanted, tables);
  if (!planned.ok) return planned;
  const { lifecycle, change } = planned.value;
  const refused = onPlan(planned.value.plan);
  if (refused !== null) return failed(refused);
  if (change === null) return success(planned.value.plan);
  const { folder } = patient;
  const changed = await changeLifecycle(clientOf(patient), folder.bucket, lifecycle, change);
  if (!changed.ok) return changed;
  return success({ folder: folder.name, prefix: folder.prefix, keep: standing(changed.value, folder.prefix) });
}

async function plan(
  patient: Patient,
  wanted: Keep | null,
  tables: Pick<ReadTables, 'receipts'> | null,
): Promise<Result<Planned>> {
  const { folder } = patient;
  const client = clientOf(patient);
  const lifecycle = await readLifecycle(client, folder.bucket);
  if (!lifecycle.ok) return lifecycle;
  const obstacle = wanted === null ? null : await obstacleTo(patient, client, wanted);
  if (obstacle !== null) return failed(obstacle);
  const { rules } = lifecycle.value;
  const change = changeFor(lifecycle.value, folder.name, folder.prefix, wanted);
  const next = change === null ? [...rules] : changedRules(rules, change);
  const { difference, changes } = differenceOf(rules, next);
  const request =
    difference.length === 0
      ? null
      : next.length === 0
        ? { call: 'DeleteBucketLifecycle', input: { Bucket: folder.bucket } }
        : {
            call: 'PutBucketLifecycleConfiguration',
            input: writeInput(folder.bucket, lifecycle.value, next),
          };
  return success({
    lifecycle: lifecycle.value,
    change: difference.length === 0 ? null : change,
    plan: {
      folder: folder.name,
      prefix: folder.prefix,
      keep: standing(lifecycle.value, folder.prefix),
      wanted,
      difference,
      changes,
      request,
      going: goingUnder(patient, wanted, tables),
    },
  });
}

function changeFor({ rules }: Lifecycle, folder: string, prefix: string, wanted: Keep | null): RuleChange | null {
  if (wanted !== null) return { kind: 'put', rule: keepRule(rules, folder, prefix, wanted) };
  const own = keepRuleFor(rules, prefix)?.ID;
  return own === undefined ? null : { kind: 'remove', id: own };
}

/** Why the store cannot keep versions so; null: nothing speaks against it. */
async function obstacleTo({ connection, folder }: Patient, client: StoreClient, wanted: Keep): Promise<Failure | null> {
  const preset = presetOf(connection, { name: client.wire.server, requestId: client.wire.requestId });
  // Of a store that may be of a newer release, what it does with the rule itself decides, not what older ones did.
  const lack =
    lackOf(preset, 'keep-days') ??
    (wanted.newest !== null && preset.id !== 'ceph' ? lackOf(preset, 'keep-newest') : null);
  if (lack !== null) {
    return failure('not-supported', { answer: reason('store-lacks', { store: nameOf(preset), lack }) });
  }
  const versioning = await probeVersioning(client, folder.bucket);
  if (!versioning.ok) return versioning.failure;
  if (versioning.value !== 'off') return null;
  const problem = reason('no-versions-to-remove', { folder: folder.name });
  return failure('bad-input', { field: 'versions', problem });
}

const NOTHING: GoingVersions = { count: 0, bytes: 0, classes: new Map() };

function goingUnder({ folder }: Patient, wanted: Keep | null, tables: Pick<ReadTables, 'receipts'> | null) {
  if (wanted === null || tables === null) return NOTHING;
  return versionsGoing(versionsOf(tables.receipts.every(folder.id)), wanted, Date.now());
}

function* versionsOf(receipts: ReturnType<ReadTables['receipts']['every']>): Generator<KeptVersion> {
  for (const { path, operation, size, storageClass, finishedAt } of receipts) {
    if (operation === 'gone') continue;
    const at = Date.parse(finishedAt);
    yield { path, size, storageClass: storageClass ?? 'STANDARD', at, isMarker: operation === 'delete' };
  }
}
