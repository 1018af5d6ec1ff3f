import { expect, test } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { inTurn } from '../../../main/engine/in-turn.ts';
import type { StoreClient } from '../../../main/s3/index.ts';

const BUSY = failure('busy', { status: 503, answer: '503 SlowDown' });

/** A client in the turn of an attempt, with what happened to both, in order. */
function open({ mayGo = true, isBusy = false } = {}) {
  const happened: string[] = [];
  const client = {
    connection: 'c',
    endpoint: 'http://127.0.0.1',
    requests: 3,
    clockOffsetMs: 4,
    send: (name: string) => {
      happened.push(name);
      return Promise.resolve(isBusy ? failed(BUSY) : success({}));
    },
  } as unknown as StoreClient;
  const turn = {
    take: () => {
      happened.push('take');
      return Promise.resolve(mayGo);
    },
    giveBack: () => happened.push('give back'),
  };
  return { happened, client: inTurn(client, turn) };
}

test('a request waits for the turn; a file that was taken gives it to the next', async () => {
  const { client, happened } = open();
  expect([client.connection, client.requests, client.clockOffsetMs]).toEqual(['c', 3, 4]);
  expect((await client.send('HeadObject', { Bucket: 'b', Key: 'k' })).ok).toBe(true);
  expect((await client.send('PutObject', { Bucket: 'b', Key: 'k' })).ok).toBe(true);
  expect(happened).toEqual(['take', 'HeadObject', 'take', 'PutObject', 'give back']);
});

test('a file that was refused keeps it: the store may be asking for fewer', async () => {
  const { client, happened } = open({ isBusy: true });
  expect(await client.send('PutObject', { Bucket: 'b', Key: 'k' })).toEqual(failed(BUSY));
  expect(happened).toEqual(['take', 'PutObject']);
});

test('without a turn nothing goes out', async () => {
  const { client, happened } = open({ mayGo: false });
  expect(await client.send('PutObject', { Bucket: 'b', Key: 'k' })).toMatchObject({ failure: { code: 'cancelled' } });
  expect(happened).toEqual(['take']);
});
