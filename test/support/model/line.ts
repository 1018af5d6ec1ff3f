/**
 * The wire itself, below HTTP. In: the port of whoever is asked. Out: a port of its own that hands bytes on, and can be
 * slow, cut answers off in their middle, or swallow all that is said.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Trouble =
  | { readonly kind: 'none' }
  /** The next so many answers end after so many bytes of them, by a reset. */
  | { readonly kind: 'cut'; readonly afterBytes: () => number; times: number }
  /** No faster than this, either way; bytes a second. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  /** What is said arrives so much later, milliseconds, and arrives though whoever said it is gone by then. */
  | { readonly kind: 'late'; readonly ms: number };

/** A piece of a slow line, milliseconds. */
const SLICE = 20;

export class Line implements AsyncDisposable {
  trouble: Trouble = { kind: 'none' };
  /** Answers that were cut off. */
  cuts = 0;
  readonly #to: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(to: number) {
    this.#to = to;
    this.#server = createServer((socket) => {
      this.#take(socket);
    });
  }

  /** @param port its own; left out: a free one. */
  static async open(endpoint: string, port = 0): Promise<Line> {
    const line = new Line(Number(new URL(endpoint).port));
    await new Promise<void>((resolve, reject) => {
      line.#server.once('error', reject);
      line.#server.listen({ host: '127.0.0.1', port }, resolve);
    });
    return line;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  #take(client: Socket): void {
    const store = connect({ host: '127.0.0.1', port: this.#to });
    for (const socket of [client, store]) {
      this.#sockets.add(socket);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        if (this.trouble.kind !== 'late') store.destroy();
      });
      socket.on('error', () => undefined);
    }
    /** Bytes of the present answer that still pass; null: all of them. */
    let left: number | null = null;
    client.on('data', (bytes: Buffer) => {
      // What was asked next gets an answer of its own.
      left = null;
      void this.#hand(bytes, client, store);
    });
    store.on('data', (bytes: Buffer) => {
      const { trouble } = this;
      if (left === null && trouble.kind === 'cut' && trouble.times > 0) {
        trouble.times -= 1;
        this.cuts += 1;
        left = trouble.afterBytes();
      }
      if (left === null) {
        void this.#hand(bytes, store, client);
        return;
      }
      const passing = bytes.subarray(0, left);
      left -= passing.length;
      client.write(passing, () => {
        if (left === 0) client.resetAndDestroy();
      });
      if (left === 0 && passing.length === 0) client.resetAndDestroy();
    });
  }

  async #hand(bytes: Buffer, from: Socket, to: Socket): Promise<void> {
    const { trouble } = this;
    if (trouble.kind === 'late') {
      await sleep(trouble.ms);
      if (!to.destroyed) to.write(bytes);
      return;
    }
    if (trouble.kind !== 'slow') {
      if (!to.write(bytes)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
      return;
    }
    from.pause();
    const step = Math.max(1, Math.floor((trouble.bytesPerSecond * SLICE) / 1000));
    for (let at = 0; at < bytes.length && !to.destroyed; at += step) {
      to.write(bytes.subarray(at, at + step));
      await sleep(SLICE);
    }
    from.resume();
  }

  /** Every connection that is open now ends. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cutAll();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }
}
