/**
 * The same request by two of Cairn's clients: one that never had an answer to such a one, so that it goes through all
 * layers of the SDK, and one that had and goes straight. In: a request. Out: what came of it, once both sent the same and
 * got the same.
 */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { expect } from 'vitest';
import type { AccessKeys } from '../../main/contract/access-keys.ts';
import type { Failure } from '../../main/contract/errors.ts';
import type { Result } from '../../main/contract/result.ts';
import { openClient, openSignIn, type InputOf, type StoreClient } from '../../main/s3/index.ts';
import { RecordingProxy, type Recorded } from '../support/proxy/recording.ts';
import type { Target } from './support.ts';

/** What may go straight. */
export type Name = 'PutObject' | 'UploadPart' | 'GetObject';

export interface How {
  /** Of the body, hex, as Cairn hands it on. */
  readonly sha256?: string;
  /** What is signed with once the way is known; null: there are none any more. */
  readonly keys?: AccessKeys | null;
  /** Runs once the way is known, before both send. */
  readonly meanwhile?: () => Promise<unknown>;
  /** Fields of the answer that cannot be alike: only whether they are told is compared. */
  readonly apart?: readonly string[];
  /** Both go the whole way. */
  readonly isNeverStraight?: boolean;
}

/** What came of a request, in words that can be compared. */
export interface Outcome {
  readonly answer: Readonly<Record<string, unknown>> | null;
  readonly failure: Failure | null;
  /** What came of the body: its length and its SHA-256, or the error that ended it. */
  readonly body: string | null;
}

/** Headers that cannot be alike, with the reason. */
const APART: Readonly<Record<string, string>> = {
  'amz-sdk-invocation-id': 'the layer that would try again names each request; the straight way has no such layer',
  'amz-sdk-request': 'the same layer counts attempts, of which there is one',
  'x-amz-date': 'it is the time of the request',
  authorization: 'it signs these three; what it says besides the signature is compared',
};

const WARM = 'warm';
/** Every version has one of its own. */
const OF_A_VERSION = ['VersionId'];

interface Opened {
  readonly client: StoreClient;
  readonly use: (keys: AccessKeys | null) => void;
}

export class Ways implements AsyncDisposable {
  readonly proxy: RecordingProxy;
  readonly #target: Target;
  readonly #clients: StoreClient[] = [];

  private constructor(proxy: RecordingProxy, target: Target) {
    this.proxy = proxy;
    this.#target = target;
  }

  static async open(target: Target): Promise<Ways> {
    return new Ways(await RecordingProxy.open(target.endpoint), target);
  }

  /** One request by both ways. */
  async both<One extends Name>(name: One, input: InputOf<One>, how: How = {}): Promise<Outcome> {
    const bucket = String(input.Bucket);
    const outcomes = await this.bothAsk(
      name,
      bucket,
      async (client) => [await client.send(name, input, undefined, how.sha256)],
      how,
    );
    const [outcome] = outcomes;
    if (outcome === undefined) throw new Error('Nothing was asked.');
    return outcome;
  }

  /** Several requests of an operation, one after the other, by both ways. */
  async bothAsk(
    name: Name,
    bucket: string,
    ask: (client: StoreClient) => Promise<readonly Result<object>[]>,
    { keys, meanwhile, apart = [], isNeverStraight = false }: How = {},
  ): Promise<readonly Outcome[]> {
    const [whole, straight] = [this.#open(), this.#open()];
    const opened = [await whole, await straight] as const;
    await knowTheWay(opened[1].client, name, bucket);
    await meanwhile?.();
    if (keys !== undefined) for (const { use } of opened) use(keys);

    const sides: { readonly outcomes: readonly Outcome[]; readonly requests: readonly Recorded[] }[] = [];
    for (const { client } of opened) {
      this.proxy.forget();
      const outcomes: Outcome[] = [];
      for (const result of await ask(client)) outcomes.push(await outcomeOf(result, [...OF_A_VERSION, ...apart]));
      sides.push({ outcomes, requests: [...this.proxy.requests] });
    }
    const [first, second] = sides;
    if (first === undefined || second === undefined) throw new Error('Nothing was asked.');
    expect(first.requests.map(wentWhole), 'the first goes the whole way').toEqual(first.requests.map(() => true));
    const goesWhole = second.requests.map(() => isNeverStraight);
    expect(second.requests.map(wentWhole), 'the second goes straight').toEqual(goesWhole);
    expect(second.requests.map(wordsOf)).toEqual(first.requests.map(wordsOf));
    expect(second.outcomes).toEqual(first.outcomes);
    return second.outcomes;
  }

  async #open(): Promise<Opened> {
    const { region, accessKeyId, secretAccessKey } = this.#target;
    const credentials = { kind: 'ask' } as const;
    const connection = { name: 'store', endpoint: this.proxy.endpoint, region, pathStyle: true, credentials };
    let keys: AccessKeys | null = { accessKeyId, secretAccessKey };
    const signIn = openSignIn(connection, () => keys);
    const client = must(await openClient(connection, undefined, undefined, signIn));
    this.#clients.push(client);
    const use = (others: AccessKeys | null): void => {
      keys = others;
      signIn.forget();
    };
    return { client, use };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.proxy[Symbol.asyncDispose]();
  }
}

