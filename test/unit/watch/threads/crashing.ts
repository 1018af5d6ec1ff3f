/** The watching thread, but it ends in an error shortly after a folder is added in which a file `crash` lies. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import '../../../../main/watch/worker.ts';
import type { ToWorker } from '../../../../main/watch/protocol.ts';

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind !== 'add') return;
  const trap = join(message.folder.root, 'crash');
  setTimeout(() => {
    if (!existsSync(trap)) return;
    rmSync(trap);
    throw new Error('crashed as the test wants it');
  }, 150);
});
