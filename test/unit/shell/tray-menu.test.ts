import { describe, expect, it } from 'vitest';
import { FAILURE_CODES, failure } from '../../../main/contract/errors.ts';
import type { Snapshot } from '../../../main/contract/models.ts';
import { reason } from '../../../main/contract/reasons.ts';
import {
  duration,
  shorten,
  stateSentence,
  trayMenu,
  type MenuFacts,
  type MenuLine,
} from '../../../main/shell/tray-menu.ts';
import { wordsFor } from '../../../main/shell/words.ts';
import { englishIn } from '../../support/in-english.ts';
import { connectionStatus, folderStatus, snapshotOf } from './facts.ts';

const english = wordsFor('en-GB');
const german = wordsFor('de-AT');

function factsOf(snapshot: Snapshot | null, part: Partial<MenuFacts> = {}): MenuFacts {
  return {
    engine: { kind: 'up' },
    snapshot,
    pausedUntil: null,
    now: new Date('2026-11-22T14:40:00Z'),
    locale: 'en-GB',
    timeZone: 'UTC',
    ...part,
  };
}

/** The menu as a person reads it: `-` is a line between groups, `>` opens, `(…)` cannot be clicked. */
function read(lines: readonly MenuLine[]): readonly string[] {
  return lines.flatMap((line) => {
    switch (line.kind) {
      case 'separator':
        return ['-'];
      case 'text':
        return [`(${line.label})`];
      case 'item':
        return [line.label];
      case 'submenu':
        return [`${line.label} >`, ...read(line.lines).map((label) => `  ${label}`)];
    }
  });
}

function actionOf(lines: readonly MenuLine[], label: string): unknown {
  const line = lines.find((one) => one.kind !== 'separator' && one.label === label);
  return line?.kind === 'item' ? line.action : undefined;
}

const saved = (path: string, at: string) => ({ folder: 'photos', path, at, versionId: 'v' });

