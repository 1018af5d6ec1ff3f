/** The way to a client. In: a connection. Out: its client, with all that requests need loaded, and not before. */
import type * as client from './client.ts';

/**
 * As `openClient` of `client.ts`. The SDK is most of what Cairn could load, and Node's own HTTP brings more along: a
 * third of the time that a command takes which asks no store for anything.
 */
export const openClient: typeof client.openClient = async (...given) => {
  const { openClient: open } = await import('./client.ts');
  return open(...given);
};
