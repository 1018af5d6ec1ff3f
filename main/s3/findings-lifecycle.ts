/** In: a look at a bucket. Out: findings on what its lifecycle removes, and on uploads that were left behind. Pure. */
import type { Finding } from '../contract/doctor.ts';
import { finding, type FolderFacts } from './finding.ts';
import {
  abortRule,
  abortRuleFor,
  differenceOf,
  keepOf,
  keepRuleFor,
  sayRule,
  touches,
  withRule,
  type Lifecycle,
  type LifecycleRule,
} from './lifecycle-rules.ts';
import { writeInput } from './lifecycle.ts';
import type { BucketLook } from './look.ts';

export function lifecycleFindings(look: BucketLook, folder: FolderFacts): Finding[] {
  const { lifecycle } = look;
  const open = openUploads(look, folder);
  switch (lifecycle.kind) {
    case 'told':
      return [
        ...removals(lifecycle.value.rules, folder),
        staleUploads(lifecycle.value, folder),
        ...(open === null ? [] : [open]),
      ];
    case 'unset':
      return [staleUploads(NONE, folder), ...(open === null ? [] : [open])];
    case 'denied':
      return [finding(STALE, 'advice', 'stale-unseen', { action: lifecycle.action }), ...(open === null ? [] : [open])];
    case 'unknown':
      return [
        finding(STALE, 'advice', 'stale-no-rules', { answer: lifecycle.answer }),
        ...(open === null ? [] : [open]),
      ];
  }
}

const NONE: Lifecycle = { rules: [], transitionDefault: null, unknownElements: [] };
export const STALE = 'stale-uploads';

function staleUploads(lifecycle: Lifecycle, folder: FolderFacts): Finding {
  const { bucket, prefix, name } = folder;
  const present = abortRuleFor(lifecycle.rules, prefix);
  if (present !== null) return finding(STALE, 'fine', 'stale-removed', { rule: sayRule(present) });
  if (lifecycle.unknownElements.length > 0) {
    return finding(STALE, 'advice', 'stale-elements', { elements: lifecycle.unknownElements });
  }
  const rules = withRule(lifecycle.rules, abortRule(lifecycle.rules, name, prefix));
  return finding(
    STALE,
    'advice',
    'stale-stay',
    {},
    {
      call: 'PutBucketLifecycleConfiguration',
      input: writeInput(bucket, lifecycle, rules),
      ...differenceOf(lifecycle.rules, rules),
    },
  );
}

/** Classes whose objects cannot be read at once. */
const ARCHIVES: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

function removals(rules: readonly LifecycleRule[], { prefix, deletes }: FolderFacts): Finding[] {
  const own = keepRuleFor(rules, prefix);
  const active = rules.filter((rule) => rule.Status === 'Enabled' && touches(rule, prefix) && rule !== own);
  const versions = active.filter((rule) => rule.NoncurrentVersionExpiration !== undefined);
  const present = active.filter((rule) => rule.Expiration?.Days !== undefined || rule.Expiration?.Date !== undefined);
  const archived = active.filter((rule) =>
    [...(rule.Transitions ?? []), ...(rule.NoncurrentVersionTransitions ?? [])].some((move) =>
      ARCHIVES.has(move.StorageClass ?? ''),
    ),
  );
  const found: Finding[] = [];
  if (own?.Status === 'Enabled') found.push(finding('kept', 'fine', 'versions-for-a-time', { keep: keepOf(own) }));
  if (versions.length > 0) {
    found.push(finding('removes-versions', 'problem', 'rule-removes-versions', { rules: versions.map(sayRule) }));
  }
  if (present.length > 0) {
    const facts = { rules: present.map(sayRule), sendsAgain: deletes === 'mark' };
    found.push(finding('removes-files', 'problem', 'rule-removes-files', facts));
  }
  if (archived.length > 0) {
    found.push(finding('archives', 'advice', 'rule-archives', { rules: archived.map(sayRule) }));
  }
  if (versions.length + present.length === 0 && own === null) {
    found.push(finding('kept', 'fine', 'nothing-removed', {}));
  }
  return found;
}

const DAY_MS = 86_400_000;

function openUploads({ uploads }: BucketLook, { ownUploads, now, prefix }: FolderFacts): Finding | null {
  if (uploads.kind !== 'told') return null;
  const others = uploads.value.open.filter((upload) => !ownUploads.has(upload.uploadId));
  const id = 'open-uploads';
  if (others.length === 0) return finding(id, 'fine', 'uploads-none', {});
  const begun = others.map((upload) => Date.parse(upload.initiatedAt));
  return finding(id, 'advice', 'uploads-open', {
    count: others.length,
    isMore: uploads.value.isMore,
    prefix,
    example: others[0]?.key ?? '',
    days: Math.max(0, Math.floor((now.getTime() - Math.min(...begun)) / DAY_MS)),
  });
}
