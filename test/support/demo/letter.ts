/** What the demo saves, and how it is judged in the end. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from './stage.ts';

export const NAME = 'letter to Ada.txt';
export const FIRST = 'Dear Ada,\n\nthe engine weaves algebraical patterns.\n';
export const SECOND = `${FIRST}\nYours,\nCharles\n`;

export async function save(stage: Stage, text: string): Promise<void> {
  await writeFile(join(stage.folder, NAME), text);
}

/** Holds what was restored against the first letter, byte for byte; throws where they differ. */
export async function compare(restored: string): Promise<void> {
  const bytes = await readFile(restored);
  if (!bytes.equals(Buffer.from(FIRST))) throw new Error(`${restored} differs from the letter as it was first saved.`);
  console.log(`\n${String(bytes.length)} bytes compared: the first letter is back as it was.`);
}
