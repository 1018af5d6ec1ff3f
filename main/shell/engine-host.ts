/**
 * The engine's own process. In: calls over the port of the process that started it; the home folder as its argument.
 * Out: answers and events. It ends when it is asked to stop, or when the other end of its port is gone.
 */
import type { ParentPort } from 'electron';
import { failure } from '../contract/errors.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { openEngine, Vault, type Engine, type PracticeStarter } from '../engine/index.ts';
import { startPractice } from '../practice/index.ts';
import { readToEngine, type EngineEvent, type FromEngine } from './host-messages.ts';

const home = process.argv[2];
if (home === undefined) throw new Error('the engine’s process needs the home folder as its argument');

const port: ParentPort = process.parentPort;

const say = (message: FromEngine): void => {
  port.postMessage(message);
};
/** The shell keeps what is written here in the log. */
const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Filled before the home is open, and whenever the shell has something new to hand over. */
const vault = new Vault();

const practice: PracticeStarter = async (directory) => {
  const started = await startPractice({ directory });
  if (started.ok) return success({ stop: () => started.value.stop() });
  // Somebody serves this folder already, for example `cairn practice`: then it is there, and not ours to stop.
  if (started.reason === 'directory-in-use') return success({ stop: () => Promise.resolve() });
  return failed(failure('write-failed', { path: directory, reason: started.detail }));
};

async function open(folder: string): Promise<Result<Engine>> {
  const opened = await openEngine({ home: folder, practice, watch: true, log, vault });
  if (opened.ok) {
    opened.value.on((event, payload) => {
      say({ kind: 'event', event, payload } as EngineEvent);
    });
    opened.value.start();
  }
  say({ kind: 'opened', failure: opened.ok ? null : opened.failure });
  return opened;
}

const opening = open(home);
// A throw while opening is a bug: the process ends, and the shell counts a crash.
opening.catch((error: unknown) => {
  log(`the engine could not begin: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exit(1);
});

async function answer(id: number, name: string, input: unknown): Promise<void> {
  const opened = await opening;
  say({ kind: 'answer', id, result: opened.ok ? await opened.value.call(name, input) : opened });
}

let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  const opened = await opening;
  if (opened.ok) await opened.value.stop();
  process.exit(0);
}

const endLoudly = (): void => {
  end().catch((error: unknown) => {
    log(`the engine did not stop cleanly: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exit(1);
  });
};

port.on('message', (event) => {
  const message = readToEngine(event.data);
  if (message === null) {
    log('a message that means nothing to the engine was left alone');
  } else if (message.kind === 'stop') {
    endLoudly();
  } else if (message.kind === 'keys') {
    vault.setKeys(message.connection, message.keys);
  } else if (message.kind === 'ring') {
    vault.setRing(message.keys);
  } else {
    answer(message.id, message.name, message.input).catch((error: unknown) => {
      log(`call ${message.name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      say({
        kind: 'answer',
        id: message.id,
        result: failed(failure('internal', { reference: `call ${message.name}` })),
      });
    });
  }
});
// Not in the typed list of events: the shell’s process is gone, and nobody will ask again.
(port as NodeJS.EventEmitter).on('close', endLoudly);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, endLoudly);
