/** An S3 server on this computer, for trying Cairn without an account. */
import { join } from 'node:path';
import { EXIT, failure } from '../../contract/errors.ts';
import { absolute, ended, usage, type Command } from '../command.ts';

export const practiceCommands: readonly Command[] = [
  {
    name: 'practice',
    usage: '[--port P] [--dir D] [--bucket B]',
    summary: 'serve a practice bucket until stopped; it lives on this disk and is no backup',
    options: { port: 'string', dir: 'string', bucket: 'string' },
    takes: [0, 0],
    run: async (invocation) => {
      const { output, signal } = invocation;
      const port = invocation.text('port');
      const number = port === undefined ? undefined : Number(port);
      if (number !== undefined && !(Number.isInteger(number) && number > 0 && number < 65_536)) {
        return ended(output, usage(`--port takes a number from 1 to 65535, not “${String(port)}”.`));
      }
      const named = invocation.text('dir');
      const directory = named === undefined ? join(invocation.home, 'practice') : absolute(invocation, named);
      const bucket = invocation.text('bucket');
      // Loaded here alone: every other command would load a server, and HTTP, for nothing.
      const { startPractice } = await import('../../practice/index.ts');
      const started = await startPractice({
        directory,
        ...(number === undefined ? {} : { port: number }),
        ...(bucket === undefined ? {} : { bucket }),
      });
      if (!started.ok) {
        switch (started.reason) {
          case 'port-taken':
            return ended(output, failure('port-taken', { port: number ?? 0 }));
          case 'directory-in-use':
            return ended(output, failure('practice-in-use', { path: directory }));
          case 'write-failed':
            return ended(output, failure('write-failed', { path: directory, reason: started.detail }));
        }
      }
      const { endpoint, region, accessKeyId, secretAccessKey, bucket: made } = started.value;
      // Printed always: whoever starts the server needs it, a person or a program.
      process.stdout.write(`${JSON.stringify({ endpoint, region, accessKeyId, secretAccessKey, bucket: made })}\n`);
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
      await started.value.stop();
      return EXIT.done;
    },
  },
];
