/** All that the window’s page can reach of the computer: `window.cairn.call`, `on` and `pathOf`. */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import { failure } from '../contract/errors.ts';
import { EVENT_NAMES } from '../contract/events.ts';
import { reason } from '../contract/reasons.ts';
import { failed, type Result } from '../contract/result.ts';

/** Answers a Result, whatever is handed in. */
async function call(name: unknown, input: unknown): Promise<Result<unknown>> {
  try {
    return (await ipcRenderer.invoke('cairn:call', name, input)) as Result<unknown>;
  } catch {
    return failed(failure('bad-input', { field: 'input', problem: reason('no-plain-value') }));
  }
}

/**
 * Hears an event of the contract.
 * @returns its stop. Throws where the name is none of the contract's, or the listener no function: both are bugs.
 */
function on(name: unknown, listener: unknown): () => void {
  if (!(EVENT_NAMES as readonly unknown[]).includes(name)) throw new RangeError('there is no event of that name');
  if (typeof listener !== 'function') throw new TypeError('the listener is no function');
  const hear = (_: IpcRendererEvent, event: unknown, payload: unknown): void => {
    if (event === name) (listener as (payload: unknown) => void)(payload);
  };
  ipcRenderer.on('cairn:event', hear);
  return () => {
    ipcRenderer.off('cairn:event', hear);
  };
}

/**
 * Where a file or folder lies that a person dropped onto the page. Only what the system itself handed to the page has a
 * path; of all else, and of what is no file, the answer is empty. Like a picked path it goes through the strict calls.
 */
function pathOf(file: unknown): string {
  try {
    return file instanceof File ? webUtils.getPathForFile(file) : '';
  } catch {
    return '';
  }
}

contextBridge.exposeInMainWorld('cairn', { call, on, pathOf });
