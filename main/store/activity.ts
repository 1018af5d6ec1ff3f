/** Statements on the activity list: what a person would want to read. */
import type { FailureSaid } from '../contract/errors.ts';
import type { Activity, ActivityKind } from '../contract/models.ts';
import type { ReadableDb, WritableDb } from './database.ts';

interface Raw {
  seq: number;
  at: string;
  folder: string | null;
  kind: ActivityKind;
  code: string;
  path: string | null;
  detail: string;
}

/** What a failure says lies among the details, under a name that no detail has. */
function toActivity(raw: Raw): Activity {
  const { said, ...detail } = JSON.parse(raw.detail) as Activity['detail'] & { readonly said?: FailureSaid };
  return said === undefined ? { ...raw, detail } : { ...raw, detail, said };
}

export type ActivityReader = ReturnType<typeof openActivityReader>;
export type ActivityLog = ReturnType<typeof openActivity>;

export function openActivityReader(db: ReadableDb) {
  const all = db.prepare<[number, number], Raw>('SELECT * FROM activity WHERE seq < ? ORDER BY seq DESC LIMIT ?');
  const ofFolder = db.prepare<[string, number, number], Raw>(
    'SELECT * FROM activity WHERE folder = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
  );
  return {
    /** Newest first, older than `before`. */
    list: (folder: string | null, before: number | null, limit: number): Activity[] => {
      const below = before ?? Number.MAX_SAFE_INTEGER;
      return (folder === null ? all.all(below, limit) : ofFolder.all(folder, below, limit)).map(toActivity);
    },
  };
}

export function openActivity(db: WritableDb) {
  const insert = db.prepare(`INSERT INTO activity (at, folder, kind, code, path, detail) VALUES (?, ?, ?, ?, ?, ?)`);
  return {
    ...openActivityReader(db),
    add: ({ at, folder, kind, code, path, detail, said }: Omit<Activity, 'seq'>): void => {
      insert.run(at, folder, kind, code, path, JSON.stringify({ ...detail, said }));
    },
  };
}
