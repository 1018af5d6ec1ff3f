/** The calls about policies and about how long versions are kept. A policy is given as its file would hold it. */
import { z } from 'zod';
import { answers, call, name, path, taskName } from './call.ts';
import type { AnyFolder } from './models.ts';
import { messageOf } from './reasons.ts';
import type {
  ExplainedRequest,
  KeepChange,
  KeepReport,
  PolicyApplied,
  PolicyCheck,
  PolicyCost,
  PolicyLimits,
  PolicyPlan,
} from './policy-answers.ts';
import { MOST_DAYS, MOST_NEWEST } from './policy-limits.ts';

const folder = name;
/** More than a person writes. Characters. */
const MOST_TEXT = 500_000;
const days = z.number().int().min(1).max(MOST_DAYS);
const newest = z.number().int().min(1).max(MOST_NEWEST);
const keep = z
  .strictObject({ days: days.nullable(), newest: newest.nullable() })
  .refine((value) => value.days !== null || value.newest !== null, messageOf('needs-keep'))
  .nullable();

export const policyCalls = {
  /** A new version of the folder's policy; it counts from the next upload on. */
  'folder.policy': call(z.strictObject({ folder, policy: z.unknown() }), answers<AnyFolder>()),
  /** All that is wrong with the text of a policy, and what this kind of store cannot do of it. */
  'policy.check': call(z.strictObject({ folder, text: z.string().max(MOST_TEXT) }), answers<PolicyCheck>()),
  /** What the folder's store and bucket cannot do. It asks the bucket; what it does not tell is taken as possible. */
  'policy.limits': call(z.strictObject({ folder }), answers<PolicyLimits>()),
  /**
   * The exact request of a file, there or not (`size` in bytes tries one), what set each field, and the AWS CLI's way;
   * under `policy`, where one is given.
   */
  'policy.explain': call(
    z.strictObject({ folder, path, size: z.number().int().min(0).optional(), policy: z.unknown().optional() }),
    answers<ExplainedRequest>(),
  ),
  /** What a month costs, now and under `policy`, where earlier versions stay so many days, or so many of them. */
  'policy.cost': call(
    z.strictObject({
      folder,
      policy: z.unknown().optional(),
      days: days.optional(),
      newest: newest.optional(),
      months: z.number().int().min(0).max(1200).default(12),
    }),
    answers<PolicyCost>(),
  ),
  /** What `policy.apply` would do under the folder's policy, or under `policy`; nothing is sent or written. */
  'policy.plan': call(z.strictObject({ folder, policy: z.unknown().optional() }), answers<PolicyPlan>()),
  /**
   * Brings what is in the bucket under the folder's policy, where that is still the version that was looked at. Ended by
   * `task.cancel`, it takes out of the queue what has not begun, and answers how far it came.
   */
  'policy.apply': call(
    z.strictObject({ folder, policyVersion: z.number().int().min(1), task: taskName }),
    answers<PolicyApplied>(),
  ),
  /** How long earlier versions stay, as the bucket says. */
  'folder.keep': call(z.strictObject({ folder }), answers<KeepReport>()),
  /** What would change in the bucket, and which versions would go; nothing is sent. Null: all are kept. */
  'folder.planKeep': call(z.strictObject({ folder, keep }), answers<KeepChange>()),
  /** Changes the bucket's rule, and reads it again. Where it would send other than `shown` by now: refused. */
  'folder.setKeep': call(z.strictObject({ folder, keep, shown: z.unknown() }), answers<KeepReport>()),
} as const;
