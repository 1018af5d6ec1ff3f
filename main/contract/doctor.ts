/** What a look at a folder's bucket found, as plain values: each line fine, advice or problem, and how it can be mended. */

import type { Difference, FindingSaid } from './findings.ts';

export type Severity = 'fine' | 'advice' | 'problem';

/** A change of the bucket's settings that mends a finding. Nothing is sent before a person asks for it. */
export interface Fix extends Difference {
  /** The operation of S3, by its name. */
  readonly call: string;
  /** The input that it would be given, under S3's own names: the bucket's present setting with the change in it. */
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Finding {
  /** Stable; a permission's is `permission-` and its action. */
  readonly id: string;
  readonly severity: Severity;
  /** What it says, for whoever has words of their own for it. */
  readonly said: FindingSaid;
  /** The same in English. */
  readonly title: string;
  readonly explanation: string;
  readonly fix: Fix | null;
}

/** Whether a store can do one thing, and how that is known. */
export interface Capability {
  readonly name: string;
  readonly can: 'yes' | 'no' | 'unknown';
  readonly how: string;
}

export interface DoctorReport {
  readonly folder: string;
  readonly at: string;
  /** The kind of store as far as it shows: aws, minio, ceph, r2, b2, wasabi, practice or other. */
  readonly store: string;
  readonly findings: readonly Finding[];
  readonly capabilities: readonly Capability[];
}

/** Whether a store holds conditions on writes, as four tries with a small object showed. */
export interface ConditionsProbe {
  readonly conditions: 'works' | 'broken';
  /** In words: which of the four tries went otherwise than it should. */
  readonly seen: readonly string[];
  /** Versions of the probe that could not be removed again, by key and VersionId. */
  readonly left: readonly string[];
}
