/**
 * The parts of a failure's sentence that are words of ours: why a file cannot be read, what is wrong with a field. In: a
 * code and its facts. Out: a value that each language has words for; the English ones stand here. What an operating
 * system or a store says of itself is no reason of ours, and stays as it was said.
 */

export const reasonsEnglish = {
  // What is wrong with a value, in words that go on after a field's name
  missing: 'it is missing',
  'not-text': 'it must be a text in quotes',
  'not-number': 'it must be a number',
  'not-whole': 'it must be a whole number',
  'not-boolean': 'it must be true or false',
  'not-list': 'it must be a list',
  'not-object': 'it must be an object',
  'other-kind': 'it must be of another kind',
  'one-of': 'it must be one of {values}',
  'empty-text': 'it must not be empty',
  'at-least': 'it must be at least {least}',
  'at-most': 'it must be at most {most}',
  'most-characters': 'it must have at most {most} characters',
  'most-entries': 'it must have at most {most} entries',
  'base-only': 'it counts for the whole folder, so it may stand only in the base, not in a rule',
  'no-such-field': 'there is no such field',
  'wrong-shape': 'it has the wrong shape',
  empty: 'it is empty',
  'name-folder': 'it is empty; name the folder with --name',
  'name-place': 'it is empty; name the place with --name',
  'not-below': '“{text}” is not a path below the folder',
  'not-in-future': '{time} is not in the future',
  'no-address': '“{text}” is no address such as https://s3.example.com',
  'secret-in-address': 'it must not hold a user or a password',
  'key-characters': 'it holds a space, or a character that no key has',
  'no-time': 'it is no time such as 08:00',
  'pattern-too-long': 'it is longer than 1,024 characters',
  'line-break': 'it holds a line break',
  'remark-pattern': 'it begins with #, which makes it a remark; write \\# for a name with #',
  'runs-already': '“{name}” runs already',
  tiers: '{storageClass} has {tiers}, not {tier}',
  'no-call': 'there is no call of that name',
  'no-plain-object': 'it is no plain object',
  'no-plain-value': 'it holds something that is no plain value',
  'not-our-window': 'it is not Cairn’s window',
  'too-long-line': 'it is longer than {most} bytes',
  'no-request': 'it is not one line of JSON with a name and an input',
  'other-policy': 'the folder has another policy by now; look at the plan again',
  'bucket-changed': 'the bucket has changed since it was shown; look again',
  'rules-changed': 'the bucket’s rules have changed meanwhile; look again',
  'rules-with-unknown':
    'its rules hold {elements}, which Cairn does not know and would lose if it wrote the rules back',
  'rules-full': 'it has {most} rules already, which is all that S3 takes',
  'nothing-to-mend': 'nothing can be mended here',
  'can-be-mended': 'what can be mended is {findings}',
  'no-versions-to-remove':
    'the bucket keeps no versions, so there are none to remove; `cairn doctor {folder}` tells more',

  // Prefixes and the names of buckets
  'prefix-begins': 'it must not begin with /',
  'prefix-doubles': 'it must not have // in it',
  'prefix-dots': 'it must have no part that is . or ..',
  'prefix-characters': 'it holds a character that cannot be typed or shown',
  'prefix-long': 'it has {bytes} bytes, which leaves no room for a name within 1,024',
  'bucket-too-short': 'it needs at least {least} characters',
  'bucket-too-long': 'it may have at most {most} characters',
  'bucket-characters': 'only small letters, digits, hyphens and dots may be in it',
  'bucket-edges': 'it must begin and end with a letter or a digit',
  'bucket-dots': 'two dots may not follow one another',
  'bucket-address': 'it may not look like an IP address',
  'bucket-reserved': 'S3 keeps names that begin or end like this for itself',

  // Fields of a policy
  'good-value': 'A good value: {value}.',
  'good-value-with-mode': 'A good value: {value}, with the mode {mode}.',
  'good-value-without': 'A good value: {value}, without {field}.',
  'fields-there': 'Fields that can stand there: {fields}.',
  'no-json': 'it is not valid JSON',
  'no-json-at': 'it is not valid JSON at line {line}, column {column}',
  'text-too-long': 'it is larger than 1 MiB',
  'later-than-now': 'it must lie in the future',
  'not-header-text': 'it must be printable ASCII, not empty, with no blank at either end',
  'no-moment': 'it must be a date such as 2030-01-31, or a date and time with a zone such as 2030-01-31T12:00:00Z',
  'no-map': 'it must be an object of names and texts',
  'forbidden-name': 'it cannot be used as a name',
  'twice-but-for-case': 'it is there twice: S3 makes no difference between capitals and small letters here',
  'tag-name-length': 'the name of a tag has 1 to 128 characters',
  'tag-value-length': 'the value of a tag has at most 256 characters',
  'tag-of-aws': 'names that begin with aws: are AWS’s own',
  unsendable: 'it holds a character that cannot be sent',
  'metadata-name': 'a name of metadata is made of ASCII letters, digits and - _ . without blanks',
  'metadata-own': 'Cairn writes this one itself',
  'name-missing': 'a name is missing',
  'no-key-id': 'it must be the id, the alias or the ARN of a key',
  'needs-kms': 'it needs a mode of KMS, and the mode is {mode}',
  'no-bucket-key': 'S3 has no bucket keys with aws:kms:dsse',
  'context-too-long': 'it is too long to be sent: at most 6,144 characters in all',
  'needs-customer': 'it needs the mode customer',
  'needs-one-key': 'the mode customer needs either keyFile or keyRef',
  'no-grantee': 'it must be id=…, uri=… or emailAddress=…, without blanks or commas',
  'days-or-time': 'it needs either inDays or at',
  'excludes-days': 'it excludes retainDays',
  'retention-needs-mode': 'a retention needs a mode',
  'mode-needs-retention': 'the mode needs retainDays or retainUntil',
  'class-without-versions': 'it belongs to {kind}, and those keep no versions',
  'directory-buckets': 'directory buckets',
  'file-system-buckets': 'file-system buckets',
  'no-content-type': 'it must be "auto" or a type such as text/plain',
  'no-redirect': 'it must begin with /, http:// or https:// and hold no blank',
  'no-account': 'it must be the 12 digits of an AWS account',
  'excludes-acl': 'it excludes acl; leave one of the two out',
  'too-many-tags': 'there are {tags} tags, and S3 takes {most}',
  'too-many-tags-together': 'there are {tags} tags together with the base, and S3 takes {most}',
  'too-much-metadata':
    'names and values have {bytes} bytes, and at most {free} are free: S3 takes {most}, of which Cairn’s own mtime, mode, cairn-attempt and cairn-sha256 need up to {own}',
  'too-much-metadata-together':
    'names and values have {bytes} bytes together with the base, and at most {free} are free: S3 takes {most}, of which Cairn’s own mtime, mode, cairn-attempt and cairn-sha256 need up to {own}',
  'negated-pattern': 'a pattern cannot be negated; let a later rule set the other value',
  'matches-nothing': 'it matches no file',
  'dots-in-pattern': 'paths are relative to the folder and hold no . or .. part',
  'no-pattern': 'it needs a pattern, or leave it out to match every file',
  'largest-below-least': 'it is smaller than minSize, so the rule would match no file',
  'needs-keep': 'it needs days or a number of versions',
  'tags-of-file': 'the base and its rules give {tags} tags, S3 takes {most}',
  'time-has-passed': 'that time has passed',

  // Files and directories
  'no-right': 'permission denied',
  'not-there': 'it is not there any more',
  'no-folder-now': 'it is not a folder any more',
  'links-in-circle': 'its links go in a circle',
  'disk-error': 'the disk reports an error',
  'name-too-long': 'its name is too long',
  'files-open': 'too many files are open',
  'network-disk-lost': 'the network disk has lost it',
  'network-disk-silent': 'the network disk does not answer',
  'not-on-disk': 'it is not on this disk',
  'cannot-be-read': 'it cannot be read',
  'list-too-long': 'it is longer than 1 MiB',
  unknown: 'unknown',
  'link-leads-out': 'a link on the way leads out of the folder',
  'folder-moved': 'its folder was moved away meanwhile',
  'watching-ended': 'the watching thread ended',
  'key-file-open': 'others than its owner may read it (mode 600 is right)',
  'key-file-no-key': 'it holds no key of 256 bits, as 32 bytes or as their Base64',

  // What a store did, and what it lacks
  'no-answer': 'no answer',
  'no-answer-in-time': 'no answer in time',
  'broken-off': 'broken off',
  'no-setting': 'an answer without the setting',
  'no-body': 'an object without a body',
  'no-upload-id': '200 without an UploadId',
  'no-etag': '200 without an ETag',
  'fewer-bytes': '{bytes} of {size} bytes',
  'the-store': 'The store',
  'more-than': 'more than {least}',
  behind: 'behind',
  ahead: 'ahead of',
  'still-no-versions': 'it took the setting and still keeps no versions',
  'rule-not-kept': 'it does not keep the rule as it was asked, so the former rules were written again',
  'rule-not-kept-nor-former':
    'it does not keep the rule as it was asked, and the former rules could not be written again: {failure}',
  'no-marker': 'the answer to a delete showed no delete marker',
  'marker-without-version': 'the delete marker that it made has no version of its own',
  'versioning-off': 'its versioning is off',
  'versioning-suspended': 'its versioning is suspended',
  'versioning-enabled': 'its versioning is enabled',
  'no-such-profile': 'there is none of that name',
  'no-practice-file': 'it is not a file of the practice server',
  unreadable: 'unreadable',
  'customer-key': 'the customer key “{name}”',
  'keys-of': 'the keys of “{connection}”',
  // Names and sentences of `presets`, for which other languages go by `store` and `feature`.
  store: '{english}',
  lacks: '{english}',
  'store-lacks': '{store} {lack}',
  classes: 'has the classes {classes}, and not {unknown}',

  // Cairn's own state
  'database-empty': 'it is empty',
  'database-missing': 'it is missing',
  'policy-of': 'policy of {folder}',
  file: 'file',
  'whole-policy': 'policy',
  'policy-unusable': 'The policy cannot be used. {field}: {problem}.',
  'that-release': 'Use that release.',
  'that-release-or-rebuild':
    'Use that release; or run `cairn rebuild --all`, which puts its database aside and makes the state again from bucket and disk.',
  'good-copy': 'A good copy of the database, of {day}, lies in {path}.',
  'no-keychain': 'none was found',
  'not-encrypted': 'it did not encrypt',
  'named-by-policy': 'the policy of {folders} names it',
  'versions-under-it': '{versions} versions were stored under it',
  'one-and-other': '{one}, and {other}',
  'from-sources': 'it runs from its sources',
  'usual-home-alone': 'this system starts it on its usual home alone',
} as const satisfies Readonly<Record<string, string>>;

