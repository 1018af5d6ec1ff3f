/** The real client of the SDK against a server that answers what the test wants: shapes of errors are not made up here. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Connection } from '../../../main/contract/models.ts';
import {
  isPrefixEmpty,
  listVersions,
  mayHaveStored,
  openClient,
  versionsOfKey,
  type StoreClient,
} from '../../../main/s3/index.ts';
import { codeOf, must, temporaryFolder } from '../store/support.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function clientOf(answer: Answer): Promise<{ client: StoreClient; server: Server; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
    request.resume();
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = must(
    await openClient(connectionTo(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`)),
  );
  onTestFinished(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return { client, server, seen };
}

function connectionTo(endpoint: string): Connection {
  const directory = temporaryFolder();
  writeFileSync(
    join(directory, 'practice.json'),
    JSON.stringify({ endpoint, region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 's' }),
  );
  return {
    name: 'store',
    endpoint: null,
    region: 'us-east-1',
    pathStyle: true,
    credentials: { kind: 'practice', directory },
  };
}

const xml = (code: string): string => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message></Error>`;
const says =
  (status: number, body = '', headers: Record<string, string> = {}): Answer =>
  (request, response) => {
    request.on('end', () => {
      response.writeHead(status, { 'content-type': 'application/xml', ...headers });
      response.end(body);
    });
  };
const put = (client: StoreClient) =>
  client.send('PutObject', { Bucket: 'b', Key: 'k', Body: Buffer.from('x'), ContentLength: 1 });

describe('errors as the SDK really throws them', () => {
  test.each<[string, number, string, string]>([
    ['a code of S3', 403, xml('InvalidAccessKeyId'), 'credentials-wrong'],
    ['a code that is a name of JavaScript', 400, xml('constructor'), 'store-answer'],
    ['a status without a body', 403, '', 'permission'],
    ['a body that is no XML', 400, '<html><body>Sign in to the hotel</body>', 'store-answer'],
    ['a busy store', 503, xml('SlowDown'), 'busy'],
    ['a wrong region', 301, xml('PermanentRedirect'), 'wrong-region'],
    ['damage on the way', 400, xml('BadDigest'), 'damaged'],
    ['only UnknownError', 403, xml('UnknownError'), 'permission'],
  ])('%s', async (_, status, body, expected) => {
    const { client, seen } = await clientOf(says(status, body));
    expect(codeOf(await put(client))).toBe(expected);
    expect(seen).toHaveLength(1);
    expect(client.requests).toBe(1);
  });

  test('a HEAD has only its status', async () => {
    const { client } = await clientOf(says(404));
    expect(codeOf(await client.send('HeadObject', { Bucket: 'b', Key: 'k' }))).toBe('object-missing');
    expect(codeOf(await client.send('HeadBucket', { Bucket: 'b' }))).toBe('bucket-missing');
  });

  test('a connection that breaks off may have stored; one that was refused has not', async () => {
    const broken = await clientOf((request) => request.socket.destroy());
    const reset = await put(broken.client);
    expect(codeOf(reset)).toBe('offline');
    expect(!reset.ok && mayHaveStored(reset.failure)).toBe(true);

    const { server } = await clientOf(says(200));
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const client = must(await openClient(connectionTo(`http://127.0.0.1:${String(port)}`)));
    const refused = await put(client);
    client.close();
    expect(codeOf(refused)).toBe('offline');
    expect(!refused.ok && mayHaveStored(refused.failure)).toBe(false);
  });

  test('a name that no server has is offline and was never reached', async () => {
    const client = must(await openClient(connectionTo('http://nowhere.invalid:9')));
    const answer = await put(client);
    client.close();
    expect(codeOf(answer)).toBe('offline');
    expect(!answer.ok && mayHaveStored(answer.failure)).toBe(false);
  });

  test('stopped while it waits', async () => {
    const { client } = await clientOf(() => undefined);
    const abort = new AbortController();
    const sending = client.send('HeadBucket', { Bucket: 'b' }, abort.signal);
    setTimeout(() => {
      abort.abort();
    }, 30);
    expect(codeOf(await sending)).toBe('cancelled');
    expect(codeOf(await client.send('HeadBucket', { Bucket: 'b' }, AbortSignal.abort()))).toBe('cancelled');
  });

  test('a header that cannot be sent is no trouble of the network', async () => {
    const { client, seen } = await clientOf(says(200));
    const answer = await client.send('PutObject', {
      Bucket: 'b',
      Key: 'k',
      CacheControl: 'a\nb',
      Body: Buffer.from('x'),
    });
    expect(codeOf(answer)).toBe('internal');
    expect(seen).toEqual([]);
  });

  test('nothing is sent twice by itself', async () => {
    const { client, seen } = await clientOf(says(500, xml('InternalError')));
    await put(client);
    expect(seen).toHaveLength(1);
  });

  test('a practice server that is not there is named with its file', async () => {
    const connection: Connection = {
      ...connectionTo('http://127.0.0.1:1'),
      credentials: { kind: 'practice', directory: '/nowhere' },
    };
    expect(codeOf(await openClient(connection))).toBe('practice-missing');
    const directory = temporaryFolder();
    writeFileSync(join(directory, 'practice.json'), '{"endpoint": 7}');
    expect(codeOf(await openClient({ ...connection, credentials: { kind: 'practice', directory } }))).toBe(
      'practice-missing',
    );
  });
});

describe('listing versions', () => {
  interface Row {
    readonly key: string;
    readonly id: string;
    readonly marker?: boolean;
    readonly latest?: boolean;
    readonly at?: string;
  }
  const page = (rows: readonly Row[], more: string, encoding = '<EncodingType>url</EncodingType>'): string =>
    `<?xml version="1.0"?><ListVersionsResult>${encoding}${more}${rows
      .map(({ key, id, marker, latest, at }) => {
        const tag = marker === true ? 'DeleteMarker' : 'Version';
        const size = marker === true ? '' : '<Size>3</Size><ETag>&quot;e&quot;</ETag>';
        return `<${tag}><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>${String(latest ?? false)}</IsLatest><LastModified>${at ?? '2026-03-01T12:00:00.000Z'}</LastModified>${size}</${tag}>`;
      })
      .join('')}</ListVersionsResult>`;

  test('pages are followed, keys decoded, and versions and markers brought into one order', async () => {
    const pages = [
      page(
        [
          { key: 'a%2Bb', id: '3', latest: true, marker: true, at: '2026-03-01T12:00:03.000Z' },
          { key: 'a%2Bb', id: '2', at: '2026-03-01T12:00:02.000Z' },
          { key: 'a%2Bb', id: '1', at: '2026-03-01T12:00:01.000Z' },
          { key: 'b+c', id: '4', latest: true },
        ],
        '<IsTruncated>true</IsTruncated><NextKeyMarker>b+c</NextKeyMarker><NextVersionIdMarker>4</NextVersionIdMarker>',
      ),
      page([{ key: 'd%25%20%F0%9F%98%80', id: '5', latest: true }], '<IsTruncated>false</IsTruncated>'),
    ];
    const { client, seen } = await clientOf((request, response) => {
      says(200, pages[seen.length - 1])(request, response);
    });
    const found: string[] = [];
    for await (const one of listVersions(client, 'b', ''))
      found.push(...must(one).map((row) => `${row.key} ${String(row.versionId)}`));
    expect(found).toEqual(['a+b 3', 'a+b 2', 'a+b 1', 'b c 4', 'd% 😀 5']);
    expect(seen).toHaveLength(2);
    expect(decodeURIComponent(seen[1] ?? '')).toMatch(/key-marker=b c&/);
    expect(seen[1]).toMatch(/version-id-marker=4/);
  });

  test('a store that does not encode keys is taken at its word', async () => {
    const { client } = await clientOf(says(200, page([{ key: 'a+b %41', id: '1', latest: true }], '', '')));
    expect(must(await versionsOfKey(client, 'b', 'a+b %41')).map((one) => one.key)).toEqual(['a+b %41']);
  });

  test('of one key, no other that only begins like it', async () => {
    const rows = [
      { key: 'a', id: '2', latest: true },
      { key: 'a', id: '1' },
      { key: 'a.txt', id: '9', latest: true },
    ];
    const { client, seen } = await clientOf(
      says(200, page(rows, '<IsTruncated>true</IsTruncated><NextKeyMarker>a.txt</NextKeyMarker>')),
    );
    expect(must(await versionsOfKey(client, 'b', 'a')).map((one) => one.versionId)).toEqual(['2', '1']);
    expect(seen).toHaveLength(1);
  });

  test('a page that fails ends it with the failure', async () => {
    const { client } = await clientOf(says(403, xml('AccessDenied')));
    expect(codeOf(await versionsOfKey(client, 'b', 'a'))).toBe('permission');
  });

  test('a prefix is empty only where neither versions nor markers are there; without versions the objects decide', async () => {
    const empty = await clientOf(says(200, page([], '')));
    expect(must(await isPrefixEmpty(empty.client, 'b', 'p/'))).toBe(true);
    const marker = await clientOf(says(200, page([{ key: 'p/a', id: '1', marker: true }], '')));
    expect(must(await isPrefixEmpty(marker.client, 'b', 'p/'))).toBe(false);
    for (const [code, status] of [
      ['NotImplemented', 501],
      ['MethodNotAllowed', 405],
    ] as const) {
      const plain = await clientOf((request, response) => {
        const isObjects = request.url?.includes('list-type=2') === true;
        const objects =
          '<?xml version="1.0"?><ListBucketResult><KeyCount>1</KeyCount><Contents><Key>p/a</Key></Contents></ListBucketResult>';
        says(isObjects ? 200 : status, isObjects ? objects : xml(code))(request, response);
      });
      expect(must(await isPrefixEmpty(plain.client, 'b', 'p/'))).toBe(false);
    }
  });
});
