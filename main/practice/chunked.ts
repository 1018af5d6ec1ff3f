/** An aws-chunked body in; its bytes out, with the trailer, every chunk's signature checked where they are signed. */
import { createHash, type Hash } from 'node:crypto';
import type { ChunkSigning } from './authenticate.ts';
import { Refusal } from './refusal.ts';
import { chunkStringToSign, sameSignature, sign, trailerStringToSign } from './signature.ts';

/** Longest line of framing: a size, an extension with a signature, or a trailer header. */
const MAX_LINE = 4096;
/** S3 takes chunks of any size up to the whole body; this only guards against nonsense. */
const MAX_CHUNK = 5 * 1024 ** 3;

function broken(message: string): Refusal {
  return new Refusal('IncompleteBody', message);
}

type State = 'size' | 'data' | 'data-end' | 'trailer' | 'done';

/** Decodes as bytes come; `push` returns the decoded pieces, `end` demands that the body was whole. */
export class ChunkDecoder {
  readonly #signing: ChunkSigning | undefined;
  readonly #wantsTrailer: boolean;
  readonly #trailer = new Map<string, string>();
  #state: State = 'size';
  #line: Buffer = Buffer.alloc(0);
  #left = 0;
  #last = false;
  #previous: string;
  #chunkSignature = '';
  #chunkHash: Hash | undefined;
  #signedTrailer = '';

  constructor(signing: ChunkSigning | undefined, wantsTrailer: boolean) {
    this.#signing = signing;
    this.#wantsTrailer = wantsTrailer;
    this.#previous = signing?.seed ?? '';
  }

  /** The headers after the last chunk, names in lower case. Complete after `end`. */
  get trailer(): ReadonlyMap<string, string> {
    return this.#trailer;
  }

  push(bytes: Buffer): Buffer[] {
    const out: Buffer[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === 'data') {
        const piece = bytes.subarray(at, at + this.#left);
        at += piece.length;
        this.#left -= piece.length;
        this.#chunkHash?.update(piece);
        out.push(piece);
        if (this.#left === 0) this.#state = 'data-end';
        continue;
      }
      const newline = bytes.indexOf(0x0a, at);
      const end = newline === -1 ? bytes.length : newline + 1;
      this.#line =
        this.#line.length === 0 ? bytes.subarray(at, end) : Buffer.concat([this.#line, bytes.subarray(at, end)]);
      if (this.#line.length > MAX_LINE) throw broken('A line of the aws-chunked framing is too long.');
      at = end;
      if (newline !== -1) {
        const line = this.#line.toString('latin1').replace(/\r?\n$/, '');
        this.#line = Buffer.alloc(0);
        this.#takeLine(line);
      } else {
        // The piece belongs to a buffer that its owner may use again.
        this.#line = Buffer.from(this.#line);
      }
    }
    return out;
  }

  /** Refuses a body that ended before its last chunk. */
  end(): void {
    // Some writers leave out the empty line at the very end.
    if (this.#state === 'trailer' && this.#line.length > 0) this.#takeLine(this.#line.toString('latin1'));
    if (this.#state === 'trailer') this.#finish();
    if (this.#state !== 'done') throw broken('The aws-chunked body ended before its last chunk.');
  }

  #takeLine(line: string): void {
    switch (this.#state) {
      case 'size':
        this.#beginChunk(line);
        return;
      case 'data-end':
        if (line !== '') throw broken('A chunk is longer than it says.');
        this.#endChunk();
        return;
      case 'trailer':
        if (line === '') this.#finish();
        else this.#takeTrailer(line);
        return;
      case 'data':
      case 'done':
        // An empty line after the end is harmless; anything else is no part of this body.
        if (line !== '') throw broken('There are bytes after the last chunk.');
    }
  }

  #beginChunk(line: string): void {
    const match = /^([0-9A-Fa-f]{1,10})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line.trim());
    if (match === null) throw broken('The size of a chunk cannot be read.');
    const size = Number.parseInt(match[1] ?? '', 16);
    if (size > MAX_CHUNK) throw broken('A chunk is too large.');
    this.#chunkSignature = match[2] ?? '';
    if (this.#signing !== undefined) {
      if (this.#chunkSignature === '') throw broken('A chunk has no signature.');
      this.#chunkHash = createHash('sha256');
    }
    this.#left = size;
    this.#last = size === 0;
    if (this.#last) this.#endChunk();
    else this.#state = 'data';
  }

  #endChunk(): void {
    if (this.#signing !== undefined && this.#chunkHash !== undefined) {
      const { key, scope } = this.#signing;
      const right = sign(key, chunkStringToSign(scope, this.#previous, this.#chunkHash.digest('hex')));
      if (!sameSignature(this.#chunkSignature, right)) throw wrongSignature();
      this.#previous = right;
    }
    this.#state = this.#last ? 'trailer' : 'size';
  }

  #takeTrailer(line: string): void {
    const colon = line.indexOf(':');
    if (!this.#wantsTrailer || colon < 1) throw broken('There are bytes after the last chunk.');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    this.#trailer.set(name, value);
    if (name !== 'x-amz-trailer-signature') this.#signedTrailer += `${name}:${value}\n`;
  }

  #finish(): void {
    if (this.#signing !== undefined && this.#wantsTrailer) {
      const { key, scope } = this.#signing;
      const given = this.#trailer.get('x-amz-trailer-signature') ?? '';
      const right = sign(key, trailerStringToSign(scope, this.#previous, this.#signedTrailer));
      if (!sameSignature(given, right)) throw wrongSignature();
    }
    this.#trailer.delete('x-amz-trailer-signature');
    this.#state = 'done';
  }
}

function wrongSignature(): Refusal {
  return new Refusal('SignatureDoesNotMatch', 'The signature of a chunk or trailer does not match.');
}
