/** How often silent fields are proved. In: what was proved when, and chance. Out: whether a look is due; what was found. */
import type { Folder } from '../contract/models.ts';
import type { WriteTables } from '../store/index.ts';
import type { FieldProofs } from '../transfer/index.ts';

/** One file in a hundred is looked at, whatever was proved before. */
const SAMPLE = 0.01;

/** Pure. @param lastDay the day of the last proof of this set, null: never. Days as YYYY-MM-DD. @param random 0 to 1. */
export function isProofDue(lastDay: string | null, today: string, random: number): boolean {
  return lastDay !== today || random < SAMPLE;
}

export function openFieldProofs(
  folder: Folder,
  tables: WriteTables,
  now: () => Date,
  random: () => number,
): FieldProofs {
  const { connection, bucket } = folder;
  const table = tables.fieldProofs;
  const setOf = (fields: readonly string[]): string => [...fields].sort().join(' ');
  const today = (): string => now().toISOString().slice(0, 10);
  return {
    isDue: (way, fields) => isProofDue(table.lastDay(connection, bucket, way, setOf(fields)), today(), random()),
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
