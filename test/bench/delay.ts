/**
 * A long way to the store. In: its address, a round trip in milliseconds. Out: an address whose bytes take half of it
 * each way, and whose connections take one round trip to be made, as TCP's do. Bandwidth is not limited.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A side that has so much on its way is not read until some of it has arrived, bytes. */
const ON_THE_WAY = 64 * 1024 * 1024;

export async function openDelay(
  store: string,
  roundTripMs: number,
): Promise<{ readonly endpoint: string } & AsyncDisposable> {
  const { hostname, port } = new URL(store);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('close', () => sockets.delete(socket));
    }
    carry(client, upstream, roundTripMs / 2, roundTripMs);
    carry(upstream, client, roundTripMs / 2, 0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** By one timer, since two of different lengths may fire in another order than they were due in. */
function carry(from: Socket, to: Socket, halfMs: number, handshakeMs: number): void {
  const openAt = performance.now() + handshakeMs;
  const due: { readonly atMs: number; readonly arrive: () => void }[] = [];
  let onTheWay = 0;
  let isSet = false;
  const deliver = (): void => {
    isSet = false;
    for (let next = due[0]; next !== undefined; next = due[0]) {
      const waitMs = next.atMs - performance.now();
      if (waitMs > 0) {
        isSet = true;
        setTimeout(deliver, waitMs);
        return;
      }
      due.shift();
      next.arrive();
    }
  };
  const later = (arrive: () => void): void => {
    due.push({ atMs: Math.max(openAt, performance.now()) + halfMs, arrive });
    if (!isSet) deliver();
  };
  from.on('data', (bytes: Buffer) => {
    onTheWay += bytes.length;
    if (onTheWay > ON_THE_WAY) from.pause();
    later(() => {
      if (!to.destroyed) to.write(bytes);
      onTheWay -= bytes.length;
      if (onTheWay <= ON_THE_WAY) from.resume();
    });
  });
  from.on('end', () => {
    later(() => {
      if (!to.destroyed) to.end();
    });
  });
  from.on('error', () => {
    to.destroy();
  });
}
