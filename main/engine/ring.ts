/** Customer keys that were handed over. In: a name, or the MD5 that S3 calls a key by. Out: the fields of requests. */
import { createHash } from 'node:crypto';
import { failure } from '../contract/errors.ts';
import { keyRefPlaces, type RingKey } from '../contract/key-ring.ts';
import type { Policy, PolicyFault } from '../contract/policy.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { SecretFields } from '../transfer/index.ts';

export interface Ring {
  /** For what is to be stored: the key must be one whose recovery copy is kept. */
  byName(name: string): Result<SecretFields>;
  /** For what was stored before; null: it has no such key. */
  byMd5(md5: string): SecretFields | null;
}

/** Where nobody hands keys over, as on the command line. */
export const NO_RING: Ring = {
  byName: (name) => failed(failure('secret-in-app', { what: reason('customer-key', { name }) })),
  byMd5: () => null,
};

export function ringOf(keys: () => readonly RingKey[]): Ring {
  return {
    byName: (name) => {
      const found = keys().find((one) => one.name === name);
      if (found === undefined) return failed(failure('ring-key-missing', { key: name }));
      return found.confirmed ? success(fieldsOf(found.key)) : failed(failure('ring-key-unconfirmed', { key: name }));
    },
    byMd5: (md5) => {
      const found = keys().find((one) => one.md5 === md5);
      return found === undefined ? null : fieldsOf(found.key);
    },
  };
}

/** @param key Base64 of 32 bytes. The MD5 is counted anew: the object would be lost under a wrong name. */
export function fieldsOf(key: string): SecretFields {
  return {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: key,
    SSECustomerKeyMD5: createHash('md5').update(Buffer.from(key, 'base64')).digest('base64'),
  };
}

/** The keys that cannot be used now, each where the policy names it. */
export function keyRefFaults(policy: Policy, ring: Ring): readonly PolicyFault[] {
  return keyRefPlaces(policy).flatMap(({ name, path }) => {
    const found = ring.byName(name);
    return found.ok ? [] : [{ path, failure: found.failure, place: null }];
  });
}

/** Whether every key that the policy names can be used now. */
export function checkKeyRefs(policy: Policy, ring: Ring): Result<null> {
  const [first] = keyRefFaults(policy, ring);
  return first === undefined ? success(null) : failed(first.failure);
}