describe('the menu', () => {
  it('of a new home is short', () => {
    expect(read(trayMenu(factsOf(snapshotOf({})), english))).toEqual([
      '(No folder yet)',
      '-',
      'Open Cairn',
      '-',
      'Quit Cairn',
    ]);
  });

  it('begins with what waits for a person, then what is under way, then the last five files', () => {
    const snapshot = snapshotOf({
      folders: [
        folderStatus({ folder: 'photos', state: 'syncing' }),
        folderStatus({ folder: 'thesis', state: 'attention', parked: 3, failure: failure('permission') }),
        folderStatus({ folder: 'site', state: 'attention', parked: 1, failure: failure('file-unreadable') }),
      ],
      filesToGo: 2618,
      secondsLeft: 4_790,
      lastSaved: [
        saved('2026/DSC_4417.NEF', '2026-11-22T14:32:10Z'),
        saved('b.indd', '2026-11-22T14:31:00Z'),
        saved('c.tex', '2026-11-22T14:29:00Z'),
        saved('index.html', '2026-11-22T14:16:00Z'),
        saved('hall.dwg', '2026-11-20T13:38:00Z'),
        saved('sixth.txt', '2026-11-20T13:00:00Z'),
      ],
    });
    const menu = trayMenu(factsOf(snapshot), english);
    expect(read(menu)).toEqual([
      '(Needs attention: 2 causes)',
      'thesis: a permission is missing…',
      'site: 1 file waits…',
      '-',
      '(Sending 2,618 files, about 1 h 20 min)',
      '-',
      '(Last saved)',
      'DSC_4417.NEF  14:32',
      'b.indd  14:31',
      'c.tex  14:29',
      'index.html  14:16',
      'hall.dwg  20 Nov',
      '-',
      'Pause for an hour',
      'Pause until tomorrow, 08:00',
      'Pause until resumed',
      '-',
      'Open Cairn',
      'Open a folder >',
      '  photos',
      '  thesis',
      '  site',
      '-',
      'Quit Cairn',
    ]);
    expect(actionOf(menu, 'thesis: a permission is missing…')).toEqual({ kind: 'show', folder: 'thesis' });
    expect(actionOf(menu, 'DSC_4417.NEF  14:32')).toEqual({
      kind: 'show',
      folder: 'photos',
      path: '2026/DSC_4417.NEF',
    });
    expect(actionOf(menu, 'Pause for an hour')).toEqual({ kind: 'pause', length: 'hour' });
    expect(actionOf(menu, 'Quit Cairn')).toEqual({ kind: 'quit' });
    expect(stateSentence(factsOf(snapshot), english)).toBe('Needs attention: 2 causes');
  });

  it('offers to resume where all is paused, and says until when', () => {
    const snapshot = snapshotOf({ folders: [folderStatus({ state: 'paused' })] });
    const untilResumed = read(trayMenu(factsOf(snapshot), english));
    expect(untilResumed).toContain('(Paused)');
    expect(untilResumed).toContain('Resume');
    expect(untilResumed).not.toContain('Pause for an hour');
    const anHour = factsOf(snapshot, { pausedUntil: '2026-11-22T15:32:00Z' });
    expect(read(trayMenu(anHour, english))[0]).toBe('(Paused until 15:32)');
  });

  it('says in sync only where everything is', () => {
    const first = (snapshot: Snapshot | null): string | undefined => read(trayMenu(factsOf(snapshot), english))[0];
    expect(first(snapshotOf({ folders: [folderStatus({})] }))).toBe('(In sync)');
    expect(first(snapshotOf({ folders: [folderStatus({}), folderStatus({ state: 'paused' })] }))).toBe(
      '(1 folder is paused)',
    );
    expect(first(snapshotOf({ folders: [folderStatus({ state: 'scanning' })] }))).toBe('(Looking for changes)');
    expect(
      first(
        snapshotOf({
          folders: [folderStatus({ state: 'offline' })],
          connections: [connectionStatus({ state: 'offline' })],
        }),
      ),
    ).toBe('(Offline: minio does not answer)');
    expect(first(null)).toBe('(Starting)');
  });

  it('says that the engine stopped, and offers no pause then', () => {
    const snapshot = snapshotOf({ folders: [folderStatus({})] });
    const stopped = read(trayMenu(factsOf(snapshot, { engine: { kind: 'stopped', reference: 'E-1' } }), english));
    expect(stopped[0]).toBe('(The engine has stopped (E-1))');
    expect(stopped).not.toContain('(In sync)');
    expect(stopped).not.toContain('Pause for an hour');
    const why = failure('home-from-newer', { home: '/h' });
    expect(read(trayMenu(factsOf(null, { engine: { kind: 'refused', failure: why } }), english))[0]).toBe(
      `(${why.message})`,
    );
  });

  it('is there in German, line for line', () => {
    const snapshot = snapshotOf({ folders: [folderStatus({ state: 'syncing' })], filesToGo: 1, secondsLeft: 48 });
    const menu = read(trayMenu(factsOf(snapshot, { locale: 'de-AT' }), german));
    expect(menu[0]).toBe('(Sendet 1 Datei, etwa 48 s)');
    expect(menu.length).toBe(read(trayMenu(factsOf(snapshot), english)).length);
  });

  it('says in German why the state could not be opened, its reason included', () => {
    const refusal = failure('home-damaged', { home: '/h', reason: reason('database-missing') });
    const facts = factsOf(null, { engine: { kind: 'refused', failure: refusal } });
    expect(read(trayMenu(facts, german))[0]).toBe('(Die Datenbank in /h ist beschädigt: sie fehlt.)');
    expect(read(trayMenu(facts, english))[0]).toBe('(The database in /h is damaged: it is missing.)');
    for (const code of FAILURE_CODES) expect(englishIn(german.failure(failure(code)).message), code).toEqual([]);
  });

  it('has words for every failure of a folder, in both languages', () => {
    for (const code of FAILURE_CODES) {
      for (const words of [english, german]) {
        const label = words.cause('photos', failure(code).class, 2);
        expect(label).toMatch(/^photos: .{8,}…$/u);
      }
    }
  });
});

describe('small things', () => {
  it('keeps the ending of a long name', () => {
    expect(shorten('short.txt')).toBe('short.txt');
    const cut = shorten(`${'a'.repeat(80)}.photo.tiff`);
    expect(cut.length).toBe(40);
    expect(cut.endsWith('a.photo.tiff')).toBe(true);
  });

  it('rounds the time left', () => {
    const said = [0.2, 48, 59, 540, 3_500, 3_600, 4_790, 7_190, 36_000].map((seconds) => duration(seconds, english));
    expect(said).toEqual(['1 s', '48 s', '59 s', '9 min', '58 min', '1 h', '1 h 20 min', '2 h', '10 h']);
  });
});

describe('a newer release', () => {
  it('has a line of its own, which says what is under way', () => {
    const menu = (update: MenuFacts['update']): readonly string[] =>
      read(trayMenu(factsOf(snapshotOf({}), { update }), english));
    expect(menu({ kind: 'available', version: '0.6.0' })).toContain('Update to 0.6.0…');
    expect(menu({ kind: 'downloading', version: '0.6.0' })).toContain('(Fetching 0.6.0)');
    expect(menu({ kind: 'none' })).toEqual(menu(undefined));
    const inGerman = read(
      trayMenu(factsOf(snapshotOf({}), { update: { kind: 'available', version: '0.6.0' } }), german),
    );
    expect(inGerman).toContain('Auf 0.6.0 aktualisieren…');
  });
});
