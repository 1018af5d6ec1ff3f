/** The straight way against the whole one: what comes of an answer, of a fault on the way and of a signal is the same. */
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { InputOf } from '../../../main/s3/index.ts';
import { codeOf, must } from '../store/support.ts';
import { bothMeet, Body, httpDate, inputs, isWhole, names, says, Ways, type Answer, type Seen } from './ways.ts';

const xml = (code: string, more = ''): string =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message>${more}</Error>`;
const SIGN_IN = '<html><head><title>Hotel</title></head><body>Sign in</body></html>';

describe.each(names)('%s', (name) => {
  test.each<[string, Answer]>([
    ['an answer without content', says(200)],
    ['an answer of unknown length', says(200, '', { 'transfer-encoding': 'chunked' })],
    ['no content', says(204)],
    ['headers of an answer', says(200, '', { etag: '"e"', 'x-amz-version-id': 'v', 'x-amz-request-id': 'r' })],
    ['a checksum', says(200, '', { 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-type': 'FULL_OBJECT' })],
    ['500', says(500, xml('InternalError'))],
    ['500 without a body', says(500)],
    ['503', says(503, xml('SlowDown'))],
    ['503 that is a page', says(503, SIGN_IN, { 'content-type': 'text/html' })],
    ['501', says(501, xml('NotImplemented'))],
    ['429', says(429)],
    ['404 of a key', says(404, xml('NoSuchKey'))],
    ['404 of a version', says(404, xml('NoSuchVersion'))],
    ['404 of a bucket', says(404, xml('NoSuchBucket'))],
    ['404 of an upload', says(404, xml('NoSuchUpload'))],
    ['404 without a body', says(404)],
    ['403', says(403, xml('AccessDenied'))],
    ['403 of a key that is unknown', says(403, xml('InvalidAccessKeyId'))],
    ['403 of a session', says(403, xml('ExpiredToken'))],
    ['403 of an archived object', says(403, xml('InvalidObjectState', '<StorageClass>GLACIER</StorageClass>'))],
    ['a code that is a name of JavaScript', says(400, xml('constructor'))],
    ['only UnknownError', says(403, xml('UnknownError'))],
    ['damage on the way', says(400, xml('BadDigest'))],
    ['a wrong digest of the body', says(400, xml('XAmzContentSHA256Mismatch'))],
    ['what a policy asks for', says(400, xml('InvalidStorageClass'))],
    ['an argument', says(400, xml('InvalidArgument'))],
    ['409', says(409, xml('ConditionalRequestConflict'))],
    ['412', says(412, xml('PreconditionFailed'))],
    ['304', says(304)],
    ['a wrong region', says(301, xml('PermanentRedirect'), { 'x-amz-bucket-region': 'eu-west-1' })],
    ['another region in the body', says(400, xml('AuthorizationHeaderMalformed', '<Region>eu-west-1</Region>'))],
    ['a redirect', says(307, xml('TemporaryRedirect'), { location: 'http://127.0.0.1:1/' })],
    ['a page with 400', says(400, SIGN_IN)],
    ['a page with 200', says(200, SIGN_IN, { 'content-type': 'text/html' })],
    ['an error with 200', says(200, xml('InternalError'))],
    ['a busy store with 200', says(200, xml('SlowDown'))],
    ['an error with 200, of unknown length', says(200, xml('SlowDown'), { 'transfer-encoding': 'chunked' })],
    ['XML that ends in its middle', says(400, '<?xml version="1.0"?><Error><Code>Bad')],
    ['bytes that are no text', says(400, '\u0000\u0001\ufffd')],
  ])('%s', async (_, answer) => {
    await bothMeet(await Ways.open(), name, answer);
  });

  test.each<[string, Answer]>([
    ['at once', (request) => request.socket.destroy()],
    ['with a reset', (request) => request.socket.resetAndDestroy()],
    ['once the body has come', (request) => request.on('end', () => request.socket.destroy())],
    [
      'in the middle of an answer',
      (request, response) => {
        request.on('end', () => {
          response.writeHead(200, { date: httpDate(), 'content-length': '100' });
          response.write('0123456789', () => request.socket.destroy());
        });
      },
    ],
    [
      'in the middle of a refusal',
      (request, response) => {
        request.on('end', () => {
          response.writeHead(503, { date: httpDate(), 'content-length': '1000' });
          response.write('<?xml version="1.0"?><Error>', () => request.socket.destroy());
        });
      },
    ],
    ['after an answer that is none', (request) => request.on('end', () => request.socket.end('hello\r\n\r\n'))],
  ])('a connection that is cut %s', async (_, answer) => {
    await bothMeet(await Ways.open(), name, answer);
  });

  test.each<[string, Answer]>([
    ['before an answer', () => undefined],
    [
      'in the middle of an answer',
      (request, response) => {
        request.on('end', () => {
          response.writeHead(200, { date: httpDate(), 'content-length': '100' });
          response.write('0123456789');
        });
      },
    ],
  ])('silence %s', async (_, answer) => {
    await bothMeet(await Ways.open(1000), name, answer);
  });

  test('a signal that was given before', async () => {
    const { outcome, requests } = await bothMeet(await Ways.open(), name, says(200), (client) =>
      client.send(name, inputs[name], AbortSignal.abort()),
    );
    expect(outcome.failure?.code).toBe('cancelled');
    expect(requests).toEqual([]);
  });

  test.each<[string, Answer]>([
    ['before an answer', () => undefined],
    [
      'in the middle of an answer',
      (request, response) => {
        request.on('end', () => {
          response.writeHead(200, { date: httpDate(), 'content-length': '100' });
          response.write('0123456789');
        });
      },
    ],
    [
      'in the middle of a refusal',
      (request, response) => {
        request.on('end', () => {
          response.writeHead(500, { date: httpDate(), 'content-length': '1000' });
          response.write('<?xml version="1.0"?><Error>');
        });
      },
    ],
  ])('a signal %s', async (when, answer) => {
    const ways = await Ways.open();
    const { outcome } = await bothMeet(ways, name, answer, async (client) => {
      const abort = new AbortController();
      const before = ways.seen.length;
      const sending = client.send(name, inputs[name], abort.signal);
      // An object is given once its answer begins; of the others the end is waited for.
      const begins = name === 'GetObject' && when === 'in the middle of an answer';
      while (ways.seen.length === before) await sleep(5);
      await (begins ? sending : sleep(50));
      abort.abort();
      return sending;
    });
    expect(outcome.failure?.code ?? outcome.body).toMatch(/^cancelled$|^ended by/);
  });

  test('a signal after the answer changes nothing', async () => {
    await bothMeet(await Ways.open(), name, says(200, '', { etag: '"e"' }), async (client) => {
      const abort = new AbortController();
      const result = await client.send(name, inputs[name], abort.signal);
      abort.abort();
      return result;
    });
  });

  test('a connection that the server closed meanwhile is opened anew', async () => {
    const ways = await Ways.open();
    const { outcome } = await bothMeet(ways, name, says(200, '', { etag: '"e"' }), async (client) => {
      // Any other request, so that there is a connection to close.
      must(await client.send('GetBucketVersioning', { Bucket: 'b' }));
      ways.seen.pop();
      await sleep(20);
      ways.closeIdle();
      await sleep(20);
      // What has come by then is read before this goes on.
      await turn();
      await turn();
      return client.send(name, inputs[name]);
    });
    expect(outcome.answer).toMatchObject({ ETag: '"e"' });
  });

  test('a connection that is closed as it is used again is broken off', async () => {
    const ways = await Ways.open();
    const sockets = new WeakSet();
    const { outcome } = await bothMeet(
      ways,
      name,
      (request, response) => {
        if (sockets.has(request.socket)) request.socket.destroy();
        else says(200)(request, response);
        sockets.add(request.socket);
      },
      async (client) => {
        must(await client.send('GetBucketVersioning', { Bucket: 'b' }));
        ways.seen.pop();
        await sleep(20);
        return client.send(name, inputs[name]);
      },
    );
    expect(outcome.failure?.code).toBe('offline');
  });

  test('the store’s clock is taken from a refusal and from a good answer, and signs the next', async () => {
    const HOUR = 3_600_000;
    const ahead = (): string => new Date(Date.now() + HOUR).toUTCString();
    for (const answer of [
      (): Answer => says(403, xml('RequestTimeTooSkewed'), { date: ahead() }),
      (): Answer => says(200, '', { date: ahead() }),
    ]) {
      const ways = await Ways.open();
      const told: (number | null)[] = [];
      const clocks: number[] = [];
      const { requests } = await bothMeet(ways, name, answer(), async (client) => {
        const result = await client.send(name, inputs[name]);
        told.push(client.wire.clockOffset);
        clocks.push(client.clockOffsetMs);
        // Another operation, for which both go the whole way; it must not show below.
        await client.send('HeadBucket', { Bucket: 'b' });
        const next = ways.seen.pop();
        expect(Math.abs(timeOf(next) - Date.now() - HOUR)).toBeLessThan(5_000);
        return result;
      });
      for (const one of requests) expect(Math.abs(timeOf(one) - Date.now())).toBeLessThan(5_000);
      for (const offset of told) expect(Math.abs((offset ?? 0) - 3600)).toBeLessThan(5);
      for (const offset of clocks) expect(Math.abs(offset - HOUR)).toBeLessThan(5_000);
    }
  });

  test('notes on the wire are the same', async () => {
    const notes: object[] = [];
    const headers = { server: 'S', 'x-amz-request-id': 'r1' };
    await bothMeet(await Ways.open(), name, says(404, xml('NoSuchKey'), headers), async (client) => {
      const result = await client.send(name, inputs[name]);
      notes.push({ ...client.wire });
      return result;
    });
    expect(notes[1]).toEqual(notes[0]);
    expect(notes[0]).toMatchObject({ server: 'S', requestId: 'r1' });
  });

  test('what cannot be sent is refused here', async () => {
    for (const wrong of [{ Key: undefined }, { RequestPayer: 'a\nb' }, { RequestPayer: 'ä€' }]) {
      const input = { ...inputs[name], ...wrong } as unknown as InputOf<typeof name>;
      const { requests } = await bothMeet(await Ways.open(), name, says(200), (client) => client.send(name, input));
      expect(requests).toEqual([]);
    }
  });
});

/** When a request was signed, milliseconds since 1970. */
function timeOf(seen: Seen | undefined): number {
  const text = String(seen?.headers['x-amz-date']);
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

describe('an object that comes', () => {
  const Input = { ...inputs.GetObject, ChecksumMode: 'ENABLED' as const };

  test.each([
    'Wed, 21 Oct 2037 07:28:00 GMT',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    '0',
    '-1',
    'never',
    '2037-10-21T07:28:00Z',
    'Wed, 41 Oct 2037 07:28:00 GMT',
    'Wed, 21 Oct 2037 27:28:00 GMT',
  ])('expires “%s”', async (expires) => {
    const { outcome } = await bothMeet(await Ways.open(), 'GetObject', says(200, 'hello', { expires }));
    expect(outcome.body).toBe('hello');
  });

  test('metadata, tags and times', async () => {
    await bothMeet(
      await Ways.open(),
      'GetObject',
      says(200, 'hello', {
        'x-amz-meta-a': 'b',
        'x-amz-meta-name': 'a%20b',
        'x-amz-tagging-count': '2',
        'last-modified': 'Wed, 21 Oct 2015 07:28:00 GMT',
        'content-range': 'bytes 0-4/9',
        'x-amz-missing-meta': '1',
        'x-amz-restore': 'ongoing-request="true"',
        'x-amz-delete-marker': 'false',
      }),
    );
  });

  test.each(['CRC32', 'CRC64NVME', 'SHA256', 'SHA512', 'MD5', 'XXHASH64', 'XXHASH3', 'XXHASH128'])(
    'its bytes are proved by who reads them, whatever it says of its %s',
    async (algorithm) => {
      const headers = { [`x-amz-checksum-${algorithm.toLowerCase()}`]: 'AAAAAA==' };
      const { outcome } = await bothMeet(await Ways.open(), 'GetObject', says(200, 'hello', headers), (client) =>
        client.send('GetObject', Input),
      );
      expect(outcome.body).toBe('hello');
      expect(outcome.answer).toMatchObject({ [`Checksum${algorithm}`]: 'AAAAAA==' });
    },
  );
});

describe('what goes the whole way each time', () => {
  const MIB = 1024 * 1024;
  const large = Buffer.alloc(2 * MIB, 1);
  // The SDK takes the raw bytes as its type for text.
  const SSECustomerKey = Buffer.alloc(32, 1) as unknown as string;

  test.each<[string, Partial<InputOf<'PutObject'>>]>([
    ['a body of 2 MiB', { Body: large, ContentLength: large.length }],
    ['a customer key', { SSECustomerAlgorithm: 'AES256', SSECustomerKey }],
    ['a body that says no length', { ContentLength: undefined }],
    ['a length that is not the body’s', { ContentLength: Body.length - 1 }],
    ['a body that is text', { Body: 'hello' }],
    ['a checksum that the SDK is to compute', { ChecksumAlgorithm: 'CRC32' }],
  ])('%s', async (_, more) => {
    const ways = await Ways.open();
    const client = await ways.straight('PutObject');
    for (let time = 0; time < 2; time += 1) {
      await client.send('PutObject', { ...inputs.PutObject, ...more });
      expect(ways.seen.pop()).toSatisfy(isWhole);
    }
    expect(codeOf(await client.send('PutObject', inputs.PutObject))).toBe('ok');
    expect(ways.seen.pop()).not.toSatisfy(isWhole);
  });
});
