/**
 * A small server that answers what a test wants, and clients of either way through the SDK. One that never had an answer
 * which tells the way goes the whole way; one that had goes straight. Both must make the same of the same answer.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect, onTestFinished } from 'vitest';
import type { Failure } from '../../../main/contract/errors.ts';
import type { Result } from '../../../main/contract/result.ts';
import { mayHaveStored, openClient, type InputOf, type StoreClient } from '../../../main/s3/index.ts';
import { must, temporaryFolder } from '../store/support.ts';

export type Name = 'PutObject' | 'UploadPart' | 'GetObject';
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export const Body = Buffer.from('hello');
export const inputs: { readonly [One in Name]: InputOf<One> } = {
  PutObject: { Bucket: 'b', Key: 'k', Body, ContentLength: Body.length },
  UploadPart: { Bucket: 'b', Key: 'k', UploadId: 'u', PartNumber: 1, Body, ContentLength: Body.length },
  GetObject: { Bucket: 'b', Key: 'k' },
};
export const names: readonly Name[] = ['PutObject', 'UploadPart', 'GetObject'];

/** What came of a request, in words that can be compared. */
interface Outcome {
  readonly answer?: object;
  readonly failure?: Failure;
  readonly mayHaveStored?: boolean;
  /** What the body of an answer gave, or the error that ended it. */
  readonly body?: string;
}

export interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** A small server, and a client for each of the ways. */
export class Ways {
  answer: Answer = says(200);
  readonly seen: Seen[] = [];
  readonly #server = createServer({ keepAliveTimeout: 60_000 });
  readonly #silenceMs: number;

  private constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
    this.#server.on('request', (request, response) => {
      const { method, url, headers } = request;
      this.seen.push({ method, url, headers });
      request.resume();
      this.answer(request, response);
    });
  }

  static async open(silenceMs = 60_000): Promise<Ways> {
    const ways = new Ways(silenceMs);
    ways.#server.listen(0, '127.0.0.1');
    await once(ways.#server, 'listening');
    onTestFinished(() => {
      ways.#server.closeAllConnections();
      ways.#server.close();
    });
    return ways;
  }

  closeIdle(): void {
    this.#server.closeIdleConnections();
  }

  /** One that goes the whole way. */
  async whole(): Promise<StoreClient> {
    const directory = temporaryFolder();
    const endpoint = `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
    const practice = { endpoint, region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 's' };
    writeFileSync(join(directory, 'practice.json'), JSON.stringify(practice));
    const credentials = { kind: 'practice', directory } as const;
    const connection = { name: 'store', endpoint: null, region: 'us-east-1', pathStyle: true, credentials };
    const client = must(await openClient(connection, this.#silenceMs));
    onTestFinished(() => {
      client.close();
    });
    return client;
  }

  /** One that goes straight, since it had an answer before. */
  async straight(name: Name): Promise<StoreClient> {
    const client = await this.whole();
    const { answer } = this;
    this.answer = says(200);
    await outcomeOf(client.send(name, inputs[name]));
    this.answer = answer;
    return client;
  }
}

/** Both ways meet the same; what came of it must be the same. Of the two that went out, the requests. */
export async function bothMeet(
  ways: Ways,
  name: Name,
  answer: Answer,
  ask: (client: StoreClient) => Promise<Result<object>> = (client) => client.send(name, inputs[name]),
): Promise<{ readonly outcome: Outcome; readonly requests: readonly Seen[] }> {
  const [whole, straight] = [await ways.whole(), await ways.straight(name)];
  ways.seen.length = 0;
  ways.answer = answer;
  const expected = await outcomeOf(ask(whole));
  const wentWhole = ways.seen.length;
  const outcome = await outcomeOf(ask(straight));
  expect(outcome).toEqual(expected);
  expect(ways.seen.slice(0, wentWhole).every(isWhole), 'the first goes the whole way').toBe(true);
  expect(ways.seen.slice(wentWhole).some(isWhole), 'the second goes straight').toBe(false);
  expect(ways.seen).toHaveLength(2 * wentWhole);
  return { outcome, requests: ways.seen };
}

export const isWhole = ({ headers }: Seen): boolean => headers['amz-sdk-invocation-id'] !== undefined;

async function outcomeOf(sent: Promise<Result<object>>): Promise<Outcome> {
  const result = await sent;
  if (!result.ok) {
    const { failure } = result;
    // How far a clock is off is counted at the time of each answer.
    const alike = failure.code === 'clock-skew' ? { ...failure, message: '', facts: {} } : failure;
    return { failure: alike, mayHaveStored: mayHaveStored(failure) };
  }
  const { Body: body, $metadata, ...answer } = result.value as { Body?: Readable; $metadata: object };
  // Those two are counts of the layer that would try again, and does not.
  const metadata: object = { ...$metadata, attempts: 0, totalRetryDelay: 0 };
  return { answer: { ...answer, $metadata: metadata }, ...(body === undefined ? {} : { body: await textOf(body) }) };
}

async function textOf(body: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of body as AsyncIterable<Buffer>) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  } catch (error) {
    return error instanceof Error ? `ended by ${error.name}: ${error.message}` : 'ended';
  }
}

export function says(status: number, body = '', headers: Readonly<Record<string, string>> = {}): Answer {
  return (request, response) => {
    request.on('end', () => {
      response.writeHead(status, { 'content-type': 'application/xml', date: httpDate(), ...headers });
      response.end(body);
    });
  };
}

/** Whole seconds: two answers within one are alike. */
export const httpDate = (): string => new Date().toUTCString();
