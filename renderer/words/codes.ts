/** Words for what the engine tells as a code with facts. It adds English of its own, for the command line; here others begin. */
import type { Finding } from '../../main/contract/doctor.ts';
import { findingText, type FindingText } from '../../main/contract/findings.ts';
import type { PolicyLimit } from '../../main/contract/policy-answers.ts';
import { presets, type PresetId } from '../../main/contract/presets.ts';
import { findingsGerman } from './findings.de.ts';
import { lacksGerman } from './lacks.de.ts';

export interface CodeWords {
  readonly finding: (finding: Finding) => FindingText;
  /** What stands against a field of the policy, where that needs more than the reason. @param kind of the store. */
  readonly limit: (limit: PolicyLimit, kind: PresetId) => string;
}

export const codesEnglish: CodeWords = {
  finding: ({ title, explanation }) => ({ title, explanation }),
  limit: ({ detail }) => detail,
};

export const codesGerman: CodeWords = {
  finding: ({ said }) => findingText(findingsGerman, said),
  limit: ({ lacks, detail }, kind) => (lacks === null ? detail : `${presets[kind].name} ${lacksGerman(kind, lacks)}`),
};
