/**
 * The values that the fields of a policy may take. In: one value of any shape. Out: it, typed, or the reason against it.
 * Limits are those of S3's documentation of PutObject and of object tags.
 */
import { z } from 'zod';
import { messageOf, type Reason, reason } from './reasons.ts';
import {
  CANNED_ACLS,
  CHECKSUM_ALGORITHMS,
  ENCRYPTION_MODES,
  MOST_DAYS,
  OWN_METADATA,
  STORAGE_CLASSES,
} from './policy-limits.ts';

/** Classes that S3 knows, but whose buckets keep no versions, which is what Cairn is for. */
const CLASSES_WITHOUT_VERSIONS: Readonly<Record<string, Reason>> = {
  EXPRESS_ONEZONE: reason('directory-buckets'),
  FSX_OPENZFS: reason('file-system-buckets'),
  FSX_ONTAP: reason('file-system-buckets'),
};

const DAY = z.number().int().min(1).max(MOST_DAYS);

/** Printable ASCII with no blank at either end: what an HTTP header carries without a change, and the SDK does not drop. */
const HEADER_TEXT = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const MEDIA_TYPE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:\s*;\s*[\x20-\x7e]*[\x21-\x7e])?$/;
const GRANTEE = /^(?:id|uri|emailAddress)=(?:"[\x21\x23-\x7e]+"|[\x21\x23-\x2b\x2d-\x7e]+)$/;
/** Half a surrogate pair has no UTF-8, and control characters no place in a header. */
const UNSENDABLE = /[\p{Cs}\p{Cc}]/u;
const NOT_HEADER_TEXT = messageOf('not-header-text');

const headerText = z.string().max(2048).regex(HEADER_TEXT, NOT_HEADER_TEXT);

/** A date, or date and time with zone: without a zone it would mean another moment on another computer. */
const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()], messageOf('no-moment'));

type Complaint = readonly [key: string, problem: string];

/** A map of texts, each entry seen by `complain`, and `fold` giving the name under which it is kept. */
function textMap(
  complain: (key: string, value: string) => string | null,
  fold: (key: string) => string = (key) => key,
) {
  return z
    .unknown()
    .superRefine((value, context) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        context.addIssue({ code: 'custom', message: messageOf('no-map') });
        return;
      }
      const seen = new Set<string>();
      // Entries, not zod's record: that one leaves a key called __proto__ out without a word.
      for (const [key, text] of Object.entries(value)) {
        const complaint = complaintOf(key, text, seen);
        if (complaint !== null) context.addIssue({ code: 'custom', path: [complaint[0]], message: complaint[1] });
      }
    })
    .transform((value): Record<string, string> => {
      // Reached only where every entry passed, so each value is a text.
      const entries = Object.entries(value as Record<string, string>);
      return Object.fromEntries(entries.map(([key, text]) => [fold(key), text]));
    });

  function complaintOf(key: string, text: unknown, seen: Set<string>): Complaint | null {
    if (key === '__proto__') return [key, messageOf('forbidden-name')];
    if (typeof text !== 'string') return [key, messageOf('not-text')];
    const problem = complain(key, text);
    if (problem !== null) return [key, problem];
    if (seen.has(fold(key))) return [key, messageOf('twice-but-for-case')];
    seen.add(fold(key));
    return null;
  }
}

function tagComplaint(key: string, value: string): string | null {
  if (key.length < 1 || key.length > 128) return messageOf('tag-name-length');
  if (value.length > 256) return messageOf('tag-value-length');
  if (/^aws:/i.test(key)) return messageOf('tag-of-aws');
  return UNSENDABLE.test(key) || UNSENDABLE.test(value) ? messageOf('unsendable') : null;
}

function metadataComplaint(key: string, value: string): string | null {
  if (!TOKEN.test(key)) return messageOf('metadata-name');
  if ((OWN_METADATA as readonly string[]).includes(key.toLowerCase())) return messageOf('metadata-own');
  if (!HEADER_TEXT.test(value)) return NOT_HEADER_TEXT;
  return null;
}

function contextComplaint(key: string, value: string): string | null {
  if (key === '') return messageOf('name-missing');
  return UNSENDABLE.test(key) || UNSENDABLE.test(value) ? messageOf('unsendable') : null;
}

