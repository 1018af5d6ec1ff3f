/**
 * Gentle tries of what may be written. In: a bucket, a key that nothing has, and the fields that uploads will carry.
 * Out: what is allowed. Nothing is stored: each put carries a false Content-MD5, which a store finds out only after it
 * has granted the request; the multipart upload is aborted at once.
 */
import type * as sdk from '@aws-sdk/client-s3';
import type { Failure } from '../contract/errors.ts';
import type { StoreClient } from './client.ts';

/** Fields that a put and a multipart upload have in common. */
export type UploadFields = Partial<sdk.PutObjectCommandInput> & Partial<sdk.CreateMultipartUploadCommandInput>;

/** The fields of an upload that need one permission. */
export interface WritePart {
  /** In IAM's words, such as `s3:PutObjectTagging`. */
  readonly action: string;
  readonly fields: UploadFields;
}

export type Tried =
  | { readonly kind: 'allowed' }
  /** The store refused for want of a permission. */
  | { readonly kind: 'denied'; readonly failure: Failure }
  /** Refused for another reason, so that the permission stays unknown. */
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** The store did not look at Content-MD5 and kept the probe. */
  | { readonly kind: 'stored'; readonly versionId: string | null };

export interface PutTrial {
  /** The whole of an upload's fields at once. */
  readonly whole: Tried;
  /** Each on its own; where the whole was allowed, so is each. */
  readonly parts: readonly { readonly action: string; readonly tried: Tried }[];
  /** The key that was named in each try. */
  readonly key: string;
}

export interface MultipartTrial {
  /** `untried`: the place is only read, so nothing was begun. */
  readonly begin: Tried | { readonly kind: 'untried' };
  /** Null: nothing was begun, so there was nothing to abort. */
  readonly abort: Tried | null;
  readonly uploadId: string | null;
}

/** Sixteen zeros: no bytes have this MD5, as far as anybody knows, and these have not. */
const FALSE_MD5 = Buffer.alloc(16).toString('base64');
const BODY = 'cairn';

/** Fields that could make a probe undeletable at a store that keeps it against its digest. */
const LOCKS: ReadonlySet<string> = new Set(['s3:PutObjectRetention', 's3:PutObjectLegalHold']);

/**
 * Tries a put as plain as can be, then one with all fields, and only where that is not allowed, each part on its own.
 * Fields of a lock go out only after the store has shown that it looks at Content-MD5.
 * @param plain the fields that need no permission but s3:PutObject.
 */
export async function tryPut(
  client: StoreClient,
  bucket: string,
  key: string,
  plain: UploadFields,
  parts: readonly WritePart[],
  signal?: AbortSignal,
): Promise<PutTrial> {
  const attempt = (fields: UploadFields): Promise<Tried> =>
    putOnce(client, { ...fields, Bucket: bucket, Key: key, Body: BODY, ContentMD5: FALSE_MD5 }, signal);
  const first = await attempt(plain);
  const put = { action: 's3:PutObject', tried: first };
  if (first.kind === 'stored' || parts.length === 0) return { whole: first, parts: [put], key };
  const whole = await tryWhole(attempt, first, plain, parts);
  if (whole.kind === 'allowed') {
    const every = [put.action, ...parts.map((part) => part.action)];
    return { whole, key, parts: every.map((action) => ({ action, tried: whole })) };
  }
  // Where the plain put is turned down, each of the others would be for the same reason.
  if (first.kind !== 'allowed' || whole.kind === 'stored') return { whole, parts: [put], key };
  const results: { action: string; tried: Tried }[] = [put];
  for (const { action, fields } of parts) results.push({ action, tried: await attempt({ ...plain, ...fields }) });
  return { whole, parts: results, key };
}

/** A plain put may be turned down where a whole one passes: a bucket's policy may demand encryption or tags. */
async function tryWhole(
  attempt: (fields: UploadFields) => Promise<Tried>,
  first: Tried,
  plain: UploadFields,
  parts: readonly WritePart[],
): Promise<Tried> {
  if (first.kind !== 'allowed') {
    const safe = parts.filter((part) => !LOCKS.has(part.action));
    const tried = safe.length === 0 ? first : await attempt(together(plain, safe));
    if (tried.kind !== 'allowed' || safe.length === parts.length) return tried;
  }
  return attempt(together(plain, parts));
}

/** All fields at once. */
export function together(plain: UploadFields, parts: readonly WritePart[]): UploadFields {
  return parts.reduce((fields, part) => ({ ...fields, ...part.fields }), plain);
}

async function putOnce(
  client: StoreClient,
  input: sdk.PutObjectCommandInput,
  signal: AbortSignal | undefined,
): Promise<Tried> {
  const answer = await client.send('PutObject', input, signal);
  if (answer.ok) return { kind: 'stored', versionId: answer.value.VersionId ?? null };
  return answer.failure.code === 'damaged' ? { kind: 'allowed' } : turnedDown(answer.failure);
}

/**
 * Begins a multipart upload and aborts it.
 * @param fields what the upload carries: a bucket's policy may refuse one that goes without, for example unencrypted.
 */
export async function tryMultipart(
  client: StoreClient,
  bucket: string,
  key: string,
  fields: Partial<sdk.CreateMultipartUploadCommandInput>,
  signal?: AbortSignal,
): Promise<MultipartTrial> {
  const begun = await client.send('CreateMultipartUpload', { ...fields, Bucket: bucket, Key: key }, signal);
  if (!begun.ok) return { begin: turnedDown(begun.failure), abort: null, uploadId: null };
  const uploadId = begun.value.UploadId ?? null;
  // Without the signal: what was begun is to be ended, also where a person has lost patience.
  const aborted = await client.send('AbortMultipartUpload', { Bucket: bucket, Key: key, UploadId: uploadId ?? '' });
  return {
    begin: { kind: 'allowed' },
    abort: aborted.ok ? { kind: 'allowed' } : turnedDown(aborted.failure),
    uploadId,
  };
}

function turnedDown(cause: Failure): Tried {
  return { kind: cause.code === 'permission' ? 'denied' : 'refused', failure: cause };
}
