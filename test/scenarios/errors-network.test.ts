/** The way to the store is cut, blocked, or leads elsewhere: the whole connection waits, and nothing is lost. */
import type * as transport from '@smithy/node-http-handler';
import { createServer } from 'node:https';
import { createServer as listenOnly, type AddressInfo } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { selfSigned } from '../support/proxy/certificate.ts';
import { expectHeld, expectOnce, expectSaid, expectWellAgain, type Words } from '../support/proxy/stories.ts';
import { openWire, type Wire } from '../support/proxy/wire.ts';
import { seededBytes } from '../support/world/disk.ts';

/** What the transport was asked for; its patience is cut short here, so that nobody waits a minute for a test. */
const asked = vi.hoisted(() => ({ options: [] as object[], silence: 1_000 }));

vi.mock('@smithy/node-http-handler', async (importOriginal) => {
  const original = await importOriginal<typeof transport>();
  class Impatient extends original.NodeHttpHandler {
    constructor(options: object) {
      super({ ...options, socketTimeout: asked.silence });
      asked.options.push(options);
    }
  }
  return { ...original, NodeHttpHandler: Impatient };
});

const FILE = 'a.txt';
const large = seededBytes(16 * 1024 * 1024 + 5, 'large');

function silent(endpoint: string, reason: string): Words {
  return {
    code: 'offline',
    message: `${endpoint} does not answer (${reason}).`,
    hint: 'Check the network and that the server runs. What is saved meanwhile is kept and sent when it is back.',
  };
}

/** Held with these words while the store is away; when it is back, all is sent. */
async function expectAway(wire: Wire, endpoint: string, reason: string | RegExp): Promise<void> {
  const back = wire.proxy.endpoint;
  await wire.connectTo(endpoint);
  await wire.world.write(FILE, 'one');
  const sync = await wire.sync({ giveUpMs: 100 });
  const said = String(sync.failures[0]?.failure.facts['reason']);
  if (typeof reason === 'string') expect(said).toBe(reason);
  else expect(said).toMatch(reason);
  expectHeld(wire, sync, FILE, silent(endpoint, said));
  expect(await wire.world.bucket.versions()).toEqual([]);
  await wire.connectTo(back);
  await expectWellAgain(wire, { [FILE]: ['one'] });
}

describe('offline', () => {
  test('nobody listens', async () => {
    await using wire = await openWire();
    const server = listenOnly().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expectAway(wire, `http://127.0.0.1:${String(port)}`, 'ECONNREFUSED');
  });

  test('the name is not known', async () => {
    await using wire = await openWire();
    // A name under .invalid never resolves (RFC 2606); without any network the answer is that nobody could be asked.
    await expectAway(wire, 'http://nowhere.invalid', /^(ENOTFOUND|EAI_AGAIN)$/);
  });

  test('a certificate that nobody vouches for, as of a network that wants a sign-in first', async () => {
    await using wire = await openWire();
    const server = createServer(selfSigned(), (_, response) => response.end('Welcome'));
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await expectAway(wire, `https://127.0.0.1:${String(port)}`, 'DEPTH_ZERO_SELF_SIGNED_CERT');
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('a connection that is reset in the middle of a body: it probes and goes on by itself', async () => {
    await using wire = await openWire();
    wire.faults.set('PutObject', { kind: 'reset', afterBytes: 1024 * 1024 });
    const whole = large.subarray(0, 16 * 1024 * 1024);
    await wire.world.write(FILE, whole);
    const sync = await wire.settle();
    const reason = String(sync.seen[0]?.facts['reason']);
    expect(reason).toMatch(/^(ECONNRESET|EPIPE)$/);
    expectSaid(sync, silent(wire.proxy.endpoint, reason));
    expect(wire.proxy.of('PutObject')).toHaveLength(2);
    await expectOnce(wire, { [FILE]: [whole] });
  });

  test('a part whose connection is reset: the upload goes on, and no part is sent twice that has arrived', async () => {
    await using wire = await openWire();
    const isSecond = { operation: 'UploadPart', number: '2' };
    wire.faults.set(
      ({ operation, query }) => operation === isSecond.operation && query.get('partNumber') === isSecond.number,
      { kind: 'reset', afterBytes: 1 },
    );
    await wire.world.write(FILE, large);
    await wire.settle();
    expect(wire.proxy.of('CreateMultipartUpload')).toHaveLength(1);
    expect(
      wire.proxy
        .of('UploadPart')
        .map(({ query }) => query.get('partNumber'))
        .sort(),
    ).toEqual(['1', '2', '2']);
    await expectOnce(wire, { [FILE]: [large] });
  });

  test('the answer is lost after the store has done its work: what is there is adopted', async () => {
    await using wire = await openWire();
    const lost = { kind: 'after', then: { kind: 'reset', afterBytes: 0 } } as const;
    wire.faults.set('PutObject', lost);
    await wire.world.write(FILE, 'one');
    const sync = await wire.settle();
    expectSaid(sync, silent(wire.proxy.endpoint, 'ECONNRESET'));
    expect(wire.proxy.of('PutObject')).toHaveLength(1);
    expect(wire.world.receipts()).toMatchObject([{ path: FILE, proof: 'adopted' }]);
    await expectOnce(wire, { [FILE]: ['one'] });
  });

  test('a black hole: a connection without a byte either way is given up after a minute', async () => {
    await using wire = await openWire();
    wire.faults.set('PutObject', { kind: 'silence' });
    await wire.world.write(FILE, 'one');
    const sync = await wire.settle();
    expectSaid(sync, silent(wire.proxy.endpoint, 'TimeoutError'));
    expect(asked.options.at(-1), 'what would count outside of this test').toMatchObject({
      connectionTimeout: 10_000,
      socketTimeout: 60_000,
    });
    expect(wire.proxy.of('PutObject')).toHaveLength(2);
    await expectOnce(wire, { [FILE]: ['one'] });
  });

  test('a slow answer is waited for', async () => {
    await using wire = await openWire();
    wire.faults.set('PutObject', { kind: 'delay', milliseconds: 500 });
    await wire.world.write(FILE, 'one');
    expect((await wire.settle()).seen).toEqual([]);
    await expectOnce(wire, { [FILE]: ['one'] });
  });
});
