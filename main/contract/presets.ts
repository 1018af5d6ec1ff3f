/**
 * Kinds of stores as plain data: how they are reached, and what is known not to be had there, with the reason.
 * In: a connection. Out: the kind that it is, as far as its address and its answers tell.
 *
 * What is said here is what their documentation says as known in 2026. A look at the bucket stands above it.
 */
import type { Connection } from './models.ts';
import { STORAGE_CLASSES } from './policy-limits.ts';
import { reason, type Reason } from './reasons.ts';

export type PresetId = 'aws' | 'minio' | 'ceph' | 'r2' | 'b2' | 'wasabi' | 'practice' | 'other';

/** What may be missing. The first group are fields of a policy, the second settings of a bucket. */
export const FEATURES = [
  'acl',
  'tags',
  'lock',
  'kms',
  'customer-keys',
  'redirect',
  'expected-owner',
  'requester-pays',
  'checksums',

  'versions',
  'lifecycle',
  'keep-days',
  'keep-newest',
  'ownership',
  'public-access-block',
] as const;
export type Feature = (typeof FEATURES)[number];

export interface Preset {
  readonly id: PresetId;
  readonly name: string;
  /** The address with its parts in capitals; null: none is needed, the SDK knows it from the region. */
  readonly endpoint: string | null;
  /** What the region is called there. */
  readonly region: string;
  /** Those that are known by name, for a list to choose from; any other may be typed. The first stands for the rest. */
  readonly regions: readonly string[];
  readonly pathStyle: boolean;
  /** Each with the reason, as a sentence that goes on after the store's name. */
  readonly lacks: Readonly<Partial<Record<Feature, string>>>;
  /** The classes that an upload may name there; any other is refused or taken as STANDARD. */
  readonly storageClasses: readonly string[];
  /** Where the facts come from. */
  readonly source: string;
}

const STANDARD_ONLY = ['STANDARD'] as const;

/** https://docs.aws.amazon.com/general/latest/gr/s3.html, without those of China and of the government. */
const AWS_REGIONS = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-central-1',
  'ca-west-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
  'sa-east-1',
] as const;

/** What is known not to be had, with the reason: a sentence that goes on after the store's name. */
const LACKS = {
  aws: {},
  minio: {
    acl: 'has no ACLs on objects; its own policies say who may read',
    kms: 'takes KMS keys only where it was set up with a key server',
    redirect: 'serves no websites, so a redirect is not kept',
    'requester-pays': 'bills nobody',
    ownership: 'has no ACLs, and so no setting of ownership',
    'public-access-block': 'has no such setting; its own policies say who may read',
  },
  ceph: {
    checksums: 'takes checksum headers in older releases (16.2 among them) and neither checks nor returns them',
    'expected-owner': 'ignores the expected owner in older releases',
    'requester-pays': 'bills nobody',
    'keep-newest': 'forgets the number of versions to keep in older releases, and would keep none of them',
    ownership: 'has no such setting',
  },
  r2: {
    acl: 'has no ACLs; a bucket is private, or public as a whole by its own settings',
    tags: 'has no tags on objects',
    lock: 'has no lock over this API; its own bucket locks are set in its dashboard',
    kms: 'encrypts everything by itself and takes no KMS keys',
    redirect: 'serves no redirects',
    'expected-owner': 'has no check of the owner',
    'requester-pays': 'bills the owner alone',
    versions: 'keeps no versions: a new upload replaces the one before for good',
    'keep-days': 'keeps no versions, so there are none to remove',
    'keep-newest': 'keeps no versions, so there are none to remove',
    ownership: 'has no ACLs, and so no setting of ownership',
    'public-access-block': 'has no such setting',
  },
  b2: {
    acl: 'knows private and public-read, for a bucket as a whole',
    tags: 'has no tags on objects',
    kms: 'encrypts with keys of its own (AES256) and takes no KMS keys',
    redirect: 'serves no redirects',
    'requester-pays': 'bills the owner alone',
    checksums: 'may not return the checksums of S3; Content-MD5 is checked',
    'keep-newest': 'removes old versions by their age alone',
    ownership: 'has no such setting',
    'public-access-block': 'has no such setting; a bucket is private or public as a whole',
  },
  wasabi: {
    kms: 'encrypts everything by itself and takes no KMS keys',
    'requester-pays': 'bills the owner alone',
    checksums: 'may not return the checksums of S3; Content-MD5 is checked',
  },
  practice: {},
  other: {},
} as const satisfies Readonly<Record<PresetId, Readonly<Partial<Record<Feature, string>>>>>;

/** The same in another language: a reason that is missing does not compile. */
export type LacksWords = {
  readonly [Id in PresetId]: { readonly [Name in keyof (typeof LACKS)[Id]]: string };
};

