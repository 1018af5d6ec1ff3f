/** The thread that writes restored files. In: files with their bytes. Out: when each lies on the disk, flushed. */
import { parentPort } from 'node:worker_threads';
import { nameNow, writeAll, type NameTask, type WriteTask } from './writing.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

interface Waiting {
  readonly id: number;
  readonly task: WriteTask | NameTask;
}

let waiting: Waiting[] = [];

port.on('message', (one: Waiting) => {
  waiting.push(one);
  // All that has come by then is flushed together.
  if (waiting.length === 1) setImmediate(work);
});

function work(): void {
  const batch = waiting;
  waiting = [];
  for (const { id, task } of batch) {
    if ('place' in task) port?.postMessage({ id, answer: nameNow(task) });
  }
  const writes = batch.flatMap(({ id, task }) => ('bytes' in task ? [{ id, task }] : []));
  const answers = writeAll(writes.map(({ task }) => task));
  for (const [index, { id }] of writes.entries()) port?.postMessage({ id, answer: answers[index] });
}
