import { beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { FolderStatus } from '../../../main/contract/models.ts';
import { noticeText } from '../../../main/shell/notice-words.ts';
import { keyOf, newsOf, QUIET, sparing, type Notice } from '../../../main/shell/notices.ts';
import { Notifier } from '../../../main/shell/notifier.ts';
import { folderStatus, snapshotOf } from './facts.ts';

const DENIED = failure('permission', { action: 's3:PutObject', resource: 'r', answer: '403' });
const FULL = failure('disk-full', { path: '/h' });
const news = (before: readonly Partial<FolderStatus>[], after: readonly Partial<FolderStatus>[]) =>
  newsOf(snapshotOf({ folders: before.map(folderStatus) }), snapshotOf({ folders: after.map(folderStatus) }));
const held = (folder: string, parked: number): Partial<FolderStatus> => ({
  folder,
  state: 'attention',
  parked,
  failure: DENIED,
});

describe('what came up between two snapshots', () => {
  it('is nothing at the start, and nothing of a folder that is new', () => {
    expect(newsOf(null, snapshotOf({ folders: [folderStatus(held('a', 3))] }))).toEqual([]);
    expect(news([], [held('a', 3)])).toEqual([]);
  });

  it('is one notice a cause, whatever the folders and files', () => {
    expect(news([{ folder: 'a' }, { folder: 'b' }], [held('a', 3), held('b', 1)])).toEqual([
      { kind: 'parked', cause: 'permission', folders: ['a', 'b'], files: 4 },
    ]);
    expect(news([held('a', 3)], [held('a', 2)])).toEqual([]);
  });

  it('is a folder that cannot go on, once', () => {
    const gone = { state: 'unavailable', failure: failure('root-missing', { root: '/a' }) } as const;
    expect(news([{}], [gone])).toEqual([{ kind: 'attention', cause: 'root', folders: ['photos'] }]);
    expect(news([gone], [gone])).toEqual([]);
    expect(news([{}], [{ ...gone, state: 'paused' }])).toEqual([]);
    expect(news([{}], [{ state: 'offline', failure: failure('offline', { endpoint: 'e', reason: 'r' }) }])).toEqual([]);
  });

  it('is deletes that wait, by their own name', () => {
    const brake = { deletes: 1142, since: '2026-11-22T14:00:00.000Z' };
    const braked = { state: 'attention', brake, failure: failure('deletes-braked', { deletes: 1142 }) } as const;
    expect(news([{}], [braked])).toEqual([{ kind: 'brake', folder: 'photos', deletes: 1142 }]);
    expect(news([braked], [{ ...braked, brake: { ...brake, deletes: 1200 } }])).toEqual([]);
  });

  it('is Cairn’s own state, once for all folders', () => {
    const full = (folder: string): Partial<FolderStatus> => ({ folder, state: 'attention', failure: FULL });
    expect(news([{ folder: 'a' }, { folder: 'b' }], [full('a'), full('b')])).toEqual([
      { kind: 'home', code: 'disk-full' },
    ]);
    expect(news([full('a')], [full('a')])).toEqual([]);
  });
});

describe('a cause', () => {
  const parked: Notice = { kind: 'parked', cause: 'file', folders: ['a'], files: 1 };
  const restored: Notice = { kind: 'restored', folder: 'a', files: 1 };

  it('is told once an hour at most, but what somebody waits for always', () => {
    const first = sparing([parked, parked, restored, restored], new Map(), 0);
    expect(first.notices).toEqual([parked, restored, restored]);
    expect(sparing([parked, { ...parked, files: 7 }], first.told, QUIET - 1).notices).toEqual([]);
    expect(sparing([parked], first.told, QUIET).notices).toEqual([parked]);
    expect(sparing([{ ...parked, cause: 'policy' }], first.told, 1).notices.length).toBe(1);
    expect(keyOf({ ...parked, folders: ['b'] })).toBe(keyOf(parked));
  });
});

describe('the notifier', () => {
  let shown: { title: string; body: string; click: () => void }[];
  let places: unknown[];
  let isWanted: boolean;
  let isSeen: boolean;
  let notifier: Notifier;
  beforeEach(() => {
    [shown, places, isWanted, isSeen] = [[], [], true, false];
    notifier = new Notifier({
      isWanted: () => isWanted,
      isSeen: () => isSeen,
      locale: () => 'en-GB',
      show: (text, click) => shown.push({ ...text, click }),
      open: (place) => places.push(place),
      now: () => 0,
    });
    notifier.hearStatus(snapshotOf({ folders: [folderStatus({ folder: 'a' })] }));
  });
  const parkThree = (): void => {
    notifier.hearStatus(snapshotOf({ folders: [folderStatus(held('a', 3))] }));
  };

  it('names the number, and a click opens the place', () => {
    parkThree();
    expect(shown).toMatchObject([{ title: '3 files need you', body: 'a: A permission is missing. All else goes on.' }]);
    shown[0]?.click();
    expect(places).toEqual([{ folder: 'a', tab: 'queue' }]);
  });

  it('is silent where nobody wants it, and where the window is before the person', () => {
    isWanted = false;
    parkThree();
    [isWanted, isSeen] = [true, true];
    notifier.hearStatus(snapshotOf({ folders: [folderStatus(held('a', 4))] }));
    expect(shown).toEqual([]);
    // What was seen in the window is not counted as told.
    isSeen = false;
    notifier.hearStatus(snapshotOf({ folders: [folderStatus(held('a', 5))] }));
    expect(shown.length).toBe(1);
  });

  it('takes nothing for news that an engine finds again after its end', () => {
    notifier.hearEnd();
    parkThree();
    expect(shown).toEqual([]);
  });

  it('tells of a restore that ended, by what was asked', () => {
    notifier.hearAnswer('history.restore', { folder: 'a' }, { files: 1300, restored: 1204 });
    notifier.hearAnswer('versions.restore', { folder: 'a' }, {});
    notifier.hearAnswer('folder.scan', { folder: 'a' }, null);
    expect(shown.map(({ body }) => body)).toEqual(['1,204 files are back from a.', '1 file is back from a.']);
  });
});

it('has words for every notice in both languages', () => {
  const all: readonly Notice[] = [
    { kind: 'parked', cause: 'internal', folders: ['a'], files: 2 },
    { kind: 'attention', cause: 'root', folders: ['a'] },
    { kind: 'brake', folder: 'a', deletes: 1 },
    { kind: 'home', code: 'disk-full' },
    { kind: 'restored', folder: 'a', files: 1 },
    { kind: 'back', folder: 'a', path: 'p', to: null },
    { kind: 'back', folder: 'a', path: 'p', to: '/t/p' },
  ];
  for (const notice of all) {
    const [english, german] = [noticeText(notice, 'en-GB'), noticeText(notice, 'de-AT')];
    for (const text of [english.title, english.body, german.title, german.body])
      expect(text).not.toMatch(/undefined|^$/);
    expect(german).not.toEqual(english);
  }
});
