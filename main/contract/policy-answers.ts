/** What calls about a policy answer, as plain values. Sizes are bytes, money is in the currency of the prices. */
import type { Difference } from './findings.ts';
import type { Keep } from './keep.ts';
import type { PolicyExplanation } from './models.ts';
import type { PolicyCheck } from './policy.ts';
import type { Feature, PresetId } from './presets.ts';

export type { Keep, PolicyCheck };

/** What set a line of a request: the base or a rule of the policy, or what Cairn knows by itself. */
export type SetBy = 'base' | number | 'folder' | 'file' | 'auto';

/** One line of a request: a field, or one entry of its tags or metadata. */
export interface RequestLine {
  /** S3’s own name; of the second and later entries of one field empty. */
  readonly name: string;
  readonly value: string;
  readonly by: SetBy;
}

export interface ExplainedRequest extends PolicyExplanation {
  readonly lines: readonly RequestLine[];
}

/** Why a field of the policy should not be asked for here. */
export interface PolicyLimit {
  /** The field as a dotted path; `encryption.mode` is followed by a colon and the mode that it is about. */
  readonly field: string;
  /**
   * `store`: this kind of store lacks it. `lock-off`, `owner-enforced`, `customer-blocked`: this bucket is set so.
   * `in-clear`: the key would travel without https. `dropped`: the store took it once, and did not keep it.
   */
  readonly because: 'store' | 'lock-off' | 'owner-enforced' | 'customer-blocked' | 'in-clear' | 'dropped';
  /** Of `store`: the sentence in English. Of `dropped`: the file that showed it first. Else empty. */
  readonly detail: string;
  /** Of `store`: what it lacks, for whoever has words of their own for it. Else null. */
  readonly lacks: Feature | null;
}

export interface PolicyLimits {
  /** The name of the kind of store. */
  readonly store: string;
  readonly kind: PresetId;
  readonly storageClasses: readonly string[];
  readonly limits: readonly PolicyLimit[];
}

/** A month of one class. */
export interface CostLine {
  readonly storageClass: string;
  readonly files: number;
  readonly bytes: number;
  readonly versions: number;
  readonly versionBytes: number;
  readonly total: number;
  /** False: no price of it is known, so it counts nothing. */
  readonly isPriced: boolean;
}

export interface PolicyCost {
  /** Under the policy as it is saved, and under the one that was asked about; null: about none. */
  readonly before: readonly CostLine[];
  readonly after: readonly CostLine[] | null;
  readonly totalBefore: number;
  readonly totalAfter: number | null;
  readonly currency: string;
  /** The date of the prices, and whose they are. */
  readonly asOf: string;
  readonly source: string;
  /** The table is a person's own; else it is the built-in one, and the source is its English sentence. */
  readonly isOwn: boolean;
  /** For a GB and month, and the least days that are paid for. */
  readonly prices: Readonly<Record<string, { readonly storage: number; readonly leastDays: number }>>;
}

export interface PolicyStep {
  readonly path: string;
  readonly size: number;
  /** `copy` makes a new version; the others change the version that is there. */
  readonly changes: readonly string[];
  /** The class that the file has under the new policy. */
  readonly storageClass: string;
  /** The new policy would hold the object less tightly, which is left alone. */
  readonly loosens: boolean;
}

export interface PolicySummary {
  readonly files: number;
  readonly inPlace: number;
  readonly copies: number;
  /** Bytes of the versions that copies add. */
  readonly bytes: number;
  readonly requests: number;
  /** Files whose retention or legal hold the new policy would loosen: that is never done by itself. */
  readonly loosened: number;
}

/** What bringing files under a policy costs: the requests once, and each month the versions that copies add. */
export interface ApplyCost {
  readonly once: number;
  readonly aMonth: number;
  readonly currency: string;
  /** The date of the prices. */
  readonly asOf: string;
}

export interface PolicyPlan {
  readonly summary: PolicySummary;
  readonly cost: ApplyCost;
  /** The first hundred. */
  readonly steps: readonly PolicyStep[];
}

export interface PolicyApplied {
  readonly files: number;
  readonly done: number;
  /** They need a person. */
  readonly parked: number;
  /** Not begun when it was cancelled: they stay as they are. */
  readonly cancelled: number;
  /** Still queued, since the folder cannot send just now; they go out by themselves. */
  readonly waiting: number;
}

export interface KeepReport {
  readonly folder: string;
  /** Empty: the rule counts for the whole bucket. */
  readonly prefix: string;
  /** What stands now; null: everything is kept, as far as Cairn's own rule goes. */
  readonly keep: Keep | null;
}

export interface KeepChange extends KeepReport, Difference {
  readonly wanted: Keep | null;
  /** The operation and its input; null where nothing would change. */
  readonly request: { readonly call: string; readonly input: Readonly<Record<string, unknown>> } | null;
  /** Versions that S3 would remove for good soon after, and what a month of them costs. */
  readonly going: { readonly versions: number; readonly bytes: number; readonly aMonth: number };
  readonly currency: string;
  readonly asOf: string;
}
