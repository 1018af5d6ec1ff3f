/** In: a look at a bucket, and what is known of its kind of store. Out: what the store can do, each with how that is known. Pure. */
import type { Capability } from '../contract/doctor.ts';
import { OBSTACLES } from './finding-words.ts';
import type { BucketLook, Told } from './look.ts';
import { FEATURES, type Feature, type Preset } from '../contract/presets.ts';
import { reasonEnglish } from '../contract/reasons.ts';
import type { MultipartTrial } from './probes.ts';

/** What a look can show by itself; of the rest only the kind of store tells. */
const SEEN = [
  'versions',
  'list-versions',
  'lifecycle',
  'lock',
  'encryption-default',
  'ownership',
  'policy-status',
  'public-access-block',
  'multipart',
  'content-md5',
] as const;

export type CapabilityName = (typeof SEEN)[number] | Feature;

/** What was seen stands above what is known of the kind of store. */
export function capabilitiesOf(look: BucketLook, preset: Preset): readonly Capability[] {
  const seen = new Map<string, Capability>();
  for (const capability of seenIn(look)) seen.set(capability.name, capability);
  const known = FEATURES.map((name): Capability => {
    const reason = preset.lacks[name];
    return reason === undefined
      ? { name, can: 'unknown', how: `not tried, and nothing is said against it of ${preset.name}` }
      : { name, can: 'no', how: `${preset.name} ${reason}` };
  });
  const names = new Set<string>([...SEEN, ...FEATURES]);
  return [...names].flatMap((name) => {
    const one = seen.get(name);
    const other = known.find((capability) => capability.name === name);
    const best = one !== undefined && one.can !== 'unknown' ? one : (other ?? one);
    return best === undefined ? [] : [best];
  });
}

function seenIn(look: BucketLook): Capability[] {
  return [
    versionsIn(look),
    answered('list-versions', 'ListObjectVersions', look.versions),
    answered('lifecycle', 'GetBucketLifecycleConfiguration', look.lifecycle),
    answered('lock', 'GetObjectLockConfiguration', look.lock),
    answered('encryption-default', 'GetBucketEncryption', look.encryption),
    answered('ownership', 'GetBucketOwnershipControls', look.ownership),
    answered('policy-status', 'GetBucketPolicyStatus', look.isPublic),
    answered('public-access-block', 'GetPublicAccessBlock', look.publicAccess),
    tried('multipart', 'CreateMultipartUpload', look.multipart.begin),
    md5In(look),
  ];
}

function versionsIn({ versioning }: BucketLook): Capability {
  if (versioning.kind !== 'told') return answered('versions', 'GetBucketVersioning', versioning);
  return { name: 'versions', can: 'yes', how: `GetBucketVersioning says ${versioning.value}` };
}

function answered(name: CapabilityName, question: string, told: Told<unknown>): Capability {
  switch (told.kind) {
    case 'told':
      return { name, can: 'yes', how: `${question} was answered` };
    case 'unset':
      return { name, can: 'yes', how: `${question} says that nothing is set` };
    case 'unknown':
      return {
        name,
        can: 'no',
        how: `${question} was answered with ${typeof told.answer === 'string' ? told.answer : reasonEnglish(told.answer)}`,
      };
    case 'denied':
      return { name, can: 'unknown', how: `${question} needs ${told.action}` };
  }
}

function tried(name: CapabilityName, what: string, result: MultipartTrial['begin']): Capability {
  switch (result.kind) {
    case 'allowed':
      return { name, can: 'yes', how: `${what} was tried` };
    case 'stored':
      return { name, can: 'yes', how: `${what} was tried, and stored` };
    case 'untried':
      return { name, can: 'unknown', how: `${what} was not tried` };
    case 'denied':
      return { name, can: 'unknown', how: `${what} was denied` };
    case 'refused':
      return {
        name,
        can: result.failure.code === 'not-supported' ? 'no' : 'unknown',
        how: `${what} was answered with ${String(result.failure.facts['answer'] ?? result.failure.code)}`,
      };
  }
}

function md5In({ put }: BucketLook): Capability {
  const name = 'content-md5';
  if (typeof put === 'string') return { name, can: put === 'kept-once' ? 'no' : 'unknown', how: OBSTACLES[put] };
  if (put.parts.some((part) => part.tried.kind === 'stored') || put.whole.kind === 'stored') {
    return { name, can: 'no', how: 'a put with a false Content-MD5 was stored' };
  }
  const isChecked = put.parts.some((part) => part.tried.kind === 'allowed');
  return isChecked
    ? { name, can: 'yes', how: 'a put with a false Content-MD5 was refused as damaged' }
    : { name, can: 'unknown', how: 'no put was allowed' };
}
