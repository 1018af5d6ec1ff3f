/** What a person may hand to somebody who helps: the state of this Cairn, without a secret. */
import { z } from 'zod';
import { answers, call } from './call.ts';

/** Names are those of folders, buckets, connections, paths and profiles; without them each is a word and a number. */
const choice = z.strictObject({ names: z.boolean() });

export const diagnosticsCalls = {
  /** The engine's part, as plain values that a person can read. It asks every bucket, and reads the whole database. */
  'diagnostics.gather': call(choice, answers<Readonly<Record<string, unknown>>>()),
} as const;

export const appDiagnosticsCalls = {
  /** Asks where, and writes one file there. Null: nothing was chosen. */
  'app.diagnostics': call(choice, answers<{ readonly path: string } | null>()),
} as const;
