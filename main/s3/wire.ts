/**
 * What the SDK does not tell of the wire. In: a client of the SDK. Out: notes on the last answer (its clock, its server),
 * and three amendments: Content-MD5 on a lifecycle, a mark on a lifecycle that holds more than the SDK reads, and objects
 * that come as they are.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';

export interface WireNotes {
  /** The store's clock less this computer's, in whole seconds; null before the first answer, or where none tells. */
  readonly clockOffset: number | null;
  /** The Server header. */
  readonly server: string | null;
  readonly requestId: string | null;
}

/** Every element that the SDK reads of a lifecycle. Others would be lost if what it read were written back. */
const LIFECYCLE_ELEMENTS = new Set([
  'LifecycleConfiguration',
  'Rule',
  'ID',
  'Prefix',
  'Status',
  'Filter',
  'And',
  'Tag',
  'Key',
  'Value',
  'ObjectSizeGreaterThan',
  'ObjectSizeLessThan',
  'Expiration',
  'Days',
  'Date',
  'ExpiredObjectDeleteMarker',
  'Transition',
  'StorageClass',
  'NoncurrentVersionTransition',
  'NoncurrentVersionExpiration',
  'NoncurrentDays',
  'NewerNoncurrentVersions',
  'AbortIncompleteMultipartUpload',
  'DaysAfterInitiation',
]);

/** The names of elements in the document that the SDK does not read. */
export function unknownLifecycleElements(document: string): string[] {
  const names = [...document.matchAll(/<(?:\w+:)?([A-Za-z]\w*)/g)].map((found) => found[1] ?? '');
  return [...new Set(names)].filter((name) => !LIFECYCLE_ELEMENTS.has(name));
}

/** Dates in headers are cut to whole seconds, so the store's clock stood half a second later in the mean. */
const HALF_SECOND = 500;

/**
 * The store's clock less this computer's, in whole seconds.
 * @param sentAt and `receivedAt` this computer's clock, milliseconds since 1970.
 */
export function clockOffsetOf(date: string | null, sentAt: number, receivedAt: number): number | null {
  const there = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(there) ? null : Math.round((there + HALF_SECOND - (sentAt + receivedAt) / 2) / 1000);
}

export interface Wire {
  /** They change with each answer. */
  readonly notes: WireNotes;
  /** For answers that do not come through the client's layers. @param sentAt this computer's clock, milliseconds. */
  readonly note: (response: unknown, sentAt: number) => void;
}

/** Attaches to a client. */
export function watchWire(client: S3Client): Wire {
  const notes: { -readonly [Key in keyof WireNotes]: WireNotes[Key] } = {
    clockOffset: null,
    server: null,
    requestId: null,
  };
  const unknown = new WeakMap<object, readonly string[]>();

  const note = (response: unknown, sentAt: number): void => {
    const headers = fieldOf(response, 'headers');
    notes.clockOffset = clockOffsetOf(textOf(headers, 'date'), sentAt, Date.now()) ?? notes.clockOffset;
    notes.server = textOf(headers, 'server') ?? notes.server;
    notes.requestId = textOf(headers, 'x-amz-request-id') ?? notes.requestId;
  };

  client.middlewareStack.add(
    (next, context) => async (args) => {
      const sentAt = Date.now();
      const result = await next(args);
      const { response } = result;
      note(response, sentAt);
      if (isLifecycleRead(context) && fieldOf(response, 'statusCode') === 200) {
        const bytes = await bytesOf(fieldOf(response, 'body'));
        Object.assign(response as object, { body: bytes });
        unknown.set(context, unknownLifecycleElements(bytes.toString('utf8')));
      }
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'cairnWireNotes' },
  );
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      if (isLifecycleRead(context))
        Object.assign(result.output as object, { unknownElements: unknown.get(context) ?? [] });
      return result;
    },
    { step: 'deserialize', priority: 'high', name: 'cairnLifecycleMark' },
  );
  // Older stores demand it and know no other checksum.
  client.middlewareStack.add(
    (next, context) => (args) => {
      const body = fieldOf(args.request, 'body');
      const headers = fieldOf(args.request, 'headers');
      if (context.commandName === 'PutBucketLifecycleConfigurationCommand' && typeof body === 'string') {
        Object.assign(headers as object, { 'content-md5': createHash('md5').update(body).digest('base64') });
      }
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'cairnLifecycleMd5' },
  );
  // The SDK holds the bytes of an object against checksums of six algorithms, and refuses an object that has one of the
  // other four. Who reads an object here proves it himself, so its layer is not to see that checksums were asked for.
  client.middlewareStack.add(
    (next, context) => (args) =>
      next(context.commandName === 'GetObjectCommand' ? { ...args, input: withoutMode(args.input) } : args),
    { step: 'build', name: 'cairnObjectsAsTheyAre' },
  );
  return { notes, note };
}

/** The header that asks for checksums is made by then. */
function withoutMode<T extends object>(input: T): T {
  return { ...input, ChecksumMode: undefined };
}

function isLifecycleRead(context: { readonly commandName?: string }): boolean {
  return context.commandName === 'GetBucketLifecycleConfigurationCommand';
}

async function bytesOf(body: unknown): Promise<Buffer> {
  const chunks: Buffer[] = [];
  if (body instanceof Uint8Array) return Buffer.from(body);
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown, name: string): string | null {
  const found = fieldOf(value, name);
  return typeof found === 'string' ? found : null;
}
