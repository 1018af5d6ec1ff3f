/** Statements on fields that no answer shows: when they were last proved, and which the store was seen to drop. */
import type { ReadableDb, WritableDb } from './database.ts';
import { openMemory } from './memory.ts';

/** A field that the store takes without a word and does not keep. */
export interface DroppedField {
  /** `put`, `multipart` or `copy`. */
  readonly way: string;
  /** Under the SDK's name. */
  readonly field: string;
  /** The file that showed it first. */
  readonly path: string;
  readonly since: string;
}

export type FieldProofsReader = ReturnType<typeof openFieldProofsReader>;
export type FieldProofsTable = ReturnType<typeof openFieldProofs>;

export function openFieldProofsReader(db: ReadableDb) {
  const dropped = db.prepare<[string, string], DroppedField>(
    'SELECT way, field, path, since FROM dropped_fields WHERE connection = ? AND bucket = ? ORDER BY field, way',
  );
  const day = db
    .prepare<[string, string, string, string], string>(
      'SELECT day FROM field_proofs WHERE connection = ? AND bucket = ? AND way = ? AND fields = ?',
    )
    .pluck();
  return {
    dropped: (connection: string, bucket: string): DroppedField[] => dropped.all(connection, bucket),
    /** The day of the last proof of this set of fields, YYYY-MM-DD; null: never. */
    lastDay: (connection: string, bucket: string, way: string, fields: string): string | null =>
      day.get(connection, bucket, way, fields) ?? null,
  };
}

export function openFieldProofs(db: WritableDb) {
  const reader = openFieldProofsReader(db);
  // Asked for with each file; nobody else writes them while this handle is open.
  const dropped = openMemory(reader.dropped);
  const lastDay = openMemory(reader.lastDay);
  const setDay = db.prepare(
    `INSERT INTO field_proofs (connection, bucket, way, fields, day) VALUES (@connection, @bucket, @way, @fields, @day)
     ON CONFLICT (connection, bucket, way, fields) DO UPDATE SET day = @day`,
  );
  const addDropped = db.prepare(
    `INSERT INTO dropped_fields (connection, bucket, way, field, path, since)
     VALUES (@connection, @bucket, @way, @field, @path, @since)
     ON CONFLICT (connection, bucket, way, field) DO NOTHING`,
  );
  const removeDropped = db.prepare<[string, string, string, string]>(
    'DELETE FROM dropped_fields WHERE connection = ? AND bucket = ? AND way = ? AND field = ?',
  );
  return {
    ...reader,
    dropped: dropped.of,
    lastDay: lastDay.of,
    setDay: (connection: string, bucket: string, way: string, fields: string, on: string): void => {
      setDay.run({ connection, bucket, way, fields, day: on });
      lastDay.forget();
    },
    addDropped: (connection: string, bucket: string, found: DroppedField): void => {
      addDropped.run({ connection, bucket, ...found });
      dropped.forget();
    },
    /** The store keeps it by now: somebody mended it. */
    removeDropped: (connection: string, bucket: string, way: string, field: string): void => {
      removeDropped.run(connection, bucket, way, field);
      dropped.forget();
    },
  };
}
