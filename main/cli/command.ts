/** What a command is: its words, its options, and what it does. */
import { resolve } from 'node:path';
import { EXIT, exitCodeOf, failure, type ExitCode, type Failure } from '../contract/errors.ts';
import type { Result } from '../contract/result.ts';
import { failed, success } from '../contract/result.ts';
import type { Output } from './output.ts';

export type OptionKind = 'string' | 'boolean';

/** Everything that a command gets. */
export interface Invocation {
  readonly output: Output;
  /** Absolute path of the home folder. */
  readonly home: string;
  /** What relative paths of the arguments are relative to. */
  readonly base: string;
  readonly positionals: readonly string[];
  text(option: string): string | undefined;
  flag(option: string): boolean;
  /** Ends when a person or the system asks the program to end. */
  readonly signal: AbortSignal;
  /** Ends when it is asked a second time: what is under way is cut off. */
  readonly hurry: AbortSignal;
}

export interface Command {
  /** For example `folder add`. */
  readonly name: string;
  /** As help shows it, behind the name. */
  readonly usage: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, OptionKind>>;
  /** Least and most positionals. */
  readonly takes: readonly [number, number];
  run(invocation: Invocation): Promise<ExitCode>;
}

export function usage(what: string): Failure {
  return failure('usage', { what });
}

/** Prints a failure and answers its exit code. */
export function ended(output: Output, cause: Failure): ExitCode {
  output.fail(cause);
  return exitCodeOf(cause.code);
}

/** Where several failures apply: 1, then 4, then 3; wrong use stands above all, since nothing was done. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  for (const code of [EXIT.usage, EXIT.failure, EXIT.missing, EXIT.attention]) {
    if (codes.includes(code)) return code;
  }
  return EXIT.done;
}

/** The value of an option that must be given. */
export function required(invocation: Invocation, option: string): Result<string> {
  const value = invocation.text(option);
  return value === undefined || value === '' ? failed(usage(`--${option} is missing.`)) : success(value);
}

export function absolute(invocation: Invocation, path: string): string {
  return resolve(invocation.base, path);
}

/** A whole number of at least 1. */
export function countOption(invocation: Invocation, option: string, otherwise: number): Result<number> {
  const text = invocation.text(option);
  if (text === undefined) return success(otherwise);
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 1
    ? success(value)
    : failed(usage(`--${option} takes a whole number of at least 1, not “${text}”.`));
}

/** ISO 8601; where no zone is given, the local one, for a date alone too (the language would take UTC there). */
export function parseTime(text: string): Result<Date> {
  const shape = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
  const date = shape.test(text)
    ? new Date(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'))
    : new Date(Number.NaN);
  // The language takes the 30th of February for the 2nd of March.
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  return Number.isNaN(date.getTime()) || new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day
    ? failed(usage(`“${text}” is no time such as 2026-03-01T14:30 or 2026-03-01T14:30:00Z.`))
    : success(date);
}
