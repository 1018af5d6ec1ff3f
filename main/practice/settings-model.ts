/** What can be set on a bucket besides its versioning, as plain data that goes into the log as it is. */
import type { XmlElement } from './xml.ts';

export type LockMode = 'GOVERNANCE' | 'COMPLIANCE';

/** How long new versions are kept where their writer says nothing. */
export interface DefaultRetention {
  readonly mode: LockMode;
  readonly unit: 'Days' | 'Years';
  readonly count: number;
}

export type Ownership = 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';

/** The encryption of objects whose writer asks for none, and which kinds are refused. */
export interface BucketEncryption {
  readonly mode?: 'AES256' | 'aws:kms' | 'aws:kms:dsse' | undefined;
  /** As it was given. */
  readonly keyId?: string | undefined;
  readonly bucketKey?: boolean | undefined;
  readonly blocked?: readonly ('SSE-C' | 'NONE')[] | undefined;
}

export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export interface Lifecycle {
  readonly rules: readonly XmlElement[];
  /** Of the header x-amz-transition-default-minimum-object-size. */
  readonly minimumSize: string;
}

export interface BucketSettings {
  /** Undefined where object lock is off; once on it stays on. */
  readonly lock?: { readonly defaultRetention?: DefaultRetention | undefined } | undefined;
  /** Undefined counts as ObjectWriter. */
  readonly ownership?: Ownership | undefined;
  readonly encryption?: BucketEncryption | undefined;
  readonly lifecycle?: Lifecycle | undefined;
  readonly publicAccess?: PublicAccessBlock | undefined;
  /** The document as it was given. */
  readonly policy?: string | undefined;
}
