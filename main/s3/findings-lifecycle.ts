/** In: a look at a bucket. Out: findings on what its lifecycle removes, and on uploads that were left behind. Pure. */
import type { Finding } from '../contract/doctor.ts';
import { finding, type FolderFacts } from './finding.ts';
import {
  abortRule,
  abortRuleFor,
  describeRule,
  differenceOf,
  keepOf,
  keepRuleFor,
  removedVersions,
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
    case 'unknown': {
      const why =
        lifecycle.kind === 'denied'
          ? `These credentials lack ${lifecycle.action}, so rules that remove versions would not be seen either.`
          : `The store has no lifecycle rules (${lifecycle.answer}).`;
      const text = `${why} Parts of uploads that were broken off stay, and cost, until somebody removes them.`;
      return [finding(STALE, 'advice', 'Stale uploads are not removed', text), ...(open === null ? [] : [open])];
    }
  }
}

const NONE: Lifecycle = { rules: [], transitionDefault: null, unknownElements: [] };
export const STALE = 'stale-uploads';

function staleUploads(lifecycle: Lifecycle, folder: FolderFacts): Finding {
  const { bucket, prefix, name } = folder;
  const present = abortRuleFor(lifecycle.rules, prefix);
  if (present !== null) {
    return finding(STALE, 'fine', 'Stale uploads are removed', `By the bucket’s rule ${describeRule(present)}.`);
  }
  const text = 'Parts of uploads that were broken off stay, unseen in listings, and cost their storage.';
  if (lifecycle.unknownElements.length > 0) {
    const names = lifecycle.unknownElements.join(', ');
    const why = `Cairn cannot add the rule: those that are there hold ${names}, which it would lose.`;
    return finding(STALE, 'advice', 'Stale uploads are not removed', `${text} ${why}`);
  }
  const rules = withRule(lifecycle.rules, abortRule(lifecycle.rules, name, prefix));
  return finding(STALE, 'advice', 'Stale uploads are not removed', text, {
    call: 'PutBucketLifecycleConfiguration',
    input: writeInput(bucket, lifecycle, rules),
    difference: differenceOf(lifecycle.rules, rules),
  });
}

/** Classes whose objects cannot be read at once. */
const ARCHIVES: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

function removals(rules: readonly LifecycleRule[], { prefix, deletes }: FolderFacts): Finding[] {
  const own = keepRuleFor(rules, prefix);
  const active = rules.filter((rule) => rule.Status === 'Enabled' && touches(rule, prefix) && rule !== own);
  const named = (which: readonly LifecycleRule[]): string => which.map(describeRule).join('. ');
  const versions = active.filter((rule) => rule.NoncurrentVersionExpiration !== undefined);
  const present = active.filter((rule) => rule.Expiration?.Days !== undefined || rule.Expiration?.Date !== undefined);
  const archived = active.filter((rule) =>
    [...(rule.Transitions ?? []), ...(rule.NoncurrentVersionTransitions ?? [])].some((move) =>
      ARCHIVES.has(move.StorageClass ?? ''),
    ),
  );
  const found: Finding[] = [];
  if (own?.Status === 'Enabled') {
    const text = `As was asked for this folder, S3 removes ${removedVersions(keepOf(own))}.`;
    found.push(finding('kept', 'fine', 'Versions are kept for a time', text));
  }
  if (versions.length > 0) {
    const text = `Earlier versions do not stay, by a rule that is not this folder’s: ${named(versions)}.`;
    found.push(finding('removes-versions', 'problem', 'A rule of the bucket removes earlier versions', text));
  }
  if (present.length > 0) {
    const after =
      deletes === 'mark' ? 'They come back with their next change only.' : 'Cairn does not send them again by itself.';
    const text = `Files that are still on this computer vanish from the bucket: ${named(present)}. ${after}`;
    found.push(finding('removes-files', 'problem', 'A rule of the bucket removes present files', text));
  }
  if (archived.length > 0) {
    const text = `What lies there must be thawed for hours before it can be read: ${named(archived)}.`;
    found.push(finding('archives', 'advice', 'A rule of the bucket moves files to an archive', text));
  }
  if (versions.length + present.length === 0 && own === null) {
    found.push(finding('kept', 'fine', 'No rule removes files or versions', 'What is kept stays until you remove it.'));
  }
  return found;
}

const DAY_MS = 86_400_000;

function openUploads({ uploads }: BucketLook, { ownUploads, now, prefix }: FolderFacts): Finding | null {
  if (uploads.kind !== 'told') return null;
  const others = uploads.value.open.filter((upload) => !ownUploads.has(upload.uploadId));
  if (others.length === 0) {
    return finding('open-uploads', 'fine', 'No upload of others is open', 'Nothing was left behind under the prefix.');
  }
  const begun = others.map((upload) => Date.parse(upload.initiatedAt));
  const oldest = Math.max(0, Math.floor((now.getTime() - Math.min(...begun)) / DAY_MS));
  const count = `${uploads.value.isMore ? 'At least ' : ''}${String(others.length)}`;
  const where = prefix === '' ? 'in the bucket' : `under ${prefix}`;
  const example = others[0]?.key ?? '';
  const text =
    `${count} ${others.length === 1 ? 'is' : 'are'} open ${where}, for example of ${example}; the oldest for ` +
    `${String(oldest)} days. They may be at work, or broken off. Cairn never touches uploads of others.`;
  return finding('open-uploads', 'advice', 'Uploads of others are open', text);
}
