/** A thread that reads and digests. In: files and parts. Out: their bytes, handed over without a copy. */
import { parentPort } from 'node:worker_threads';
import { readTask, type ReadTask } from './reading.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

port.on('message', ({ id, task }: { readonly id: number; readonly task: ReadTask }) => {
  void readTask(task).then((answer) => {
    port.postMessage({ id, answer }, answer.kind === 'read' ? [answer.read.bytes] : []);
  });
});
