/** What a client claims of a body's digests in; the digests to compute and the verdict out. */
import type { Headers } from './authenticate.ts';
import type { Body } from './body.ts';
import {
  CHECKSUM_ALGORITHMS,
  CHECKSUM_LENGTH,
  type ChecksumAlgorithm,
  type DigestName,
  type DigestSet,
} from './digests.ts';
import { notImplemented, Refusal } from './refusal.ts';

/** A stored checksum: base64, with `-N` where it is one of N parts' checksums. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type: ChecksumType;
}
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** What the headers claim: at most one checksum, its value known now or only with the trailer, and Content-MD5. */
export interface Claims {
  readonly algorithm: ChecksumAlgorithm | undefined;
  readonly value: string | undefined;
  readonly inTrailer: boolean;
  readonly contentMd5: Buffer | undefined;
}

/** `x-amz-checksum-crc32` for CRC32, and so on. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The headers of all algorithms. */
export const CHECKSUM_HEADERS: readonly string[] = CHECKSUM_ALGORITHMS.map(checksumHeader);

function algorithmOfHeader(name: string): ChecksumAlgorithm | undefined {
  return CHECKSUM_ALGORITHMS.find((algorithm) => checksumHeader(algorithm) === name);
}

/** Reads the name of an algorithm from a header. */
export function parseAlgorithm(text: string): ChecksumAlgorithm {
  const found = CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === text.toUpperCase());
  if (found !== undefined) return found;
  throw new Refusal('InvalidRequest', 'Checksum algorithm provided is unsupported.');
}

/** Decodes strict base64 of an exact length; undefined for anything else. */
export function decodeBase64(text: string, length: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length && bytes.toString('base64') === text ? bytes : undefined;
}

function checkValue(algorithm: ChecksumAlgorithm, value: string): void {
  if (decodeBase64(value, CHECKSUM_LENGTH[algorithm]) === undefined) {
    throw new Refusal('InvalidRequest', `Value for ${checksumHeader(algorithm)} header is invalid.`);
  }
}

/** Reads what headers and announced trailer claim of the body. */
export function readClaims(headers: Headers, body: Body): Claims {
  const given = CHECKSUM_HEADERS.filter((name) => headers.has(name));
  const announced = body.announcedTrailer;
  const unknown = announced.find((name) => algorithmOfHeader(name) === undefined);
  if (unknown !== undefined) throw notImplemented(`the trailer ${unknown}`);
  if (given.length + announced.length > 1) {
    throw new Refusal(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  const name = given[0] ?? announced[0];
  const algorithm = name === undefined ? undefined : algorithmOfHeader(name);
  const value = given[0] === undefined ? undefined : headers.get(given[0]);
  if (algorithm !== undefined && value !== undefined) checkValue(algorithm, value);
  checkNamed(headers.get('x-amz-sdk-checksum-algorithm'), algorithm);
  const md5 = headers.get('content-md5');
  const contentMd5 = md5 === undefined ? undefined : decodeBase64(md5, 16);
  if (md5 !== undefined && contentMd5 === undefined) {
    throw new Refusal('InvalidDigest', 'The Content-MD5 you specified is not valid.');
  }
  return { algorithm, value, inTrailer: given[0] === undefined && algorithm !== undefined, contentMd5 };
}

function checkNamed(named: string | undefined, claimed: ChecksumAlgorithm | undefined): void {
  if (named === undefined) return;
  const algorithm = parseAlgorithm(named);
  if (claimed === undefined) {
    throw new Refusal(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  if (claimed !== algorithm) {
    throw new Refusal('InvalidRequest', 'Value for x-amz-sdk-checksum-algorithm header is invalid.');
  }
}

/** Whether the client claims anything that proves its body whole. */
export function isProof(claims: Claims): boolean {
  return claims.contentMd5 !== undefined || claims.algorithm !== undefined;
}

/** The digests to compute for a body with these claims, besides those that the caller needs. */
export function digestsFor(claims: Claims): DigestName[] {
  return claims.algorithm === undefined ? [] : [claims.algorithm];
}

/** Compares what was computed with what was claimed; refuses with BadDigest. MD5 must be among the digests. */
export function verifyClaims(claims: Claims, digests: DigestSet, body: Body): void {
  if (claims.contentMd5 !== undefined && !claims.contentMd5.equals(digests.value('MD5'))) {
    throw new Refusal('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  if (claims.algorithm === undefined) return;
  const name = checksumHeader(claims.algorithm);
  const claimed = claims.inTrailer ? body.trailer().get(name) : claims.value;
  if (claimed === undefined) throw new Refusal('InvalidRequest', `The trailer ${name} did not come.`);
  checkValue(claims.algorithm, claimed);
  if (digests.value(claims.algorithm).toString('base64') !== claimed) {
    throw new Refusal('BadDigest', `The ${claims.algorithm} you specified did not match the calculated checksum.`);
  }
}
