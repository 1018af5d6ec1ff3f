/** What the judges of a bucket have in common: the facts of the folder, and the form of a finding. */
import type { Finding, Severity } from '../contract/doctor.ts';
import type { Preset } from '../contract/presets.ts';

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

export function finding(
  id: string,
  severity: Severity,
  title: string,
  explanation: string,
  fix: Finding['fix'] = null,
): Finding {
  return { id, severity, title, explanation, fix };
}
