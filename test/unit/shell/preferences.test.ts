import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Network, Power } from '../../../main/contract/app-settings.ts';
import { success } from '../../../main/contract/result.ts';
import { autostartEntry, autostartFile, isAutostartOn } from '../../../main/shell/autostart.ts';
import { waitingStep, WaitingPause, waitReasons } from '../../../main/shell/waiting-pause.ts';
import { openLoginStart, type LoginStartOptions } from '../../../main/shell/login-start.ts';
import { NOTHING_KNOWN, openMemory, type Memory } from '../../../main/shell/memory.ts';
import { linuxPower } from '../../../main/shell/power.ts';
import { localeOf, openPreferences } from '../../../main/shell/preferences.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-preferences-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const login = (part: Partial<LoginStartOptions> = {}) =>
  openLoginStart({
    platform: 'linux',
    isPackaged: true,
    program: '/opt/Cairn/cairn',
    home: null,
    environment: { XDG_CONFIG_HOME: join(folder, 'configuration') },
    user: folder,
    items: {
      isOn: () => false,
      set: () => {
        throw new Error('this is for other systems');
      },
    },
    ...part,
  });

describe('a start with the computer, on Linux', () => {
  it('is a file that names the program, and is gone when it is switched off', () => {
    const start = login();
    const file = join(folder, 'configuration', 'autostart', 'cairn.desktop');
    expect([start.cannot, start.isOn()]).toEqual([null, false]);
    expect(start.set(true)).toEqual(success(null));
    expect(start.isOn()).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain('Exec="/opt/Cairn/cairn" "--hidden"\n');
    login({ program: '/opt/Cairn-2/cairn' }).refresh();
    expect(readFileSync(file, 'utf8')).toContain('Exec="/opt/Cairn-2/cairn" "--hidden"\n');
    expect(start.set(false)).toEqual(success(null));
    expect(readdirSync(join(folder, 'configuration', 'autostart'))).toEqual([]);
    login().refresh();
    expect(start.isOn()).toBe(false);
  });

  it('quotes what a shell or the file itself would read otherwise', () => {
    expect(autostartEntry(['/a b/50%"$x`\\c'])).toContain(
      String.raw`Exec="/a b/50%%\\"\\$x\\` + '`' + String.raw`\\\\c"`,
    );
  });

  it('has a file for each home, in the place that the session looks at', () => {
    expect(autostartFile({}, '/u', null)).toBe('/u/.config/autostart/cairn.desktop');
    expect(autostartFile({ XDG_CONFIG_HOME: 'relative' }, '/u', null)).toBe('/u/.config/autostart/cairn.desktop');
    expect(autostartFile({ XDG_CONFIG_HOME: '/c' }, '/u', '/h')).toMatch(
      /^\/c\/autostart\/cairn-[0-9a-f]{8}\.desktop$/,
    );
    expect(autostartFile({}, '/u', '/h')).not.toBe(autostartFile({}, '/u', '/i'));
    const other = login({ home: '/h' });
    other.set(true);
    expect(login().isOn()).toBe(false);
    const [name = ''] = readdirSync(join(folder, 'configuration', 'autostart'));
    expect(readFileSync(join(folder, 'configuration', 'autostart', name), 'utf8')).toContain('"--home" "/h"');
  });

  it('counts as off where the desktop switched it off in the file', () => {
    const file = join(folder, 'one.desktop');
    for (const off of ['Hidden=true', 'X-GNOME-Autostart-enabled=false']) {
      writeFileSync(file, `[Desktop Entry]\n${off}\n`);
      expect(isAutostartOn(file), off).toBe(false);
    }
  });

  it('tells what the disk answers', () => {
    writeFileSync(join(folder, 'configuration'), 'a file in its way');
    expect(login().set(true)).toMatchObject({ ok: false, failure: { code: 'write-failed' } });
  });
});

