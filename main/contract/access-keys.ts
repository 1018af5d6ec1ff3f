/**
 * Keys of a store as they cross from the window to the shell and from there to the engine. In: what a person typed.
 * Out: a checked value. It is never part of an answer, an event or the settings.
 */
import { z } from 'zod';
import { messageOf } from './reasons.ts';

/** They travel in headers, so nothing but what is printed in ASCII can be in them. */
const printable = /^[\x21-\x7e]+$/;
const word = messageOf('key-characters');

export const accessKeyFields = {
  accessKeyId: z.string().min(1).max(256).regex(printable, word),
  secretAccessKey: z.string().min(1).max(1024).regex(printable, word),
  /** Of keys that end after a while. */
  sessionToken: z.string().min(1).max(16384).regex(printable, word).optional(),
} as const;

export const accessKeysSchema = z.strictObject(accessKeyFields);

export type AccessKeys = z.output<typeof accessKeysSchema>;
