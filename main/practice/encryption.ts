/** The encryption asked for by headers, or by the bucket's default, in; what is stored and told of it out. */
import type { Headers } from './authenticate.ts';
import { OWNER_ACCOUNT, present, type ReplyHeaders } from './call.ts';
import { type CustomerKey, parseCustomerKey } from './customer-key.ts';
import type { Bucket, Encryption } from './model.ts';
import { Refusal } from './refusal.ts';
import type { BucketEncryption } from './settings-model.ts';

/** Keys that may be named for aws:kms, by name or ARN. */
const KMS_KEYS = ['testkey-1', 'testkey-2'];
/** Stands for the key that AWS manages, used where none is named. */
const DEFAULT_KMS_KEY = 'aws-s3';
const SSE = 'x-amz-server-side-encryption';

/** The headers that `parseEncryption` reads, those of customer keys apart. */
export const ENCRYPTION_HEADERS: readonly string[] = [
  SSE,
  `${SSE}-aws-kms-key-id`,
  `${SSE}-context`,
  `${SSE}-bucket-key-enabled`,
];

function invalid(name: string, value: string, message: string): Refusal {
  return new Refusal('InvalidArgument', message, { details: { ArgumentName: name, ArgumentValue: value } });
}

function checkContext(context: string | undefined): void {
  if (context === undefined) return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(context, 'base64').toString('utf8'));
  } catch {
    parsed = undefined;
  }
  const plain = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  if (!plain || !Object.values(parsed as object).every((value) => typeof value === 'string')) {
    throw invalid(`${SSE}-context`, context, 'The encryption context must be base64 of a JSON object of strings.');
  }
}

/** The ARN of a key by name or ARN, or of the key that AWS manages. Refuses keys that are not there. */
export function kmsKeyArn(named: string | undefined, region: string): string {
  const start = `arn:aws:kms:${region}:${OWNER_ACCOUNT}:key/`;
  if (named === undefined) return start + DEFAULT_KMS_KEY;
  const name = named.startsWith(start) ? named.slice(start.length) : named;
  if (!KMS_KEYS.includes(name)) throw new Refusal('KMS.NotFoundException', `Key '${named}' does not exist`);
  return start + name;
}

/** What a write is encrypted with, and the customer's key where it is one. */
export interface AskedEncryption {
  readonly encryption: Encryption | undefined;
  readonly customerKey: CustomerKey | undefined;
}

/**
 * The encryption of a write: what its headers ask for, else the bucket's default, else none.
 * Only with a customer's key are the bytes really encrypted on this disk; the other kinds are labels.
 */
export function parseEncryption(headers: Headers, bucket: Bucket, region: string): AskedEncryption {
  const customerKey = parseCustomerKey(headers);
  if (customerKey === undefined) return { encryption: parseManaged(headers, bucket, region), customerKey };
  if (ENCRYPTION_HEADERS.some((name) => headers.has(name))) {
    throw invalid(SSE, headers.get(SSE) ?? '', 'Server Side Encryption with a customer key excludes every other kind.');
  }
  if (bucket.settings.encryption?.blocked?.includes('SSE-C') === true) {
    throw new Refusal('AccessDenied', 'Access Denied');
  }
  return { encryption: { mode: 'customer', keyMd5: customerKey.md5 }, customerKey };
}

function parseManaged(headers: Headers, bucket: Bucket, region: string): Encryption | undefined {
  const mode = headers.get(SSE);
  const keyId = headers.get(`${SSE}-aws-kms-key-id`);
  const context = headers.get(`${SSE}-context`);
  const bucketKey = headers.get(`${SSE}-bucket-key-enabled`);
  if (bucketKey !== undefined && bucketKey !== 'true' && bucketKey !== 'false') {
    throw invalid(`${SSE}-bucket-key-enabled`, bucketKey, 'The bucket key is either true or false.');
  }
  const kms = mode === 'aws:kms' || mode === 'aws:kms:dsse';
  if (!kms && (keyId !== undefined || context !== undefined)) {
    throw invalid(SSE, mode ?? '', 'A KMS key or context needs server-side encryption with aws:kms.');
  }
  const usual = bucket.settings.encryption;
  if (mode === undefined) return usual === undefined ? undefined : defaultEncryption(usual, region);
  if (mode === 'AES256') return { mode };
  if (!kms) {
    throw new Refusal('InvalidEncryptionAlgorithmError', 'The encryption request you specified is not valid.');
  }
  if (mode === 'aws:kms:dsse' && bucketKey === 'true') {
    throw invalid(`${SSE}-bucket-key-enabled`, bucketKey, 'Bucket keys are not supported with aws:kms:dsse.');
  }
  checkContext(context);
  const withBucketKey =
    bucketKey === undefined ? mode === 'aws:kms' && usual?.bucketKey === true : bucketKey === 'true';
  return { mode, keyId: kmsKeyArn(keyId, region), context, bucketKey: withBucketKey ? true : undefined };
}

function defaultEncryption({ mode, keyId, bucketKey }: BucketEncryption, region: string): Encryption | undefined {
  if (mode === undefined || mode === 'AES256') return mode === undefined ? undefined : { mode };
  const withBucketKey = mode === 'aws:kms' && bucketKey === true;
  return { mode, keyId: kmsKeyArn(keyId, region), bucketKey: withBucketKey ? true : undefined };
}

/** The headers that tell of an object's encryption. The context is told only in the answers of writes. */
export function encryptionHeaders(encryption: Encryption | undefined, withContext: boolean): ReplyHeaders {
  if (encryption === undefined) return {};
  if (encryption.mode === 'AES256') return { [SSE]: 'AES256' };
  if (encryption.mode === 'customer') {
    return { [`${SSE}-customer-algorithm`]: 'AES256', [`${SSE}-customer-key-md5`]: encryption.keyMd5 };
  }
  return present({
    [SSE]: encryption.mode,
    [`${SSE}-aws-kms-key-id`]: encryption.keyId,
    [`${SSE}-context`]: withContext ? encryption.context : undefined,
    [`${SSE}-bucket-key-enabled`]: encryption.bucketKey === true ? 'true' : undefined,
  });
}
