/** The watching thread on a system that has only three watches to give. */
import { watch } from 'node:fs';
import { setNativeWatchFactoryForTests } from '../../../../node_modules/chokidar/backend.js';
import '../../../../main/watch/worker.ts';

let given = 0;
setNativeWatchFactoryForTests((path, options, listener) => {
  given += 1;
  if (given <= 3) return watch(path, options, listener);
  throw Object.assign(new Error('ENOSPC: System limit for number of file watchers reached'), { code: 'ENOSPC' });
});
