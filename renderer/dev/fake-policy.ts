/** Sample data of the Policy tab. In: a call about a policy or about keeping. Out: its answer, or undefined for other calls. */
import './quiet-zod.ts';
import type { RuleSaid } from '../../main/contract/findings.ts';
import type {
  ExplainedRequest,
  Keep,
  KeepChange,
  PolicyApplied,
  PolicyCost,
  PolicyLimit,
  PolicyLimits,
  PolicyPlan,
  RequestLine,
} from '../../main/contract/policy-answers.ts';
import { checkPolicyText } from '../../main/contract/policy.ts';
import { presets, type Feature } from '../../main/contract/presets.ts';

const GB = 1024 ** 3;

/** The policy of “Photos 2026”; other folders have none. */
export const PHOTOS_POLICY = {
  storageClass: 'STANDARD_IA',
  checksum: 'CRC32',
  encryption: { mode: 'aws:kms', keyId: 'alias/photos-2026', bucketKey: true },
  tags: { project: 'photos', year: '2026' },
  metadata: { origin: 'studio-mac' },
  rules: [
    { match: ['raw/**', '*.NEF'], minSize: 1024 ** 2, set: { storageClass: 'GLACIER_IR', tags: { kind: 'raw' } } },
    { match: ['*.mp4', '*.mov'], set: { storageClass: 'GLACIER_IR', tags: { kind: 'video' } } },
    { match: ['web/**'], set: { storageClass: 'STANDARD', cacheControl: 'max-age=60', contentDisposition: 'inline' } },
  ],
} as const;

