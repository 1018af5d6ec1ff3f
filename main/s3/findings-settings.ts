/** In: a look at a bucket. Out: findings on its settings: versions, lock, ownership, encryption, public access. Pure. */
import type { Finding } from '../contract/doctor.ts';
import { finding, type FolderFacts } from './finding.ts';
import type { BucketLook } from './look.ts';
import type { Feature } from '../contract/presets.ts';
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

const NO_VERSIONS = 'Each upload of a file replaces the one before for good, and nothing earlier can be brought back.';

function versioning({ versioning: told }: BucketLook, { bucket, preset }: FolderFacts): Finding {
  const id = 'versioning';
  if (told.kind === 'denied') {
    return finding(id, 'advice', 'Whether versions are kept is not known', `These credentials lack ${told.action}.`);
  }
  if (told.kind === 'told' && told.value === 'enabled') {
    return finding(id, 'fine', 'Every version is kept', 'Versioning is on.');
  }
  const lacks = preset.lacks.versions;
  if (told.kind !== 'told' || lacks !== undefined) {
    const reason = lacks === undefined ? 'the store does not know the setting' : `${preset.name} ${lacks}`;
    return finding(id, 'problem', 'No versions are kept', `${NO_VERSIONS} It cannot be changed here: ${reason}.`);
  }
  const input = enableVersioningInput(bucket);
  const fix = {
    call: 'PutBucketVersioning',
    input,
    difference: [`- versioning: ${told.value}`, '+ versioning: enabled'],
  };
  const state = told.value === 'suspended' ? 'Versioning is suspended.' : 'Versioning is off.';
  return finding(
    id,
    'problem',
    'No versions are kept',
    `${state} ${NO_VERSIONS} Put on, it counts for the whole bucket, and what is kept costs its storage.`,
    fix,
  );
}

function lock({ lock: told, put }: BucketLook, { wants }: FolderFacts): Finding | null {
  const id = 'lock';
  if (told.kind === 'told' && told.value.enabled) {
    const { retention } = told.value;
    return retention === null
      ? finding(id, 'fine', 'Locks can be set', 'The bucket has object lock on.')
      : finding(
          id,
          'advice',
          'The bucket locks every new version',
          `Its own default is ${retention}: until then no version can be removed by anybody who is bound by it.`,
        );
  }
  if (!wants.lock) return null;
  if (told.kind === 'denied') {
    const isProved = typeof put !== 'string' && put.whole.kind === 'allowed';
    if (isProved) return finding(id, 'fine', 'Locks can be set', 'A put with the policy’s lock was granted.');
    return finding(id, 'advice', 'Whether locks can be set is not known', `These credentials lack ${told.action}.`);
  }
  return finding(
    id,
    'problem',
    'The policy asks for a lock, and the bucket has none',
    'Uploads with a lock are refused, or the lock is dropped in silence. Object lock is put on when a bucket is made, ' +
      'on Amazon S3 also later; it cannot be taken off again. Or leave lock out of the policy.',
  );
}

/** The one ACL that a bucket without ACLs takes. */
const HARMLESS_ACL = 'bucket-owner-full-control';

function ownership({ ownership: told }: BucketLook, { wants }: FolderFacts): Finding | null {
  const asksAcl = wants.grants || wants.acls.some((acl) => acl !== HARMLESS_ACL);
  if (told.kind !== 'told') return null;
  if (told.value !== 'BucketOwnerEnforced') {
    return finding(
      'ownership',
      'fine',
      'ACLs count in this bucket',
      `Its ownership is ${told.value}. Unless ACLs are needed, BucketOwnerEnforced is the simpler setting.`,
    );
  }
  if (!asksAcl) return finding('ownership', 'fine', 'The bucket’s owner owns every file', 'ACLs are off.');
  return finding(
    'ownership',
    'problem',
    'The policy asks for an ACL, and the bucket takes none',
    'With the ownership BucketOwnerEnforced every upload with an ACL or grants is refused. ' +
      'Leave acl and grants out of the policy, or change the bucket’s ownership.',
  );
}

function encryption({ encryption: told }: BucketLook, { wants }: FolderFacts): Finding[] {
  const id = 'encryption';
  const asks = wants.encryption.length > 0;
  if (told.kind === 'denied') return [];
  if (told.kind !== 'told' || told.value.algorithm === null) {
    const text = 'What the policy does not encrypt is kept as the store keeps it.';
    return asks ? [] : [finding(id, 'advice', 'The bucket has no encryption of its own', text)];
  }
  const { algorithm, bucketKey, blocked } = told.value;
  const isKms = algorithm.startsWith('aws:kms');
  const found: Finding[] = [];
  found.push(
    isKms && !bucketKey && algorithm === 'aws:kms'
      ? finding(
          id,
          'advice',
          'Each file costs a call of KMS',
          'The bucket encrypts with KMS and has no bucket key, so every upload and every read is a paid call.',
        )
      : finding(id, 'fine', 'New files are encrypted', `The bucket’s own encryption is ${algorithm}.`),
  );
  if (blocked.includes('SSE-C') && wants.encryption.includes('customer')) {
    found.push(
      finding(
        'encryption-blocked',
        'problem',
        'The bucket refuses keys of your own',
        'The policy asks for encryption with a customer key, and the bucket blocks SSE-C: uploads are refused with ' +
          'AccessDenied. Allow SSE-C in the bucket’s encryption, or choose another mode.',
      ),
    );
  }
  return found;
}

function publicAccess({ isPublic, publicAccess: told }: BucketLook, { wants, preset }: FolderFacts): Finding | null {
  const id = 'public';
  if (isPublic.kind === 'told' && isPublic.value) {
    return finding(id, 'problem', 'Anybody can read the bucket', 'Its policy makes it public. Take that out of it.');
  }
  const isPublicAcl = wants.acls.some((acl) => acl.startsWith('public-') || acl === 'authenticated-read');
  if (told.kind === 'told' && told.value.blockAcls && isPublicAcl) {
    return finding(
      id,
      'problem',
      'The policy makes files public, and the bucket refuses that',
      'Uploads with a public ACL are refused while the bucket blocks public access.',
    );
  }
  if (isPublicAcl) {
    return finding(id, 'advice', 'The policy makes files public', 'Anybody who knows a file’s address can read it.');
  }
  if (told.kind === 'told' && Object.values(told.value).every(Boolean)) {
    return finding(id, 'fine', 'Public access is blocked', 'All four blocks are on.');
  }
  if (isPublic.kind === 'told' || isPublic.kind === 'unset') {
    const isAws = preset.id === 'aws' && (told.kind === 'told' || told.kind === 'unset');
    return isAws
      ? finding(
          id,
          'advice',
          'The bucket is private, and could be made public',
          'Nothing is public now. With the four blocks of public access on, no policy or ACL could change that.',
        )
      : finding(id, 'fine', 'The bucket is private', 'Its policy does not make it public.');
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
  const found = ASKED.flatMap(([feature, field, asks]) => {
    const reason = preset.lacks[feature];
    if (reason === undefined || !asks(wants)) return [];
    const text = `${preset.name} ${reason}. Leave ${field} out of the policy.`;
    return [finding(`asks-${feature}`, 'problem', `The policy asks for ${field} in vain`, text)];
  });
  const classes = wants.classes.filter((name) => !preset.storageClasses.includes(name));
  if (classes.length === 0) return found;
  const text = `${preset.name} knows ${preset.storageClasses.join(', ')}. Others are refused, or taken as STANDARD.`;
  return [...found, finding('asks-class', 'problem', `The policy asks for ${classes.join(', ')} in vain`, text)];
}
