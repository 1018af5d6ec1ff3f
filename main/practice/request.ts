/** A raw HTTP request target in; bucket, key and query out, byte for byte as the client meant them. */
import { percentDecode } from './encoding.ts';
import { Refusal } from './refusal.ts';

/** The query's parameters in the order given; a parameter without `=` has the value ''. */
export type Query = ReadonlyMap<string, string>;

export interface Target {
  /** The decoded path, always with its leading `/`. */
  readonly path: string;
  /** '' for the service itself. */
  readonly bucket: string;
  /** '' for the bucket itself; else anything, `..` and `//` included. */
  readonly key: string;
  readonly query: Query;
}

function decode(text: string, plusIsSpace: boolean): string {
  const decoded = percentDecode(text, plusIsSpace);
  if (decoded === undefined) throw new Refusal('InvalidURI', "Couldn't parse the specified URI.");
  return decoded;
}

/** Splits a request target such as `/bucket/a//b?versionId=x`. Nothing is normalised. Refuses with InvalidURI. */
export function parseTarget(raw: string): Target {
  if (!raw.startsWith('/')) throw new Refusal('InvalidURI', "Couldn't parse the specified URI.");
  const mark = raw.indexOf('?');
  const rawPath = mark === -1 ? raw : raw.slice(0, mark);
  const path = decode(rawPath, false);
  const slash = rawPath.indexOf('/', 1);
  const bucket = decode(slash === -1 ? rawPath.slice(1) : rawPath.slice(1, slash), false);
  const key = slash === -1 ? '' : decode(rawPath.slice(slash + 1), false);
  const query = new Map<string, string>();
  for (const item of mark === -1 ? [] : raw.slice(mark + 1).split('&')) {
    if (item === '') continue;
    const equals = item.indexOf('=');
    const name = decode(equals === -1 ? item : item.slice(0, equals), true);
    // A parameter given twice has no meaning that all readers share.
    if (query.has(name)) throw new Refusal('InvalidArgument', 'A query parameter was given more than once.');
    query.set(name, equals === -1 ? '' : decode(item.slice(equals + 1), true));
  }
  return { path, bucket, key, query };
}
