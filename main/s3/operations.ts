/** The operations of S3 that Cairn uses, by name, with the SDK's own shapes. A new one is a line here and in `commands.ts`. */
import type * as sdk from '@aws-sdk/client-s3';

export type OperationName = keyof Operations;

/** Elements of the document that the SDK did not read: what it read must not be written back then. */
export interface LifecycleMark {
  readonly unknownElements?: readonly string[];
}

/** Input and output of each operation, as the SDK types them. */
export interface Operations {
  AbortMultipartUpload: [sdk.AbortMultipartUploadCommandInput, sdk.AbortMultipartUploadCommandOutput];
  CompleteMultipartUpload: [sdk.CompleteMultipartUploadCommandInput, sdk.CompleteMultipartUploadCommandOutput];
  CopyObject: [sdk.CopyObjectCommandInput, sdk.CopyObjectCommandOutput];
  CreateBucket: [sdk.CreateBucketCommandInput, sdk.CreateBucketCommandOutput];
  CreateMultipartUpload: [sdk.CreateMultipartUploadCommandInput, sdk.CreateMultipartUploadCommandOutput];
  DeleteBucketLifecycle: [sdk.DeleteBucketLifecycleCommandInput, sdk.DeleteBucketLifecycleCommandOutput];
  DeleteObject: [sdk.DeleteObjectCommandInput, sdk.DeleteObjectCommandOutput];
  GetBucketEncryption: [sdk.GetBucketEncryptionCommandInput, sdk.GetBucketEncryptionCommandOutput];
  GetBucketLifecycleConfiguration: [
    sdk.GetBucketLifecycleConfigurationCommandInput,
    sdk.GetBucketLifecycleConfigurationCommandOutput & LifecycleMark,
  ];
  GetBucketOwnershipControls: [sdk.GetBucketOwnershipControlsCommandInput, sdk.GetBucketOwnershipControlsCommandOutput];
  GetBucketPolicyStatus: [sdk.GetBucketPolicyStatusCommandInput, sdk.GetBucketPolicyStatusCommandOutput];
  GetBucketVersioning: [sdk.GetBucketVersioningCommandInput, sdk.GetBucketVersioningCommandOutput];
  GetObject: [sdk.GetObjectCommandInput, sdk.GetObjectCommandOutput];
  GetObjectAcl: [sdk.GetObjectAclCommandInput, sdk.GetObjectAclCommandOutput];
  GetObjectLockConfiguration: [sdk.GetObjectLockConfigurationCommandInput, sdk.GetObjectLockConfigurationCommandOutput];
  GetObjectTagging: [sdk.GetObjectTaggingCommandInput, sdk.GetObjectTaggingCommandOutput];
  GetPublicAccessBlock: [sdk.GetPublicAccessBlockCommandInput, sdk.GetPublicAccessBlockCommandOutput];
  HeadBucket: [sdk.HeadBucketCommandInput, sdk.HeadBucketCommandOutput];
  HeadObject: [sdk.HeadObjectCommandInput, sdk.HeadObjectCommandOutput];
  ListBuckets: [sdk.ListBucketsCommandInput, sdk.ListBucketsCommandOutput];
  ListMultipartUploads: [sdk.ListMultipartUploadsCommandInput, sdk.ListMultipartUploadsCommandOutput];
  ListObjectsV2: [sdk.ListObjectsV2CommandInput, sdk.ListObjectsV2CommandOutput];
  ListObjectVersions: [sdk.ListObjectVersionsCommandInput, sdk.ListObjectVersionsCommandOutput];
  ListParts: [sdk.ListPartsCommandInput, sdk.ListPartsCommandOutput];
  PutBucketLifecycleConfiguration: [
    sdk.PutBucketLifecycleConfigurationCommandInput,
    sdk.PutBucketLifecycleConfigurationCommandOutput,
  ];
  PutBucketVersioning: [sdk.PutBucketVersioningCommandInput, sdk.PutBucketVersioningCommandOutput];
  PutObject: [sdk.PutObjectCommandInput, sdk.PutObjectCommandOutput];
  PutObjectAcl: [sdk.PutObjectAclCommandInput, sdk.PutObjectAclCommandOutput];
  PutObjectLegalHold: [sdk.PutObjectLegalHoldCommandInput, sdk.PutObjectLegalHoldCommandOutput];
  PutObjectRetention: [sdk.PutObjectRetentionCommandInput, sdk.PutObjectRetentionCommandOutput];
  PutObjectTagging: [sdk.PutObjectTaggingCommandInput, sdk.PutObjectTaggingCommandOutput];
  PutPublicAccessBlock: [sdk.PutPublicAccessBlockCommandInput, sdk.PutPublicAccessBlockCommandOutput];
  RestoreObject: [sdk.RestoreObjectCommandInput, sdk.RestoreObjectCommandOutput];
  UploadPart: [sdk.UploadPartCommandInput, sdk.UploadPartCommandOutput];
}

export type InputOf<Name extends OperationName> = Operations[Name][0];
export type OutputOf<Name extends OperationName> = Operations[Name][1];

/** What a person must be allowed to do for an operation to pass, in IAM's words. */
export const iamActions: Readonly<Record<OperationName, string>> = {
  AbortMultipartUpload: 's3:AbortMultipartUpload',
  CompleteMultipartUpload: 's3:PutObject',
  CopyObject: 's3:PutObject',
  CreateBucket: 's3:CreateBucket',
  CreateMultipartUpload: 's3:PutObject',
  DeleteBucketLifecycle: 's3:PutLifecycleConfiguration',
  DeleteObject: 's3:DeleteObject',
  GetBucketEncryption: 's3:GetEncryptionConfiguration',
  GetBucketLifecycleConfiguration: 's3:GetLifecycleConfiguration',
  GetBucketOwnershipControls: 's3:GetBucketOwnershipControls',
  GetBucketPolicyStatus: 's3:GetBucketPolicyStatus',
  GetBucketVersioning: 's3:GetBucketVersioning',
  GetObject: 's3:GetObject',
  GetObjectAcl: 's3:GetObjectAcl',
  GetObjectLockConfiguration: 's3:GetBucketObjectLockConfiguration',
  GetObjectTagging: 's3:GetObjectTagging',
  GetPublicAccessBlock: 's3:GetBucketPublicAccessBlock',
  HeadBucket: 's3:ListBucket',
  HeadObject: 's3:GetObject',
  ListBuckets: 's3:ListAllMyBuckets',
  ListMultipartUploads: 's3:ListBucketMultipartUploads',
  ListObjectsV2: 's3:ListBucket',
  ListObjectVersions: 's3:ListBucketVersions',
  ListParts: 's3:ListMultipartUploadParts',
  PutBucketLifecycleConfiguration: 's3:PutLifecycleConfiguration',
  PutBucketVersioning: 's3:PutBucketVersioning',
  PutObject: 's3:PutObject',
  PutObjectAcl: 's3:PutObjectAcl',
  PutObjectLegalHold: 's3:PutObjectLegalHold',
  PutObjectRetention: 's3:PutObjectRetention',
  PutObjectTagging: 's3:PutObjectTagging',
  PutPublicAccessBlock: 's3:PutBucketPublicAccessBlock',
  RestoreObject: 's3:RestoreObject',
  UploadPart: 's3:PutObject',
};
