/** What the judges of a bucket have in common: the facts of the folder, and the form of a finding. */
import type { Finding, Severity } from '../contract/doctor.ts';
import { findingText, type FindingCode, type FindingFacts, type FindingSaid } from '../contract/findings.ts';
import type { Preset } from '../contract/presets.ts';
import { findingWords } from './finding-words.ts';

/** What a folder's policy asks for, its base and all its rules together. */
export interface Wants {
  readonly acls: readonly string[];
  readonly grants: boolean;
  readonly tags: boolean;
  readonly lock: boolean;
  /** Modes of encryption, such as `aws:kms` or `customer`. */
  readonly encryption: readonly string[];
  readonly classes: readonly string[];
  readonly redirect: boolean;
  readonly requesterPays: boolean;
  readonly expectedOwner: boolean;
}

export interface FolderFacts {
  readonly name: string;
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
  readonly deletes: 'keep' | 'mark';
  readonly wants: Wants;
  /** Multipart uploads of this folder that Cairn has under way. */
  readonly ownUploads: ReadonlySet<string>;
  readonly preset: Preset;
  readonly now: Date;
}

/** @param facts those that the code tells. */
export function finding<Code extends FindingCode>(
  id: string,
  severity: Severity,
  code: Code,
  facts: FindingFacts[Code],
  fix: Finding['fix'] = null,
): Finding {
  const said = { code, facts } as unknown as FindingSaid;
  return { id, severity, said, ...findingText(findingWords, said), fix };
}
