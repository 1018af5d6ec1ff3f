/** In: a look at a bucket. Out: a finding for each permission that is missing, by its action, and for probes that went astray. Pure. */
import type { Finding } from '../contract/doctor.ts';
import { toldOf, type Failure } from '../contract/errors.ts';
import type { AnswerSaid } from '../contract/findings.ts';
import { finding, type FolderFacts } from './finding.ts';
import type { BucketLook, Told } from './look.ts';
import type { PutTrial } from './probes.ts';

export function permissionFindings(look: BucketLook, folder: FolderFacts): Finding[] {
  const missing = [...deniedParts(look), ...deniedQuestions(look)];
  const found = missing.map((action) => permission(action, folder));
  if (found.length === 0 && trialOf(look)?.whole.kind === 'allowed') {
    found.push(finding('permissions', 'fine', 'all-permitted', {}));
  }
  return [...found, ...refusals(look), ...astray(look), ...unseen(look)];
}

function permission(action: string, { bucket, prefix }: FolderFacts): Finding {
  const on = action.startsWith('kms:') ? null : `${bucket}/${prefix}`;
  const severity =
    action === 's3:ListBucketMultipartUploads' || action === 's3:GetBucketVersioning' ? 'advice' : 'problem';
  return finding(`permission-${action}`, severity, 'action-missing', { action, on });
}

/** The tries of a put, where any were made. */
function trialOf({ put }: BucketLook): PutTrial | null {
  return typeof put === 'string' ? null : put;
}

function deniedParts(look: BucketLook): string[] {
  const put = trialOf(look);
  const { multipart } = look;
  const denied = (put?.parts ?? []).filter((part) => part.tried.kind === 'denied').map((part) => part.action);
  if (multipart.abort?.kind === 'denied') denied.push('s3:AbortMultipartUpload');
  return denied;
}

function deniedQuestions({ read, versions, uploads, versioning }: BucketLook): string[] {
  return [read, versions, uploads, versioning].flatMap((told: Told<unknown>) =>
    told.kind === 'denied' ? [told.action] : [],
  );
}

/** Uploads that would be refused for another reason than a permission. */
function refusals(look: BucketLook): Finding[] {
  const put = trialOf(look);
  const { multipart } = look;
  const found = (put?.parts ?? []).flatMap(({ action, tried }) => {
    if (tried.kind !== 'refused') return [];
    return [finding(`refused-${action}`, 'problem', 'put-refused', { action, answer: answerOf(tried.failure) })];
  });
  const whole = put?.whole;
  if (found.length === 0 && whole?.kind === 'refused') {
    found.push(finding('refused', 'problem', 'put-refused-together', { answer: answerOf(whole.failure) }));
  }
  if (put !== null && whole?.kind === 'denied' && put.parts.every((part) => part.tried.kind === 'allowed')) {
    found.push(finding('refused', 'problem', 'put-denied-together', {}));
  }
  if (multipart.begin.kind === 'refused') {
    const answer = answerOf(multipart.begin.failure);
    found.push(finding('multipart', 'problem', 'multipart-refused', { answer }));
  }
  return found;
}

/** Status and code; of a failure without an answer the failure itself. */
function answerOf(cause: Failure): AnswerSaid {
  const answer = String(cause.facts['answer'] ?? '');
  return answer === '' ? toldOf(cause) : (cause.reasons?.['answer'] ?? answer);
}

/** What a probe left behind although it should not have. */
function astray(look: BucketLook): Finding[] {
  const put = trialOf(look);
  const { multipart } = look;
  const found: Finding[] = [];
  if (put?.whole.kind === 'stored' || put?.parts.some((part) => part.tried.kind === 'stored') === true) {
    found.push(finding('content-md5', 'problem', 'md5-unchecked', { key: put.key }));
  }
  if (typeof look.put === 'string') {
    found.push(finding('content-md5', 'advice', 'put-untried', { why: look.put }));
  }
  if (multipart.begin.kind === 'allowed' && multipart.abort?.kind !== 'allowed') {
    const left = { uploadId: multipart.uploadId, key: put?.key ?? null };
    found.push(finding('multipart-abort', 'advice', 'probe-left', left));
  }
  return found;
}

/** Settings that may not be read: what they would have shown is not known. */
function unseen({ lifecycle, lock, encryption, ownership, isPublic, publicAccess }: BucketLook): Finding[] {
  const actions = [lifecycle, lock, encryption, ownership, isPublic, publicAccess].flatMap((told: Told<unknown>) =>
    told.kind === 'denied' ? [told.action] : [],
  );
  if (actions.length === 0) return [];
  return [finding('unseen', 'advice', 'settings-unseen', { actions })];
}
