/** The operations of S3 that Cairn uses, by name, with the SDK's own shapes. A new one is a line here and in `commands`. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type * as sdk from '@aws-sdk/client-s3';

export const commands = {
  AbortMultipartUpload: AbortMultipartUploadCommand,
  CompleteMultipartUpload: CompleteMultipartUploadCommand,
  CreateMultipartUpload: CreateMultipartUploadCommand,
  DeleteObject: DeleteObjectCommand,
  GetBucketVersioning: GetBucketVersioningCommand,
  GetObject: GetObjectCommand,
  HeadBucket: HeadBucketCommand,
  HeadObject: HeadObjectCommand,
  ListBuckets: ListBucketsCommand,
  ListMultipartUploads: ListMultipartUploadsCommand,
  ListObjectsV2: ListObjectsV2Command,
  ListObjectVersions: ListObjectVersionsCommand,
  ListParts: ListPartsCommand,
  PutObject: PutObjectCommand,
  UploadPart: UploadPartCommand,
} as const;

export type OperationName = keyof typeof commands;

/** Input and output of each operation, as the SDK types them. */
export interface Operations {
  AbortMultipartUpload: [sdk.AbortMultipartUploadCommandInput, sdk.AbortMultipartUploadCommandOutput];
  CompleteMultipartUpload: [sdk.CompleteMultipartUploadCommandInput, sdk.CompleteMultipartUploadCommandOutput];
  CreateMultipartUpload: [sdk.CreateMultipartUploadCommandInput, sdk.CreateMultipartUploadCommandOutput];
  DeleteObject: [sdk.DeleteObjectCommandInput, sdk.DeleteObjectCommandOutput];
  GetBucketVersioning: [sdk.GetBucketVersioningCommandInput, sdk.GetBucketVersioningCommandOutput];
  GetObject: [sdk.GetObjectCommandInput, sdk.GetObjectCommandOutput];
  HeadBucket: [sdk.HeadBucketCommandInput, sdk.HeadBucketCommandOutput];
  HeadObject: [sdk.HeadObjectCommandInput, sdk.HeadObjectCommandOutput];
  ListBuckets: [sdk.ListBucketsCommandInput, sdk.ListBucketsCommandOutput];
  ListMultipartUploads: [sdk.ListMultipartUploadsCommandInput, sdk.ListMultipartUploadsCommandOutput];
  ListObjectsV2: [sdk.ListObjectsV2CommandInput, sdk.ListObjectsV2CommandOutput];
  ListObjectVersions: [sdk.ListObjectVersionsCommandInput, sdk.ListObjectVersionsCommandOutput];
  ListParts: [sdk.ListPartsCommandInput, sdk.ListPartsCommandOutput];
  PutObject: [sdk.PutObjectCommandInput, sdk.PutObjectCommandOutput];
  UploadPart: [sdk.UploadPartCommandInput, sdk.UploadPartCommandOutput];
}

export type InputOf<Name extends OperationName> = Operations[Name][0];
export type OutputOf<Name extends OperationName> = Operations[Name][1];

/** What a person must be allowed to do for an operation to pass, in IAM's words. */
export const iamActions: Readonly<Record<OperationName, string>> = {
  AbortMultipartUpload: 's3:AbortMultipartUpload',
  CompleteMultipartUpload: 's3:PutObject',
  CreateMultipartUpload: 's3:PutObject',
  DeleteObject: 's3:DeleteObject',
  GetBucketVersioning: 's3:GetBucketVersioning',
  GetObject: 's3:GetObject',
  HeadBucket: 's3:ListBucket',
  HeadObject: 's3:GetObject',
  ListBuckets: 's3:ListAllMyBuckets',
  ListMultipartUploads: 's3:ListBucketMultipartUploads',
  ListObjectsV2: 's3:ListBucket',
  ListObjectVersions: 's3:ListBucketVersions',
  ListParts: 's3:ListMultipartUploadParts',
  PutObject: 's3:PutObject',
  UploadPart: 's3:PutObject',
};
