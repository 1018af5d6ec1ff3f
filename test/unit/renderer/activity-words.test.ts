import { expect, test } from 'vitest';
import type { Activity } from '../../../main/contract/models.ts';
import { kindWords, ownWords as said } from '../../../renderer/views/activity/activity-words.ts';

const ownWords = (one: Activity): string | null => said(one, (path) => path.replace(/^\/home\/mara/, '~'));

const entry = (part: Partial<Activity>): Activity => ({
  seq: 1,
  at: '2026-11-22T14:00:00.000Z',
  folder: 'Thesis',
  kind: 'saved',
  code: 'put',
  path: null,
  detail: {},
  ...part,
});

test.each([
  [entry({ kind: 'restored', code: 'tree', detail: { files: 3, to: '/r/Thesis' } }), '3 files into /r/Thesis'],
  [entry({ kind: 'restored', code: 'tree', path: 'a', detail: { files: 1, to: '/home/mara/r' } }), '1 file into ~/r'],
  [entry({ kind: 'recovered', code: 'offline' }), 'No longer: Offline'],
  [entry({ kind: 'recovered', code: 'brake', detail: { decision: 'release', deletes: 2 } }), 'decided about 2 deletes'],
  [entry({ kind: 'folder', code: 'attached', detail: { where: 'papers/thesis/' } }), 'papers/thesis/'],
])('what has no file and no message of its own says more than a code: %j', (one, text) => {
  expect(ownWords(one)).toContain(text);
});

test('a file, a folder’s place and a message stand for themselves', () => {
  expect(ownWords(entry({ path: 'a.txt' }))).toBeNull();
  expect(ownWords(entry({ kind: 'folder', code: 'added', detail: { root: '/home/mara' } }))).toBeNull();
  expect(ownWords(entry({ kind: 'matched', code: 'added', detail: { message: 'told' } }))).toBeNull();
});

test('a problem is named by its code, and a folder by what became of it', () => {
  expect(kindWords(entry({ kind: 'parked', code: 'permission' }))).toBe('Refused');
  expect(kindWords(entry({ kind: 'folder', code: 'added' }))).toBe('Folder added');
  expect(kindWords(entry({ kind: 'folder', code: 'another' }))).toBe('Folder');
  expect(kindWords(entry({ kind: 'saved' }))).toBe('Saved');
});
