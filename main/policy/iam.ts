/**
 * In: a folder's place in a bucket, and what its policy asks for. Out: the smallest IAM policy with which Cairn can keep
 * it, as S3's and KMS's pages of actions, resources and condition keys name them. Pure.
 */
import type { PolicyWants } from './wants.ts';

export interface IamPlace {
  /** A bucket's name, or the ARN of an access point. */
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
  readonly region: string;
  /** Null: nothing is ever sent there; it is only read. */
  readonly deletes: 'keep' | 'mark' | null;
}

export interface IamOptions {
  /** Adds a Deny of everything by which a kept version could vanish. */
  readonly noDeleteVersions: boolean;
  /** Also lets the doctor read the bucket's settings, which uploads do not need. */
  readonly withDoctor: boolean;
}

export interface IamStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface IamPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly IamStatement[];
}

/** What the doctor reads. */
const SETTINGS = [
  's3:GetBucketObjectLockConfiguration',
  's3:GetBucketOwnershipControls',
  's3:GetBucketPolicyStatus',
  's3:GetBucketPublicAccessBlock',
  's3:GetEncryptionConfiguration',
  's3:GetLifecycleConfiguration',
];

/** Ways in which a version that is kept could vanish, or the setting that keeps it. */
const REMOVES_FROM_BUCKET = [
  's3:DeleteBucket',
  's3:DeleteBucketPolicy',
  's3:PutBucketObjectLockConfiguration',
  's3:PutBucketPolicy',
  's3:PutBucketVersioning',
  's3:PutLifecycleConfiguration',
];
const REMOVES_OBJECTS = ['s3:BypassGovernanceRetention', 's3:DeleteObjectVersion'];

export function iamPolicy(place: IamPlace, wants: PolicyWants, options: IamOptions): IamPolicy {
  const { bucket, objects, everyObject } = resourcesOf(place);
  // A look at a key that is not there, which guarded overwrites make, is answered with 404 only to those who may list; and
  // it carries no prefix to hold a condition against.
  const operator = wants.guardOverwrites ? 'StringLikeIfExists' : 'StringLike';
  const listed =
    place.prefix === '' ? {} : { Condition: { [operator]: { 's3:prefix': [`${literal(place.prefix)}*`] } } };
  const statements: IamStatement[] = [
    {
      Sid: 'CairnLists',
      Effect: 'Allow',
      Action: ['s3:ListBucket', 's3:ListBucketVersions'],
      Resource: bucket,
      ...listed,
    },
    {
      Sid: 'CairnKnowsTheBucket',
      Effect: 'Allow',
      // Neither takes a condition on the prefix.
      Action: ['s3:GetBucketVersioning', 's3:ListBucketMultipartUploads', ...(options.withDoctor ? SETTINGS : [])],
      Resource: bucket,
    },
    {
      Sid: place.deletes === null ? 'CairnReadsFiles' : 'CairnKeepsFiles',
      Effect: 'Allow',
      Action: objectActions(place, wants),
      Resource: objects,
    },
    ...kmsStatements(place, wants),
  ];
  if (options.noDeleteVersions) {
    statements.push({ Sid: 'NoVersionVanishes', Effect: 'Deny', Action: REMOVES_OBJECTS, Resource: everyObject });
    statements.push({ Sid: 'NoSettingLosesVersions', Effect: 'Deny', Action: REMOVES_FROM_BUCKET, Resource: bucket });
  }
  return { Version: '2012-10-17', Statement: statements };
}

function objectActions({ deletes }: IamPlace, wants: PolicyWants): string[] {
  if (deletes === null) return ['s3:GetObject', 's3:GetObjectVersion'];
  const asksAcl = wants.grants || wants.acls.length > 0;
  return [
    's3:AbortMultipartUpload',
    ...(deletes === 'mark' ? ['s3:DeleteObject'] : []),
    's3:GetObject',
    's3:GetObjectVersion',
    's3:ListMultipartUploadParts',
    's3:PutObject',
    // What a put sets is looked at afterwards, and set on a version that is there when a new policy is applied to it.
    ...(wants.tags
      ? ['s3:GetObjectTagging', 's3:GetObjectVersionTagging', 's3:PutObjectTagging', 's3:PutObjectVersionTagging']
      : []),
    ...(asksAcl ? ['s3:GetObjectAcl', 's3:GetObjectVersionAcl', 's3:PutObjectAcl', 's3:PutObjectVersionAcl'] : []),
    ...(wants.retention ? ['s3:GetObjectRetention', 's3:PutObjectRetention'] : []),
    ...(wants.legalHold ? ['s3:GetObjectLegalHold', 's3:PutObjectLegalHold'] : []),
  ].sort();
}

/** Uploads need a data key, and multipart uploads and reads need it opened again. */
const KMS_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey'];
const KMS_READS = ['kms:Decrypt'];

/**
 * Keys are named as exactly as the policy names them: an ARN as it is, an id in any account of the region, an alias by
 * the condition that KMS has for it. Only requests that S3 makes in the person's name may use them.
 */
function kmsStatements({ region, bucket, deletes }: IamPlace, wants: PolicyWants): IamStatement[] {
  const partition = partitionOf(region);
  const anyKey = `arn:${partition}:kms:${region}:*:key/`;
  const viaS3 = { StringEquals: { 'kms:ViaService': `s3.${regionOf(bucket) ?? region}.${domainOf(partition)}` } };
  const isAlias = (key: string): boolean => /(^|:)alias\//.test(key);
  const aliases = wants.kmsKeys.filter(isAlias).map((key) => key.slice(key.indexOf('alias/')));
  const keys = wants.kmsKeys
    .filter((key) => !isAlias(key))
    .map((key) => (key.startsWith('arn:') ? key : `${anyKey}${key}`));
  const statement = (Sid: string, Resource: readonly string[], Condition: IamStatement['Condition']): IamStatement => ({
    Sid,
    Effect: 'Allow',
    Action: deletes === null ? KMS_READS : KMS_ACTIONS,
    Resource,
    ...(Condition === undefined ? {} : { Condition }),
  });
  return [
    ...(keys.length === 0 ? [] : [statement('CairnUsesKeys', keys, viaS3)]),
    ...(aliases.length === 0
      ? []
      : [
          statement('CairnUsesAliases', [`${anyKey}*`], {
            ...viaS3,
            'ForAnyValue:StringEquals': { 'kms:ResourceAliases': aliases },
          }),
        ]),
  ];
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function domainOf(partition: string): string {
  return partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** The region in an ARN; null for a name, or an access point of many regions. */
function regionOf(bucket: string): string | null {
  const region = bucket.startsWith('arn:') ? bucket.split(':')[3] : undefined;
  return region === undefined || region === '' ? null : region;
}

function resourcesOf({ bucket, prefix, region }: IamPlace) {
  // Objects behind an access point are named below it, and the bucket by the access point itself.
  const base = bucket.startsWith('arn:') ? bucket : `arn:${partitionOf(region)}:s3:::${bucket}`;
  const objects = bucket.startsWith('arn:') ? `${base}/object/` : `${base}/`;
  return { bucket: base, objects: `${objects}${literal(prefix)}*`, everyObject: `${objects}*` };
}

/** In resources and patterns `*`, `?` and `$` have a meaning; each stands for itself as `${*}` and so on. */
function literal(text: string): string {
  return text.replaceAll(/[*?$]/g, (found) => `\${${found}}`);
}
