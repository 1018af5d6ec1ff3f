/** One signed request as the operations see it, and what they answer. */
import type { Headers } from './authenticate.ts';
import type { Body } from './body.ts';
import type { Bucket } from './model.ts';
import type { Query } from './request.ts';
import type { Store } from './store.ts';
import { writeXml, type XmlNode } from './xml.ts';

/** The one owner of everything here: an account's number and its canonical id. */
export const OWNER_ACCOUNT = '000000000000';
export const OWNER_ID = '0'.repeat(64);
const OWNER_NAME = 'practice';

export interface Call {
  readonly store: Store;
  readonly region: string;
  /** Milliseconds, by the server's clock. */
  readonly now: number;
  /** How long the restore of an archived object takes, in ms. */
  readonly thawDelay: number;
  readonly bucketName: string;
  readonly key: string;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
}

export type ReplyHeaders = Readonly<Record<string, string>>;

export interface Reply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body?: string | ReplyStream;
}

/** A body that is sent as it is read. */
export interface ReplyStream {
  readonly length: number;
  readonly pieces: AsyncIterable<Buffer>;
}

/** The bucket that a call names; refuses with NoSuchBucket. */
export function bucketOf(call: Call): Bucket {
  return call.store.bucket(call.bucketName);
}

/** An answer with a document. */
export function xmlReply(root: string, children: readonly XmlNode[] | string, headers: ReplyHeaders = {}): Reply {
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body: writeXml(root, children) };
}

/** An answer of headers alone. */
export function emptyReply(status: number, headers: ReplyHeaders = {}): Reply {
  return { status, headers };
}

/** An element that names the owner. */
export function ownerNode(name: 'Owner' | 'Initiator'): XmlNode {
  return [
    name,
    [
      ['ID', OWNER_ID],
      ['DisplayName', OWNER_NAME],
    ],
  ];
}

/** Times in documents: ISO with milliseconds that are always zero, since S3 keeps whole seconds. */
export function isoTime(time: number): string {
  return new Date(Math.floor(time / 1000) * 1000).toISOString();
}

/** Times in headers. */
export function httpTime(time: number): string {
  return new Date(time).toUTCString();
}

/** Drops the entries without a value. */
export function present(headers: Readonly<Record<string, string | undefined>>): ReplyHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
