/** One connection to one store. In: an operation's name and input. Out: the store's answer, or a classified failure. */
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { HttpRequest } from '@smithy/types';
import type { Failure } from '../contract/errors.ts';
import type { Connection } from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { classify } from './classify.ts';
import { accessOf } from './credentials.ts';
import { PacedHandler, type Pacer } from './pacing.ts';
import { commands } from './commands.ts';
import type { InputOf, OperationName, OutputOf } from './operations.ts';
import { openSignIn, type SignIn } from './sign-in.ts';
import { Sha256 } from './sha256.ts';
import { openReceiver, type FilePart, type ReceivedBody } from './receiver.ts';
import { openStraightWay } from './straight.ts';
import { watchWire, type WireNotes } from './wire.ts';

export interface StoreClient {
  readonly connection: string;
  /** Where requests go, for sentences. */
  readonly endpoint: string;
  /** Requests sent so far, failed ones too. */
  readonly requests: number;
  /** How far the store's clock is ahead of this computer's, milliseconds; 0 below five minutes, or as long as nothing is known. */
  readonly clockOffsetMs: number;
  /** What the last answer told beside its content. */
  readonly wire: WireNotes;
  /**
   * Sends one request, once: whether to try again is the queue's decision, since an attempt that may have stored
   * must first be looked for.
   * @param bodySha256 of the body, hex, where it is known already: the signature needs it.
   */
  send<Name extends OperationName>(
    name: Name,
    input: InputOf<Name>,
    signal?: AbortSignal,
    bodySha256?: string,
  ): Promise<Result<OutputOf<Name>>>;
  /**
   * GetObject, its body straight into a file, on a thread of its own. Null: this one goes by `send` alone; so does the
   * first one to a bucket. Left out: by a client of tests. Rejects where the file cannot be written.
   */
  receive?(input: InputOf<'GetObject'>, part: FilePart, signal?: AbortSignal): Promise<Result<ReceivedBody>> | null;
  close(): void;
}

/** Any of the SDK's commands. */
type S3Command = Parameters<S3Client['send']>[0];

/** A connection is given up when it cannot be opened within this, or stays without a byte either way. Milliseconds. */
const CONNECT_TIMEOUT = 10_000;
const SILENCE_TIMEOUT = 60_000;
/** Above the most that is ever in flight, so that the agent never queues by itself. */
const MAX_SOCKETS = 128;

/**
 * Opens a connection; no request is made yet.
 * @param silenceMs how long it may stay without a byte either way. @param pacer says how fast bodies go out.
 * @param signIn left out: one of its own, to which nobody hands keys.
 */
export async function openClient(
  connection: Connection,
  silenceMs = SILENCE_TIMEOUT,
  pacer?: Pacer,
  signIn: SignIn = openSignIn(connection, null),
): Promise<Result<StoreClient>> {
  const access = await accessOf(connection, signIn);
  if (!access.ok) return access;
  const { endpoint, region, pathStyle, credentials } = access.value;
  const agentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: silenceMs };
  const handling = {
    httpAgent: new HttpAgent(agentOptions),
    httpsAgent: new HttpsAgent(agentOptions),
    connectionTimeout: CONNECT_TIMEOUT,
    socketTimeout: silenceMs,
  };
  const client = new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: pathStyle,
    credentials,
    maxAttempts: 1,
    followRegionRedirects: false,
    // Cairn sends each checksum as a header with its value: trailers are refused by some stores (411 on a streamed body).
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    sha256: Sha256,
    requestHandler: pacer === undefined ? new NodeHttpHandler(handling) : new PacedHandler(handling, pacer),
  });
  const wire = watchWire(client);
  const receiver = openReceiver({ connectMs: CONNECT_TIMEOUT, silenceMs, maxSockets: MAX_SOCKETS });
  const straight = openStraightWay(client, wire.note, receiver);
  let requests = 0;
  const shownEndpoint = endpoint ?? `s3.${region}.amazonaws.com`;
  const causeOf = (operation: OperationName, input: object, error: unknown): Promise<Failure> => {
    const { Bucket: bucket, Key: key } = input as { Bucket?: string; Key?: string };
    const names = { connection: connection.name, endpoint: shownEndpoint, bucket, key };
    return signIn.explain(classify(error, { operation, ...names, fields: Object.keys(input) }));
  };
  return success({
    connection: connection.name,
    endpoint: shownEndpoint,
    wire: wire.notes,
    get requests() {
      return requests;
    },
    get clockOffsetMs() {
      // By the Date header of the answers; requests are signed by it.
      return client.config.systemClockOffset;
    },
    async send<Name extends OperationName>(
      name: Name,
      input: InputOf<Name>,
      signal?: AbortSignal,
      bodySha256?: string,
    ) {
      requests += 1;
      try {
        const sent = straight.send(name, input, signal, bodySha256);
        if (sent !== null) return success((await sent) as OutputOf<Name>);
        // One table pairs names with commands; the compiler cannot follow a pair through it, so it is told here, once.
        const Command = commands[name] as unknown as new (input: InputOf<Name>) => S3Command;
        const command = new Command(input);
        if (bodySha256 !== undefined) signWith(command, bodySha256);
        const answer: unknown = await client.send(command, signal === undefined ? {} : { abortSignal: signal });
        return success(answer as OutputOf<Name>);
      } catch (error) {
        return failed(await causeOf(name, input, error));
      }
    },
    receive(input, part, signal) {
      const sent = straight.receive(input, part, signal);
      if (sent === null) return null;
      requests += 1;
      return sent.then(
        ({ bytes, broken }) => success({ bytes, broken }),
        async (error: unknown) => {
          if (isFileError(error)) throw error;
          return failed(await causeOf('GetObject', input, error));
        },
      );
    },
    close() {
      client.destroy();
      receiver.stop();
    },
  });
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'write';
}

/** Spares the SDK another reading of the body: its signer takes the digest that stands in the header. */
function signWith(command: S3Command, bodySha256: string): void {
  command.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as HttpRequest).headers, { 'x-amz-content-sha256': bodySha256 });
      return next(args);
    },
    { step: 'build', name: 'cairnBodyDigest' },
  );
}
