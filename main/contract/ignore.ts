/** What a pattern of a folder's own list must be. In: text. Out: the pattern, or what is wrong with it. Pure. */
import { z } from 'zod';

/** So many patterns a folder may have: each is held against every name. */
export const IGNORE_PATTERNS = 1000;

export const ignorePattern = z
  .string()
  .max(1024, 'it is longer than 1,024 characters')
  .refine((text) => text.trim() !== '', 'it is empty')
  .refine((text) => !/[\0\r\n]/.test(text), 'it holds a line break')
  .refine((text) => !text.startsWith('#'), 'it begins with #, which makes it a remark; write \\# for a name with #');
