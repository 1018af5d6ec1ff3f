/** Newer releases, in words and dialogs. In: the packaged app and its words. Out: what the tray needs, or null. */
import { app, dialog } from 'electron';
import { openUpdater } from './updater.ts';
import { startUpdates, type Updates } from './updates.ts';
import type { ShellWords } from './words.ts';

export interface OfferOptions {
  readonly words: () => ShellWords;
  /** Stops engine, window and tray. */
  readonly putAway: () => Promise<void>;
  readonly onChange: () => void;
  readonly log: (line: string) => void;
}

/** @returns null where this build looks for none, as one from the sources does. */
export async function offerUpdates({ words: wordsNow, putAway, onChange, log }: OfferOptions): Promise<Updates | null> {
  const updater = app.isPackaged ? await openUpdater(process.resourcesPath, log) : null;
  if (updater === null) return null;
  return startUpdates({
    updater,
    async ask(version) {
      const words = wordsNow();
      const buttons = [words.updateYes, words.updateNo];
      const question = { message: words.updateQuestion(version), detail: words.updateDetail };
      const choice = { type: 'question', title: 'Cairn', buttons, defaultId: 0, cancelId: 1 } as const;
      return (await dialog.showMessageBox({ ...choice, ...question })).response === 0;
    },
    async tellFailed(version) {
      const words = wordsNow();
      const detail = words.updateFailedDetail;
      await dialog.showMessageBox({ type: 'error', title: 'Cairn', message: words.updateFailed(version), detail });
    },
    async putAway() {
      await putAway();
      // The new program may begin before this one is gone, and must find the home free.
      app.releaseSingleInstanceLock();
      // Ours holds an end back until all is put away, which it is.
      app.removeAllListeners('before-quit');
    },
    onChange,
    log,
  });
}
