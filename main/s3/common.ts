/**
 * Fields that go with every request of a folder whose input has them: who pays, and whose bucket it must be.
 * In: a client and the fields. Out: a client that adds them, so that no caller can forget.
 */
import type { StoreClient } from './client.ts';
import type { InputOf, OperationName } from './operations.ts';
import { withSend } from './with-send.ts';

export interface CommonFields {
  readonly RequestPayer?: 'requester';
  /** Twelve digits. */
  readonly ExpectedBucketOwner?: string;
}

type Takes<Field extends string> = {
  [Name in OperationName]: Field extends keyof InputOf<Name> ? Name : never;
}[OperationName];

/** By the SDK's own types: the compiler refuses a name that is missing here, or one too many. */
const takesPayer: Readonly<Record<Takes<'RequestPayer'>, true>> = {
  AbortMultipartUpload: true,
  CompleteMultipartUpload: true,
  CopyObject: true,
  CreateMultipartUpload: true,
  DeleteObject: true,
  GetObject: true,
  GetObjectAcl: true,
  GetObjectTagging: true,
  HeadObject: true,
  ListMultipartUploads: true,
  ListObjectVersions: true,
  ListObjectsV2: true,
  ListParts: true,
  PutObject: true,
  PutObjectAcl: true,
  PutObjectLegalHold: true,
  PutObjectRetention: true,
  PutObjectTagging: true,
  RestoreObject: true,
  UploadPart: true,
};

/** All but those that name no bucket that is there. */
const namesNoBucket: ReadonlySet<OperationName> = new Set<Exclude<OperationName, Takes<'ExpectedBucketOwner'>>>([
  'ListBuckets',
  // It names one that is not there yet.
  'CreateBucket',
]);

export function withCommonFields(client: StoreClient, common: CommonFields): StoreClient {
  if (common.RequestPayer === undefined && common.ExpectedBucketOwner === undefined) return client;
  const { RequestPayer, ExpectedBucketOwner } = common;
  return withSend(client, (name, input, signal, bodySha256) => {
    const added = {
      ...(RequestPayer !== undefined && Object.hasOwn(takesPayer, name) ? { RequestPayer } : {}),
      ...(ExpectedBucketOwner !== undefined && !namesNoBucket.has(name) ? { ExpectedBucketOwner } : {}),
    };
    return client.send(name, { ...input, ...added }, signal, bodySha256);
  });
}