const encryption = z
  .strictObject({
    mode: z.enum(ENCRYPTION_MODES),
    keyId: z
      .string()
      .regex(/^[\x21-\x7e]{1,2048}$/, messageOf('no-key-id'))
      .optional(),
    context: textMap(contextComplaint).optional(),
    bucketKey: z.boolean().optional(),
    keyFile: z.string().min(1).max(4096).optional(),
    keyRef: z.string().min(1).max(256).optional(),
  })
  .superRefine((value, issues) => {
    const complain = (key: string, message: string): void => {
      issues.addIssue({ code: 'custom', path: [key], message });
    };
    const isKms = value.mode === 'aws:kms' || value.mode === 'aws:kms:dsse';
    for (const key of ['keyId', 'context', 'bucketKey'] as const) {
      if (value[key] !== undefined && !isKms) complain(key, messageOf('needs-kms', { mode: value.mode }));
    }
    if (value.mode === 'aws:kms:dsse' && value.bucketKey !== undefined) {
      complain('bucketKey', messageOf('no-bucket-key'));
    }
    if (value.context !== undefined && JSON.stringify(value.context).length > 6144) {
      complain('context', messageOf('context-too-long'));
    }
    for (const key of ['keyFile', 'keyRef'] as const) {
      if (value[key] !== undefined && value.mode !== 'customer') complain(key, messageOf('needs-customer'));
    }
    if (value.mode === 'customer' && (value.keyFile === undefined) === (value.keyRef === undefined)) {
      complain('keyFile', messageOf('needs-one-key'));
    }
  });

const grantees = z.array(z.string().max(512).regex(GRANTEE, messageOf('no-grantee')));

const expires = z
  .strictObject({ inDays: DAY.optional(), at: moment.optional() })
  .refine((value) => (value.inDays === undefined) !== (value.at === undefined), messageOf('days-or-time'));

const lock = z
  .strictObject({
    mode: z.enum(['GOVERNANCE', 'COMPLIANCE']).optional(),
    retainDays: DAY.optional(),
    retainUntil: moment.optional(),
    legalHold: z.boolean().optional(),
  })
  .superRefine((value, issues) => {
    const complain = (key: string, message: string): void => {
      issues.addIssue({ code: 'custom', path: [key], message });
    };
    const retains = value.retainDays !== undefined || value.retainUntil !== undefined;
    if (value.retainDays !== undefined && value.retainUntil !== undefined) {
      complain('retainUntil', messageOf('excludes-days'));
    }
    if (retains && value.mode === undefined) complain('mode', messageOf('retention-needs-mode'));
    if (!retains && value.mode !== undefined) complain('retainDays', messageOf('mode-needs-retention'));
  });

/** What the base and a rule's `set` may both hold. */
export const settableFields = {
  storageClass: z
    .enum(STORAGE_CLASSES, {
      error: (issue) => {
        const kind = typeof issue.input === 'string' ? CLASSES_WITHOUT_VERSIONS[issue.input] : undefined;
        return kind === undefined ? undefined : messageOf('class-without-versions', { kind });
      },
    })
    .optional(),
  encryption: encryption.optional(),
  acl: z.enum(CANNED_ACLS).optional(),
  grants: z
    .strictObject({
      fullControl: grantees.optional(),
      read: grantees.optional(),
      readAcp: grantees.optional(),
      writeAcp: grantees.optional(),
    })
    .optional(),
  tags: textMap(tagComplaint).optional(),
  metadata: textMap(metadataComplaint, (key) => key.toLowerCase()).optional(),
  cacheControl: headerText.optional(),
  contentDisposition: headerText.optional(),
  contentEncoding: headerText.optional(),
  contentLanguage: headerText.optional(),
  contentType: z
    .string()
    .max(256)
    .refine((text) => text === 'auto' || MEDIA_TYPE.test(text), messageOf('no-content-type'))
    .optional(),
  expires: expires.optional(),
  redirect: z
    .string()
    .max(2048)
    .regex(/^(?:\/|https?:\/\/)[\x21-\x7e]*$/, messageOf('no-redirect'))
    .optional(),
  checksum: z.enum(CHECKSUM_ALGORITHMS).optional(),
  contentMd5: z.literal([true, false, 'auto']).optional(),
  lock: lock.optional(),
};

/** What counts for the whole folder, since it goes with requests that are about no single file. */
export const baseOnlyFields = {
  requesterPays: z.boolean().optional(),
  expectedBucketOwner: z
    .string()
    .regex(/^\d{12}$/, messageOf('no-account'))
    .optional(),
  guardOverwrites: z.boolean().optional(),
};
