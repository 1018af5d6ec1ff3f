import { expect, test } from 'vitest';
import { failure, saidOf } from '../../../main/contract/errors.ts';
import { reason } from '../../../main/contract/reasons.ts';
import { openTables } from './support.ts';

const ROW = { at: '2026-03-01T12:00:00.000Z', folder: 'f', path: null } as const;

test('a failure on the activity list keeps what it says, its reasons too, beside its English sentence', () => {
  const { tables, home } = openTables();
  const cause = failure('root-unreadable', { root: '/data', reason: reason('no-right') });
  tables.now(() => {
    const told = { code: cause.code, detail: { message: cause.message }, said: saidOf(cause) };
    tables.activity.add({ ...ROW, kind: 'problem', ...told });
    tables.activity.add({ ...ROW, kind: 'saved', code: 'put', path: 'a.txt', detail: { size: 7 } });
  });
  tables.close();
  const [saved, problem] = openTables(home).tables.activity.list('f', null, 10);
  expect(problem).toMatchObject({
    detail: { message: 'The folder /data cannot be read (permission denied).' },
    said: { code: 'root-unreadable', facts: { root: '/data' }, reasons: { reason: { code: 'no-right' } } },
  });
  expect(problem?.detail).not.toHaveProperty('said');
  expect(saved).toMatchObject({ detail: { size: 7 } });
  expect(saved).not.toHaveProperty('said');
});
