/**
 * Stores that cannot be reached at all. In: the address of a proxy. Out: an address of its own that leads there, until
 * its name resolves no more, its certificate is one that nobody vouches for, or its connections are refused.
 */
import dns from 'node:dns';
import { channel } from 'node:diagnostics_channel';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import tls from 'node:tls';
import { Line } from '../model/line.ts';
import { selfSigned } from './certificate.ts';

export interface Outage extends AsyncDisposable {
  /** Where a connection must lead to be met by it. */
  readonly endpoint: string;
  /** What the failure gives as its reason. */
  readonly reason: RegExp;
  /** From here on nothing comes through; what is under way is cut. */
  begin(): Promise<void>;
  end(): Promise<void>;
  /** How often somebody was kept from the store. */
  readonly times: number;
}

const NAME = 'store.cairn.invalid';

/** A name of this process's resolver alone, which can be taken away. */
export async function nameOutage(to: string): Promise<Outage> {
  const line = await Line.open(to);
  const { lookup } = dns;
  const { port } = new URL(line.endpoint);
  let isGone = false;
  let times = 0;
  const mine = (name: string, ...rest: readonly unknown[]): void => {
    const ask = lookup as (...words: readonly unknown[]) => void;
    if (name !== NAME) {
      ask(name, ...rest);
      return;
    }
    // The real resolver is asked for a name that is reserved never to be there.
    if (isGone) times += 1;
    ask(isGone ? NAME : '127.0.0.1', ...rest);
  };
  dns.lookup = Object.assign(mine as unknown as typeof lookup, { __promisify__: lookup.__promisify__ });
  return {
    endpoint: `http://${NAME}:${port}`,
    reason: /^(ENOTFOUND|EAI_AGAIN)$/,
    begin() {
      isGone = true;
      line.cutAll();
      return Promise.resolve();
    },
    end() {
      isGone = false;
      return Promise.resolve();
    },
    get times() {
      return times;
    },
    async [Symbol.asyncDispose]() {
      dns.lookup = lookup;
      await line[Symbol.asyncDispose]();
    },
  };
}

/** A certificate that this process trusts, and one that nobody does. */
export async function certificateOutage(to: string): Promise<Outage> {
  const good = selfSigned();
  const wrong = selfSigned();
  const before = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...before, good.cert]);
  const sockets = new Set<Socket>();
  let times = 0;
  const { port } = new URL(to);
  const server = tls.createServer(good, (client) => {
    const store = connect({ host: '127.0.0.1', port: Number(port) });
    for (const socket of [client, store]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        store.destroy();
      });
    }
    client.pipe(store).pipe(client);
  });
  server.on('tlsClientError', () => {
    times += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reason: /CERT|SIGN/,
    begin() {
      server.setSecureContext(wrong);
      cutAll();
      return Promise.resolve();
    },
    end() {
      server.setSecureContext(good);
      return Promise.resolve();
    },
    get times() {
      return times;
    },
    async [Symbol.asyncDispose]() {
      tls.setDefaultCACertificates(before);
      cutAll();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

/** Nobody listens at the port. */
export async function refusal(to: string): Promise<Outage> {
  let line = await Line.open(to);
  const port = Number(new URL(line.endpoint).port);
  let times = 0;
  const sockets = channel('net.client.socket');
  const watch = (message: unknown): void => {
    (message as { readonly socket: Socket }).socket.once(
      'error',
      (error: NodeJS.ErrnoException & { port?: number }) => {
        if (error.code === 'ECONNREFUSED' && error.port === port) times += 1;
      },
    );
  };
  sockets.subscribe(watch);
  return {
    endpoint: line.endpoint,
    reason: /^ECONNREFUSED$/,
    async begin() {
      await line[Symbol.asyncDispose]();
    },
    async end() {
      line = await Line.open(to, port);
    },
    get times() {
      return times;
    },
    async [Symbol.asyncDispose]() {
      sockets.unsubscribe(watch);
      await line[Symbol.asyncDispose]();
    },
  };
}
