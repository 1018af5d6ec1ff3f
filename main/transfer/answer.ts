/** Holds S3's answer against what was sent. In: request, answer, our digests. Out: the proof that was had, or `damaged`. Pure. */
import { failure } from '../contract/errors.ts';
import type { Checksum, FieldProof, Proof } from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { isSameKmsKey } from './shown.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface Sent {
  readonly key: string;
  readonly algorithm: string;
  readonly checksumType: 'FULL_OBJECT' | 'COMPOSITE';
  /** Base64; of a composite one with `-N` behind it. */
  readonly checksum: string;
  /** Hex MD5, or `md5-N` of a multipart upload: what the ETag is where S3 makes it of the bytes. */
  readonly etag: string;
}

export interface Judged {
  readonly proof: Proof;
  readonly checksum: Checksum | null;
  /** Whether the store gave the checksum back: learnt for the bucket. */
  readonly returnsChecksums: boolean;
}

/**
 * A checksum that comes back must be ours. Without one, an ETag that is an MD5 must be ours: it is one unless the
 * object is encrypted by KMS or with a customer key.
 */
export function judgeAnswer(sent: Sent, request: Fields, answer: Fields): Result<Judged> {
  const returned = answer[`Checksum${sent.algorithm}`];
  if (typeof returned === 'string' && returned !== '') {
    // A composite one may come back with or without the number of parts.
    const isOurs = returned === sent.checksum || returned === sent.checksum.replace(/-\d+$/, '');
    if (!isOurs) return failed(failure('damaged', { key: sent.key, answer: `${sent.algorithm} ${returned}` }));
    const checksum = { algorithm: sent.algorithm, value: returned, type: sent.checksumType };
    return success({ proof: 'checksum', checksum, returnsChecksums: true });
  }
  const etag = typeof answer['ETag'] === 'string' ? answer['ETag'].replaceAll('"', '') : '';
  if (!isDigestOfBytes(etag, request, answer))
    return success({ proof: 'none', checksum: null, returnsChecksums: false });
  if (etag !== sent.etag) return failed(failure('damaged', { key: sent.key, answer: `ETag ${etag}` }));
  return success({ proof: 'etag', checksum: null, returnsChecksums: false });
}

/**
 * True where what the store says of an object shows that it does not hold the bytes of this attempt: another size, or,
 * of a single put, another checksum or MD5 than went with it.
 */
export function isOtherThanSent(size: number, request: Fields, answer: Fields): boolean {
  if (typeof answer['ContentLength'] === 'number' && answer['ContentLength'] !== size) return true;
  const sent = Object.entries(request).find(([name]) => /^Checksum(?!Algorithm$|Type$)/.test(name));
  if (sent === undefined) return false;
  const [name, checksum] = sent;
  const md5 = request['ContentMD5'];
  // Without an MD5 of ours the ETag proves nothing here: it is held against itself.
  const etag =
    typeof md5 === 'string' ? Buffer.from(md5, 'base64').toString('hex') : String(answer['ETag']).replaceAll('"', '');
  const algorithm = name.slice('Checksum'.length);
  return !judgeAnswer(
    { key: '', algorithm, checksumType: 'FULL_OBJECT', checksum: String(checksum), etag },
    request,
    answer,
  ).ok;
}

/** False where the ETag is no MD5: what KMS or a customer key encrypts has another. */
export function isDigestOfBytes(etag: string, request: Fields, answer: Fields): boolean {
  const encryption = [request['ServerSideEncryption'], answer['ServerSideEncryption']];
  if (encryption.some((mode) => typeof mode === 'string' && mode.startsWith('aws:kms'))) return false;
  if (request['SSECustomerAlgorithm'] !== undefined) return false;
  return /^[0-9a-f]{32}(-\d+)?$/.test(etag);
}

/** Where a request's field comes back under another name. */
const ALWAYS_KNOWN = new Set(['Bucket', 'Key']);

/** Of each field that was asked for: did the answer show it? What no answer shows stays unproved here. */
export function judgeFields(request: Fields, answer: Fields): Record<string, FieldProof> {
  const names = Object.keys(request).filter((name) => !ALWAYS_KNOWN.has(name) && request[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, isShown(name, request, answer) ? 'answered' : 'unproved']));
}

function isShown(name: string, request: Fields, answer: Fields): boolean {
  const [asked, shown] = [request[name], answer[name]];
  switch (name) {
    case 'ChecksumAlgorithm':
      return answer[`Checksum${String(asked)}`] !== undefined;
    case 'RequestPayer':
      return answer['RequestCharged'] === asked;
    case 'SSEKMSKeyId':
      return typeof shown === 'string' && isSameKmsKey(shown, String(asked));
    case 'SSEKMSEncryptionContext':
      return isWithin(contextOf(asked), contextOf(shown));
    default:
      return asked === shown;
  }
}

/** The pairs of an encryption context, each as one text; null where it is none. */
function contextOf(value: unknown): readonly string[] | null {
  if (typeof value !== 'string') return null;
  try {
    const context: unknown = JSON.parse(Buffer.from(value, 'base64').toString('utf8'));
    return typeof context === 'object' && context !== null
      ? Object.entries(context).map((pair) => JSON.stringify(pair))
      : null;
  } catch {
    return null;
  }
}

/** S3 adds a pair of its own to a context, which names the object. */
function isWithin(asked: readonly string[] | null, shown: readonly string[] | null): boolean {
  return asked !== null && shown !== null && asked.every((pair) => shown.includes(pair));
}
