/** What the shell remembers from one start to the next: `electron/shell.json` in the home. Losing it loses no file. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { LANGUAGES, THEMES } from '../contract/app-settings.ts';

const memory = z.object({
  /** The person was told that closing the window leaves the tray. */
  closeExplained: z.boolean().default(false),
  window: z
    .object({ x: z.int(), y: z.int(), width: z.int(), height: z.int(), maximized: z.boolean() })
    .nullable()
    .default(null),
  /** Folders that go on by themselves at a time (ISO 8601); those that were paused before are not among them. */
  pause: z
    .object({ until: z.iso.datetime(), folders: z.array(z.string()) })
    .nullable()
    .default(null),
  theme: z.enum(THEMES).default('system'),
  language: z.enum(LANGUAGES).default('system'),
  notifications: z.boolean().default(true),
  pauseOnBattery: z.boolean().default(false),
  pauseOnMetered: z.boolean().default(false),
  /** Folders that were paused since the computer runs on its battery or a metered network; null: none has to wait. */
  waiting: z.array(z.string()).readonly().nullable().default(null),
});

/** A field that cannot be read is as if it had never been written; the others stand. */
const fields = Object.entries(memory.shape);

export type Memory = Readonly<z.output<typeof memory>>;

/** Of a home that is new. */
export const NOTHING_KNOWN: Memory = memory.parse({});

export interface MemoryFile {
  readonly read: () => Memory;
  /** Kept in the running app even where the disk refuses it. */
  readonly change: (part: Partial<Memory>) => void;
}

/** A missing or malformed file is an empty memory. */
export function openMemory(path: string, log: (line: string) => void): MemoryFile {
  let known = load(path);
  return {
    read: () => known,
    change(part) {
      known = { ...known, ...part };
      try {
        writeFileSync(`${path}.new`, `${JSON.stringify(known, null, 2)}\n`, { mode: 0o600 });
        renameSync(`${path}.new`, path);
      } catch (error) {
        log(`${path} could not be written: ${String(error)}`);
      }
    },
  };
}

function load(path: string): Memory {
  let kept: unknown;
  try {
    kept = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return NOTHING_KNOWN;
  }
  if (typeof kept !== 'object' || kept === null) return NOTHING_KNOWN;
  const values = new Map(Object.entries(kept));
  return memory.parse(
    Object.fromEntries(
      fields
        .filter(([name, field]) => field.safeParse(values.get(name)).success)
        .map(([name]) => [name, values.get(name)]),
    ),
  );
}
