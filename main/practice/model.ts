/** What is stored: buckets, versions, uploads and parts, as plain data that goes into the log as it is. */
import type { Checksum, ChecksumType } from './checksums.ts';
import type { ChecksumAlgorithm } from './digests.ts';
import type { KeyIndex } from './key-order.ts';

/** A run of bytes in a file of the data folder. */
export interface Segment {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

export type Encryption =
  | { readonly mode: 'AES256' }
  | {
      readonly mode: 'aws:kms' | 'aws:kms:dsse';
      /** The key's ARN. */
      readonly keyId: string;
      /** The context as it was given: base64 of a JSON object. */
      readonly context?: string | undefined;
      readonly bucketKey?: boolean | undefined;
    };

/** What a put sets besides the bytes; CreateMultipartUpload sets the same. */
export interface ObjectFields {
  readonly storageClass: string;
  /** Response headers by lower-case name: content-type, cache-control and the like. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata, names in lower case without their prefix. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly encryption?: Encryption | undefined;
}

export type Tags = readonly (readonly [key: string, value: string])[];

/** One part of a stored object, for those who ask for its attributes. */
export interface ObjectPart {
  readonly number: number;
  readonly size: number;
  readonly checksum?: Checksum | undefined;
}

export interface ObjectVersion {
  readonly kind: 'object';
  /** 'null' for the version that a bucket without versioning overwrites. */
  readonly versionId: string;
  /** Grows with every version of the store. */
  readonly sequence: number;
  /** Milliseconds. */
  readonly modified: number;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly segments: readonly Segment[];
  readonly fields: ObjectFields;
  readonly tags: Tags;
  readonly checksum?: Checksum | undefined;
  readonly parts?: readonly ObjectPart[] | undefined;
}

export interface DeleteMarker {
  readonly kind: 'marker';
  readonly versionId: string;
  readonly sequence: number;
  readonly modified: number;
}

export type Version = ObjectVersion | DeleteMarker;

/** All versions of one key, newest first; never empty. */
export interface KeyEntry {
  readonly key: string;
  versions: readonly Version[];
}

export interface Part {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly modified: number;
  readonly segments: readonly Segment[];
  /** Of the algorithm of the upload. */
  readonly checksum: Checksum | undefined;
}

/** What CreateMultipartUpload fixes. */
export interface UploadFacts {
  readonly uploadId: string;
  readonly key: string;
  /** Milliseconds; becomes the LastModified of the object, as in S3. */
  readonly initiated: number;
  readonly fields: ObjectFields;
  readonly tags: Tags;
  readonly algorithm: ChecksumAlgorithm;
  readonly checksumType: ChecksumType;
  /** Whether the client asked for the algorithm; without that the server computes one by itself. */
  readonly algorithmAsked: boolean;
}

export interface Upload {
  readonly facts: UploadFacts;
  readonly parts: Map<number, Part>;
}

export type Versioning = 'Enabled' | 'Suspended';

export interface Bucket {
  readonly name: string;
  readonly created: number;
  /** Undefined where it was never set. */
  versioning: Versioning | undefined;
  readonly keys: KeyIndex<KeyEntry>;
  readonly uploads: Map<string, Upload>;
}

/** One change of the store; the log is a list of these. */
export type Change =
  | { readonly do: 'make-bucket'; readonly bucket: string; readonly created: number }
  | { readonly do: 'drop-bucket'; readonly bucket: string }
  | { readonly do: 'set-versioning'; readonly bucket: string; readonly versioning: Versioning }
  /** On top of the key's versions; a null version replaces the former null version. */
  | { readonly do: 'add-version'; readonly bucket: string; readonly key: string; readonly version: Version }
  | { readonly do: 'drop-version'; readonly bucket: string; readonly key: string; readonly versionId: string }
  | {
      readonly do: 'set-tags';
      readonly bucket: string;
      readonly key: string;
      readonly versionId: string;
      readonly tags: Tags;
    }
  | { readonly do: 'make-upload'; readonly bucket: string; readonly upload: UploadFacts }
  | { readonly do: 'add-part'; readonly bucket: string; readonly uploadId: string; readonly part: Part }
  | { readonly do: 'drop-upload'; readonly bucket: string; readonly uploadId: string }
  /** The version appears and the upload goes in one step. */
  | {
      readonly do: 'complete-upload';
      readonly bucket: string;
      readonly key: string;
      readonly uploadId: string;
      readonly version: ObjectVersion;
    };
