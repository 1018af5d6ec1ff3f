/** The window's one door to the rest. In: `cairn:call` of our own page. Out: a Result; anybody else gets a failure. */
import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import { failure } from '../contract/errors.ts';
import { reason } from '../contract/reasons.ts';
import { failed, type Result } from '../contract/result.ts';
import { ORIGIN } from './renderer-files.ts';
import type { MainWindow } from './windows.ts';

/** @returns its stop. */
export function serveCalls(
  window: MainWindow,
  dispatch: (name: unknown, input: unknown) => Promise<Result<unknown>>,
  log: (line: string) => void,
): () => void {
  ipcMain.handle('cairn:call', async (event, name: unknown, input: unknown): Promise<Result<unknown>> => {
    if (isOurPage(event, window)) {
      const answer = await dispatch(name, input);
      // Our own page fits the contract: that it did not is a fault, or somebody else's words.
      if (!answer.ok && answer.failure.code === 'bad-input') log(`refused: ${shown(name)}, ${answer.failure.message}`);
      return answer;
    }
    log(`a call of ${event.senderFrame?.origin ?? 'a frame that is gone'} was refused`);
    return failed(failure('bad-input', { field: 'sender', problem: reason('not-our-window') }));
  });
  return () => {
    ipcMain.removeHandler('cairn:call');
  };
}

/** The top frame of our window, while it shows our page. */
function isOurPage(event: IpcMainInvokeEvent, window: MainWindow): boolean {
  const current = window.current();
  const frame = event.senderFrame;
  if (current === null || frame === null) return false;
  return event.sender === current.webContents && frame.parent === null && frame.origin === ORIGIN;
}

/** A name of a call as it may stand in the log, whatever it is. */
function shown(name: unknown): string {
  return typeof name === 'string' ? JSON.stringify(name.slice(0, 60)) : `a call that is named by a ${typeof name}`;
}
