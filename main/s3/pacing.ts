/**
 * Bodies that go out no faster than they may. In: requests that are signed already. Out: the same requests, their bodies
 * in pieces, each sent once its turn has come. Where there is no limit a body goes as it is.
 */
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { Readable } from 'node:stream';

/** Who says when the next piece may go. */
export interface Pacer {
  readonly isLimited: boolean;
  /** How long a piece should be at most, bytes. */
  readonly piece: number;
  /** Kept once so many bytes may go. */
  take(bytes: number): Promise<void>;
}

export class PacedHandler extends NodeHttpHandler {
  readonly #pacer: Pacer;

  constructor(options: ConstructorParameters<typeof NodeHttpHandler>[0], pacer: Pacer) {
    super(options);
    this.#pacer = pacer;
  }

  /** Comes last, behind signature and checksums: these were made of the whole body, and stay right. */
  override async handle(...[request, options]: Parameters<NodeHttpHandler['handle']>) {
    const body: unknown = request.body;
    if (!this.#pacer.isLimited || !(body instanceof Uint8Array) || body.length === 0) {
      return super.handle(request, options);
    }
    const pieces = Readable.from(inPieces(body, this.#pacer), { objectMode: false, highWaterMark: 1 });
    request.body = pieces;
    try {
      return await super.handle(request, options);
    } catch (error) {
      pieces.destroy();
      throw error;
    }
  }
}

async function* inPieces(body: Uint8Array, pacer: Pacer): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < body.length;) {
    // Asked anew for each piece: a limit that changes counts at once.
    const end = pacer.isLimited ? Math.min(body.length, start + pacer.piece) : body.length;
    await pacer.take(end - start);
    yield body.subarray(start, end);
    start = end;
  }
}
