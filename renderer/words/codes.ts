/** Words for what the engine tells as a code with facts. It adds English of its own, for the command line; here others begin. */
import type { Finding } from '../../main/contract/doctor.ts';
import type { FailureTold, FailureText } from '../../main/contract/errors.ts';
import { findingText, type Difference, type FindingText } from '../../main/contract/findings.ts';
import {
  failureGerman,
  isKnownFailure,
  lacksGerman,
  reasonGerman,
  storeGerman,
} from '../../main/contract/german/index.ts';
import type { Activity } from '../../main/contract/models.ts';
import { PRACTICE_NAME } from '../../main/contract/names.ts';
import type { PolicyLimit } from '../../main/contract/policy-answers.ts';
import { presets, type Feature, type PresetId } from '../../main/contract/presets.ts';
import { happenedGerman } from './activity.de.ts';
import { changeGerman, findingsGerman } from './findings.de.ts';

export interface CodeWords {
  readonly finding: (finding: Finding) => FindingText;
  /** What stands against a field of the policy, where that needs more than the reason. @param kind of the store. */
  readonly limit: (limit: PolicyLimit, kind: PresetId) => string;
  /** A kind of store by name, and what it lacks: a sentence that goes on after the name, without its full stop. */
  readonly store: (kind: PresetId) => string;
  readonly lacks: (kind: PresetId, feature: Feature) => string;
  /** A connection's name. It is the person's own, but for the practice bucket's, which we gave. */
  readonly connection: (name: string) => string;
  /** What happened, and what to do about it. */
  readonly failure: (told: FailureTold) => FailureText;
  /** One fact of a failure, for a sentence that is put together here; null: it has none of that name. */
  readonly fact: (told: FailureTold, name: string) => string | null;
  /** What would be other in a bucket's settings: lines that begin with `+ ` or `- `. */
  readonly difference: (difference: Difference) => readonly string[];
  /** What a row of the activity says of itself; null: no more than its code. */
  readonly happened: (entry: Activity) => string | null;
}

export const codesEnglish: CodeWords = {
  finding: ({ title, explanation }) => ({ title, explanation }),
  limit: ({ detail }) => detail,
  store: (kind) => presets[kind].name,
  lacks: (kind, feature) => presets[kind].lacks[feature] ?? '',
  connection: (name) => name,
  failure: ({ message, hint }) => ({ message, hint }),
  fact: ({ facts }, name) => (facts[name] === undefined ? null : String(facts[name])),
  difference: ({ difference }) => difference,
  happened: ({ detail }) => (typeof detail['message'] === 'string' ? detail['message'] : null),
};

export const codesGerman: CodeWords = {
  finding: ({ said }) => findingText(findingsGerman, said),
  limit: ({ lacks, detail }, kind) => (lacks === null ? detail : `${storeGerman(kind)} ${lacksGerman(kind, lacks)}`),
  store: storeGerman,
  lacks: lacksGerman,
  connection: (name) => (name === PRACTICE_NAME ? 'Dieser Computer' : name),
  // A queue may hold what an earlier release wrote, under a code that is no more; its English sentences are good.
  failure: (told) => (isKnownFailure(told) ? failureGerman(told) : { message: told.message, hint: told.hint }),
  fact: (told, name) => {
    const made = told.reasons?.[name];
    return made === undefined ? codesEnglish.fact(told, name) : reasonGerman(made);
  },
  difference: ({ changes }) => changes.map(changeGerman),
  happened: happenedGerman,
};
