/** What `npm test` runs, in this order. A kind is a project of vitest, and the S3 that it runs against. */

export type Store = 'practice' | 'radosgw';

export interface Kind {
  /** As it stands in the table, for example “scenarios on radosgw”. */
  readonly name: string;
  /** The vitest project; also the word that asks for it, and its folder under `test/`. */
  readonly project: string;
  /** Null where the kind needs no S3 from the runner. */
  readonly store: Store | null;
  /** Runs within a display, a session and an Electron. */
  readonly inElectron: boolean;
}

const plain = { store: null, inElectron: false } as const;

export const kinds: readonly Kind[] = [
  { ...plain, name: 'unit', project: 'unit' },
  { ...plain, name: 'conformance on practice', project: 'conformance', store: 'practice' },
  { ...plain, name: 'conformance on radosgw', project: 'conformance', store: 'radosgw' },
  { ...plain, name: 'scenarios on practice', project: 'scenarios', store: 'practice' },
  { ...plain, name: 'scenarios on radosgw', project: 'scenarios', store: 'radosgw' },
  { ...plain, name: 'faults', project: 'faults' },
  { ...plain, name: 'e2e', project: 'e2e', inElectron: true },
];

/** How a kind went. `notRun` says why it did not run at all; `notes` are worth reading in any case. */
export interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  readonly notRun: string | null;
  /** Names of what failed, and reasons. */
  readonly failures: readonly string[];
}

export function notRun(name: string, reason: string): Outcome {
  return { name, passed: 0, failed: 0, skipped: 0, seconds: 0, notRun: reason, failures: [] };
}
