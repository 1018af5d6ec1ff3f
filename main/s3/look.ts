/**
 * A look at a bucket. In: a bucket and what a folder will ask of it. Out: each of its settings, or why it is not told.
 * It reads, and makes the gentle tries of `probes.ts`; it changes nothing.
 */
import { randomUUID } from 'node:crypto';
import type * as sdk from '@aws-sdk/client-s3';
import type { Failure } from '../contract/errors.ts';
import type { FindingFacts, PutObstacle } from '../contract/findings.ts';
import { reason, type Reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { probeVersioning, type Versioning } from './bucket.ts';
import type { StoreClient } from './client.ts';
import type { Lifecycle } from './lifecycle-rules.ts';
import { readLifecycle, storeCode } from './lifecycle.ts';
import { iamActions, type InputOf, type OperationName, type OutputOf } from './operations.ts';
import { withSend } from './with-send.ts';
import {
  together,
  tryMultipart,
  tryPut,
  type MultipartTrial,
  type PutTrial,
  type UploadFields,
  type WritePart,
} from './probes.ts';

/** What came of one question. */
export type Told<T> =
  | { readonly kind: 'told'; readonly value: T }
  /** The store knows the setting, and nothing is set. */
  | { readonly kind: 'unset' }
  /** The store does not know the question. */
  | { readonly kind: 'unknown'; readonly answer: string | Reason }
  /** These credentials may not ask. */
  | { readonly kind: 'denied'; readonly action: string };

export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiatedAt: string;
}

export interface Encryption {
  readonly algorithm: string | null;
  readonly keyId: string | null;
  readonly bucketKey: boolean;
  /** Kinds of encryption that the bucket refuses, such as SSE-C. */
  readonly blocked: readonly string[];
}

export interface PublicAccess {
  readonly blockAcls: boolean;
  readonly ignoreAcls: boolean;
  readonly blockPolicy: boolean;
  readonly restrict: boolean;
}

export interface LockSetting {
  readonly enabled: boolean;
  /** The bucket's own retention of every new object; null: none. */
  readonly retention: FindingFacts['lock-default'] | null;
}

export interface BucketLook {
  readonly versioning: Told<Versioning>;
  readonly lifecycle: Told<Lifecycle>;
  readonly lock: Told<LockSetting>;
  readonly encryption: Told<Encryption>;
  readonly ownership: Told<string>;
  readonly isPublic: Told<boolean>;
  readonly publicAccess: Told<PublicAccess>;
  /** Under the folder's prefix; `isMore` where there are more than were listed. */
  readonly uploads: Told<{ readonly open: readonly OpenUpload[]; readonly isMore: boolean }>;
  readonly versions: Told<unknown>;
  readonly read: Told<boolean>;
  /** Where no put was tried: why. */
  readonly put: PutTrial | PutObstacle;
  readonly multipart: MultipartTrial;
  /** The store's clock less this computer's, seconds. */
  readonly clockOffset: number | null;
}

export interface Asked {
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
  readonly plain: UploadFields;
  readonly parts: readonly WritePart[];
  /** Whether the store refuses a put with a false Content-MD5, as far as former looks have shown. */
  readonly checksMd5: 'yes' | 'no' | 'unknown';
  /** Nothing will ever be written there, so no writing is tried. */
  readonly isOnlyRead: boolean;
}

/** Codes by which stores say that a setting is known and not set. */
const UNSET: ReadonlySet<string> = new Set([
  'NoSuchLifecycleConfiguration',
  'ObjectLockConfigurationNotFoundError',
  'ServerSideEncryptionConfigurationNotFoundError',
  'OwnershipControlsNotFoundError',
  'NoSuchPublicAccessBlockConfiguration',
  'NoSuchBucketPolicy',
]);

/** What says nothing of the store's settings, only that there was no answer just now. */
const PASSING: ReadonlySet<string> = new Set(['busy', 'offline', 'cancelled', 'clock-skew']);

/**
 * Fails only where nothing can be learnt: no answer, wrong credentials, no such bucket. A question that went unanswered
 * for a passing reason fails the whole look, since it would else be taken for a setting that is not there.
 */
export async function lookAtBucket(
  client: StoreClient,
  asked: Asked,
  signal?: AbortSignal,
): Promise<Result<BucketLook>> {
  const passing: Failure[] = [];
  const attentive = withSend(client, async (name, input, abort, bodySha256) => {
    const answer = await client.send(name, input, abort, bodySha256);
    if (!answer.ok && PASSING.has(answer.failure.code)) passing.push(answer.failure);
    return answer;
  });
  const look = await lookWith(attentive, asked, signal);
  const [unanswered] = passing;
  return look.ok && unanswered !== undefined ? failed(unanswered) : look;
}

