/**
 * Failures in German, for the window and for the shell alike. In: what a failure says, as codes and facts. Out: its
 * sentences. The command line speaks English.
 */
import { textOf, type FailureSaid, type FailureText } from '../errors.ts';
import type { Feature, PresetId } from '../presets.ts';
import { fillGaps, type Reason } from '../reasons.ts';
import { sentencesGerman } from './failures.ts';
import { lacksGerman, storeGerman } from './lacks.ts';
import { reasonsGerman } from './reasons.ts';

export { lacksGerman, reasonsGerman, sentencesGerman, storeGerman };

/** False: the code is another release's. */
export function isKnownFailure({ code }: FailureSaid): boolean {
  return Object.hasOwn(sentencesGerman, code);
}

export function failureGerman(said: FailureSaid): FailureText {
  return textOf(sentencesGerman[said.code], said, reasonGerman);
}

export function reasonGerman({ code, facts }: Reason): string {
  // Kinds of stores, and what they lack, have a table of their own.
  if (code === 'store') return storeGerman(facts['store'] as PresetId);
  if (code === 'lacks') return lacksGerman(facts['store'] as PresetId, facts['feature'] as Feature);
  return fillGaps(reasonsGerman[code], facts, reasonGerman);
}
