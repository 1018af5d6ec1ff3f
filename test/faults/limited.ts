/**
 * `watch` for the gate of the watch limit: it looks through what it cannot watch every half second, not every five minutes,
 * and rests no longer where the computer is busy and a look took long.
 */
import { Engine } from '../../main/engine/engine.ts';
import { openPracticeServers } from '../../main/engine/practice.ts';
import { serve } from '../../main/engine/serve.ts';

const home = process.env['CAIRN_HOME'];
if (home === undefined) throw new Error('CAIRN_HOME is missing.');
const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
const engine = await Engine.open({ home, watch: true, log, weakRescanMs: 500, restAfterLook: 1 });
if (!engine.ok) throw new Error(engine.failure.message);
engine.value.onReceipt((receipt) => {
  process.stdout.write(`${JSON.stringify(receipt)}\n`);
});
const served = await serve(engine.value, openPracticeServers(null), log);
process.once('SIGTERM', () => {
  void served
    .stop()
    .then(() => engine.value.stop())
    .then(() => process.exit(0));
});
engine.value.start();
