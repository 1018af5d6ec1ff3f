/** How often silent fields are proved. In: what was proved when, and chance. Out: a look where one is due; what was found. */
import type { Folder } from '../contract/models.ts';
import type { WriteTables } from '../store/index.ts';
import type { FieldProofs } from '../transfer/index.ts';

/** One file in a hundred is looked at, whatever was proved before. */
const SAMPLE = 0.01;

/** Pure. @param lastDay the day of the last proof of this set, null: never. Days as YYYY-MM-DD. @param random 0 to 1. */
export function isProofDue(lastDay: string | null, today: string, random: number): boolean {
  return lastDay !== today || random < SAMPLE;
}

/**
 * Looks that are under way, of all folders. Many files are sent at once, and what the first look of a day finds holds for
 * all of them: without this each file of the first moment had a look of its own, while its store waited for work.
 */
export class FirstLooks {
  readonly #underWay = new Map<string, Promise<void>>();

  /** Kept once the one that is under way is over. */
  async over(name: string): Promise<void> {
    await this.#underWay.get(name);
  }

  /** @returns what ends it. */
  begin(name: string): () => void {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#underWay.set(name, over);
    return () => {
      if (this.#underWay.get(name) === over) this.#underWay.delete(name);
      end();
    };
  }
}

export function openFieldProofs(
  folder: Folder,
  tables: WriteTables,
  looks: FirstLooks,
  now: () => Date,
  random: () => number,
): FieldProofs {
  const { connection, bucket } = folder;
  const table = tables.fieldProofs;
  const setOf = (fields: readonly string[]): string => [...fields].sort().join(' ');
  const today = (): string => now().toISOString().slice(0, 10);
  return {
    begin: async (way, fields) => {
      const set = setOf(fields);
      const lastDay = (): string | null => table.lastDay(connection, bucket, way, set);
      const name = [connection, bucket, way, set].join('\n');
      if (lastDay() !== today()) await looks.over(name);
      return isProofDue(lastDay(), today(), random()) ? looks.begin(name) : null;
    },
    droppedBefore: (way) =>
      new Set(
        table
          .dropped(connection, bucket)
          .filter((one) => one.way === way)
          .map((one) => one.field),
      ),
    note: (way, fields, dropped, path) => {
      tables.now(() => {
        table.setDay(connection, bucket, way, setOf(fields), today());
        for (const field of fields) {
          if (dropped.includes(field))
            table.addDropped(connection, bucket, { way, field, path, since: now().toISOString() });
          else table.removeDropped(connection, bucket, way, field);
        }
      });
    },
  };
}
