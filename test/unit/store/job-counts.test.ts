import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openTables } from './support.ts';

const one = <const T>(...values: readonly T[]) => fc.constantFrom(...values);
const row = fc.record({
  folder: one('f', 'g'),
  path: one('a', 'b', 'c', 'd'),
  operation: one('put', 'delete', 'gone'),
  reason: one('new', 'vanished', 'released'),
  state: one('waiting', 'active', 'parked'),
  held: one(0, 1),
  notBefore: one(0, 5),
  interval: one(0, 7),
  size: fc.nat(9),
});
const step = fc.record({ kind: one('put' as const, 'replace', 'change', 'remove', 'clear'), row });

test('whatever happens to the rows, what is kept is what a count of them says', () => {
  const { db, tables } = openTables();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      db.exec('DELETE FROM jobs');
      const columns =
        'folder, path, directory, operation, reason, size, seen, seen_at, state, held, not_before_ms, interval_ms';
      const values = "@folder, @path, '', @operation, @reason, @size, '', '', @state, @held, @notBefore, @interval";
      const put = db.prepare(`INSERT INTO jobs (${columns}) VALUES (${values}) ON CONFLICT (folder, path) DO UPDATE SET
        operation = @operation, reason = @reason, size = @size, state = @state, held = @held,
        not_before_ms = @notBefore, interval_ms = @interval`);
      const replace = db.prepare(`REPLACE INTO jobs (${columns}) VALUES (${values})`);
      const change = db.prepare('UPDATE jobs SET held = @held, state = @state, interval_ms = @interval');
      const remove = db.prepare('DELETE FROM jobs WHERE folder = @folder AND path = @path');
      const clear = db.prepare('DELETE FROM jobs WHERE state = @state');
      const statements = { put, replace, change, remove, clear };
      for (const { kind, row: values } of steps) {
        const used = new Set(statements[kind].source.match(/@\w+/g)?.map((name) => name.slice(1)));
        statements[kind].run(Object.fromEntries(Object.entries(values).filter(([name]) => used.has(name))));
      }
      const counted = db
        .prepare(
          `SELECT folder, state, operation, reason, held, not_before_ms > 0 AND interval_ms > 0 AS early,
             count(*) AS jobs, sum(size) AS bytes
           FROM jobs GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6`,
        )
        .all();
      const kept = db.prepare('SELECT * FROM job_counts WHERE jobs <> 0 OR bytes <> 0 ORDER BY 1, 2, 3, 4, 5, 6').all();
      expect(kept).toEqual(counted);
      const all = db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM jobs WHERE folder = 'f'`).get();
      const { waiting, held, active, parked } = tables.jobs.counts('f');
      expect(waiting + held + active + parked).toBe(all?.n);
    }),
    { numRuns: 60 },
  );
});