export type ReasonCode = keyof typeof reasonsEnglish;

/** What a gap is filled with: a value, or a reason again. */
export type ReasonFact = string | number | Reason;

export interface Reason {
  readonly code: ReasonCode;
  readonly facts: Readonly<Record<string, ReasonFact>>;
}

/** The names of the gaps in a text. */
type Gaps<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Gaps<Rest> : never;
type GapsOf<Code extends ReasonCode> = Gaps<(typeof reasonsEnglish)[Code]>;
type FactsOf<Code extends ReasonCode> = [GapsOf<Code>] extends [never]
  ? []
  : [facts: Readonly<Record<GapsOf<Code>, ReasonFact>> & Readonly<Record<string, ReasonFact>>];

/** A gap that is left without a fact does not compile. */
export function reason<Code extends ReasonCode>(code: Code, ...[facts]: FactsOf<Code>): Reason {
  return { code, facts: facts ?? {} };
}

/** Fills the gaps `{name}` of a text; an unknown fact leaves a dash. */
export function fillGaps(
  text: string,
  facts: Readonly<Record<string, ReasonFact | undefined>>,
  say: (reason: Reason) => string,
): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const fact = facts[name] ?? '–';
    return typeof fact === 'object' ? say(fact) : String(fact);
  });
}

/** A reason in English. */
export function reasonEnglish({ code, facts }: Reason): string {
  return fillGaps(reasonsEnglish[code], facts, reasonEnglish);
}

/** The system's own name of an error, such as `ENOENT`, which no language has other words for. */
export function systemReason(error: unknown): string | Reason {
  return error instanceof Error && 'code' in error ? String(error.code) : reason('unknown');
}

const MARK = 'reason ';

/** A reason as the message of a schema, which carries texts alone. */
export function messageOf<Code extends ReasonCode>(code: Code, ...facts: FactsOf<Code>): string {
  return `${MARK}${JSON.stringify(reason(code, ...facts))}`;
}

/** A schema's message in English. */
export function messageEnglish(message: string): string {
  const carried = reasonOfMessage(message);
  return typeof carried === 'string' ? carried : reasonEnglish(carried);
}

/** The reason that a schema's message carries; a message of the schema's own comes back as it is. */
export function reasonOfMessage(message: string): Reason | string {
  return message.startsWith(MARK) ? (JSON.parse(message.slice(MARK.length)) as Reason) : message;
}
