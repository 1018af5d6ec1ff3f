import { expect, test } from 'vitest';
import { openTables } from './support.ts';

const learnt = { versioning: 'enabled', checksums: 'returned', conditions: 'works' } as const;

test('what was learnt of a bucket is answered anew once it changed, and for that bucket alone', () => {
  const { tables } = openTables();
  expect(tables.folders.capabilities('c', 'one').versioning).toBe('unknown');
  expect(tables.folders.capabilities('c', 'two').versioning).toBe('unknown');
  tables.folders.setCapabilities('c', 'one', learnt, '2026-01-01T00:00:00.000Z');
  expect(tables.folders.capabilities('c', 'one')).toEqual(learnt);
  expect(tables.folders.capabilities('c', 'two').versioning).toBe('unknown');
  tables.folders.setCapabilities('c', 'one', { ...learnt, versioning: 'suspended' }, '2026-01-02T00:00:00.000Z');
  expect(tables.folders.capabilities('c', 'one').versioning).toBe('suspended');
});

test('a field that the store drops is known from the moment on, and forgotten once it keeps it', () => {
  const { tables } = openTables();
  const found = { way: 'put', field: 'Tagging', path: 'a.txt', since: '2026-01-01T00:00:00.000Z' };
  expect(tables.fieldProofs.dropped('c', 'b')).toEqual([]);
  tables.fieldProofs.addDropped('c', 'b', found);
  expect(tables.fieldProofs.dropped('c', 'b')).toEqual([found]);
  expect(tables.fieldProofs.dropped('c', 'other')).toEqual([]);
  tables.fieldProofs.removeDropped('c', 'b', 'put', 'Tagging');
  expect(tables.fieldProofs.dropped('c', 'b')).toEqual([]);
});

test('the day of the last proof is known from the moment on, for that way and those fields alone', () => {
  const { tables } = openTables();
  const { lastDay, setDay } = tables.fieldProofs;
  expect(lastDay('c', 'b', 'put', 'Tagging')).toBeNull();
  setDay('c', 'b', 'put', 'Tagging', '2026-01-01');
  expect(lastDay('c', 'b', 'put', 'Tagging')).toBe('2026-01-01');
  setDay('c', 'b', 'put', 'Tagging', '2026-01-02');
  expect(lastDay('c', 'b', 'put', 'Tagging')).toBe('2026-01-02');
  expect([lastDay('c', 'b', 'copy', 'Tagging'), lastDay('c', 'b', 'put', 'ACL')]).toEqual([null, null]);
});
