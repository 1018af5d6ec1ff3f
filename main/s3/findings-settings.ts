/** In: a look at a bucket. Out: findings on its settings: versions, lock, ownership, encryption, public access. Pure. */
import type { Finding } from '../contract/doctor.ts';
import { finding, type FolderFacts } from './finding.ts';
import type { BucketLook } from './look.ts';
import type { Feature } from '../contract/presets.ts';
import { inWords } from './rule-words.ts';
import { enableVersioningInput } from './versioning.ts';

export function settingFindings(look: BucketLook, folder: FolderFacts): Finding[] {
  return [
    versioning(look, folder),
    lock(look, folder),
    ownership(look, folder),
    ...encryption(look, folder),
    publicAccess(look, folder),
    ...asksInVain(folder),
  ].filter((one) => one !== null);
}

function versioning({ versioning: told }: BucketLook, { bucket, preset }: FolderFacts): Finding {
  const id = 'versioning';
  if (told.kind === 'denied') return finding(id, 'advice', 'versions-unknown', { action: told.action });
  if (told.kind === 'told' && told.value === 'enabled') return finding(id, 'fine', 'versions-kept', {});
  if (preset.lacks.versions !== undefined) return finding(id, 'problem', 'versions-lacking', { store: preset.id });
  if (told.kind !== 'told') return finding(id, 'problem', 'versions-unheard', {});
  const input = enableVersioningInput(bucket);
  const fix = {
    call: 'PutBucketVersioning',
    input,
    ...inWords([
      { sign: '-', kind: 'versioning', value: told.value },
      { sign: '+', kind: 'versioning', value: 'enabled' },
    ]),
  };
  return finding(id, 'problem', 'versions-off', { isSuspended: told.value === 'suspended' }, fix);
}

function lock({ lock: told, put }: BucketLook, { wants }: FolderFacts): Finding | null {
  const id = 'lock';
  if (told.kind === 'told' && told.value.enabled) {
    const { retention } = told.value;
    return retention === null
      ? finding(id, 'fine', 'lock-possible', {})
      : finding(id, 'advice', 'lock-default', retention);
  }
  if (!wants.lock) return null;
  if (told.kind === 'denied') {
    const isProved = typeof put !== 'string' && put.whole.kind === 'allowed';
    return isProved
      ? finding(id, 'fine', 'lock-proved', {})
      : finding(id, 'advice', 'lock-unknown', { action: told.action });
  }
  return finding(id, 'problem', 'lock-lacking', {});
}

/** The one ACL that a bucket without ACLs takes. */
const HARMLESS_ACL = 'bucket-owner-full-control';

function ownership({ ownership: told }: BucketLook, { wants }: FolderFacts): Finding | null {
  const asksAcl = wants.grants || wants.acls.some((acl) => acl !== HARMLESS_ACL);
  const id = 'ownership';
  if (told.kind !== 'told') return null;
  if (told.value !== 'BucketOwnerEnforced') return finding(id, 'fine', 'acls-count', { ownership: told.value });
  return asksAcl ? finding(id, 'problem', 'acls-refused', {}) : finding(id, 'fine', 'acls-off', {});
}

function encryption({ encryption: told }: BucketLook, { wants }: FolderFacts): Finding[] {
  const id = 'encryption';
  const asks = wants.encryption.length > 0;
  if (told.kind === 'denied') return [];
  if (told.kind !== 'told' || told.value.algorithm === null) {
    return asks ? [] : [finding(id, 'advice', 'encryption-none', {})];
  }
  const { algorithm, bucketKey, blocked } = told.value;
  const isCostly = !bucketKey && algorithm === 'aws:kms';
  const isBlocked = blocked.includes('SSE-C') && wants.encryption.includes('customer');
  return [
    isCostly ? finding(id, 'advice', 'encryption-costly', {}) : finding(id, 'fine', 'encryption-on', { algorithm }),
    ...(isBlocked ? [finding('encryption-blocked', 'problem', 'encryption-blocked', {})] : []),
  ];
}

function publicAccess({ isPublic, publicAccess: told }: BucketLook, { wants, preset }: FolderFacts): Finding | null {
  const id = 'public';
  if (isPublic.kind === 'told' && isPublic.value) return finding(id, 'problem', 'public-read', {});
  const isPublicAcl = wants.acls.some((acl) => acl.startsWith('public-') || acl === 'authenticated-read');
  if (told.kind === 'told' && told.value.blockAcls && isPublicAcl) return finding(id, 'problem', 'public-refused', {});
  if (isPublicAcl) return finding(id, 'advice', 'public-asked', {});
  if (told.kind === 'told' && Object.values(told.value).every(Boolean))
    return finding(id, 'fine', 'public-blocked', {});
  if (isPublic.kind === 'told' || isPublic.kind === 'unset') {
    const isAws = preset.id === 'aws' && (told.kind === 'told' || told.kind === 'unset');
    return isAws ? finding(id, 'advice', 'public-possible', {}) : finding(id, 'fine', 'private', {});
  }
  return null;
}

const ASKED: readonly (readonly [Feature, string, (wants: FolderFacts['wants']) => boolean])[] = [
  ['acl', 'acl or grants', (wants) => wants.grants || wants.acls.some((acl) => acl !== 'private')],
  ['tags', 'tags', (wants) => wants.tags],
  ['lock', 'lock', (wants) => wants.lock],
  ['kms', 'encryption.mode', (wants) => wants.encryption.some((mode) => mode.startsWith('aws:kms'))],
  ['customer-keys', 'encryption.mode', (wants) => wants.encryption.includes('customer')],
  ['redirect', 'redirect', (wants) => wants.redirect],
  ['expected-owner', 'expectedBucketOwner', (wants) => wants.expectedOwner],
  ['requester-pays', 'requesterPays', (wants) => wants.requesterPays],
];

/** What is known not to be had, asked for all the same. */
function asksInVain({ wants, preset }: FolderFacts): Finding[] {
  const store = preset.id;
  const found = ASKED.flatMap(([feature, field, asks]) =>
    preset.lacks[feature] === undefined || !asks(wants)
      ? []
      : [finding(`asks-${feature}`, 'problem', 'asks-in-vain', { field, store, feature })],
  );
  const known = preset.storageClasses;
  const classes = wants.classes.filter((name) => !known.includes(name));
  if (classes.length === 0) return found;
  return [...found, finding('asks-class', 'problem', 'asks-class', { classes, store, known })];
}
