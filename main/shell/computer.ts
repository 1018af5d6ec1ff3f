/** What only Electron can ask of this computer. In: the home. Out: starts with the computer, its power and network. */
import { arch, release } from 'node:os';
import { execFile } from 'node:child_process';
import { app, dialog, powerMonitor, type BrowserWindow } from 'electron';
import type { Network, Power } from '../contract/app-settings.ts';
import { LINK_SCHEME } from './links.ts';
import { openLoginStart, type LoginItems, type LoginStart } from './login-start.ts';
import { linuxNetwork, windowsNetwork, type AskProgram } from './network.ts';
import { linuxPower, LINUX_SUPPLIES } from './power.ts';

/** Linux tells of no change: so often it is looked, milliseconds. */
const LOOK_EVERY = 20_000;

const items: LoginItems = {
  isOn: (words) => app.getLoginItemSettings({ args: [...words] }).openAtLogin,
  set: (isOn, words) => {
    app.setLoginItemSettings({ openAtLogin: isOn, args: [...words] });
  },
};

/**
 * Windows is told here who opens links of ours. On Linux and macOS the package tells it (`electron-builder.yml`), and what
 * is not installed gets none. `--` ends the switches: what stands behind it is the link alone (`switches.ts`).
 */
export function registerLinks(): void {
  if (app.isPackaged && process.platform === 'win32')
    app.setAsDefaultProtocolClient(LINK_SCHEME, process.execPath, ['--']);
}

/** @param home null: the platform's own place. */
export function loginStart(home: string | null): LoginStart {
  return openLoginStart({
    platform: process.platform,
    isPackaged: app.isPackaged,
    // An AppImage runs from a place that is gone with it; the system must start its file.
    program: process.env['APPIMAGE'] ?? process.execPath,
    home,
    environment: process.env,
    user: app.getPath('home'),
    items,
  });
}

/** macOS hands no words to what it starts, but tells that it did. */
export function isStartedBySystem(): boolean {
  return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
}

export function powerNow(): Power {
  if (process.platform === 'linux') return linuxPower(LINUX_SUPPLIES);
  return powerMonitor.onBatteryPower ? 'battery' : 'mains';
}

/** A program that takes longer than this has hung, milliseconds. */
const ASK_PATIENCE = 10_000;

const askProgram: AskProgram = (program, words) =>
  new Promise((resolve) => {
    const options = { timeout: ASK_PATIENCE, windowsHide: true, encoding: 'utf8' } as const;
    execFile(program, [...words], options, (error, said) => {
      resolve(error === null ? said : null);
    });
  });

/** macOS tells it only to programs that are built with its own libraries. */
export function networkNow(): Promise<Network> {
  if (process.platform === 'linux') return linuxNetwork(askProgram);
  if (process.platform === 'win32') return windowsNetwork(askProgram, process.env['SystemRoot'] ?? 'C:\\Windows');
  return Promise.resolve('untold');
}

/** @returns its stop. */
export function watchPower(look: () => void): () => void {
  if (process.platform === 'linux') {
    const timer = setInterval(look, LOOK_EVERY);
    return () => {
      clearInterval(timer);
    };
  }
  powerMonitor.on('on-battery', look);
  powerMonitor.on('on-ac', look);
  return () => {
    powerMonitor.off('on-battery', look);
    powerMonitor.off('on-ac', look);
  };
}

/** What runs here, for whoever helps. */
export function versionsOfAll(): Readonly<Record<string, string>> {
  const { electron, chrome, node } = process.versions;
  return {
    cairn: app.getVersion(),
    isPackaged: String(app.isPackaged),
    electron,
    chrome,
    node,
    platform: process.platform,
    arch: arch(),
    system: release(),
    locale: app.getLocale(),
  };
}

/** Asks where a file is to be written; null: nowhere. The system asks before one that is there is replaced. */
export async function askWhere(window: BrowserWindow | null, defaultPath: string): Promise<string | null> {
  const ask = { defaultPath };
  const answer = await (window === null ? dialog.showSaveDialog(ask) : dialog.showSaveDialog(window, ask));
  return answer.canceled || answer.filePath === '' ? null : answer.filePath;
}