/** From here on the client goes straight with that operation to that bucket. */
async function knowTheWay(client: StoreClient, name: Name, bucket: string): Promise<void> {
  const object = { Bucket: bucket, Key: WARM };
  const nothing = { Body: Buffer.alloc(0), ContentLength: 0 };
  if (name === 'UploadPart') {
    const { UploadId } = must(await client.send('CreateMultipartUpload', object));
    must(await client.send('UploadPart', { ...object, UploadId, PartNumber: 1, ...nothing }));
    must(await client.send('AbortMultipartUpload', { ...object, UploadId }));
    return;
  }
  must(await client.send('PutObject', { ...object, ...nothing }));
  if (name === 'GetObject') (must(await client.send('GetObject', object)).Body as Readable).destroy();
}

/** The value of a result that must be one. */
export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}

function wentWhole({ headers }: Recorded): boolean {
  return headers['amz-sdk-invocation-id'] !== undefined;
}

/** A request without what cannot be alike. */
function wordsOf({ method, path, search, headers, bodyLength, answer }: Recorded): object {
  const alike = Object.entries(headers).filter(([name]) => !Object.hasOwn(APART, name));
  return {
    line: `${method} ${path}${search}`,
    headers: Object.fromEntries(alike),
    signing: signingOf(headers['authorization'] ?? ''),
    isDated: /^\d{8}T\d{6}Z$/.test(headers['x-amz-date'] ?? ''),
    bodyLength,
    status: answer?.status,
  };
}

/** Whose key, for which region and service, and which headers. */
function signingOf(authorization: string): object {
  const found = /^(\S+) Credential=([^/]+)\/\d{8}\/(\S+), SignedHeaders=(\S+), Signature=[0-9a-f]{64}$/.exec(
    authorization,
  );
  const [, scheme, key, scope, signed = ''] = found ?? [];
  return { scheme, key, scope, signed: signed.split(';').filter((name) => !name.startsWith('amz-sdk-')) };
}

async function outcomeOf(result: Result<object>, apart: readonly string[]): Promise<Outcome> {
  if (!result.ok) return { answer: null, failure: withoutSeconds(result.failure), body: null };
  const { Body, $metadata, ...fields } = result.value as { Body?: Readable; $metadata: { httpStatusCode: number } };
  const told = Object.entries(fields as Record<string, unknown>).map(
    ([name, value]) => [name, apart.includes(name) ? typeof value : value] as const,
  );
  // What else is in it is the name of the request and the counts of the layer that would try again.
  const answer = { ...Object.fromEntries(told), status: $metadata.httpStatusCode };
  return { answer, failure: null, body: Body === undefined ? null : await readAll(Body) };
}

/** How far a clock is off is counted at the time of each answer. */
function withoutSeconds(failure: Failure): Failure {
  if (failure.code !== 'clock-skew') return failure;
  return { ...failure, message: '', facts: { ...failure.facts, seconds: 0 } };
}

async function readAll(body: Readable): Promise<string> {
  const sha256 = createHash('sha256');
  let length = 0;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      sha256.update(piece);
      length += piece.length;
    }
    return `${String(length)} ${sha256.digest('hex')}`;
  } catch (error) {
    return error instanceof Error ? `ended by ${error.name}: ${error.message}` : 'ended';
  }
}
