/** Requests of one attempt, each in its turn. In: a client. Out: the same, which waits where others are under way. */
import { failure } from '../contract/errors.ts';
import { failed } from '../contract/result.ts';
import type { Turn } from '../queue/index.ts';
import { withSend, type StoreClient } from '../s3/index.ts';

/**
 * A client whose requests wait for the attempt's turn. What a file was sent with is its last request as a rule: once it
 * is answered the turn goes to another file, while this one is written down. One that failed keeps it until that is
 * settled, since the store may be asking for fewer.
 */
export function inTurn(client: StoreClient, turn: Turn): StoreClient {
  return withSend(client, async (name, input, signal, bodySha256) => {
    if (!(await turn.take())) return failed(failure('cancelled'));
    const answer = await client.send(name, input, signal, bodySha256);
    if (answer.ok && name === 'PutObject') turn.giveBack();
    return answer;
  });
}
