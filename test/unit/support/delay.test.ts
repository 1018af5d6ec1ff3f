/** The bench's long way to a store: what it carries arrives whole, in order, and late. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openDelay } from '../../bench/delay.ts';

test('bytes keep their order while a connection is made and after it, and take half the round trip', async () => {
  const sent = Array.from({ length: 120 }, (_, index) => `${String(index)};`);
  let got = '';
  const store = createServer((socket) => {
    socket.on('data', (bytes) => {
      got += bytes.toString();
      if (got.length === sent.join('').length) socket.write('thanks');
    });
  });
  store.listen(0, '127.0.0.1');
  await once(store, 'listening');
  onTestFinished(() => {
    store.close();
  });
  await using way = await openDelay(`http://127.0.0.1:${String((store.address() as AddressInfo).port)}`, 20);
  const began = performance.now();
  const { port } = new URL(way.endpoint);
  const client = connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
  for (const piece of sent) {
    client.write(piece);
    await sleep(0.3);
  }
  const [answer] = (await once(client, 'data')) as [Buffer];
  client.destroy();
  expect(got).toBe(sent.join(''));
  expect(answer.toString()).toBe('thanks');
  expect(performance.now() - began).toBeGreaterThan(20);
});
