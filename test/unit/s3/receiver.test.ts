/** Bodies straight into files: what a store may do with them, and what the file and the caller see of it. */
import type { HttpRequest } from '@smithy/types';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { StoreClient } from '../../../main/s3/index.ts';
import { openReceiving } from '../../../main/s3/receiving.ts';
import { openReceiver } from '../../../main/s3/receiver.ts';
import { codeOf, must, temporaryFolder } from '../store/support.ts';
import { inputs, isWhole, says, Ways, type Answer } from './ways.ts';

const input = inputs.GetObject;
const xml = (code: string): string => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message></Error>`;

async function openFile() {
  const path = join(temporaryFolder(), 'file');
  const handle = await open(path, 'w+');
  onTestFinished(() => handle.close());
  return { fd: handle.fd, text: () => handle.readFile('latin1') };
}

/** A client that goes straight, in front of a server that answers so. */
async function facing(
  answer: Answer,
  silenceMs?: number,
): Promise<{ readonly client: StoreClient; readonly ways: Ways }> {
  const ways = await Ways.open(silenceMs);
  const client = await ways.straight('GetObject');
  ways.seen.length = 0;
  ways.answer = answer;
  return { client, ways };
}

const receive = (client: StoreClient, part: { fd: number; at?: number; size?: number }, signal?: AbortSignal) => {
  const told: number[] = [];
  const sent = client.receive?.(input, { at: 0, size: 100, onBytes: (count) => told.push(count), ...part }, signal);
  if (sent === null || sent === undefined) throw new Error('It did not go straight.');
  return sent.then((result) => ({ result, told }));
};

test('a body lies where it belongs, and what is around it stays', async () => {
  const { client } = await facing(says(206, 'hello'));
  const file = await openFile();
  const { result, told } = await receive(client, { fd: file.fd, at: 3, size: 5 });
  expect(must(result)).toEqual({ bytes: 5, broken: null });
  expect(told).toEqual([5]);
  expect(await file.text()).toBe('\0\0\0hello');
});

test('a store that sends more than it was asked for does not reach what lies behind', async () => {
  const { client } = await facing(says(200, 'much too long'));
  const file = await openFile();
  const { result } = await receive(client, { fd: file.fd, size: 4 });
  expect(must(result)).toEqual({ bytes: 13, broken: null });
  expect(await file.text()).toBe('much');
});

test.each<[number, string, string]>([
  [404, xml('NoSuchKey'), 'object-missing'],
  [403, xml('AccessDenied'), 'permission'],
  [503, xml('SlowDown'), 'busy'],
  [503, `<html>${'x'.repeat(200_000)}</html>`, 'busy'],
  [412, xml('PreconditionFailed'), 'conflict'],
])('a refusal with %i is classified as ever, and nothing of it is in the file', async (status, body, code) => {
  const { client } = await facing(says(status, body));
  const file = await openFile();
  const { result } = await receive(client, { fd: file.fd });
  expect(codeOf(result)).toBe(codeOf(await client.send('GetObject', input)));
  expect(codeOf(result)).toContain(code);
  expect(await file.text()).toBe('');
});

const half: Answer = (request, response) => {
  request.on('end', () => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('0123456789');
  });
};

test('a body that breaks off says so, with as many bytes as came', async () => {
  const { client } = await facing((request, response) => {
    half(request, response);
    setTimeout(() => request.socket.destroy(), 100);
  });
  const { result } = await receive(client, await openFile());
  expect(must(result)).toEqual({ bytes: 10, broken: 'aborted' });
});

test('a body that stays silent is given up', async () => {
  const { client } = await facing(half, 1000);
  const { result } = await receive(client, await openFile());
  expect(must(result)).toMatchObject({ bytes: 10, broken: expect.any(String) as string });
});

test.each<[string, Answer]>([
  ['before an answer', () => undefined],
  ['in the middle of a body', half],
])('a signal %s ends it', async (_, answer) => {
  const { client, ways } = await facing(answer);
  const abort = new AbortController();
  const receiving = receive(client, await openFile(), abort.signal);
  while (ways.seen.length === 0) await sleep(5);
  await sleep(50);
  abort.abort();
  const { result } = await receiving;
  expect(result.ok ? result.value.broken : result.failure.code).toMatch(/^cancelled$|abort|^Premature close$/);
});

test('a connection that cannot be made is offline', async () => {
  const { client } = await facing((request) => request.socket.destroy());
  expect(codeOf((await receive(client, await openFile())).result)).toBe('offline');
});

test('a disk that is full is told by its own error', async () => {
  const { client } = await facing(says(200, 'hello'));
  const full = await open('/dev/full', 'r+');
  onTestFinished(() => full.close());
  await expect(receive(client, { fd: full.fd })).rejects.toMatchObject({ code: 'ENOSPC', syscall: 'write' });
});

test('it asks as the whole way would, and learns from the question for the head', async () => {
  const ways = await Ways.open();
  const client = await ways.whole();
  expect(client.receive?.(input, { ...(await openFile()), at: 0, size: 5, onBytes: () => undefined })).toBeNull();
  ways.answer = says(200, '', { etag: '"e"' });
  must(await client.send('HeadObject', input));
  ways.answer = says(200, 'hello');
  ways.seen.length = 0;
  must((await receive(client, await openFile())).result);
  must(await (await ways.whole()).send('GetObject', input));
  const [straight, whole] = ways.seen;
  if (straight === undefined || whole === undefined) throw new Error('Not both went out.');
  expect([isWhole(straight), isWhole(whole)]).toEqual([false, true]);
  const APART = ['amz-sdk-invocation-id', 'amz-sdk-request', 'x-amz-date', 'authorization', 'user-agent'];
  const alike = (headers: IncomingHttpHeaders): object =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !APART.includes(name)));
  expect(alike(straight.headers)).toEqual(alike(whole.headers));
  expect(straight.url).toBe(whole.url);
});

test('a client that is closed lets go of its thread, and who waits is told', async () => {
  const { client, ways } = await facing(() => undefined);
  const receiving = receive(client, await openFile());
  while (ways.seen.length === 0) await sleep(5);
  client.close();
  expect(codeOf((await receiving).result)).toBe('offline');
});

test('a thread that had nothing to do ends, and the next one begins whenever it is asked', async () => {
  const server = createServer((request, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const receiver = openReceiver({ connectMs: 1000, silenceMs: 1000, maxSockets: 4 }, 1);
  onTestFinished(() => {
    receiver.stop();
  });
  const { port } = server.address() as AddressInfo;
  const request = { method: 'GET', protocol: 'http:', hostname: '127.0.0.1', port, path: '/', query: {}, headers: {} };
  const file = await openFile();
  for (let time = 0; time < 12; time += 1) {
    const part = { fd: file.fd, at: 0, size: 5, onBytes: () => undefined };
    const { body } = await receiver.handle(request, part, undefined);
    expect(body).toEqual({ bytes: 5, broken: null });
    await sleep(time % 4);
  }
});

test('many at once each get their own bytes', async () => {
  const { client } = await facing((request, response) => {
    const text = String(request.headers.range).repeat(40_000);
    says(206, text)(request, response);
  });
  const bodies = Array.from({ length: 20 }, (_, index) => `bytes=${String(index)}-99`);
  const files = await Promise.all(
    bodies.map(async (Range) => {
      const file = await openFile();
      const size = Range.length * 40_000;
      const sent = client.receive?.({ ...input, Range }, { fd: file.fd, at: 0, size, onBytes: () => undefined });
      expect(must((await sent) ?? { ok: false, failure: { code: 'none' } as never })).toEqual({
        bytes: size,
        broken: null,
      });
      return file.text();
    }),
  );
  for (const [index, text] of files.entries()) expect(text === (bodies[index] ?? '').repeat(40_000)).toBe(true);
});

test('the memory of what lies in the file is free at once', async () => {
  const SIZE = 4 * 1024 * 1024;
  const server = createServer((_, response) => void response.end(Buffer.alloc(SIZE, 'x'))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const freed = vi.spyOn(ArrayBuffer.prototype, 'transfer');
  onTestFinished(() => {
    freed.mockRestore();
    server.closeAllConnections();
    server.close();
  });
  const file = await openFile();
  const fields = { method: 'GET', protocol: 'http:', hostname: '127.0.0.1', port, path: '/', query: {}, headers: {} };
  // In this thread, where its buffers can be seen.
  const take = openReceiving({ connectMs: 1_000, silenceMs: 10_000, maxSockets: 1 });
  const task = { request: fields as unknown as HttpRequest, fd: file.fd, at: 0, size: SIZE };
  const ended = await take(task, new AbortController().signal, () => undefined);
  expect(ended).toMatchObject({ kind: 'answered', bytes: SIZE, broken: null });
  expect(await file.text()).toBe('x'.repeat(SIZE));
  // How the bytes are cut is for the network to say; no piece has more than 64 KiB.
  const pieces = freed.mock.contexts as readonly ArrayBuffer[];
  expect(pieces.length).toBeGreaterThan(SIZE / (128 * 1024));
  expect(pieces.every(({ byteLength }) => byteLength === 0)).toBe(true);
});