async function lookWith(client: StoreClient, asked: Asked, signal?: AbortSignal): Promise<Result<BucketLook>> {
  const { bucket, prefix } = asked;
  const reached = await probeVersioning(client, bucket, signal);
  if (!reached.ok) return reached;
  const probe = `${prefix}.cairn-probe-${randomUUID()}`;
  const ask = <Name extends OperationName, T>(
    name: Name,
    input: InputOf<Name>,
    read: (output: OutputOf<Name>) => T | null,
  ) => told(client, name, input, read, signal);
  const setting = { Bucket: bucket };

  const [versioning, lifecycle, lock, encryption, ownership, isPublic, publicAccess, uploads, versions] =
    await Promise.all([
      ask('GetBucketVersioning', setting, ({ Status }) => versioningOf(Status)),
      toldLifecycle(client, bucket, signal),
      ask('GetObjectLockConfiguration', setting, ({ ObjectLockConfiguration: lock }) => lockOf(lock)),
      ask('GetBucketEncryption', setting, ({ ServerSideEncryptionConfiguration }) =>
        encryptionOf(ServerSideEncryptionConfiguration),
      ),
      ask('GetBucketOwnershipControls', setting, ownerOf),
      ask('GetBucketPolicyStatus', setting, ({ PolicyStatus }) => PolicyStatus?.IsPublic ?? null),
      ask('GetPublicAccessBlock', setting, ({ PublicAccessBlockConfiguration }) =>
        publicAccessOf(PublicAccessBlockConfiguration),
      ),
      ask('ListMultipartUploads', { ...setting, Prefix: prefix }, (page) => ({
        open: (page.Uploads ?? []).map(uploadOf),
        isMore: page.IsTruncated === true,
      })),
      ask('ListObjectVersions', { ...setting, Prefix: prefix, MaxKeys: 1 }, ({ Versions }) => ({
        example: Versions?.[0] ?? null,
      })),
    ]);
  const example = versions.kind === 'told' ? versions.value.example : null;
  const read = await toldRead(client, bucket, { Key: example?.Key ?? probe, VersionId: example?.VersionId }, signal);
  const obstacle = putObstacle(asked, lock);
  const put = obstacle ?? (await tryPut(client, bucket, probe, asked.plain, asked.parts, signal));
  const fields =
    typeof put !== 'string' && put.whole.kind === 'allowed' ? together(asked.plain, asked.parts) : asked.plain;
  const multipart = asked.isOnlyRead ? UNTRIED : await tryMultipart(client, bucket, probe, fields, signal);
  const { clockOffset } = client.wire;
  return success({
    versioning,
    lifecycle,
    lock,
    encryption,
    ownership,
    isPublic,
    publicAccess,
    uploads,
    versions,
    read,
    put,
    multipart,
    clockOffset,
  });
}

/** What a bucket says about lock, owner and encryption: three questions, and nothing else is tried. */
export async function lookAtSettings(
  client: StoreClient,
  bucket: string,
  signal?: AbortSignal,
): Promise<Pick<BucketLook, 'lock' | 'ownership' | 'encryption'>> {
  const setting = { Bucket: bucket };
  const [lock, ownership, encryption] = await Promise.all([
    told(client, 'GetObjectLockConfiguration', setting, (answer) => lockOf(answer.ObjectLockConfiguration), signal),
    told(client, 'GetBucketOwnershipControls', setting, ownerOf, signal),
    told(
      client,
      'GetBucketEncryption',
      setting,
      (answer) => encryptionOf(answer.ServerSideEncryptionConfiguration),
      signal,
    ),
  ]);
  return { lock, ownership, encryption };
}

function ownerOf({ OwnershipControls }: OutputOf<'GetBucketOwnershipControls'>): string | null {
  return OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? null;
}

const UNTRIED: MultipartTrial = { begin: { kind: 'untried' }, abort: null, uploadId: null };

/** Why no put is tried: it is not needed, or one with a false Content-MD5 would not be gentle here. */
function putObstacle({ checksMd5, isOnlyRead }: Asked, lock: Told<LockSetting>): PutObstacle | null {
  if (isOnlyRead) return 'only-read';
  if (checksMd5 === 'no') return 'kept-once';
  if (checksMd5 === 'unknown' && lock.kind === 'told' && lock.value.retention !== null) {
    return 'own-retention';
  }
  return null;
}

