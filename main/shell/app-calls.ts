/** The calls that the shell serves itself. In: parsed inputs. Out: Results. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { app, clipboard, dialog, shell, type BrowserWindow, type OpenDialogOptions } from 'electron';
import type { UpdatesReport } from '../contract/app-settings.ts';
import type { ShellCallName } from '../contract/calls.ts';
import { failure } from '../contract/errors.ts';
import type { KeyUse, RingEntry } from '../contract/key-ring.ts';
import type { AnyFolder } from '../contract/models.ts';
import { parseRelPath } from '../contract/names.ts';
import type { Handlers } from '../contract/registrar.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { Preferences } from './preferences.ts';
import type { KeyRing } from './key-ring.ts';
import { ringHandlers } from './ring-calls.ts';
import type { Secrets } from './secrets.ts';
import type { Updates } from './updates.ts';

export interface AppCallsOptions {
  readonly home: string;
  /** The window that a dialog belongs to. */
  readonly window: () => BrowserWindow | null;
  readonly folders: () => Promise<Result<readonly AnyFolder[]>>;
  readonly secrets: Secrets;
  readonly preferences: Preferences;
  readonly diagnose: (names: boolean) => Promise<Result<{ readonly path: string } | null>>;
  readonly startEngine: () => void;
  /** Null: this build looks for none. */
  readonly updates: () => Updates | null;
  readonly ring: KeyRing;
  /** Who needs a key of the ring. */
  readonly keyUse: (key: RingEntry) => Promise<Result<KeyUse>>;
}

export function appCalls(options: AppCallsOptions): Handlers<ShellCallName> {
  return {
    'app.info': () =>
      success({
        version: app.getVersion(),
        platform: process.platform,
        home: options.home,
        user: app.getPath('home'),
        locale: app.getLocale(),
      }),
    'app.pickFolder': async () => {
      const ask: OpenDialogOptions = { properties: ['openDirectory', 'createDirectory'] };
      const window = options.window();
      const answer = await (window === null ? dialog.showOpenDialog(ask) : dialog.showOpenDialog(window, ask));
      return success(answer.canceled ? null : (answer.filePaths[0] ?? null));
    },
    'app.showOnDisk': async ({ folder, path }) => showOnDisk(options, folder, path),
    'app.copyText': async ({ text }) => {
      await clipboard.writeText(text);
      return success(null);
    },
    'app.startEngine': () => {
      options.startEngine();
      return success(null);
    },
    'app.settings': ({ change }) =>
      change === undefined ? success(options.preferences.report()) : options.preferences.change(change),
    'app.updates': async ({ act }) => success(await askUpdates(options.updates(), act)),
    'app.diagnostics': ({ names }) => options.diagnose(names),
    'app.secretStore': async () => success(await options.secrets.store()),
    'app.keepKeys': async ({ name, ...keys }) => options.secrets.keep(name, keys),
    'app.handKeys': ({ name, ...keys }) => options.secrets.hand(name, keys),
    ...ringHandlers(options),
    'app.forgetKeys': ({ name }) => options.secrets.forget(name),
  };
}

/** An installation asks first, and goes on by itself after that. */
async function askUpdates(updates: Updates | null, act: 'look' | 'install' | undefined): Promise<UpdatesReport> {
  if (updates === null) return { kind: 'unlooked' };
  if (act === 'look') await updates.look();
  if (act === 'install') void updates.choose();
  return updates.state();
}

/** Opens directories, and shows files in theirs; a file itself is never opened, as that might run it. */
async function showOnDisk(options: AppCallsOptions, name: string, path: string | undefined): Promise<Result<null>> {
  const folders = await options.folders();
  if (!folders.ok) return folders;
  const folder = folders.value.find((one) => one.name === name);
  if (folder === undefined) return failed(failure('unknown-folder', { name }));
  if (folder.path === null) return failed(failure('only-attached', { folder: name }));

  const relative = path === undefined ? null : parseRelPath(path);
  if (path !== undefined && relative === null) return failed(failure('unknown-path', { folder: name, path }));
  const target = relative === null ? folder.path : join(folder.path, relative);
  const found = await stat(target).catch(() => null);
  if (found === null) {
    return failed(
      relative === null
        ? failure('root-missing', { root: target })
        : failure('unknown-path', { folder: name, path: relative }),
    );
  }
  if (relative === null && found.isDirectory()) {
    const problem = await shell.openPath(target);
    return problem === '' ? success(null) : failed(failure('file-missing', { path: target, reason: problem }));
  }
  shell.showItemInFolder(target);
  return success(null);
}
