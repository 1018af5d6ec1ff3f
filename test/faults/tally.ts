/**
 * How long the gates run, and what they count. In: the environment that `soak.ts` sets, or none. Out: counts, seeds and
 * times of a run; and a file of what a gate did, where the soak asks for one.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, FindingKind } from '../support/model/audit.ts';

/** Where gates leave their counts for the report. */
export const REPORT_FOLDER = 'CAIRN_SOAK_REPORT';
export const SEED = 'CAIRN_SOAK_SEED';
/** How long the gate may take, milliseconds. */
export const LIMIT = 'CAIRN_SOAK_MILLISECONDS';

/** Counts that the report of the soak looks for by name. */
export const PARKED = 'parked with a sentence';
export const SLOPE = 'bytes of heap a cycle';
export const ONLY_BY_SCAN = 'changes found only by a scan';

export const isSoak = process.env[REPORT_FOLDER] !== undefined;

/** `npm test` is the same every time; the soak looks further, with a seed of its own that it prints. */
const SEED_OF_TESTS = 20_261_122;
/** Of `npm test`: time enough, since its counts are small. */
const PATIENCE = 240_000;

/** What a gate is to do now: the small counts, or in a soak the large ones, until its time is up. */
export function plan<Counts extends Readonly<Record<string, number>>>(
  gate: string,
  few: Counts,
  many?: Counts,
): Counts & { readonly seed: number; readonly milliseconds: number } {
  const given = Number(process.env[SEED]);
  const seed = Number.isInteger(given) && given !== 0 ? given : SEED_OF_TESTS;
  const milliseconds = isSoak ? Number(process.env[LIMIT] ?? PATIENCE) : PATIENCE;
  console.log(`${gate}: seed ${seed}`);
  return { ...(isSoak ? (many ?? few) : few), seed, milliseconds };
}

export interface GateReport {
  readonly gate: string;
  readonly seed: number;
  readonly seconds: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: Readonly<Partial<Record<FindingKind, number>>>;
  /** What they were, the first of them in words. */
  readonly said: readonly string[];
}

/** Counts what a gate does and finds. */
export class Tally {
  readonly #gate: string;
  readonly #seed: number;
  readonly #began = performance.now();
  readonly #counts: Record<string, number> = {};
  readonly #findings: Partial<Record<FindingKind, number>> = {};
  readonly #said: string[] = [];

  constructor(gate: string, seed: number) {
    this.#gate = gate;
    this.#seed = seed;
  }

  add(what: string, count = 1): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + count;
  }

  find(findings: readonly Finding[]): void {
    for (const { kind, text } of findings) {
      this.#findings[kind] = (this.#findings[kind] ?? 0) + 1;
      if (this.#said.length < 50) this.#said.push(`${kind}: ${text}`);
    }
  }

  /** Prints the counts, and leaves them for the soak's report. */
  close(): void {
    const report: GateReport = {
      gate: this.#gate,
      seed: this.#seed,
      seconds: Math.round((performance.now() - this.#began) / 100) / 10,
      counts: this.#counts,
      findings: this.#findings,
      said: this.#said,
    };
    const counts = Object.entries(report.counts).map(([what, count]) => `${count} ${what}`);
    console.log(`${report.gate}: seed ${report.seed}, ${report.seconds} s, ${counts.join(', ')}`);
    const folder = process.env[REPORT_FOLDER];
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${this.#gate}.json`), JSON.stringify(report));
  }
}
