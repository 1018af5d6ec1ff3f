/** The calls that look at a folder and its place before it is kept. Nothing is changed, and nothing of the files is sent. */
import { z } from 'zod';
import type { BucketReport, Measured } from './begin.ts';
import { answers, call, name, path } from './call.ts';
import type { Policy } from './policy.ts';

/** Names a look that `folder.endLook` can end. */
const look = z.string().min(1).max(64);

/** More than a person writes. Characters. */
const MOST_TEXT = 500_000;

export const beginCalls = {
  /** Counts a folder as it would be kept, up to a bound, and what it would cost under each of the policies. */
  'folder.measure': call(
    z.strictObject({ path, look, policies: z.array(z.looseObject({})).max(8).default([]) }),
    answers<Measured>(),
  ),
  /** Looks a bucket over for a folder that is not kept yet, as `doctor.look` does for one that is. */
  'doctor.lookAt': call(
    z.strictObject({
      path,
      connection: name,
      bucket: z.string().min(1).max(256),
      prefix: z.string().max(1024).default(''),
      deletes: z.enum(['keep', 'mark']).default('mark'),
      /** As its file would hold it. */
      policy: z.unknown().optional(),
      look,
    }),
    answers<BucketReport>(),
  ),
  /** Whether a text is a policy, for somebody who is typing one. Answers it as its file would hold it. */
  'policy.parse': call(z.strictObject({ text: z.string().max(MOST_TEXT) }), answers<Policy>()),
} as const;
