/**
 * The way in of the command line. In: arguments. Out: an exit code. It loads nothing native before it has looked at
 * Node's version: the database's native part ends a Node that is too old without a word.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = [22, 22] as const;

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

/** The Node that `npm ci` brought along, somewhere above this file. */
function bundledNode(): string | null {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let directory = dirname(fileURLToPath(import.meta.url)); ; directory = dirname(directory)) {
    const candidate = join(directory, 'node_modules', '.bin', name);
    if (existsSync(candidate)) return candidate;
    if (dirname(directory) === directory) return null;
  }
}

function runUnder(node: string): void {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, CAIRN_UNDER: process.version },
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', () => {
    refuse();
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    for (const one of signals) process.removeAllListeners(one);
    process.kill(process.pid, signal);
  });
}

function refuse(): void {
  const message = `Cairn needs Node 22.22 or newer; this is Node ${process.versions.node}, and no newer one was found beside Cairn.`;
  const hint = 'Install Node 24, or run `npm ci` in Cairn’s folder, which brings one.';
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ error: { code: 'node-too-old', message, hint } })}\n`);
  } else {
    process.stderr.write(`${message}\n${hint}\n`);
  }
  process.exitCode = 2;
}

if (isNewEnough(process.versions.node)) {
  // Whoever reads has gone (`| head`): there is nobody left to work for, and no reason for a stack of calls.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.emit('SIGTERM');
  });
  const { run } = await import('./run.ts');
  process.exitCode = await run(process.argv.slice(2));
} else {
  const node = bundledNode();
  // The mark keeps a bundled Node that is too old itself from starting itself for ever.
  if (node === null || process.env['CAIRN_UNDER'] !== undefined) refuse();
  else runUnder(node);
}
