/** The store's side. In: a connection and an operation. Out: the store's answer, or a failure that says what to do. */
export type { StoreClient } from './client.ts';
export { openClient } from './open.ts';
export type { FilePart, ReceivedBody } from './receiver.ts';
export { compareKeys } from './key-order.ts';
export { probeConditions } from './conditions.ts';
export { withCommonFields, type CommonFields } from './common.ts';
export { mayHaveStored } from './classify.ts';
export {
  isPrefixEmpty,
  listBuckets,
  listObjects,
  listPrefix,
  listVersions,
  askVersioning,
  probeVersioning,
  unquoted,
  versionsOfKey,
  type ListedVersion,
  type Versioning,
} from './bucket.ts';
export type { InputOf, OperationName, OutputOf } from './operations.ts';
export { capabilitiesOf } from './capabilities.ts';
export type { FolderFacts, Wants } from './finding.ts';
export { finding } from './finding.ts';
export { findingsOf } from './findings.ts';
export {
  abortRule,
  differenceOf,
  keepOf,
  keepRule,
  keepRuleFor,
  MOST_KEEP_DAYS,
  MOST_NEWEST,
  removedVersions,
  type Keep,
  type Lifecycle,
  type LifecycleRule,
} from './lifecycle-rules.ts';
export { changedRules, changeLifecycle, readLifecycle, writeInput, type RuleChange } from './lifecycle.ts';
export { lookAtBucket, lookAtSettings, type BucketLook } from './look.ts';
export { presetOf, presets, type Preset, type PresetId, type Feature } from '../contract/presets.ts';
export type { UploadFields, WritePart } from './probes.ts';
export { enableVersioning } from './versioning.ts';
export type { Pacer } from './pacing.ts';
export { createBucket } from './create-bucket.ts';
export { listProfiles } from './profiles.ts';
export { noKeys, openSignIn, type KeysOf, type SignIn } from './sign-in.ts';
export { withSend } from './with-send.ts';
