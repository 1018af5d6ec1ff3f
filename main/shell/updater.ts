/** electron-updater as Cairn uses it. In: what the build wrote down of its releases. Out: an `Updater`, or none. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppUpdater } from 'electron-updater';
import type { Updater } from './updates.ts';

/**
 * @param resources the folder in which electron-builder leaves `app-update.yml`, where the build was told an address.
 * @returns null where releases are not to be looked for.
 */
export async function openUpdater(resources: string, log: (line: string) => void): Promise<Updater | null> {
  const settings = await readFile(join(resources, 'app-update.yml'), 'utf8').catch(() => null);
  if (settings === null) return null;
  const address = updateAddress(settings);
  if (address === null) {
    log('newer releases are not looked for: app-update.yml names no address that is safe');
    return null;
  }
  // Loaded only here: most starts of most builds do without.
  const { autoUpdater } = (await import('electron-updater')).default;
  return updaterOf(autoUpdater, log);
}

/** The address of a generic provider. Null: none, or one that anybody on the way could answer in its place. */
export function updateAddress(settings: string): string | null {
  if (!/^provider: ["']?generic["']?\s*$/m.test(settings)) return null;
  const text = /^url: ["']?([^"'\s]+)["']?\s*$/m.exec(settings)?.[1];
  if (text === undefined || !URL.canParse(text)) return null;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1') ? text : null;
}

/** Its checks as strict as they go, and none of its own decisions left to it. */
export function updaterOf(updater: AppUpdater, log: (line: string) => void): Updater {
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  updater.allowPrerelease = false;
  updater.allowDowngrade = false;
  updater.disableWebInstaller = true;
  // A part-wise download starts from a file that somebody else may have written to; the whole one is hashed as a whole.
  updater.disableDifferentialDownload = true;
  updater.logger = { info: () => undefined, warn: say, error: say };
  // Each failure also comes back from the call that met it; without a listener it would end the app.
  updater.on('error', () => undefined);
  function say(message?: unknown): void {
    log(`updater: ${String(message).split('\n')[0]?.slice(0, 300) ?? ''}`);
  }
  return {
    async check() {
      const found = await updater.checkForUpdates();
      return found?.isUpdateAvailable === true ? found.updateInfo.version : null;
    },
    async download() {
      await updater.downloadUpdate();
    },
    install() {
      updater.quitAndInstall(false, true);
    },
  };
}
