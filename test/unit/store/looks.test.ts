import { expect, test } from 'vitest';
import { openTables, path } from './support.ts';

test('what a whole look left out, what only looks found, and the mounts of a folder are kept', () => {
  const { tables, home } = openTables();
  const { folders } = tables;
  expect(folders.find('f')).toMatchObject({ look: null, onlyByScan: 0, mounts: [] });
  expect(folders.mounts('f')).toEqual([]);
  const look = {
    skipped: { ignored: 2, links: 1, special: 0, examples: [{ path: 'a/link', kind: 'link' as const }] },
    unread: [],
    leftOut: [path('build')],
    lists: [path('.cairnignore')],
  };
  tables.now(() => {
    folders.setLook('f', look);
    folders.addOnlyByScan('f', 3);
    folders.addOnlyByScan('f', 4);
    folders.setMounts('f', [path('usb')]);
    folders.setScanned('f', '2026-03-01T12:00:00.000Z');
  });
  tables.close();
  const again = openTables(home).tables.folders.find('f');
  expect(again).toMatchObject({ look, onlyByScan: 7, mounts: ['usb'], lastScanAt: '2026-03-01T12:00:00.000Z' });
});
