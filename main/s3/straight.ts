/**
 * The straight way of the requests that carry bytes. In: an operation's name and input. Out: the store's answer, or what
 * the SDK would have thrown.
 *
 * [Note: the straight way] A small PutObject costs the SDK's client 1.0 to 1.2 ms of processor time, its parts 0.4: the
 * rest goes into three dozen layers that work out anew, for each request, what they worked out for the one before. So
 * the first request of an operation to a bucket goes the whole way, and leaves behind what the SDK found: endpoint,
 * region and scheme of the signature. Those after it go through the SDK's own serializer, signer, handler and
 * deserializer, one after the other. What is not plain (a customer key, a signature for several regions, a session of a
 * directory bucket, a body that the SDK announces by Expect, a checksum that it is to compute) goes the whole way each
 * time. Tests send the same by both ways, to a practice server, to Ceph and to a server that misbehaves: what goes over
 * the wire and what comes of it is the same, but for the headers and the counts of the layer that would try again.
 */
import { GetObject$, PutObject$, UploadPart$, type S3Client } from '@aws-sdk/client-s3';
import type { EndpointV2, HttpRequest, HttpResponse, HttpSigner, StaticOperationSchema } from '@smithy/types';
import type { Readable } from 'node:stream';
import type { OperationName } from './operations.ts';
import type { FilePart, ReceivedBody, Receiver } from './receiver.ts';

const schemas: Readonly<Partial<Record<OperationName, Schema>>> = {
  GetObject: operationOf(GetObject$),
  PutObject: operationOf(PutObject$),
  UploadPart: operationOf(UploadPart$),
};

/** Whoever reads a large object in ranges, many at once, has asked for its head before: what holds for one holds for the other. */
const LEARNT_BY: Readonly<Partial<Record<OperationName, OperationName>>> = { HeadObject: 'GetObject' };

/** From this size on the SDK asks for leave before it sends a body, bytes. */
const ANNOUNCED_FROM = 2 * 1024 * 1024;
/** What the SDK's layers make of a good status that comes with an error. */
const REFUSED_AFTER_ALL = 503;

type Fields = Readonly<Record<string, unknown>>;
type Settings = S3Client['config'];

/** An operation as the SDK's serializers take it. */
interface Schema {
  readonly namespace: string;
  readonly name: string;
  readonly traits: unknown;
  readonly input: unknown;
  readonly output: unknown;
}

/** What is used of the client's own; its type leaves open which generation of schemas it takes. */
interface Protocol {
  serializeRequest(schema: Schema, input: object, context: object): Promise<HttpRequest>;
  deserializeResponse(schema: Schema, context: object, response: HttpResponse): Promise<object>;
}

/** What the whole way found out for an operation on a bucket. */
interface Route {
  readonly schema: Schema;
  readonly endpoint: EndpointV2;
  /** The settings with the endpoint, as serializers want them. */
  readonly context: object;
  readonly signer: HttpSigner;
  /** The headers by which the SDK names itself. */
  readonly agent: Readonly<Record<string, string>>;
}

export interface StraightWay {
  /** Null: this one goes the whole way. @param sha256 of the body, hex, where it is known. */
  send(
    name: OperationName,
    input: object,
    signal: AbortSignal | undefined,
    sha256: string | undefined,
  ): Promise<unknown> | null;
  /** GetObject, its body straight into a file. Null: this one must go the whole way. */
  receive(input: object, part: FilePart, signal: AbortSignal | undefined): Promise<ReceivedObject> | null;
}

/** An answer whose body lies in a file. */
export interface ReceivedObject extends ReceivedBody {
  readonly answer: unknown;
}

type Handle = (request: HttpRequest) => Promise<HttpResponse>;