describe('a start with the computer, elsewhere', () => {
  it('is told to the system with the same words', () => {
    const told: unknown[] = [];
    const items = { isOn: () => true, set: (...words: unknown[]) => told.push(words) };
    const start = login({
      platform: 'win32',
      home: 'C:\\h',
      items: { ...items, set: (on, words) => void items.set(on, words) },
    });
    expect(start.isOn()).toBe(true);
    start.set(false);
    expect(told).toEqual([[false, ['--hidden', '--home', 'C:\\h']]]);
  });

  it('is refused where it cannot be, and says why', () => {
    expect(login({ isPackaged: false }).cannot).toBe('not-installed');
    expect(login({ platform: 'darwin', home: '/h' }).cannot).toBe('other-home');
    expect(login({ isPackaged: false }).set(true)).toMatchObject({ failure: { code: 'start-not-possible' } });
  });
});

describe('power, as Linux tells it', () => {
  const supply = (name: string, fields: Readonly<Record<string, string>>): void => {
    mkdirSync(join(folder, name));
    for (const [field, value] of Object.entries(fields)) writeFileSync(join(folder, name, field), `${value}\n`);
  };

  it('is unknown without a battery, also where a mouse has one', () => {
    expect(linuxPower(join(folder, 'missing'))).toBe('unknown');
    supply('AC', { type: 'Mains', online: '1' });
    supply('mouse', { type: 'Battery', scope: 'Device', status: 'Discharging' });
    expect(linuxPower(folder)).toBe('unknown');
  });

  it('is the battery while it empties and nothing feeds it', () => {
    supply('BAT0', { type: 'Battery', status: 'Discharging' });
    expect(linuxPower(folder)).toBe('battery');
    supply('AC', { type: 'Mains', online: '0' });
    expect(linuxPower(folder)).toBe('battery');
    writeFileSync(join(folder, 'AC', 'online'), '1\n');
    expect(linuxPower(folder)).toBe('mains');
    rmSync(join(folder, 'AC'), { recursive: true });
    writeFileSync(join(folder, 'BAT0', 'status'), 'Full\n');
    expect(linuxPower(folder)).toBe('mains');
  });
});

