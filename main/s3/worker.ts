/** The thread that receives large objects. In: signed requests. Out: their bodies in files, and what was answered. */
import { parentPort, workerData } from 'node:worker_threads';
import { openReceiving, type HandlerSettings } from './receiving.ts';
import type { FromReceiver, ToReceiver } from './receiver.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

const receive = openReceiving(workerData as HandlerSettings);
const underway = new Map<number, AbortController>();

const tell = (message: FromReceiver): void => {
  port.postMessage(message);
};

port.on('message', ({ id, task }: ToReceiver) => {
  if (task === null) {
    underway.get(id)?.abort();
    return;
  }
  const abort = new AbortController();
  underway.set(id, abort);
  void receive(task, abort.signal, (bytes) => {
    tell({ id, bytes });
  }).then((answer) => {
    underway.delete(id);
    tell({ id, answer });
  });
});
