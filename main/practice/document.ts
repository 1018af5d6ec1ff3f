/** The body of a request that carries a document in; its text out, its digests checked. */
import { readWhole } from './body.ts';
import type { Call } from './call.ts';
import { digestsFor, readClaims, verifyClaims } from './checksums.ts';
import { DigestSet } from './digests.ts';

/** Most bytes of a document, unless said otherwise. */
const MAX_DOCUMENT = 1024 * 1024;

/** Reads a document as UTF-8. Refuses with BadDigest where Content-MD5 or a checksum does not fit. */
export async function readDocument(call: Call, limit = MAX_DOCUMENT): Promise<string> {
  const claims = readClaims(call.headers, call.body);
  const bytes = await readWhole(call.body, limit);
  const digests = await DigestSet.create(['MD5', ...digestsFor(claims)]);
  digests.update(bytes);
  verifyClaims(claims, digests, call.body);
  return bytes.toString('utf8');
}
