/** Pauses that end by themselves, by whichever clock says so first. */
import { foldersHere } from '../../../main/contract/attached.ts';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Folder } from '../../../main/contract/models.ts';
import { openHome, openHomeForReading, type OpenHome } from '../../../main/engine/home.ts';
import { PauseClock, pauseFolders, resumeFolders } from '../../../main/engine/pauses.ts';
import { codeOf, must, temporaryFolder } from '../store/support.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-22T14:00:00Z');
const iso = (ms: number): string => new Date(ms).toISOString();

function folder(name: string): Folder {
  return {
    id: name,
    name,
    path: `/${name}`,
    connection: 'c',
    bucket: 'b',
    prefix: `${name}/`,
    deletes: 'keep',
    paused: false,
    policy: {},
    policyVersion: 1,
    ignore: [],
    watching: 'auto',
    addedAt: iso(NOW),
  };
}

function opened(path = temporaryFolder()): OpenHome {
  const home = must(openHome(path));
  onTestFinished(() => {
    home.close();
  });
  if (foldersHere(home.settings.folders).length === 0) {
    must(home.update({ connections: [], folders: ['a', 'b', 'c'].map(folder) }));
  }
  return home;
}

const states = (home: Pick<OpenHome, 'settings'>) =>
  foldersHere(home.settings.folders).map((one) => (one.paused ? (one.pausedUntil ?? 'for good') : 'on'));

describe('pauses', () => {
  test('of one, and of all for a while: what is paused for good stays so, what was paused for less is paused for longer', () => {
    const home = opened();
    must(pauseFolders(home, 'a', null, NOW));
    must(pauseFolders(home, 'b', iso(NOW + 60_000), NOW));
    const changed = must(pauseFolders(home, undefined, iso(NOW + HOUR), NOW));
    expect(changed.map((one) => one.name)).toEqual(['b', 'c']);
    expect(states(home)).toEqual(['for good', iso(NOW + HOUR), iso(NOW + HOUR)]);
    must(pauseFolders(home, undefined, null, NOW));
    expect(states(home)).toEqual(['for good', 'for good', 'for good']);
    expect(must(resumeFolders(home, 'b')).map((one) => one.name)).toEqual(['b']);
    expect(must(resumeFolders(home, undefined)).map((one) => one.name)).toEqual(['a', 'c']);
    expect(states(home)).toEqual(['on', 'on', 'on']);
  });

  test('end in the future, of a folder that is there', () => {
    const home = opened();
    expect(codeOf(pauseFolders(home, 'a', iso(NOW), NOW))).toBe('bad-input');
    expect(codeOf(pauseFolders(home, 'a', 'soon', NOW))).toBe('bad-input');
    expect(codeOf(pauseFolders(home, 'none', null, NOW))).toBe('unknown-folder');
    expect(codeOf(resumeFolders(home, 'none'))).toBe('unknown-folder');
    expect(states(home)).toEqual(['on', 'on', 'on']);
  });

  test('outlive a restart, and have ended where their time passed without any Cairn', () => {
    const path = temporaryFolder();
    const home = must(openHome(path));
    must(home.update({ connections: [], folders: ['a', 'b', 'c'].map(folder) }));
    const later = iso(Date.now() + HOUR);
    must(pauseFolders(home, 'a', later, Date.now()));
    must(pauseFolders(home, 'b', iso(NOW + 1), NOW));
    must(pauseFolders(home, 'c', null, NOW));
    home.close();
    const expected = [later, Date.now() > NOW ? 'on' : iso(NOW + 1), 'for good'];
    const reading = must(openHomeForReading(path));
    expect(states(reading)).toEqual(expected);
    reading.close();
    expect(states(opened(path))).toEqual(expected);
  });
});

describe('their end', () => {
  function clock() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const times = { wall: NOW, passed: 0 };
    const folders = [{ ...folder('a'), paused: true, pausedUntil: iso(NOW + HOUR) }, folder('b')];
    const ended: string[] = [];
    const pauses = new PauseClock({
      folders: () => folders,
      onEnd: (which) => {
        for (const one of which) {
          ended.push(one.name);
          folders[0] = folder('a');
        }
      },
      now: () => times.wall,
      monotonic: () => times.passed,
    });
    onTestFinished(() => {
      pauses.stop();
      expect(vi.getTimerCount()).toBe(0);
      vi.useRealTimers();
    });
    /** Both clocks go on, or one of them jumps. */
    const pass = async (wallMs: number, passedMs: number, steps = 1): Promise<void> => {
      for (let step = 0; step < steps; step += 1) {
        times.wall += wallMs / steps;
        times.passed += passedMs / steps;
        await vi.advanceTimersByTimeAsync(passedMs / steps);
      }
    };
    pauses.look();
    return { ended, pass, pauses };
  }

  test('comes when the hour is over, and not before', async () => {
    const { ended, pass } = clock();
    await pass(HOUR - 30_000, HOUR - 30_000, 200);
    expect(ended).toEqual([]);
    await pass(30_000, 30_000, 4);
    expect(ended).toEqual(['a']);
  });

  test('comes soon after a sleep that was longer', async () => {
    const { ended, pass } = clock();
    await pass(2 * HOUR, 0);
    await pass(30_000, 30_000);
    expect(ended).toEqual(['a']);
  });

  test('is not put off by a clock that is set back', async () => {
    const { ended, pass } = clock();
    await pass(-24 * HOUR, 0);
    await pass(HOUR - 30_000, HOUR - 30_000, 200);
    expect(ended).toEqual([]);
    await pass(60_000, 60_000, 4);
    expect(ended).toEqual(['a']);
  });
});
