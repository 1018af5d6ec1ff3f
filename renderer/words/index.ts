/** Which language the window speaks. In: the person's languages. Out: texts and formats. */
import type { FailureTold } from '../../main/contract/errors.ts';
import { formatter, type Formatter } from '../format.ts';
import { codesEnglish, codesGerman, type CodeWords } from './codes.ts';
import { de } from './de.ts';
import { en, type Words } from './en.ts';

/** The texts for a language tag such as `de-AT`; English where there are none. */
export function wordsFor(language: string): Words {
  return /^de\b/i.test(language) ? de : en;
}

/** The words for codes of the engine, in the same language. */
export function codesFor(language: string): CodeWords {
  return wordsFor(language) === de ? codesGerman : codesEnglish;
}

/** Dates and numbers follow the words, so that no sentence mixes two languages. */
export function localeFor(language: string): string {
  return /^(de|en)\b/i.test(language) ? language : 'en-GB';
}

/** Formats that go with a language. */
export function formatsFor(language: string): Formatter {
  return formatter({ locale: localeFor(language), now: () => new Date(), words: wordsFor(language).time });
}

/** The texts and formats of now. Whoever imports them sees the change, but what is drawn must be drawn anew. */
export let words: Words = wordsFor(navigator.language);
export let codes: CodeWords = codesFor(navigator.language);
export let format: Formatter = formatsFor(navigator.language);

/** From here on another language. */
export function speak(language: string): void {
  words = wordsFor(language);
  codes = codesFor(language);
  format = formatsFor(language);
}

/** A failure in full: what happened, and what to do about it. */
export function sentencesOf(told: FailureTold): string {
  const { message, hint } = codes.failure(told);
  return `${message} ${hint}`;
}

/** A chosen language as a tag; the person's own stays with its region: `de-AT` for `de`. */
export function tagOf(chosen: 'system' | 'en' | 'de', own: string): string {
  if (chosen === 'system' || own.toLowerCase().split('-')[0] === chosen) return own;
  return chosen === 'en' ? 'en-GB' : chosen;
}

export type { Words };
