import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLog } from '../../../main/shell/log.ts';
import { NOTHING_KNOWN, openMemory } from '../../../main/shell/memory.ts';
import { readSwitches } from '../../../main/shell/switches.ts';
import { trayPicture } from '../../../main/shell/tray-icon.ts';
import { placeWindow } from '../../../main/shell/window-place.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-shell-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('switches', () => {
  it('take the home from the argument, then from the environment, then from the platform', () => {
    expect(readSwitches(['e', '.', '--home', '/h'], { CAIRN_HOME: '/other' }, '/c')).toEqual({
      home: '/h',
      hidden: false,
      link: null,
    });
    expect(readSwitches(['e', '.', '--home=/h', '--hidden'], {}, '/c')).toMatchObject({ home: '/h', hidden: true });
    expect(readSwitches(['e', '.'], { CAIRN_HOME: '/other' }, '/c').home).toBe('/other');
    expect(readSwitches(['e', '.'], { CAIRN_HOME: '' }, '/c').home).toBeNull();
  });

  it('read a relative home from where npm was started', () => {
    expect(readSwitches(['--home', 'h'], {}, '/c').home).toBe('/c/h');
    expect(readSwitches(['--home', 'h'], { INIT_CWD: '/npm' }, '/c').home).toBe('/npm/h');
  });
});

describe('what the shell remembers', () => {
  it('is there at the next start', () => {
    const file = join(folder, 'shell.json');
    openMemory(file, () => undefined).change({ closeExplained: true });
    expect(openMemory(file, () => undefined).read()).toEqual({ ...NOTHING_KNOWN, closeExplained: true });
  });

  it('is empty where the file is malformed, and can be written again', () => {
    const file = join(folder, 'shell.json');
    for (const text of ['', '{', '[]', '{"closeExplained":"yes"}', '{"window":{"x":1}}']) {
      writeFileSync(file, text);
      expect(openMemory(file, () => undefined).read()).toEqual(NOTHING_KNOWN);
    }
    openMemory(file, () => undefined).change({ closeExplained: true });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ closeExplained: true });
  });

  it('keeps what can be read where one field cannot', () => {
    const file = join(folder, 'shell.json');
    writeFileSync(file, '{"theme":"dark","language":"fr","notifications":false,"window":7}');
    const known = openMemory(file, () => undefined).read();
    expect(known).toEqual({ ...NOTHING_KNOWN, theme: 'dark', notifications: false });
  });

  it('lasts for the run where the disk refuses it', () => {
    const lines: string[] = [];
    const memory = openMemory(join(folder, 'missing', 'shell.json'), (line) => lines.push(line));
    memory.change({ closeExplained: true });
    expect(memory.read().closeExplained).toBe(true);
    expect(lines.length).toBe(1);
  });
});

describe('the log', () => {
  it('goes on where it was, and keeps one older file', () => {
    openLog(folder)('one');
    const log = openLog(folder);
    log('x'.repeat(5 * 1024 * 1024));
    log('three');
    expect(readFileSync(join(folder, 'logs', 'app.log.1'), 'utf8')).toMatch(/ one\n/);
    expect(readFileSync(join(folder, 'logs', 'app.log'), 'utf8')).toMatch(/^\S+ three\n$/);
  });
});

describe('the place of the window', () => {
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];

  it('is 1120 by 760 at first', () => {
    expect(placeWindow(null, screens)).toEqual({ width: 1120, height: 760 });
  });

  it('is the former one where its title bar can be seen', () => {
    const last = { x: 100, y: 50, width: 900, height: 700, maximized: false };
    expect(placeWindow(last, screens)).toEqual({ x: 100, y: 50, width: 900, height: 700 });
  });

  it('is left to the system where the former screen is gone, and never too small or too large', () => {
    const gone = { x: 4000, y: 50, width: 100, height: 9000, maximized: false };
    expect(placeWindow(gone, screens)).toEqual({ width: 760, height: 1080 });
    expect(placeWindow({ ...gone, x: 0, y: -300 }, screens)).toEqual({ width: 760, height: 1080 });
  });
});

describe('the picture in the tray', () => {
  const panel = { platform: 'linux', desktop: '', isDark: false };

  it('stands out from its panel, light or dark, and is a template on a Mac', () => {
    expect(trayPicture('sync', panel).file).toBe('tray-sync-22.png');
    expect(trayPicture('sync', { ...panel, isDark: true }).file).toBe('tray-sync-white-22.png');
    expect(trayPicture('offline', { ...panel, desktop: 'ubuntu:GNOME' }).file).toBe('tray-offline-white-22.png');
    expect(trayPicture('paused', { ...panel, platform: 'win32', isDark: true }).file).toBe('tray-paused-white-16.png');
    expect(trayPicture('working', { ...panel, platform: 'darwin', isDark: true })).toEqual({
      file: 'tray-working-16.png',
      isTemplate: true,
    });
  });
});