describe('a pause on battery, or on a metered network', () => {
  const at = (name: string, paused: boolean, pausedUntil: string | null = null) => ({ name, paused, pausedUntil });
  const facts = { isDue: true, waiting: null, folders: [at('a', false), at('b', true)] };

  it('is due where that is wanted and so, for each reason by itself', () => {
    const none = { pauseOnBattery: false, power: 'battery', pauseOnMetered: false, network: 'metered' } as const;
    expect(waitReasons(none)).toEqual([]);
    expect(waitReasons({ ...none, pauseOnBattery: true })).toEqual(['battery']);
    expect(waitReasons({ ...none, pauseOnMetered: true })).toEqual(['metered']);
    const both = { ...none, pauseOnBattery: true, pauseOnMetered: true } as const;
    expect(waitReasons(both)).toEqual(['battery', 'metered']);
    expect(waitReasons({ ...both, power: 'mains', network: 'unmetered' })).toEqual([]);
    // Nobody can tell.
    expect(waitReasons({ ...both, power: 'unknown', network: 'untold' })).toEqual([]);
  });

  it('takes what runs, and gives back just that', () => {
    expect(waitingStep(facts)).toEqual({ pause: ['a'], resume: [], waiting: ['a'] });
    const folders = [at('a', true), at('b', true)];
    expect(waitingStep({ ...facts, waiting: ['a'], folders })).toEqual({ pause: [], resume: [], waiting: ['a'] });
    const over = { isDue: false, waiting: ['a'], folders };
    expect(waitingStep(over)).toEqual({ pause: [], resume: ['a'], waiting: null });
  });

  it('leaves what a person says meanwhile', () => {
    const resumed = { ...facts, waiting: ['a'] };
    expect(waitingStep(resumed)).toEqual({ pause: [], resume: [], waiting: [] });
    const forAnHour = { ...facts, waiting: ['a'], folders: [at('a', true, '2026-11-22T15:00:00Z')] };
    expect(waitingStep(forAnHour).waiting).toEqual([]);
  });

  function start(begun: Partial<Memory>) {
    let known: Memory = { ...NOTHING_KNOWN, ...begun };
    const system = { power: 'battery' as Power, network: 'metered' as Network };
    const paused = new Set<string>();
    const order: string[] = [];
    const pauseOf = (isPaused: boolean) => (name: string) => {
      order.push(`${isPaused ? 'pause' : 'resume'} ${name}, written down: ${String(known.waiting)}`);
      if (isPaused) paused.add(name);
      else paused.delete(name);
      return Promise.resolve(success(null));
    };
    const make = () =>
      new WaitingPause({
        reasons: () => waitReasons({ ...known, ...system }),
        waiting: () => known.waiting,
        remember: (waiting) => {
          known = { ...known, waiting };
        },
        folders: () => Promise.resolve(success([{ name: 'a', paused: paused.has('a') }])),
        pause: pauseOf(true),
        resume: pauseOf(false),
        log: () => undefined,
      });
    return { system, order, make, waiting: () => known.waiting };
  }

  it('is written down before it is done, and goes on after a restart', async () => {
    const { system, order, make, waiting } = start({ pauseOnBattery: true });
    const first = make();
    await Promise.all([first.look(), first.look()]);
    system.power = 'mains';
    await make().look();
    expect(order).toEqual(['pause a, written down: a', 'resume a, written down: a']);
    expect(waiting()).toBeNull();
  });

  it('lasts until the last of its reasons is gone', async () => {
    const { system, order, make, waiting } = start({ pauseOnBattery: true, pauseOnMetered: true });
    const pause = make();
    await pause.look();
    system.power = 'mains';
    await pause.look();
    expect(waiting()).toEqual(['a']);
    system.network = 'unmetered';
    await pause.look();
    expect(order).toEqual(['pause a, written down: a', 'resume a, written down: a']);
  });
});

describe('how the app behaves', () => {
  it('is set at once and kept for the next start', () => {
    const file = join(folder, 'shell.json');
    const themes: string[] = [];
    let changes = 0;
    const open = () =>
      openPreferences({
        memory: openMemory(file, () => undefined),
        login: login(),
        power: () => 'mains',
        network: () => 'untold',
        systemLocale: 'en-US',
        setTheme: (theme) => themes.push(theme),
        onChange: () => (changes += 1),
      });
    const first = open();
    expect(first.report()).toMatchObject({ theme: 'system', language: 'system', notifications: true, power: 'mains' });
    expect(first.change({ theme: 'dark', language: 'de' })).toMatchObject({ value: { theme: 'dark', language: 'de' } });
    expect([first.words().quit, first.locale(), changes]).toEqual(['Cairn beenden', 'de', 1]);
    const second = open();
    expect(second.report()).toMatchObject({ theme: 'dark', language: 'de', startWithComputer: false });
    expect(themes).toEqual(['system', 'dark', 'dark']);
  });

  it('changes nothing where the system refuses to start it', () => {
    const memory = openMemory(join(folder, 'shell.json'), () => undefined);
    const none = {
      power: () => 'mains' as Power,
      network: () => 'untold' as Network,
      systemLocale: 'en',
      setTheme: () => undefined,
      onChange: () => undefined,
    };
    const preferences = openPreferences({ memory, login: login({ isPackaged: false }), ...none });
    expect(preferences.change({ startWithComputer: true, theme: 'dark' })).toMatchObject({ ok: false });
    expect(memory.read().theme).toBe('system');
  });

  it('speaks a chosen language with the system’s region', () => {
    expect(localeOf('system', 'fr-FR')).toBe('fr-FR');
    expect(localeOf('de', 'de-AT')).toBe('de-AT');
    expect(localeOf('de', 'en-US')).toBe('de');
    expect(localeOf('en', 'de-AT')).toBe('en-GB');
  });
});
