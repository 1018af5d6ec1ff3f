/** Which language the window speaks. In: the person's languages. Out: texts and formats. */
import { formatter, type Formatter } from '../format.ts';
import { de } from './de.ts';
import { en, type Words } from './en.ts';

/** The texts for a language tag such as `de-AT`; English where there are none. */
export function wordsFor(language: string): Words {
  return /^de\b/i.test(language) ? de : en;
}

/** Dates and numbers follow the words, so that no sentence mixes two languages. */
export function localeFor(language: string): string {
  return /^(de|en)\b/i.test(language) ? language : 'en-GB';
}

/** Formats that go with a language. */
export function formatsFor(language: string): Formatter {
  return formatter({ locale: localeFor(language), now: () => new Date(), words: wordsFor(language).time });
}

export const words: Words = wordsFor(navigator.language);
export const format: Formatter = formatsFor(navigator.language);

export type { Words };
