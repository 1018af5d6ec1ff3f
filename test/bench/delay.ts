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

/** Timers of one length fire in the order in which they were set, so that the bytes keep theirs. */
function carry(from: Socket, to: Socket, halfMs: number, handshakeMs: number): void {
  const openAt = performance.now() + handshakeMs;
  let onTheWay = 0;
  const later = (arrive: () => void): void => {
    setTimeout(arrive, halfMs + Math.max(0, openAt - performance.now()));
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
