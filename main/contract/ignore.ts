/** What a pattern of a folder's own list must be. In: text. Out: the pattern, or what is wrong with it. Pure. */
import { z } from 'zod';
import { messageOf } from './reasons.ts';

/** So many patterns a folder may have: each is held against every name. */
export const IGNORE_PATTERNS = 1000;

export const ignorePattern = z
  .string()
  .max(1024, messageOf('pattern-too-long'))
  .refine((text) => text.trim() !== '', messageOf('empty'))
  .refine((text) => !/[\0\r\n]/.test(text), messageOf('line-break'))
  .refine((text) => !text.startsWith('#'), messageOf('remark-pattern'));
