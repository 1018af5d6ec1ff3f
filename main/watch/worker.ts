/** The thread that watches. In: folders to watch. Out: notices. Nothing here waits for anybody else in the process. */
import { parentPort, workerData } from 'node:worker_threads';
import { Observer } from './observe.ts';
import type { FromWorker, ToWorker, WatchTimes } from './protocol.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

const times = workerData as WatchTimes;
const observers = new Map<number, Observer>();
const send = (message: FromWorker): void => {
  port.postMessage(message);
};

port.on('message', (message: ToWorker) => {
  const { ticket } = message;
  if (message.kind === 'remove') {
    const observer = observers.get(ticket);
    observers.delete(ticket);
    if (observer !== undefined) void observer.stop();
    return;
  }
  const observer = new Observer(
    message.folder,
    times,
    (notice) => {
      send({ kind: 'notice', ticket, notice });
    },
    (line) => {
      send({ kind: 'log', line });
    },
  );
  observers.set(ticket, observer);
});