const LIMITS: PolicyLimits = {
  store: 'Amazon S3',
  kind: 'aws',
  storageClasses: [
    ...['STANDARD', 'REDUCED_REDUNDANCY', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING'],
    ...['GLACIER', 'DEEP_ARCHIVE', 'GLACIER_IR', 'OUTPOSTS', 'SNOW'],
  ],
  limits: [
    { field: 'lock', because: 'lock-off', detail: '', lacks: null },
    { field: 'acl', because: 'owner-enforced', detail: '', lacks: null },
    { field: 'grants', because: 'owner-enforced', detail: '', lacks: null },
    { field: 'encryption.mode:customer', because: 'customer-blocked', detail: '', lacks: null },
  ],
};
const lacking = (field: string, lacks: Feature): PolicyLimit => ({
  ...{ field, because: 'store', detail: `Cloudflare R2 ${presets.r2.lacks[lacks] ?? ''}`, lacks },
});
const R2: PolicyLimits = {
  store: 'Cloudflare R2',
  kind: 'r2',
  storageClasses: ['STANDARD', 'STANDARD_IA'],
  limits: [
    lacking('tags', 'tags'),
    lacking('acl', 'acl'),
    lacking('grants', 'acl'),
    lacking('lock', 'lock'),
    lacking('encryption.mode:aws:kms', 'kms'),
    lacking('encryption.mode:aws:kms:dsse', 'kms'),
    lacking('redirect', 'redirect'),
    { field: 'metadata', because: 'dropped', detail: 'index.html', lacks: null },
  ],
};

const LINES: readonly RequestLine[] = [
  { name: 'Bucket', value: 'northlight-photos', by: 'folder' },
  { name: 'Key', value: '2026/raw/2026-11-21/DSC_4417.NEF', by: 'folder' },
  { name: 'StorageClass', value: 'GLACIER_IR', by: 0 },
  { name: 'ServerSideEncryption', value: 'aws:kms', by: 'base' },
  { name: 'SSEKMSKeyId', value: 'alias/photos-2026', by: 'base' },
  { name: 'BucketKeyEnabled', value: 'true', by: 'base' },
  { name: 'Tagging', value: 'project=photos', by: 'base' },
  { name: '', value: 'year=2026', by: 'base' },
  { name: '', value: 'kind=raw', by: 0 },
  { name: 'Metadata', value: 'origin=studio-mac', by: 'base' },
  { name: '', value: 'mtime=1795284361.25', by: 'file' },
  { name: '', value: 'cairn-attempt=<at upload>', by: 'file' },
  { name: 'ContentType', value: 'image/x-nikon-nef', by: 'auto' },
  { name: 'ChecksumAlgorithm', value: 'CRC32', by: 'base' },
];

function explained(path: string): ExplainedRequest {
  return {
    path,
    size: 48.2 * 1024 ** 2,
    operation: 'multipart',
    input: { Bucket: 'northlight-photos', Key: `2026/${path}`, StorageClass: 'GLACIER_IR' },
    because: {},
    awsCli: `aws s3api create-multipart-upload --bucket northlight-photos --key '2026/${path}'`,
    lines: LINES,
  };
}

const line = (storageClass: string, files: number, bytes: number, total: number) => ({
  ...{ storageClass, files, bytes, versions: files, versionBytes: bytes / 10, total, isPriced: true },
});
const COST: PolicyCost = {
  before: [line('STANDARD_IA', 18_436, 412.6 * GB, 6.09)],
  after: [line('GLACIER_IR', 6204, 331 * GB, 1.66), line('STANDARD_IA', 12_232, 81.6 * GB, 1.29)],
  totalBefore: 6.09,
  totalAfter: 2.95,
  currency: 'USD',
  asOf: '2026-11-01',
  source: 'list prices of Amazon S3 and KMS',
  isOwn: false,
  prices: { STANDARD: { storage: 0.0245, leastDays: 0 }, STANDARD_IA: { storage: 0.0135, leastDays: 30 } },
};
const PLAN: PolicyPlan = {
  summary: { files: 6261, inPlace: 51, copies: 6204, bytes: 331 * GB, requests: 12_459, loosened: 6 },
  cost: { once: 0.12, aMonth: 1.66, currency: 'USD', asOf: '2026-11-01' },
  steps: ['raw/2026-11-21/DSC_4417.NEF', 'raw/2026-11-21/DSC_4418.NEF', 'clips/fjord.mp4', 'web/index.html'].map(
    (path, index) => ({
      path,
      size: 48 * 1024 ** 2,
      changes: index === 3 ? ['tags'] : ['copy'],
      storageClass: 'GLACIER_IR',
      loosens: false,
    }),
  ),
};
const APPLIED: PolicyApplied = { files: 6255, done: 6255, parked: 0, cancelled: 0, waiting: 0 };
const keepRule = (keep: Keep): RuleSaid => ({
  ...{ name: 'cairn-keep-photos', prefix: '2026/', isForAll: true, isOn: true },
  does: [{ kind: 'removes-earlier', keep }],
});
const CHANGE: KeepChange = {
  folder: 'Photos 2026',
  prefix: '2026/',
  keep: { days: 365, newest: 5 },
  wanted: { days: 90, newest: 5 },
  difference: [
    '- cairn-keep-photos (2026/): removes earlier versions 365 days after a newer one came, but never the 5 newest versions of a file',
    '+ cairn-keep-photos (2026/): removes earlier versions 90 days after a newer one came, but never the 5 newest versions of a file',
  ],
  changes: [
    { sign: '-', kind: 'rule', rule: keepRule({ days: 365, newest: 5 }) },
    { sign: '+', kind: 'rule', rule: keepRule({ days: 90, newest: 5 }) },
  ],
  request: { call: 'PutBucketLifecycleConfiguration', input: { Bucket: 'northlight-photos' } },
  going: { versions: 1204, bytes: 21.7 * GB, aMonth: 0.29 },
  currency: 'USD',
  asOf: '2026-11-01',
};

export function policyAnswer(name: string, input: Readonly<Record<string, unknown>>): unknown {
  const folder = input['folder'];
  switch (name) {
    case 'policy.check':
      return checkPolicyText(String(input['text']));
    case 'policy.limits':
      if (folder === 'Website') return R2;
      return folder === 'Photos 2026' ? LIMITS : { ...LIMITS, limits: LIMITS.limits.slice(0, 3) };
    case 'policy.explain':
      return explained(String(input['path']));
    case 'policy.cost':
      return COST;
    case 'policy.plan':
      return PLAN;
    case 'policy.apply':
      return APPLIED;
    case 'folder.keep':
      return { folder, prefix: '2026/', keep: folder === 'Photos 2026' ? { days: 365, newest: 5 } : null };
    case 'folder.planKeep':
      return CHANGE;
    case 'folder.ignoreLists':
      return { folder, ignore: ['*.tmp', 'cache/', '/exports/*.zip'], files: ['.cairnignore', 'raw/.cairnignore'] };
    case 'folder.ignoreWhy':
      return {
        path: input['path'],
        reason: 'ignored',
        because: null,
        rule: { pattern: '*.tmp', list: 'folder', line: 1 },
      };
    default:
      return undefined;
  }
}
