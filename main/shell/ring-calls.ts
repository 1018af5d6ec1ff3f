/** The calls about the key ring, with the dialogs that ask for a file, a place, or once more. In: names. Out: Results. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import {
  clipboard,
  dialog,
  type BrowserWindow,
  type MessageBoxOptions,
  type OpenDialogOptions,
  type SaveDialogOptions,
} from 'electron';
import { failure } from '../contract/errors.ts';
import type { KeyUse, ringCalls, RingEntry } from '../contract/key-ring.ts';
import { reason, systemReason, type Reason } from '../contract/reasons.ts';
import type { Handlers } from '../contract/registrar.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { KeyRing } from './key-ring.ts';
import type { Preferences } from './preferences.ts';

export interface RingCallsOptions {
  readonly ring: KeyRing;
  /** The window that a dialog belongs to. */
  readonly window: () => BrowserWindow | null;
  readonly preferences: Pick<Preferences, 'words'>;
  readonly keyUse: (key: RingEntry) => Promise<Result<KeyUse>>;
}

/** The buttons under a key that is shown, by their places. */
const [COPY, SAVE, LATER] = [0, 1, 2];

/** A file with a key is small; what is larger is none. */
const LARGEST = 64 * 1024;

export function ringHandlers({
  ring,
  window,
  keyUse,
  preferences,
}: RingCallsOptions): Handlers<keyof typeof ringCalls> {
  return {
    'app.keyRing': async () => success(await ring.list()),
    'app.makeRingKey': async ({ name }) => {
      const made = await ring.make(name);
      return made.ok ? showOnce(name) : made;
    },
    'app.typeRingKey': ({ name, key }) => ring.type(name, key),
    'app.importRingKey': async ({ name }) => {
      const ask: OpenDialogOptions = { properties: ['openFile'] };
      const parent = window();
      const answer = await (parent === null ? dialog.showOpenDialog(ask) : dialog.showOpenDialog(parent, ask));
      const path = answer.canceled ? undefined : answer.filePaths[0];
      if (path === undefined) return success(null);
      const bytes = readSmall(path);
      return bytes.ok ? ring.import(name, bytes.value, path) : bytes;
    },
    'app.exportRingKey': ({ name }) => writeCopy(name),
    'app.confirmRingKey': ({ name }) => ring.confirm(name),
    'app.forgetRingKey': async ({ name }) => {
      const found = ring.find(name);
      if (!found.ok) return found;
      const use = await keyUse(found.value);
      if (!use.ok) return use;
      const uses = usesOf(use.value);
      if (uses !== null) return failed(failure('ring-key-in-use', { key: name, uses }));
      const words = preferences.words();
      const ask: MessageBoxOptions = {
        type: 'warning',
        message: words.forgetKey(name),
        detail: words.forgetKeyDetail,
        buttons: [words.keepKey, words.removeKey],
        defaultId: 0,
        cancelId: 0,
      };
      return (await askWith(ask)) === 1 ? ring.forget(name) : success(null);
    },
  };

  /** The number of the button that was chosen. */
  async function askWith(ask: MessageBoxOptions): Promise<number> {
    const parent = window();
    const answer = await (parent === null ? dialog.showMessageBox(ask) : dialog.showMessageBox(parent, ask));
    return answer.response;
  }

  /** By a dialog of the system, so that the key stays out of the page. Who takes no copy now can still have one written. */
  async function showOnce(name: string): Promise<Result<RingEntry>> {
    const words = preferences.words();
    let chosen = LATER;
    const shown = await ring.show(name, async (key) => {
      chosen = await askWith({
        type: 'warning',
        message: words.madeKey(name),
        detail: `${key}\n\n${words.madeKeyDetail}`,
        buttons: [words.copyKey, words.saveKey, words.laterKey],
        defaultId: SAVE,
        cancelId: LATER,
      });
      if (chosen === COPY) await clipboard.writeText(key);
      return chosen === COPY;
    });
    if (!shown.ok || chosen !== SAVE) return shown;
    const written = await writeCopy(name);
    return written.ok ? ring.find(name) : written;
  }

  async function writeCopy(name: string): Promise<Result<{ readonly path: string } | null>> {
    const found = ring.find(name);
    if (!found.ok) return found;
    const ask: SaveDialogOptions = { defaultPath: `${name.replaceAll(/[^\p{L}\p{N} _-]/gu, '_')}.cairn-key.txt` };
    const parent = window();
    const answer = await (parent === null ? dialog.showSaveDialog(ask) : dialog.showSaveDialog(parent, ask));
    if (answer.canceled || answer.filePath === '') return success(null);
    const exported = await ring.export(name, (text) => writeOwn(answer.filePath, text));
    return exported.ok ? success({ path: answer.filePath }) : exported;
  }
}

function usesOf({ folders, receipts }: KeyUse): Reason | null {
  const named = folders.length === 0 ? null : reason('named-by-policy', { folders: folders.join(', ') });
  const stored = receipts === 0 ? null : reason('versions-under-it', { versions: receipts });
  return named !== null && stored !== null ? reason('one-and-other', { one: named, other: stored }) : (named ?? stored);
}

function readSmall(path: string): Result<Buffer> {
  try {
    return statSync(path).size > LARGEST ? failed(failure('not-a-key', { path })) : success(readFileSync(path));
  } catch (error) {
    return failed(failure('file-missing', { path, reason: systemReason(error) }));
  }
}

/** The person chose the place, and said in the dialog that what is there may be replaced. */
function writeOwn(path: string, text: string): Result<null> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.new`;
  try {
    const descriptor = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
    return success(null);
  } catch (error) {
    rmSync(temporary, { force: true });
    return failed(failure('write-failed', { path, reason: systemReason(error) }));
  }
}
