/** The store that all are measured against. In: nothing, or an endpoint. Out: fresh buckets, and what lies in them. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Radosgw, startRadosgw } from '../support/radosgw/radosgw.ts';
import { cpuOfChildren } from './measure.ts';

export interface Place {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** radosgw's own processes; of a store elsewhere nothing is known. */
const SERVERS: ReadonlySet<string> = new Set(['radosgw', 'ceph-osd', 'ceph-mon']);

/** A store is given up after so long without a byte, milliseconds. */
const SILENCE_MS = 60_000;
/** Of what is removed so much at once must not wait for radosgw, bytes. */
const MUCH = 512 * 1024 * 1024;

export class Ground implements AsyncDisposable {
  readonly place: Place;
  readonly isOurs: boolean;
  readonly #client: S3Client;
  readonly #server: Pick<Radosgw, 'collectGarbage' | 'stop'> | null;

  private constructor(place: Place, server: Pick<Radosgw, 'collectGarbage' | 'stop'> | null) {
    this.place = place;
    this.isOurs = server !== null;
    this.#server = server;
    const { endpoint, region, accessKeyId, secretAccessKey } = place;
    const credentials = { accessKeyId, secretAccessKey };
    // A store that does not answer any more must not keep the bench waiting.
    const requestHandler = { socketTimeout: SILENCE_MS };
    this.#client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, requestHandler });
  }

  /** A radosgw of its own, whose objects are in memory. @param directory for its configuration. */
  static async fresh(directory: string): Promise<Ground> {
    const server = await startRadosgw({ directory });
    return new Ground(server, server);
  }

  static given(place: Place): Ground {
    return new Ground(place, null);
  }

  /** A new bucket with versioning on. @returns its name. */
  async bucket(): Promise<string> {
    const Bucket = `bench-${randomBytes(6).toString('hex')}`;
    await this.#client.send(new CreateBucketCommand({ Bucket }));
    await this.#client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    return Bucket;
  }

  /** Removes a bucket with all its versions: objects of many rounds would fill the memory that holds them. */
  async empty(Bucket: string): Promise<void> {
    let bytes = 0;
    for (;;) {
      const { Versions = [], DeleteMarkers = [] } = await this.#client.send(new ListObjectVersionsCommand({ Bucket }));
      const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
      if (Objects.length === 0) break;
      for (const { Size = 0 } of Versions) bytes += Size;
      await this.#client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    }
    await this.#client.send(new DeleteBucketCommand({ Bucket }));
    // Of large objects radosgw keeps all but the beginning for two hours.
    if (bytes >= MUCH) await this.#server?.collectGarbage();
  }

  /** Processor time of the server so far, seconds; null where it is not ours. */
  async cpuSeconds(): Promise<number | null> {
    return this.isOurs ? cpuOfChildren(SERVERS) : null;
  }

  /**
   * Holds a bucket against a directory, byte for byte. Throws a sentence where they differ: a tool that did not do its
   * work was not quick. Keys are the paths below the directory, after what each tool puts in front of them.
   */
  async expectEqual(bucket: string, directory: string): Promise<void> {
    const there = new Map<string, { readonly size: number; readonly etag: string }>();
    let token: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({ Bucket: bucket, ...(token === undefined ? {} : { ContinuationToken: token }) }),
      );
      for (const { Key = '', Size = 0, ETag = '' } of page.Contents ?? [])
        there.set(Key, { size: Size, etag: ETag.replaceAll('"', '') });
      token = page.NextContinuationToken;
    } while (token !== undefined);
    const here = await filesOf(directory);
    if (here.length !== there.size) {
      throw new Error(`${String(there.size)} objects lie in the bucket of ${String(here.length)} files.`);
    }
    for (const path of here) {
      const object = there.get(path);
      const { size } = await stat(join(directory, path));
      if (object?.size !== size) throw new Error(`${path} is not in the bucket as it stands on disk.`);
      const md5 = await md5Of(createReadStream(join(directory, path)));
      // The ETag of a multipart upload is no MD5 of the whole: then the bytes themselves are fetched.
      const stored = object.etag.includes('-') ? await this.#md5OfObject(bucket, path) : object.etag;
      if (stored !== md5) throw new Error(`The bytes of ${path} differ in the bucket.`);
    }
  }

  async #md5OfObject(bucket: string, key: string): Promise<string> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return md5Of(Body as Readable);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy();
    await this.#server?.stop();
  }
}

/** Two directories hold the same files with the same bytes, else a sentence is thrown. */
export async function expectSameTree(one: string, other: string): Promise<void> {
  const [here, there] = await Promise.all([filesOf(one), filesOf(other)]);
  if (here.join('\n') !== there.join('\n')) throw new Error(`${other} does not hold the files of ${one}.`);
  for (const path of here) {
    const [a, b] = await Promise.all([one, other].map((root) => md5Of(createReadStream(join(root, path)))));
    if (a !== b) throw new Error(`${path} came back with other bytes.`);
  }
}

/** Paths of all files below, with `/`, sorted. */
export async function filesOf(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

async function md5Of(stream: Readable): Promise<string> {
  const hash = createHash('md5');
  for await (const piece of stream) hash.update(piece as Buffer);
  return hash.digest('hex');
}
