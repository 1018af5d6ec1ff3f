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

/** `K/N`: this process is the worker K, from 0, of N that share the gate's runs. */
export const WORKER = 'CAIRN_SOAK_WORKER';
/** The one run that is to be played, by its number. */
export const RUN = 'CAIRN_SOAK_RUN';

/** Counts that the report of the soak looks for by name. */
export const PARKED = 'parked with a sentence';
export const SLOPE = 'bytes of heap a cycle';
export const ONLY_BY_SCAN = 'changes found only by a scan';

export const isSoak = process.env[REPORT_FOLDER] !== undefined;

/** `npm test` is the same every time; the soak looks further, with a seed of its own that it prints. */
const SEED_OF_TESTS = 20_261_122;
/** Of `npm test`: time enough, since its counts are small. */
const PATIENCE = 240_000;

/** Which of a gate's runs are this process's own. */
export interface Shift {
  readonly worker: number;
  readonly workers: number;
  /** This run alone. */
  readonly only: number | null;
}

function readShift(): Shift {
  const [worker = 0, workers = 1] = (process.env[WORKER] ?? '0/1').split('/').map(Number);
  const run = process.env[RUN];
  return { worker, workers, only: run === undefined ? null : Number(run) };
}

/** What a gate is to do now: the small counts, or in a soak the large ones, until its time is up. */
export function plan<Counts extends Readonly<Record<string, number>>>(
  gate: string,
  few: Counts,
  many?: Counts,
): Counts & { readonly seed: number; readonly milliseconds: number; readonly shift: Shift } {
  const given = Number(process.env[SEED]);
  const seed = Number.isInteger(given) && given !== 0 ? given : SEED_OF_TESTS;
  const milliseconds = isSoak ? Number(process.env[LIMIT] ?? PATIENCE) : PATIENCE;
  const shift = readShift();
  if (shift.worker === 0) console.log(`${gate}: seed ${seed}`);
  return { ...(isSoak ? (many ?? few) : few), seed, milliseconds, shift };
}

export interface GateReport {
  readonly gate: string;
  readonly seed: number;
  readonly seconds: number;
  readonly counts: Readonly<Record<string, number>>;
  /** How often something was to be done, where it was to be done so often. */
  readonly aims: Readonly<Record<string, number>>;
  readonly findings: Readonly<Partial<Record<FindingKind, number>>>;
  /** What they were, the first of them in words. */
  readonly said: readonly string[];
}

/** Where a worker of a gate leaves its counts, within the folder for them. */
export function reportName(gate: string, worker: number): string {
  return `${gate}-${worker}.json`;
}

/** Counts what a gate does and finds. */
export class Tally {
  readonly #gate: string;
  readonly #seed: number;
  readonly #shift: Shift | null;
  readonly #began = performance.now();
  readonly #counts: Record<string, number> = {};
  readonly #aims: Record<string, number> = {};
  readonly #findings: Partial<Record<FindingKind, number>> = {};
  readonly #said: string[] = [];

  /** @param shift of a gate whose runs are shared by several processes. */
  constructor(gate: string, seed: number, shift: Shift | null = null) {
    this.#gate = gate;
    this.#seed = seed;
    this.#shift = shift;
  }

  /** So often it is to be done, by all processes together. */
  aim(what: string, count: number): void {
    this.#aims[what] = count;
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
      aims: this.#aims,
      findings: this.#findings,
      said: this.#said,
    };
    const counts = Object.entries(report.counts).map(([what, count]) => `${count} ${what}`);
    console.log(`${report.gate}: seed ${report.seed}, ${report.seconds} s, ${counts.join(', ')}`);
    const folder = process.env[REPORT_FOLDER];
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, reportName(this.#gate, this.#shift?.worker ?? 0)), JSON.stringify(report));
  }
}
