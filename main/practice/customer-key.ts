/** The headers of server-side encryption with a customer's key in; the checked key out, never to be stored. */
import { createHash } from 'node:crypto';
import type { Headers } from './authenticate.ts';
import { decodeBase64 } from './checksums.ts';
import type { Encryption } from './model.ts';
import { Refusal } from './refusal.ts';

export interface CustomerKey {
  /** 32 bytes. */
  readonly key: Buffer;
  /** In base64. */
  readonly md5: string;
}

const OWN = 'x-amz-server-side-encryption-customer-';
const SOURCE = 'x-amz-copy-source-server-side-encryption-customer-';

function names(start: string): readonly string[] {
  return ['algorithm', 'key', 'key-md5'].map((end) => start + end);
}

export const CUSTOMER_KEY_HEADERS = names(OWN);
export const SOURCE_KEY_HEADERS = names(SOURCE);

function invalid(message: string, name: string): Refusal {
  return new Refusal('InvalidArgument', message, { details: { ArgumentName: name } });
}

function parse(headers: Headers, start: string): CustomerKey | undefined {
  const [algorithm, text, md5] = names(start).map((name) => headers.get(name));
  if (algorithm === undefined && text === undefined && md5 === undefined) return undefined;
  if (algorithm === undefined || text === undefined || md5 === undefined) {
    throw invalid('A customer key comes with its algorithm and its MD5.', `${start}key`);
  }
  if (algorithm !== 'AES256') {
    throw new Refusal('InvalidEncryptionAlgorithmError', 'The encryption algorithm of a customer key is AES256.');
  }
  const key = decodeBase64(text, 32);
  if (key === undefined) throw invalid('The secret key was invalid for the specified algorithm.', `${start}key`);
  if (createHash('md5').update(key).digest('base64') !== md5) {
    throw invalid('The calculated MD5 hash of the key did not match the hash that was provided.', `${start}key-MD5`);
  }
  return { key, md5 };
}

/** The key for what is written or read; undefined where none is given. */
export function parseCustomerKey(headers: Headers): CustomerKey | undefined {
  return parse(headers, OWN);
}

/** The key for the source of a copy. */
export function parseSourceKey(headers: Headers): CustomerKey | undefined {
  return parse(headers, SOURCE);
}

/** Refuses to touch what is encrypted with a customer's key without that key, and to be given one where there is none. */
export function checkCustomerKey(encryption: Encryption | undefined, given: CustomerKey | undefined): void {
  if (encryption?.mode !== 'customer') {
    if (given === undefined) return;
    throw new Refusal('InvalidRequest', 'The encryption parameters are not applicable to this object.');
  }
  if (given === undefined) {
    throw new Refusal(
      'InvalidRequest',
      'The object was stored using a form of Server Side Encryption. ' +
        'The correct parameters must be provided to retrieve the object.',
    );
  }
  if (given.md5 !== encryption.keyMd5) throw new Refusal('AccessDenied', 'Access Denied');
}
