/** The doctor's findings in English. In: a code's facts. Out: a title and what it means. Pure. */
import type {
  AnswerSaid,
  CarriedAction,
  FindingWords,
  NeededAction,
  PutObstacle,
  RuleSaid,
} from '../contract/findings.ts';
import { presets, type Feature, type PresetId } from '../contract/presets.ts';
import { reasonEnglish } from '../contract/reasons.ts';
import { removedVersions, ruleText } from './rule-words.ts';

/** Why no put was tried, as a sentence without its full stop. */
export const OBSTACLES: Readonly<Record<PutObstacle, string>> = {
  'only-read': 'The place is attached and only read from',
  'kept-once': 'It once kept a put with a false Content-MD5',
  'own-retention': 'Its own retention would keep a probe from being removed, should it not look at Content-MD5',
};

/** What goes wrong without an action. */
const NEEDED: Readonly<Record<NeededAction, string>> = {
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

/** What of an upload needs an action, in words. */
const CARRIES: Readonly<Record<CarriedAction, string>> = {
  's3:PutObject': 'a plain put',
  's3:PutObjectTagging': 'a put with the policy’s tags',
  's3:PutObjectAcl': 'a put with the policy’s ACL or grants',
  's3:PutObjectRetention': 'a put with the policy’s retention',
  's3:PutObjectLegalHold': 'a put with the policy’s legal hold',
  'kms:GenerateDataKey': 'a put with the policy’s KMS key',
};

const NO_VERSIONS = 'Each upload of a file replaces the one before for good, and nothing earlier can be brought back.';
const PARTS_STAY = 'Parts of uploads that were broken off stay, unseen in listings, and cost their storage.';
const PARTS_STAY_TOO = 'Parts of uploads that were broken off stay, and cost, until somebody removes them.';
const REFUSED = 'Uploads would be refused';
const STALE = 'Stale uploads are not removed';

/** What the store said itself, or why it said nothing. */
function answered(answer: AnswerSaid): string {
  if (typeof answer === 'string') return answer;
  return 'message' in answer ? answer.message : reasonEnglish(answer);
}

const lacking = (store: PresetId, feature: Feature): string =>
  `${presets[store].name} ${presets[store].lacks[feature] ?? 'lacks it'}`;
const named = (rules: readonly RuleSaid[]): string => rules.map(ruleText).join('. ');
const of = <T extends string>(words: Readonly<Record<T, string>>, key: string): string | undefined =>
  (words as Readonly<Record<string, string>>)[key];
const clockIs = (seconds: number, isBehind: boolean): string =>
  `This computer’s clock is ${String(seconds)} seconds ${isBehind ? 'behind' : 'ahead of'} the store’s.`;

export const findingWords: FindingWords = {
  'versions-unknown': ({ action }) => ({
    title: 'Whether versions are kept is not known',
    explanation: `These credentials lack ${action}.`,
  }),
  'versions-kept': () => ({ title: 'Every version is kept', explanation: 'Versioning is on.' }),
  'versions-off': ({ isSuspended }) => ({
    title: 'No versions are kept',
    explanation: `${isSuspended ? 'Versioning is suspended.' : 'Versioning is off.'} ${NO_VERSIONS} Put on, it counts for the whole bucket, and what is kept costs its storage.`,
  }),
  'versions-unheard': () => ({
    title: 'No versions are kept',
    explanation: `${NO_VERSIONS} It cannot be changed here: the store does not know the setting.`,
  }),
  'versions-lacking': ({ store }) => ({
    title: 'No versions are kept',
    explanation: `${NO_VERSIONS} It cannot be changed here: ${lacking(store, 'versions')}.`,
  }),

  'lock-possible': () => ({ title: 'Locks can be set', explanation: 'The bucket has object lock on.' }),
  'lock-default': ({ mode, count, unit }) => ({
    title: 'The bucket locks every new version',
    explanation: `Its own default is ${mode ?? 'a lock'} for ${String(count)} ${unit}: until then no version can be removed by anybody who is bound by it.`,
  }),
  'lock-proved': () => ({ title: 'Locks can be set', explanation: 'A put with the policy’s lock was granted.' }),
  'lock-unknown': ({ action }) => ({
    title: 'Whether locks can be set is not known',
    explanation: `These credentials lack ${action}.`,
  }),
  'lock-lacking': () => ({
    title: 'The policy asks for a lock, and the bucket has none',
    explanation:
      'Uploads with a lock are refused, or the lock is dropped in silence. Object lock is put on when a bucket is made, ' +
      'on Amazon S3 also later; it cannot be taken off again. Or leave lock out of the policy.',
  }),

  'acls-count': ({ ownership }) => ({
    title: 'ACLs count in this bucket',
    explanation: `Its ownership is ${ownership}. Unless ACLs are needed, BucketOwnerEnforced is the simpler setting.`,
  }),
  'acls-off': () => ({ title: 'The bucket’s owner owns every file', explanation: 'ACLs are off.' }),
  'acls-refused': () => ({
    title: 'The policy asks for an ACL, and the bucket takes none',
    explanation:
      'With the ownership BucketOwnerEnforced every upload with an ACL or grants is refused. ' +
      'Leave acl and grants out of the policy, or change the bucket’s ownership.',
  }),

  'encryption-none': () => ({
    title: 'The bucket has no encryption of its own',
    explanation: 'What the policy does not encrypt is kept as the store keeps it.',
  }),
  'encryption-costly': () => ({
    title: 'Each file costs a call of KMS',
    explanation: 'The bucket encrypts with KMS and has no bucket key, so every upload and every read is a paid call.',
  }),
  'encryption-on': ({ algorithm }) => ({
    title: 'New files are encrypted',
    explanation: `The bucket’s own encryption is ${algorithm}.`,
  }),
  'encryption-blocked': () => ({
    title: 'The bucket refuses keys of your own',
    explanation:
      'The policy asks for encryption with a customer key, and the bucket blocks SSE-C: uploads are refused with ' +
      'AccessDenied. Allow SSE-C in the bucket’s encryption, or choose another mode.',
  }),

  'public-read': () => ({
    title: 'Anybody can read the bucket',
    explanation: 'Its policy makes it public. Take that out of it.',
  }),
  'public-refused': () => ({
    title: 'The policy makes files public, and the bucket refuses that',
    explanation: 'Uploads with a public ACL are refused while the bucket blocks public access.',
  }),
  'public-asked': () => ({
    title: 'The policy makes files public',
    explanation: 'Anybody who knows a file’s address can read it.',
  }),
  'public-blocked': () => ({ title: 'Public access is blocked', explanation: 'All four blocks are on.' }),
  'public-possible': () => ({
    title: 'The bucket is private, and could be made public',
    explanation: 'Nothing is public now. With the four blocks of public access on, no policy or ACL could change that.',
  }),
  private: () => ({ title: 'The bucket is private', explanation: 'Its policy does not make it public.' }),

  'asks-in-vain': ({ field, store, feature }) => ({
    title: `The policy asks for ${field} in vain`,
    explanation: `${lacking(store, feature as Feature)}. Leave ${field} out of the policy.`,
  }),
  'asks-class': ({ classes, store, known }) => ({
    title: `The policy asks for ${classes.join(', ')} in vain`,
    explanation: `${presets[store].name} knows ${known.join(', ')}. Others are refused, or taken as STANDARD.`,
  }),

  'stale-unseen': ({ action }) => ({
    title: STALE,
    explanation: `These credentials lack ${action}, so rules that remove versions would not be seen either. ${PARTS_STAY_TOO}`,
  }),
  'stale-no-rules': ({ answer }) => ({
    title: STALE,
    explanation: `The store has no lifecycle rules (${answered(answer)}). ${PARTS_STAY_TOO}`,
  }),
  'stale-removed': ({ rule }) => ({
    title: 'Stale uploads are removed',
    explanation: `By the bucket’s rule ${ruleText(rule)}.`,
  }),
  'stale-elements': ({ elements }) => ({
    title: STALE,
    explanation: `${PARTS_STAY} Cairn cannot add the rule: those that are there hold ${elements.join(', ')}, which it would lose.`,
  }),
  'stale-stay': () => ({ title: STALE, explanation: PARTS_STAY }),
  'versions-for-a-time': ({ keep }) => ({
    title: 'Versions are kept for a time',
    explanation: `As was asked for this folder, S3 removes ${removedVersions(keep)}.`,
  }),
  'rule-removes-versions': ({ rules }) => ({
    title: 'A rule of the bucket removes earlier versions',
    explanation: `Earlier versions do not stay, by a rule that is not this folder’s: ${named(rules)}.`,
  }),
  'rule-removes-files': ({ rules, sendsAgain }) => ({
    title: 'A rule of the bucket removes present files',
    explanation: `Files that are still on this computer vanish from the bucket: ${named(rules)}. ${
      sendsAgain ? 'They come back with their next change only.' : 'Cairn does not send them again by itself.'
    }`,
  }),
  'rule-archives': ({ rules }) => ({
    title: 'A rule of the bucket moves files to an archive',
    explanation: `What lies there must be thawed for hours before it can be read: ${named(rules)}.`,
  }),
  'nothing-removed': () => ({
    title: 'No rule removes files or versions',
    explanation: 'What is kept stays until you remove it.',
  }),
  'uploads-none': () => ({
    title: 'No upload of others is open',
    explanation: 'Nothing was left behind under the prefix.',
  }),
  'uploads-open': ({ count, isMore, prefix, example, days }) => ({
    title: 'Uploads of others are open',
    explanation:
      `${isMore ? 'At least ' : ''}${String(count)} ${count === 1 ? 'is' : 'are'} open ` +
      `${prefix === '' ? 'in the bucket' : `under ${prefix}`}, for example of ${example}; the oldest for ` +
      `${String(days)} days. They may be at work, or broken off. Cairn never touches uploads of others.`,
  }),

  'all-permitted': () => ({
    title: 'These credentials may do what the folder needs',
    explanation:
      'A put with all that the policy asks for was granted (and sent so that nothing was stored), as were reading, ' +
      'listing, and beginning and aborting an upload.',
  }),
  'action-missing': ({ action, on }) => ({
    title: `${action} is missing`,
    explanation: `${of(NEEDED, action) ?? 'The folder needs it.'} Allow ${action} on ${on ?? 'the key'}; \`doctor --iam\` prints the whole statement.`,
  }),
  'put-refused': ({ action, answer }) => ({
    title: REFUSED,
    explanation: `The store answers ${of(CARRIES, action) ?? 'a put'} with ${answered(answer)}.`,
  }),
  'put-refused-together': ({ answer }) => ({
    title: REFUSED,
    explanation: `Each of the policy’s fields is taken alone; all together are answered with ${answered(answer)}.`,
  }),
  'put-denied-together': () => ({
    title: REFUSED,
    explanation:
      'Each of the policy’s fields is granted alone, and all together are not. A policy of the bucket or of the ' +
      'organisation may stand against it.',
  }),
  'multipart-refused': ({ answer }) => ({
    title: 'Large files cannot be uploaded',
    explanation: `The store answers the beginning of a multipart upload with ${answered(answer)}.`,
  }),
  'md5-unchecked': ({ key }) => ({
    title: 'The store does not check what arrives',
    explanation:
      `The store did not look at Content-MD5 and kept a probe of 5 bytes, ${key}. Remove it if you like; it is not ` +
      'tried again. Damage on the way is found here only where the store gives checksums or ETags back.',
  }),
  'put-untried': ({ why }) => ({
    title: 'Permissions to write are not known',
    explanation: `${OBSTACLES[why]}, so what may be written was not tried.`,
  }),
  'probe-left': ({ uploadId, key }) => ({
    title: 'The probe’s upload could not be aborted',
    explanation: `A probe of no bytes stays open: upload ${uploadId ?? '–'} of ${key ?? 'a probe'}.`,
  }),
  'settings-unseen': ({ actions }) => ({
    title: 'Some settings of the bucket could not be seen',
    explanation: `Uploads do not need it. To have these settings looked over too, allow ${actions.join(', ')}.`,
  }),

  'clock-unknown': () => ({
    title: 'The clock could not be compared',
    explanation: 'The store’s answers do not tell its time.',
  }),
  'clock-right': () => ({ title: 'The clock is right', explanation: 'It agrees with the store’s.' }),
  'clock-off': ({ seconds, isBehind }) => ({
    title: 'The clock is a little off',
    explanation: `${clockIs(seconds, isBehind)} Requests pass; times of files may mislead.`,
  }),
  'clock-wrong': ({ seconds, isBehind, refusedAfter }) => ({
    title: 'The clock is wrong',
    explanation: `${clockIs(seconds, isBehind)} Beyond ${String(refusedAfter)} seconds the store refuses every request. Set it, best by network time.`,
  }),

  'policy-unsendable': ({ cause: { message } }) => ({ title: 'The policy cannot be sent', explanation: message }),
};
