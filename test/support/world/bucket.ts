/** What truly lies in the bucket, asked by a client of the test's own. In: keys. Out: versions, bytes, open uploads. */
import {
  CreateBucketCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import type { StoreUnderTest } from './stores.ts';

export interface StoredVersion {
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
}

/** A delete marker. */
export type StoredMarker = Pick<StoredVersion, 'key' | 'versionId' | 'isLatest'>;

export class BucketView implements Disposable {
  /** Where a story asks for none, a delete marker is a fault. */
  mayHaveMarkers = false;
  readonly name: string;
  readonly client: S3Client;

  private constructor(name: string, client: S3Client) {
    this.name = name;
    this.client = client;
  }

  /** A new bucket with versioning on. */
  static async make(store: StoreUnderTest): Promise<BucketView> {
    const { endpoint, region, accessKeyId, secretAccessKey } = store;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    const name = `cairn-${randomBytes(6).toString('hex')}`;
    await client.send(new CreateBucketCommand({ Bucket: name }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration }));
    return new BucketView(name, client);
  }

  /** Every version, newest first within a key. A delete marker throws where the story has none. */
  async versions(): Promise<readonly StoredVersion[]> {
    return (await this.#all()).versions;
  }

  /** Every delete marker, newest first within a key. */
  async markers(): Promise<readonly StoredMarker[]> {
    return (await this.#all()).markers;
  }

  async #all(): Promise<{ readonly versions: readonly StoredVersion[]; readonly markers: readonly StoredMarker[] }> {
    const found: StoredVersion[] = [];
    const markers: StoredMarker[] = [];
    let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await this.client.send(
        new ListObjectVersionsCommand({ Bucket: this.name, EncodingType: 'url', ...marker }),
      );
      for (const { Key, VersionId, IsLatest } of page.DeleteMarkers ?? []) {
        if (!this.mayHaveMarkers) throw new Error('There is a delete marker in the bucket.');
        markers.push({ key: decodeKey(Key ?? ''), versionId: VersionId ?? '', isLatest: IsLatest ?? false });
      }
      for (const { Key, VersionId, IsLatest, Size, ETag } of page.Versions ?? []) {
        found.push({
          key: decodeKey(Key ?? ''),
          versionId: VersionId ?? '',
          isLatest: IsLatest ?? false,
          size: Size ?? 0,
          etag: (ETag ?? '').replaceAll('"', ''),
        });
      }
      if (page.IsTruncated !== true) return { versions: found, markers };
      marker = { KeyMarker: decodeKey(page.NextKeyMarker ?? ''), VersionIdMarker: page.NextVersionIdMarker };
    }
  }

  async versionsOf(key: string): Promise<readonly StoredVersion[]> {
    return (await this.versions()).filter((version) => version.key === key);
  }

  get(key: string, versionId: string): Promise<GetObjectCommandOutput> {
    return this.client.send(new GetObjectCommand({ Bucket: this.name, Key: key, VersionId: versionId }));
  }

  async bytes(key: string, versionId: string): Promise<Buffer> {
    const { Body } = await this.get(key, versionId);
    if (Body === undefined) throw new Error(`${key} came without a body.`);
    return Buffer.from(await Body.transformToByteArray());
  }

  head(key: string, versionId: string): Promise<HeadObjectCommandOutput> {
    return this.client.send(
      new HeadObjectCommand({ Bucket: this.name, Key: key, VersionId: versionId, ChecksumMode: 'ENABLED' }),
    );
  }

  /** Keys of multipart uploads that are under way. */
  async openUploads(): Promise<readonly string[]> {
    const { Uploads = [] } = await this.client.send(new ListMultipartUploadsCommand({ Bucket: this.name }));
    return Uploads.map((upload) => upload.Key ?? '');
  }

  [Symbol.dispose](): void {
    this.client.destroy();
  }
}

/** XML cannot carry every character, so keys are asked for with url encoding; `+` is a space there. */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
