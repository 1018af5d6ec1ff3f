/** A thread that reads and digests. In: files and parts, or one file that grows. Out: bytes without a copy, digests. */
import { parentPort, workerData } from 'node:worker_threads';
import { digestGrowing, type GrowingFile } from './growing-thread.ts';
import { readTask, type ReadTask } from './reading.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

const { growing } = (workerData ?? {}) as { readonly growing?: GrowingFile };
if (growing !== undefined) await digestGrowing(port, growing);
else {
  port.on('message', ({ id, task }: { readonly id: number; readonly task: ReadTask }) => {
    void readTask(task).then((answer) => {
      port.postMessage({ id, answer }, answer.kind === 'read' ? [answer.read.bytes] : []);
    });
  });
}
