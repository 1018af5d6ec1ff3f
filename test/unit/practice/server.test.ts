/** The server as a process: what was answered survives its death, its folder and its settings. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type PracticeCredentials,
  type PracticeServer,
  readPracticeCredentials,
  startPractice,
} from '../../../main/practice/index.ts';

let directory = '';
const running: PracticeServer[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'practice-'));
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  await rm(directory, { recursive: true, force: true });
});

async function start(more: Partial<Parameters<typeof startPractice>[0]> = {}): Promise<PracticeServer> {
  const result = await startPractice({ directory, ...more });
  if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`);
  running.push(result.value);
  return result.value;
}

function clientOf(server: PracticeCredentials): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
  });
}

/** Serves the folder from another process, which can be killed. */
async function startProcess(): Promise<{ readonly child: ChildProcess; readonly server: PracticeCredentials }> {
  const module = new URL('../../../main/practice/index.ts', import.meta.url).href;
  const script = `import { startPractice } from ${JSON.stringify(module)};
    console.log(JSON.stringify(await startPractice({ directory: ${JSON.stringify(directory)} })));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += String(data);
      if (text.includes('\n')) resolve(text);
    });
    child.once('exit', () => {
      reject(new Error('The server did not start.'));
    });
  });
  expect(line).toContain('"ok":true');
  const server = readPracticeCredentials(directory);
  if (server === null) throw new Error('There are no settings.');
  return { child, server };
}

describe('kill -9', () => {
  it('loses nothing that was answered, and keeps port and key', async () => {
    const { child, server } = await startProcess();
    const client = clientOf(server);
    const Bucket = server.bucket;
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'upload' }));
    await client.send(
      new UploadPartCommand({ Bucket, Key: 'upload', UploadId, PartNumber: 1, Body: Buffer.alloc(400_000, 'p') }),
    );
    const answered: { readonly key: string; readonly versionId: string; readonly body: string }[] = [];
    let count = 0;
    const writer = async (): Promise<void> => {
      for (;;) {
        count += 1;
        const key = `k${String(count % 50)}`;
        const body = `${String(count)} `.repeat(count % 7 === 0 ? 60_000 : 100);
        const answer = await client.send(new PutObjectCommand({ Bucket, Key: key, Body: body })).catch(() => undefined);
        if (answer === undefined) return;
        answered.push({ key, body, versionId: answer.VersionId ?? '' });
        if (answered.length === 120) child.kill('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: 8 }, writer));
    expect(answered.length).toBeGreaterThanOrEqual(120);
    const again = await start();
    expect(again).toMatchObject(server);
    for (const { key, versionId, body } of answered) {
      const read = await client.send(new GetObjectCommand({ Bucket, Key: key, VersionId: versionId }));
      expect((await read.Body?.transformToString()) === body).toBe(true);
    }
    const { Parts } = await client.send(new ListPartsCommand({ Bucket, Key: 'upload', UploadId }));
    expect(Parts).toMatchObject([{ PartNumber: 1, Size: 400_000 }]);
    client.destroy();
  });
});

describe('the folder', () => {
  it('is served once at a time', async () => {
    const server = await start();
    expect(await startPractice({ directory })).toMatchObject({ ok: false, reason: 'directory-in-use' });
    const { child } = await (async () => {
      await server.stop();
      return startProcess();
    })();
    expect(await startPractice({ directory })).toMatchObject({ ok: false, reason: 'directory-in-use' });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    await start();
  });

  it('and its settings belong to their owner alone', async () => {
    await start();
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'practice.json'))).mode & 0o777).toBe(0o600);
  });

  it('that cannot be made is told of', async () => {
    const file = join(directory, 'file');
    await writeFile(file, 'in the way');
    const result = await startPractice({ directory: join(file, 'practice') });
    expect(result).toMatchObject({ ok: false, reason: 'write-failed' });
  });

  it('without settings has no credentials', () => {
    expect(readPracticeCredentials(directory)).toBeNull();
  });
});

describe('the port', () => {
  it('that is demanded must be free', async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => {
        const address = taken.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    expect(await startPractice({ directory, port })).toMatchObject({ ok: false, reason: 'port-taken' });
    await new Promise((resolve) => taken.close(resolve));
    expect((await start({ port })).port).toBe(port);
  });

  it('used last gives way to a free one where it is taken', async () => {
    const first = await start();
    const { port, accessKeyId } = first;
    await first.stop();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    const again = await start();
    expect(again.port).not.toBe(port);
    expect(again.accessKeyId).toBe(accessKeyId);
    await new Promise((resolve) => taken.close(resolve));
  });
});

describe('options', () => {
  it('name the bucket, set the clock and watch the requests', async () => {
    const seen: string[] = [];
    const time = Date.now() - 5 * 60_000;
    const server = await start({
      bucket: 'another',
      clock: () => time,
      onRequest: ({ method, bucket, key, query }) => seen.push(`${method} ${bucket} ${key} ${String(query.size)}`),
    });
    expect(server.bucket).toBe('another');
    const client = clientOf(server);
    const put = await client.send(new PutObjectCommand({ Bucket: 'another', Key: 'a/b', Body: 'x' }));
    expect(put.VersionId).toBeDefined();
    const { LastModified } = await client.send(new GetObjectCommand({ Bucket: 'another', Key: 'a/b' }));
    expect(LastModified?.getTime()).toBe(Math.floor(time / 1000) * 1000);
    expect(seen).toEqual(['PUT another a/b 1', 'GET another a/b 1']);
    client.destroy();
  });
});
