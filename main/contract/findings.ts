/**
 * What the doctor's findings say, as codes with their facts; each language has a table of words for them, the command
 * line's own in `s3/finding-words.ts`. A code or a fact that a table misses does not compile.
 */
import type { FailureTold } from './errors.ts';
import type { Keep } from './keep.ts';
import type { PresetId } from './presets.ts';
import type { Reason } from './reasons.ts';

/** What a rule of a bucket's lifecycle does. Days are whole; a date is a day such as `2030-01-31`. */
export type RuleAction =
  | { readonly kind: 'removes-present'; readonly days: number }
  | { readonly kind: 'removes-present-from'; readonly date: string }
  | { readonly kind: 'removes-markers' }
  | { readonly kind: 'moves-present'; readonly to: string | null; readonly days: number }
  | { readonly kind: 'moves-present-from'; readonly to: string | null; readonly date: string }
  | { readonly kind: 'moves-earlier'; readonly to: string | null; readonly days: number }
  | { readonly kind: 'removes-earlier'; readonly keep: Keep }
  | { readonly kind: 'aborts-uploads'; readonly days: number };

/** A rule of a bucket's lifecycle, as it is told. */
export interface RuleSaid {
  readonly name: string | null;
  /** Empty: the whole bucket. */
  readonly prefix: string;
  /** False: it looks at tags or sizes too. */
  readonly isForAll: boolean;
  readonly isOn: boolean;
  readonly does: readonly RuleAction[];
}

/** One line of what would be other in a bucket's settings: `-` goes, `+` comes. */
export type SettingChange =
  | { readonly sign: '+' | '-'; readonly kind: 'rule'; readonly rule: RuleSaid }
  | { readonly sign: '+' | '-'; readonly kind: 'versioning'; readonly value: 'enabled' | 'suspended' | 'off' };

/** A difference of settings: its lines in English, and what each says, for whoever has words of their own for it. */
export interface Difference {
  /** Lines that begin with `+ ` or `- `; empty: it stands so already. */
  readonly difference: readonly string[];
  /** The same, line for line. */
  readonly changes: readonly SettingChange[];
}

/** What a folder cannot do without each action of IAM that the doctor tries or asks with. */
export const NEEDED_ACTIONS = [
  's3:PutObject',
  's3:PutObjectTagging',
  's3:PutObjectAcl',
  's3:PutObjectRetention',
  's3:PutObjectLegalHold',
  'kms:GenerateDataKey',
  's3:AbortMultipartUpload',
  's3:GetObjectVersion',
  's3:ListBucketVersions',
  's3:ListBucketMultipartUploads',
  's3:GetBucketVersioning',
] as const;
export type NeededAction = (typeof NEEDED_ACTIONS)[number];

/** Those that a put carries fields for. */
export type CarriedAction = Extract<NeededAction, `s3:PutObject${string}` | `kms:${string}`>;

/** Why no put was tried: the place is only read; a probe was kept once; or would be kept by the bucket's own lock. */
export type PutObstacle = 'only-read' | 'kept-once' | 'own-retention';

/** What a store answered, in its own words; or why it did not. */
export type AnswerSaid = string | Reason | FailureTold;

type Nothing = Readonly<Record<string, never>>;
interface Action {
  readonly action: string;
}
interface Rules {
  readonly rules: readonly RuleSaid[];
}
interface Answer {
  /** Status and code of the store, or why there are none. */
  readonly answer: AnswerSaid;
}

/** By code, what a finding tells. */
export interface FindingFacts {
  readonly 'versions-unknown': Action;
  readonly 'versions-kept': Nothing;
  readonly 'versions-off': { readonly isSuspended: boolean };
  readonly 'versions-unheard': Nothing;
  readonly 'versions-lacking': { readonly store: PresetId };

  readonly 'lock-possible': Nothing;
  readonly 'lock-default': { readonly mode: string | null; readonly count: number; readonly unit: 'days' | 'years' };
  readonly 'lock-proved': Nothing;
  readonly 'lock-unknown': Action;
  readonly 'lock-lacking': Nothing;

  readonly 'acls-count': { readonly ownership: string };
  readonly 'acls-off': Nothing;
  readonly 'acls-refused': Nothing;

  readonly 'encryption-none': Nothing;
  readonly 'encryption-costly': Nothing;
  readonly 'encryption-on': { readonly algorithm: string };
  readonly 'encryption-blocked': Nothing;

  readonly 'public-read': Nothing;
  readonly 'public-refused': Nothing;
  readonly 'public-asked': Nothing;
  readonly 'public-blocked': Nothing;
  readonly 'public-possible': Nothing;
  readonly private: Nothing;

  /** `feature` is one that the store's kind lacks. */
  readonly 'asks-in-vain': { readonly field: string; readonly store: PresetId; readonly feature: string };
  readonly 'asks-class': {
    readonly classes: readonly string[];
    readonly store: PresetId;
    readonly known: readonly string[];
  };

  readonly 'stale-unseen': Action;
  readonly 'stale-no-rules': Answer;
  readonly 'stale-removed': { readonly rule: RuleSaid };
  readonly 'stale-elements': { readonly elements: readonly string[] };
  readonly 'stale-stay': Nothing;
  readonly 'versions-for-a-time': { readonly keep: Keep };
  readonly 'rule-removes-versions': Rules;
  readonly 'rule-removes-files': Rules & { readonly sendsAgain: boolean };
  readonly 'rule-archives': Rules;
  readonly 'nothing-removed': Nothing;
  readonly 'uploads-none': Nothing;
  readonly 'uploads-open': {
    readonly count: number;
    readonly isMore: boolean;
    readonly prefix: string;
    readonly example: string;
    /** Of the oldest. */
    readonly days: number;
  };

  readonly 'all-permitted': Nothing;
  /** `on` is null where the action is about a key of KMS. */
  readonly 'action-missing': Action & { readonly on: string | null };
  readonly 'put-refused': Action & Answer;
  readonly 'put-refused-together': Answer;
  readonly 'put-denied-together': Nothing;
  readonly 'multipart-refused': Answer;
  readonly 'md5-unchecked': { readonly key: string };
  readonly 'put-untried': { readonly why: PutObstacle };
  readonly 'probe-left': { readonly uploadId: string | null; readonly key: string | null };
  readonly 'settings-unseen': { readonly actions: readonly string[] };

  readonly 'clock-unknown': Nothing;
  readonly 'clock-right': Nothing;
  readonly 'clock-off': { readonly seconds: number; readonly isBehind: boolean };
  readonly 'clock-wrong': { readonly seconds: number; readonly isBehind: boolean; readonly refusedAfter: number };

  readonly 'policy-unsendable': { readonly cause: FailureTold };
}

export type FindingCode = keyof FindingFacts;

/** A code with its facts. */
export type FindingSaid = {
  readonly [Code in FindingCode]: { readonly code: Code; readonly facts: FindingFacts[Code] };
}[FindingCode];

export interface FindingText {
  readonly title: string;
  readonly explanation: string;
}

/** Every finding in the words of one language. */
export type FindingWords = {
  readonly [Code in FindingCode]: (facts: FindingFacts[Code]) => FindingText;
};

export function findingText(words: FindingWords, said: FindingSaid): FindingText {
  // The table has the code's own facts by its type, which TypeScript does not follow through an index.
  return (words[said.code] as (facts: unknown) => FindingText)(said.facts);
}
