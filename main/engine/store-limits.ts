/** What a store cannot do, held against a policy before it is taken. In: policy and connection. Out: the field and why. */
import { failure } from '../contract/errors.ts';
import type { Connection } from '../contract/models.ts';
import type { Policy } from '../contract/policy.ts';
import { lackOf, nameOf } from '../contract/presets.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { wantsOf, type PolicyWants } from '../policy/wants.ts';
import { presetOf, type Feature } from '../s3/index.ts';

/** The features of a store that fields of a policy stand on. */
const fields: readonly (readonly [feature: Feature, field: string, isWanted: (wants: PolicyWants) => boolean])[] = [
  ['acl', 'acl', ({ acls, grants }) => grants || acls.some((acl) => acl !== 'private')],
  ['tags', 'tags', ({ tags }) => tags],
  ['lock', 'lock', ({ lock }) => lock],
  ['kms', 'encryption.mode', ({ encryption }) => encryption.some((mode) => mode.startsWith('aws:kms'))],
  ['customer-keys', 'encryption.mode', ({ encryption }) => encryption.includes('customer')],
  ['redirect', 'redirect', ({ redirect }) => redirect],
  ['expected-owner', 'expectedBucketOwner', ({ expectedOwner }) => expectedOwner],
  ['requester-pays', 'requesterPays', ({ requesterPays }) => requesterPays],
];

/**
 * Fails with `store-lacks` where the kind of store, known by its address, cannot do what a field asks for, and with
 * `customer-key-in-clear` where a customer key would leave this computer without https. What a store of an unknown kind
 * drops or refuses shows at the first upload, and in the doctor's report.
 */
export function checkStoreTakes(policy: Policy, connection: Connection): Result<null> {
  const wants = wantsOf(policy);
  const preset = presetOf(connection);
  for (const [feature, field, isWanted] of fields) {
    const lack = lackOf(preset, feature);
    if (lack !== null && isWanted(wants)) {
      return failed(failure('store-lacks', { field, store: nameOf(preset), reason: lack }));
    }
  }
  const unknown = wants.classes.find((name) => !preset.storageClasses.includes(name));
  if (unknown !== undefined) {
    const lack = reason('classes', { classes: preset.storageClasses.join(', '), unknown });
    return failed(failure('store-lacks', { field: 'storageClass', store: nameOf(preset), reason: lack }));
  }
  return wants.encryption.includes('customer') ? checkKeysCovered(connection) : success(null);
}

function checkKeysCovered(connection: Connection): Result<null> {
  return areKeysCovered(connection)
    ? success(null)
    : failed(failure('customer-key-in-clear', { endpoint: connection.endpoint ?? '' }));
}

/** Customer keys go over https alone; loopback aside, where nobody listens. */
export function areKeysCovered({ credentials, endpoint }: Connection): boolean {
  if (credentials.kind === 'practice' || endpoint === null) return true;
  const { protocol, hostname } = new URL(endpoint);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  return protocol === 'https:' || isLoopback;
}
