/** The demo on the command line: each command is shown as a person would type it, with what it answers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Stage } from './stage.ts';
import { root } from '../paths.ts';
import { run } from '../processes.ts';
import { compare, FIRST, NAME, save, SECOND } from './letter.ts';

const program = join(root, 'dist', 'cli.js');

export async function runInTerminal(stage: Stage): Promise<void> {
  const cairn = (...words: readonly string[]) => command(stage, words);
  console.log('An S3 server with versions, on this computer alone:');
  await using server = await serve(stage);
  await cairn('connection', 'add', 'local', '--practice', server.directory);
  await cairn('folder', 'add', stage.folder, '--connection', 'local', '--bucket', 'practice', '--prefix', 'letters');

  console.log(`\nA file is saved: ${NAME}`);
  await save(stage, FIRST);
  await cairn('sync');

  console.log('\nIt is changed, and saved again:');
  await save(stage, SECOND);
  await cairn('sync');
  await cairn('versions', 'Letters', NAME);

  console.log('\nThe first version is brought back:');
  const versions = await ask<{ versionId: string }>(stage, ['versions', 'Letters', NAME]);
  const first = versions.at(-1);
  if (versions.length !== 2 || first === undefined) {
    throw new Error(`There should be two versions, and there are ${String(versions.length)}.`);
  }
  const to = join(stage.root, 'first letter.txt');
  await cairn('restore', 'Letters', NAME, '--version-id', first.versionId, '--to', to);
  await compare(to);
}

/** The practice server as a program of its own, ended with the block that uses it. */
async function serve(stage: Stage): Promise<AsyncDisposable & { readonly directory: string }> {
  const directory = join(stage.root, 'practice');
  console.log(`\n$ cairn practice --dir ${directory} &`);
  const server = spawn(process.execPath, [program, 'practice', '--dir', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment(stage),
  });
  const ended = once(server, 'exit');
  const answer = createInterface(server.stdout)[Symbol.asyncIterator]().next();
  const first = await Promise.race([answer, ended.then(() => ({ done: true, value: undefined }))]);
  if (first.done === true) throw new Error('The practice server did not start.');
  // The line holds the server's key: it is of no use elsewhere, but keys are not for screens.
  const { endpoint, bucket } = JSON.parse(first.value ?? '{}') as { endpoint: string; bucket: string };
  console.log(`${endpoint}, bucket “${bucket}”`);
  return {
    directory,
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM');
      await ended;
    },
  };
}

async function command(stage: Stage, words: readonly string[]): Promise<void> {
  console.log(`\n$ cairn ${words.map((word) => (/^[\w./-]+$/.test(word) ? word : `'${word}'`)).join(' ')}`);
  const ended = await run(process.execPath, [program, ...words], { env: environment(stage), show: true });
  if (ended.code !== 0) throw new Error(`cairn ${words.join(' ')} ended with ${String(ended.code ?? ended.signal)}.`);
}

async function ask<T>(stage: Stage, words: readonly string[]): Promise<T[]> {
  const ended = await run(process.execPath, [program, ...words, '--json'], { env: environment(stage) });
  if (ended.code !== 0) throw new Error(ended.stdout + ended.stderr);
  return ended.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

/** No account, no profile and no home of the person's own comes into it. */
function environment(stage: Stage): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|CAIRN_|npm_|INIT_CWD$)/.test(name));
  return { ...Object.fromEntries(kept), CAIRN_HOME: stage.home };
}