/** An answer without the expected content comes from a store that took the question for another one. */
async function told<Name extends OperationName, T>(
  client: StoreClient,
  name: Name,
  input: InputOf<Name>,
  read: (output: OutputOf<Name>) => T | null,
  signal: AbortSignal | undefined,
): Promise<Told<T>> {
  const answer = await client.send(name, input, signal);
  if (!answer.ok) return untold(answer.failure, name);
  const value = read(answer.value);
  return value === null ? { kind: 'unknown', answer: reason('no-setting') } : { kind: 'told', value };
}

async function toldLifecycle(
  client: StoreClient,
  bucket: string,
  signal: AbortSignal | undefined,
): Promise<Told<Lifecycle>> {
  const read = await readLifecycle(client, bucket, signal);
  return read.ok ? { kind: 'told', value: read.value } : untold(read.failure, 'GetBucketLifecycleConfiguration');
}

/**
 * Looks at a version that is there; where none is, at a key that nothing has, and not found shows that reading is allowed.
 * A refusal of the latter shows nothing: S3 also gives it where only a listing without a prefix is not allowed.
 */
async function toldRead(
  client: StoreClient,
  bucket: string,
  { Key, VersionId }: { readonly Key: string; readonly VersionId: string | undefined },
  signal: AbortSignal | undefined,
): Promise<Told<boolean>> {
  const which = VersionId === undefined ? { Key } : { Key, VersionId };
  const answer = await client.send('HeadObject', { Bucket: bucket, ...which }, signal);
  if (answer.ok || answer.failure.code === 'object-missing') return { kind: 'told', value: true };
  if (VersionId !== undefined && answer.failure.code === 'permission') {
    return { kind: 'denied', action: 's3:GetObjectVersion' };
  }
  return { kind: 'unknown', answer: String(answer.failure.facts['answer'] ?? answer.failure.code) };
}

function untold<T>(cause: Failure, name: OperationName): Told<T> {
  if (cause.code === 'permission') return { kind: 'denied', action: iamActions[name] };
  if (UNSET.has(storeCode(cause))) return { kind: 'unset' };
  return { kind: 'unknown', answer: String(cause.facts['answer'] ?? cause.code) };
}

/** A bucket whose versions were never on has no status at all. */
function versioningOf(status: string | undefined): Versioning {
  return status === 'Enabled' ? 'enabled' : status === 'Suspended' ? 'suspended' : 'off';
}

function lockOf(lock: sdk.ObjectLockConfiguration | undefined): LockSetting | null {
  if (lock === undefined) return null;
  const enabled = lock.ObjectLockEnabled === 'Enabled';
  const retention = lock.Rule?.DefaultRetention;
  if (retention === undefined) return { enabled, retention: null };
  const { Mode: mode = null, Days: days, Years: years = 0 } = retention;
  return {
    enabled,
    retention: days === undefined ? { mode, count: years, unit: 'years' } : { mode, count: days, unit: 'days' },
  };
}

function encryptionOf(configuration: sdk.ServerSideEncryptionConfiguration | undefined): Encryption | null {
  if (configuration === undefined) return null;
  const rules = configuration.Rules ?? [];
  const rule = rules.find((one) => one.ApplyServerSideEncryptionByDefault !== undefined);
  const byDefault = rule?.ApplyServerSideEncryptionByDefault;
  return {
    algorithm: byDefault?.SSEAlgorithm ?? null,
    keyId: byDefault?.KMSMasterKeyID ?? null,
    bucketKey: rule?.BucketKeyEnabled ?? false,
    blocked: rules.flatMap((one) => one.BlockedEncryptionTypes?.EncryptionType ?? []).filter((type) => type !== 'NONE'),
  };
}

function publicAccessOf(block: sdk.PublicAccessBlockConfiguration | undefined): PublicAccess | null {
  if (block === undefined) return null;
  return {
    blockAcls: block.BlockPublicAcls ?? false,
    ignoreAcls: block.IgnorePublicAcls ?? false,
    blockPolicy: block.BlockPublicPolicy ?? false,
    restrict: block.RestrictPublicBuckets ?? false,
  };
}

function uploadOf(upload: sdk.MultipartUpload): OpenUpload {
  return {
    key: upload.Key ?? '',
    uploadId: upload.UploadId ?? '',
    initiatedAt: (upload.Initiated ?? new Date(0)).toISOString(),
  };
}
