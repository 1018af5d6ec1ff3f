/** In: a look at a bucket. Out: a finding for each permission that is missing, by its action, and for probes that went astray. Pure. */
import type { Finding } from '../contract/doctor.ts';
import type { Failure } from '../contract/errors.ts';
import { finding, type FolderFacts } from './finding.ts';
import type { BucketLook, Told } from './look.ts';
import type { PutTrial } from './probes.ts';

/** What goes wrong without an action. */
const NEEDED: Readonly<Record<string, string>> = {
  's3:PutObject': 'Nothing can be uploaded.',
  's3:PutObjectTagging': 'The policy sets tags, so uploads are refused.',
  's3:PutObjectAcl': 'The policy sets an ACL or grants, so uploads are refused.',
  's3:PutObjectRetention': 'The policy sets a retention, so uploads are refused.',
  's3:PutObjectLegalHold': 'The policy sets a legal hold, so uploads are refused.',
  'kms:GenerateDataKey': 'The policy encrypts with a KMS key that these credentials may not use.',
  's3:AbortMultipartUpload': 'Uploads that are broken off leave their parts behind.',
  's3:GetObjectVersion': 'Files cannot be brought back, and what arrived cannot be looked at.',
  's3:ListBucketVersions':
    'Versions cannot be listed: history is what the receipts tell, and a lost answer may be sent twice.',
  's3:ListBucketMultipartUploads': 'Uploads that a crash left behind cannot be found.',
  's3:GetBucketVersioning': 'Whether versions are kept cannot be seen.',
};

export function permissionFindings(look: BucketLook, folder: FolderFacts): Finding[] {
  const missing = [...deniedParts(look), ...deniedQuestions(look)];
  const found = missing.map((action) => permission(action, folder));
  if (found.length === 0 && trialOf(look)?.whole.kind === 'allowed') {
    found.push(
      finding(
        'permissions',
        'fine',
        'These credentials may do what the folder needs',
        'A put with all that the policy asks for was granted (and sent so that nothing was stored), as were reading, ' +
          'listing, and beginning and aborting an upload.',
      ),
    );
  }
  return [...found, ...refusals(look), ...astray(look), ...unseen(look)];
}

function permission(action: string, { bucket, prefix }: FolderFacts): Finding {
  const where = action.startsWith('kms:') ? 'the key' : `${bucket}/${prefix}`;
  const severity =
    action === 's3:ListBucketMultipartUploads' || action === 's3:GetBucketVersioning' ? 'advice' : 'problem';
  const text = `${NEEDED[action] ?? 'The folder needs it.'} Allow ${action} on ${where}; \`doctor --iam\` prints the whole statement.`;
  return finding(`permission-${action}`, severity, `${action} is missing`, text);
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

/** What of an upload needs an action, in words. */
const CARRIES: Readonly<Record<string, string>> = {
  's3:PutObject': 'a plain put',
  's3:PutObjectTagging': 'a put with the policy’s tags',
  's3:PutObjectAcl': 'a put with the policy’s ACL or grants',
  's3:PutObjectRetention': 'a put with the policy’s retention',
  's3:PutObjectLegalHold': 'a put with the policy’s legal hold',
  'kms:GenerateDataKey': 'a put with the policy’s KMS key',
};

/** Uploads that would be refused for another reason than a permission. */
function refusals(look: BucketLook): Finding[] {
  const put = trialOf(look);
  const { multipart } = look;
  const title = 'Uploads would be refused';
  const found = (put?.parts ?? []).flatMap(({ action, tried }) => {
    if (tried.kind !== 'refused') return [];
    const text = `The store answers ${CARRIES[action] ?? 'a put'} with ${answerOf(tried.failure)}.`;
    return [finding(`refused-${action}`, 'problem', title, text)];
  });
  const whole = put?.whole;
  if (put !== null && found.length === 0 && whole?.kind === 'refused') {
    const text = `Each of the policy’s fields is taken alone; all together are answered with ${answerOf(whole.failure)}.`;
    found.push(finding('refused', 'problem', title, text));
  }
  if (put !== null && whole?.kind === 'denied' && put.parts.every((part) => part.tried.kind === 'allowed')) {
    const text =
      'Each of the policy’s fields is granted alone, and all together are not. A policy of the bucket or of the ' +
      'organisation may stand against it.';
    found.push(finding('refused', 'problem', title, text));
  }
  if (multipart.begin.kind === 'refused') {
    const text = `The store answers the beginning of a multipart upload with ${answerOf(multipart.begin.failure)}.`;
    found.push(finding('multipart', 'problem', 'Large files cannot be uploaded', text));
  }
  return found;
}

/** Status and code; of a failure without an answer its own words. */
function answerOf(cause: Failure): string {
  const answer = String(cause.facts['answer'] ?? '');
  return answer === '' ? cause.message : answer;
}

/** What a probe left behind although it should not have. */
function astray(look: BucketLook): Finding[] {
  const put = trialOf(look);
  const { multipart } = look;
  const found: Finding[] = [];
  if (put?.whole.kind === 'stored' || put?.parts.some((part) => part.tried.kind === 'stored') === true) {
    const text =
      `The store did not look at Content-MD5 and kept a probe of 5 bytes, ${put.key}. Remove it if you like; it is not ` +
      'tried again. Damage on the way is found here only where the store gives checksums or ETags back.';
    found.push(finding('content-md5', 'problem', 'The store does not check what arrives', text));
  }
  if (typeof look.put === 'string') {
    const text = `${look.put}, so what may be written was not tried.`;
    found.push(finding('content-md5', 'advice', 'Permissions to write are not known', text));
  }
  if (multipart.begin.kind === 'allowed' && multipart.abort?.kind !== 'allowed') {
    const text = `A probe of no bytes stays open: upload ${multipart.uploadId ?? '–'} of ${put?.key ?? 'a probe'}.`;
    found.push(finding('multipart-abort', 'advice', 'The probe’s upload could not be aborted', text));
  }
  return found;
}

/** Settings that may not be read: what they would have shown is not known. */
function unseen({ lifecycle, lock, encryption, ownership, isPublic, publicAccess }: BucketLook): Finding[] {
  const actions = [lifecycle, lock, encryption, ownership, isPublic, publicAccess].flatMap((told: Told<unknown>) =>
    told.kind === 'denied' ? [told.action] : [],
  );
  if (actions.length === 0) return [];
  const text = `Uploads do not need it. To have these settings looked over too, allow ${actions.join(', ')}.`;
  return [finding('unseen', 'advice', 'Some settings of the bucket could not be seen', text)];
}
