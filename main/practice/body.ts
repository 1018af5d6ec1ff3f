/** A request's body in; its plain bytes out, in pieces, checked against what was signed and promised of them. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Headers, Payload } from './authenticate.ts';
import { ChunkDecoder } from './chunked.ts';
import { Refusal } from './refusal.ts';

/** The body of one request, to be read at most once. */
export interface Body {
  /** Bytes that the client says will come, framing left out; undefined where it does not say. */
  readonly declaredLength: number | undefined;
  /** Names of the headers announced for the end of the body, in lower case. */
  readonly announcedTrailer: readonly string[];
  /** The plain bytes. Throws a refusal where length, hash or signature turn out wrong. */
  read(): AsyncGenerator<Buffer, void>;
  /** Headers that came at the end; complete once `read` has ended. */
  trailer(): ReadonlyMap<string, string>;
}

function lengthOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new Refusal('InvalidArgument', 'A length must be a number of bytes.');
  return Number(text);
}

/** Makes the reader of a body. `beforeRead` runs once, before the first byte is asked for. */
export function openBody(request: IncomingMessage, headers: Headers, payload: Payload, beforeRead: () => void): Body {
  const chunked = payload.kind === 'chunks';
  const declaredLength = lengthOf(headers.get(chunked ? 'x-amz-decoded-content-length' : 'content-length'));
  const announced = payload.kind === 'chunks' && payload.trailer ? (headers.get('x-amz-trailer') ?? '') : '';
  const announcedTrailer = announced
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const decoder = payload.kind === 'chunks' ? new ChunkDecoder(payload.signed, payload.trailer) : undefined;

  async function* read(): AsyncGenerator<Buffer, void> {
    beforeRead();
    const hash = payload.kind === 'hash' ? createHash('sha256') : undefined;
    let length = 0;
    // The iterator must not destroy the request where reading stops early: the answer still has to go out.
    for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      hash?.update(piece);
      for (const plain of decoder === undefined ? [piece] : decoder.push(piece)) {
        length += plain.length;
        if (declaredLength !== undefined && length > declaredLength) {
          throw new Refusal('IncompleteBody', 'The body is longer than it was said to be.');
        }
        yield plain;
      }
    }
    decoder?.end();
    if (declaredLength !== undefined && length !== declaredLength) {
      throw new Refusal('IncompleteBody', 'You did not provide the number of bytes specified by the length header.');
    }
    if (payload.kind === 'hash' && hash?.digest('hex') !== payload.sha256) {
      throw new Refusal(
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    }
    for (const name of announcedTrailer) {
      if (decoder?.trailer.has(name) !== true) {
        throw new Refusal('InvalidRequest', `The trailer ${name} was announced and did not come.`);
      }
    }
  }

  return { declaredLength, announcedTrailer, read, trailer: () => decoder?.trailer ?? new Map<string, string>() };
}

/** Reads a small body whole, such as a request document. Refuses with EntityTooLarge beyond `limit` bytes. */
export async function readWhole(body: Body, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body.read()) {
    length += piece.length;
    if (length > limit) throw new Refusal('EntityTooLarge', 'The request document is too large.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
