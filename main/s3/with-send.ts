/** A client whose requests take another way. In: a client, and how it sends now. Out: a client that is else the same. */
import type { StoreClient } from './client.ts';

/** Bodies go by `send` alone: `receive` would not take that way. */
export function withSend(client: StoreClient, send: StoreClient['send']): StoreClient {
  return {
    connection: client.connection,
    endpoint: client.endpoint,
    wire: client.wire,
    get requests() {
      return client.requests;
    },
    get clockOffsetMs() {
      return client.clockOffsetMs;
    },
    send,
    close: () => {
      client.close();
    },
  };
}