/** @param onAnswer is told of each answer, with the time at which its request was sent. */
export function openStraightWay(
  client: S3Client,
  onAnswer: (response: HttpResponse, sentAtMs: number) => void,
  receiver: Receiver,
): StraightWay {
  const { config } = client;
  const protocol = config.protocol as unknown as Protocol;
  const routes = new Map<string, Route>();
  keepSigners(config);
  noteRoutes(client, routes);

  const send = async (
    { schema, endpoint, context, signer, agent }: Route,
    input: Fields,
    signal: AbortSignal | undefined,
    sha256: string | undefined,
    handle: Handle,
  ): Promise<unknown> => {
    const unsigned = await protocol.serializeRequest(schema, input, context);
    unsigned.headers['host'] = endpoint.url.host;
    Object.assign(unsigned.headers, agent);
    if (sha256 !== undefined) unsigned.headers['x-amz-content-sha256'] = sha256;
    const properties = { config, context: { endpointV2: endpoint } };
    const request = await signer.sign(unsigned, await config.credentials(), properties);
    try {
      const sentAtMs = Date.now();
      const response = await handle(request);
      onAnswer(response, sentAtMs);
      if (schema === schemas.GetObject) amendExpires(response);
      else await readWhole(response);
      try {
        const answer = await protocol.deserializeResponse(schema, context, response);
        signer.successHandler?.(response, properties);
        return answer;
      } catch (error) {
        if (error instanceof Error) Object.defineProperty(error, '$response', { value: response, enumerable: false });
        // It takes the store's clock from the answer, and throws the error on.
        signer.errorHandler?.(properties)(error as Error);
        throw error;
      }
    } catch (error) {
      // Whatever broke: it broke for one who had said that he would not wait.
      throw signal?.aborted === true ? Object.assign(new Error('aborted'), { name: 'AbortError' }) : error;
    }
  };

  /** Null: it must go the whole way. */
  const routeOf = (name: OperationName, input: Fields): Route | null =>
    isPlain(input) ? (routes.get(routeName(name, input)) ?? null) : null;

  return {
    send(name, input, signal, sha256) {
      const fields = input as Fields;
      const route = routeOf(name, fields);
      if (route === null) return null;
      return send(route, fields, signal, sha256, async (request) => {
        const handled = await config.requestHandler.handle(
          request as Parameters<Settings['requestHandler']['handle']>[0],
          signal === undefined ? {} : { abortSignal: signal },
        );
        return handled.response as HttpResponse;
      });
    },
    receive(input, part, signal) {
      const fields = input as Fields;
      const route = routeOf('GetObject', fields);
      if (route === null) return null;
      let body: ReceivedBody = { bytes: 0, broken: null };
      const sent = send(route, fields, signal, undefined, async (request) => {
        const received = await receiver.handle(request, part, signal);
        body = received.body;
        return received.response;
      });
      return sent.then((answer) => ({ answer, ...body }));
    },
  };
}

function routeName(name: string, { Bucket }: Fields): string {
  return `${name} ${String(Bucket)}`;
}

function isPlain(fields: Fields): boolean {
  const { Body, ContentLength, SSECustomerKey } = fields;
  if (SSECustomerKey !== undefined) return false;
  const algorithm = fields['ChecksumAlgorithm'] as string | undefined;
  if (algorithm !== undefined && fields[`Checksum${algorithm}`] === undefined) return false;
  return (
    Body === undefined || (Body instanceof Uint8Array && ContentLength === Body.length && Body.length < ANNOUNCED_FROM)
  );
}

/**
 * The SDK refuses the whole answer for a time that is none, which anybody may have given an object. Times in the forms
 * that HTTP has given up are told as text alone.
 */
function amendExpires({ headers }: HttpResponse): void {
  const { expires } = headers;
  if (expires === undefined) return;
  headers['expiresstring'] = expires;
  if (new Date(expires).toUTCString() !== expires) delete headers['expires'];
}

/** An answer to a body is a few bytes at most; one that ends in an error is none, whatever its status. */
async function readWhole(response: HttpResponse): Promise<void> {
  const stream = response.body as Readable;
  const pieces: Buffer[] = [];
  if (response.headers['content-length'] === '0') stream.resume();
  else for await (const piece of stream) pieces.push(piece as Buffer);
  const bytes = Buffer.concat(pieces);
  response.body = bytes;
  if (response.statusCode < 300 && bytes.subarray(-16).toString().endsWith('</Error>')) {
    response.statusCode = REFUSED_AFTER_ALL;
  }
}

/** The SDK makes a signer anew for each request; one for an endpoint's scheme is enough, since it keeps no keys. */
function keepSigners(config: Settings): void {
  const make = config.signer;
  const kept = new WeakMap<object, ReturnType<typeof make>>();
  config.signer = (scheme) => {
    if (scheme === undefined) return make(scheme);
    const signer = kept.get(scheme) ?? make(scheme);
    kept.set(scheme, signer);
    signer.catch(() => kept.delete(scheme));
    return signer;
  };
}

/** Listens to the whole way. */
function noteRoutes({ config, middlewareStack }: S3Client, routes: Map<string, Route>): void {
  const signing = config.httpAuthSchemes.find(({ schemeId }) => schemeId === 'aws.auth#sigv4');
  if (signing === undefined) return;
  middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const name = String(context['commandName']).replace(/Command$/, '') as OperationName;
      const learnt = LEARNT_BY[name] ?? name;
      const schema = schemas[learnt];
      const endpoint = context['endpointV2'];
      const [scheme] = (endpoint?.properties?.['authSchemes'] ?? []) as readonly { readonly name?: string }[];
      if (schema !== undefined && endpoint !== undefined && scheme?.name === 'sigv4') {
        const { headers } = args.request as HttpRequest;
        routes.set(routeName(learnt, args.input as Fields), {
          schema,
          endpoint,
          context: { ...config, endpoint: () => Promise.resolve(endpoint) },
          signer: signing.signer,
          agent: Object.fromEntries(Object.entries(headers).filter(([header]) => header.endsWith('user-agent'))),
        });
      }
      return result;
    },
    { step: 'finalizeRequest', priority: 'low', name: 'cairnRoutes' },
  );
}

/** As the SDK's serializers want it. */
function operationOf([, namespace, name, traits, input, output]: StaticOperationSchema): Schema {
  return { namespace, name, traits, input, output };
}
