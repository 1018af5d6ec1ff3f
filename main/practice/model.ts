/** What is stored: buckets, versions, uploads and parts, as plain data that goes into the log as it is. */
import type { Checksum, ChecksumType } from './checksums.ts';
import type { ChecksumAlgorithm } from './digests.ts';
import type { KeyIndex } from './key-order.ts';
import type { BucketSettings, LockMode } from './settings-model.ts';

/** A run of bytes in a file of the data folder. */
export interface Segment {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  /** First counter block, in base64, of bytes that lie there encrypted with a customer's key. */
  readonly iv?: string;
}

export type Encryption =
  | { readonly mode: 'AES256' }
  /** With a customer's key, of which only the MD5 is kept, in base64. */
  | { readonly mode: 'customer'; readonly keyMd5: string }
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
  /** Undefined where the client asked for no checksum, as S3 then tells none of parts. */
  readonly checksum?: Checksum | undefined;
}

export interface Retention {
  readonly mode: LockMode;
  /** Milliseconds. */
  readonly until: number;
}

/** What keeps a version from being deleted. */
export interface ObjectLock {
  readonly retention?: Retention | undefined;
  /** Undefined where it was never set. */
  readonly legalHold?: boolean | undefined;
}

export type Permission = 'FULL_CONTROL' | 'READ' | 'READ_ACP' | 'WRITE' | 'WRITE_ACP';

export interface Grant {
  /** An account by its canonical id, or a group by its URI. */
  readonly grantee: { readonly id: string } | { readonly uri: string };
  readonly permission: Permission;
}

/** A copy of an archived object that can be read for a while. */
export interface Thaw {
  /** From when on it can be read, in milliseconds. */
  readonly ready: number;
  /** From when on it cannot any more. */
  readonly expires: number;
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
  readonly lock?: ObjectLock | undefined;
  /** Undefined where the owner alone may do everything. */
  readonly grants?: readonly Grant[] | undefined;
  readonly thaw?: Thaw | undefined;
}

/** What can be changed of a stored version. */
export type Changeable = Partial<Pick<ObjectVersion, 'lock' | 'grants' | 'thaw'>>;

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
  /** As asked; a bucket's default is added when the object is made. */
  readonly lock?: ObjectLock | undefined;
  readonly grants?: readonly Grant[] | undefined;
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
  settings: BucketSettings;
  readonly keys: KeyIndex<KeyEntry>;
  readonly uploads: Map<string, Upload>;
}

/** One change of the store; the log is a list of these. */
export type Change =
  | {
      readonly do: 'make-bucket';
      readonly bucket: string;
      readonly created: number;
      readonly versioning?: Versioning | undefined;
      readonly settings?: BucketSettings;
    }
  | { readonly do: 'drop-bucket'; readonly bucket: string }
  | { readonly do: 'set-versioning'; readonly bucket: string; readonly versioning: Versioning }
  /** All of them anew. */
  | { readonly do: 'set-settings'; readonly bucket: string; readonly settings: BucketSettings }
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
  /** Replaces what is named; a lock, for example, is always given whole. */
  | {
      readonly do: 'change-version';
      readonly bucket: string;
      readonly key: string;
      readonly versionId: string;
      readonly changed: Changeable;
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
