/** A bucket that tests list. In: versions. Out: a client that lists them. */
import { failure } from '../../../main/contract/errors.ts';
import { failed, success, type Result } from '../../../main/contract/result.ts';
import { compareKeys, type StoreClient } from '../../../main/s3/index.ts';

export interface Stored {
  readonly key: string;
  readonly id: string;
  readonly isMarker?: boolean;
  /** What it holds, one byte each. */
  readonly content?: string;
}

/** When a version of the id 0 was stored; each further id is a second later. */
export const START = Date.parse('2026-03-01T12:00:00Z');

/** A bucket that lists so many versions a page, and breaks off before a page where that is asked for. */
export class Bucket {
  versions: Stored[] = [];
  requests = 0;
  breaksBefore = Infinity;
  isInOrder = true;
  readonly #pageSize: number;

  constructor(pageSize = 3) {
    this.#pageSize = pageSize;
  }

  /** On top of its key. */
  put(key: string, id: string, isMarker = false, content = id): void {
    this.versions.unshift({ key, id, isMarker, content });
  }

  remove(id: string): void {
    this.versions = this.versions.filter((one) => one.id !== id);
  }

  ids(prefix = ''): readonly string[] {
    return this.#sorted(prefix).map(({ key, id }) => `${key} ${id}`);
  }

  #sorted(prefix: string): readonly Stored[] {
    const order = this.isInOrder ? compareKeys : (a: string, b: string): number => compareKeys(b, a);
    return this.versions.filter(({ key }) => key.startsWith(prefix)).sort((a, b) => order(a.key, b.key));
  }

  #list(input: { Prefix: string; KeyMarker?: string; VersionIdMarker?: string }): Result<unknown> {
    this.requests += 1;
    if (this.requests > this.breaksBefore) return failed(failure('offline', { endpoint: 'here', reason: 'gone' }));
    const all = this.#sorted(input.Prefix);
    const { KeyMarker: marker, VersionIdMarker: after } = input;
    const begin =
      marker === undefined
        ? 0
        : after === undefined
          ? all.findLastIndex(({ key }) => compareKeys(key, marker) <= 0) + 1
          : all.findIndex(({ key, id }) => key === marker && id === after) + 1;
    const page = all.slice(begin, begin + this.#pageSize);
    const latest = new Map([...all].reverse().map(({ key, id }) => [key, id]));
    const raw = page.map(({ key, id, isMarker, content = id }) => ({
      ...{
        Key: key,
        VersionId: id,
        IsLatest: latest.get(key) === id,
        LastModified: new Date(START + Number(id) * 1000),
      },
      ...{ isMarker, Size: content.length, ETag: `"${content}"` },
    }));
    return success({
      Versions: raw.filter(({ isMarker }) => isMarker !== true),
      DeleteMarkers: raw.filter(({ isMarker }) => isMarker === true),
      IsTruncated: begin + this.#pageSize < all.length,
      NextKeyMarker: page.at(-1)?.key,
      NextVersionIdMarker: page.at(-1)?.id,
    });
  }

  get client(): StoreClient {
    return {
      send: (_name: string, input: { Prefix: string }) => Promise.resolve(this.#list(input)),
    } as unknown as StoreClient;
  }
}