export const presets: Readonly<Record<PresetId, Preset>> = {
  aws: {
    id: 'aws',
    name: 'Amazon S3',
    endpoint: null,
    region: 'the region of the bucket, such as eu-central-1',
    regions: AWS_REGIONS,
    pathStyle: false,
    lacks: LACKS.aws,
    storageClasses: STORAGE_CLASSES,
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/',
  },
  minio: {
    id: 'minio',
    name: 'MinIO',
    endpoint: 'https://HOST:9000',
    region: 'us-east-1, unless the server was given another',
    regions: ['us-east-1'],
    pathStyle: true,
    lacks: LACKS.minio,
    storageClasses: ['STANDARD', 'REDUCED_REDUNDANCY'],
    source: 'https://min.io/docs/minio/linux/reference/s3-api-compatibility.html',
  },
  ceph: {
    id: 'ceph',
    name: 'Ceph (radosgw)',
    endpoint: 'https://HOST:PORT',
    region: 'the name of its zone group, often default or us-east-1',
    regions: ['default', 'us-east-1'],
    pathStyle: true,
    lacks: LACKS.ceph,
    storageClasses: STORAGE_CLASSES,
    source: 'https://docs.ceph.com/en/latest/radosgw/s3/, and measurements against radosgw 16.2',
  },
  r2: {
    id: 'r2',
    name: 'Cloudflare R2',
    endpoint: 'https://ACCOUNT.r2.cloudflarestorage.com',
    region: 'auto',
    regions: ['auto'],
    pathStyle: true,
    lacks: LACKS.r2,
    storageClasses: ['STANDARD', 'STANDARD_IA'],
    source: 'https://developers.cloudflare.com/r2/api/s3/api/',
  },
  b2: {
    id: 'b2',
    name: 'Backblaze B2',
    endpoint: 'https://s3.REGION.backblazeb2.com',
    region: 'the second part of the endpoint, such as eu-central-003',
    regions: ['us-west-001', 'us-west-002', 'us-west-004', 'us-east-005', 'eu-central-003', 'ca-east-006'],
    pathStyle: false,
    lacks: LACKS.b2,
    storageClasses: STANDARD_ONLY,
    source: 'https://www.backblaze.com/docs/cloud-storage-s3-compatible-api',
  },
  wasabi: {
    id: 'wasabi',
    name: 'Wasabi',
    endpoint: 'https://s3.REGION.wasabisys.com',
    region: 'the region of the bucket, such as eu-central-1',
    regions: [
      'us-east-1',
      'us-east-2',
      'us-central-1',
      'us-west-1',
      'ca-central-1',
      'eu-central-1',
      'eu-central-2',
      'eu-west-1',
      'eu-west-2',
      'eu-west-3',
      'eu-south-1',
      'ap-northeast-1',
      'ap-northeast-2',
      'ap-southeast-1',
      'ap-southeast-2',
    ],
    pathStyle: false,
    lacks: LACKS.wasabi,
    storageClasses: STANDARD_ONLY,
    source: 'https://docs.wasabi.com/apidocs',
  },
  practice: {
    id: 'practice',
    name: 'The practice bucket',
    endpoint: null,
    region: 'us-east-1',
    regions: ['us-east-1'],
    pathStyle: true,
    lacks: LACKS.practice,
    storageClasses: STORAGE_CLASSES,
    source: 'it comes with Cairn',
  },
  other: {
    id: 'other',
    name: 'This store',
    endpoint: 'https://HOST',
    region: 'us-east-1, unless the store names another',
    regions: ['us-east-1'],
    pathStyle: true,
    lacks: LACKS.other,
    storageClasses: STORAGE_CLASSES,
    source: 'nothing is known but what the store answers',
  },
};

/** What a kind of store lacks, as a part of a failure; null: nothing is known to be lacking of it. */
export function lackOf({ id, lacks }: Preset, feature: Feature): Reason | null {
  const english = lacks[feature];
  return english === undefined ? null : reason('lacks', { english, store: id, feature });
}

/** Its name, as a part of a failure. */
export function nameOf({ id, name }: Preset): Reason {
  return reason('store', { english: name, store: id });
}

const hosts: readonly (readonly [RegExp, PresetId])[] = [
  [/(^|\.)amazonaws\.com(\.cn)?$/, 'aws'],
  [/(^|\.)r2\.cloudflarestorage\.com$/, 'r2'],
  [/(^|\.)backblazeb2\.com$/, 'b2'],
  [/(^|\.)wasabisys\.com$/, 'wasabi'],
];

/**
 * The kind of a connection's store.
 * @param server what its answers say in the Server header, where one was seen. Ceph's gateway says nothing there, but
 *   its request ids begin with `tx` and 21 hexadecimal digits.
 */
export function presetOf(
  connection: Pick<Connection, 'endpoint' | 'credentials'>,
  server: { readonly name: string | null; readonly requestId: string | null } = { name: null, requestId: null },
): Preset {
  if (connection.credentials.kind === 'practice') return presets.practice;
  if (connection.endpoint === null) return presets.aws;
  const host = URL.canParse(connection.endpoint) ? new URL(connection.endpoint).hostname : '';
  const known = hosts.find(([pattern]) => pattern.test(host));
  if (known !== undefined) return presets[known[1]];
  if (/minio/i.test(server.name ?? '')) return presets.minio;
  if (/ceph|radosgw/i.test(server.name ?? '') || /^tx[0-9a-f]{21}-/.test(server.requestId ?? '')) return presets.ceph;
  return presets.other;
}
