import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockHome } from '../../../main/store/index.ts';
import { root } from '../../support/paths.ts';
import { codeOf, must, temporaryFolder } from './support.ts';

/** Another process that takes the lock, says what came of it, and stays. */
async function otherProcess(home: string): Promise<{ readonly said: string; kill(): Promise<void> }> {
  const script = `
    import { lockHome } from ${JSON.stringify(join(root, 'main/store/index.ts'))};
    const lock = lockHome(${JSON.stringify(home)});
    console.log(lock.ok ? 'taken' : lock.failure.code);
    setInterval(() => lock, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { said: said.toString().trim(), kill };
}

test('one process has it, another is refused, and kill -9 frees it', async () => {
  const home = temporaryFolder();
  const other = await otherProcess(home);
  expect(other.said).toBe('taken');
  expect(codeOf(lockHome(home))).toBe('home-locked');
  await other.kill();
  const lock = must(lockHome(home));
  const third = await otherProcess(home);
  expect(third.said).toBe('home-locked');
  lock.release();
});

test('it is refused to a second engine of the same process, and given back', () => {
  const home = temporaryFolder();
  const lock = must(lockHome(home));
  expect(codeOf(lockHome(home))).toBe('home-locked');
  lock.release();
  must(lockHome(home)).release();
});

test('being refused in the same process takes nothing from the one who has it', async () => {
  const home = temporaryFolder();
  const lock = must(lockHome(home));
  lockHome(home);
  expect((await otherProcess(home)).said).toBe('home-locked');
  lock.release();
});

test('it makes the home for its owner alone, and says so where it cannot', () => {
  const home = join(temporaryFolder(), 'a', 'b');
  must(lockHome(home)).release();
  expect(statSync(home).mode & 0o777).toBe(0o700);
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  expect(codeOf(lockHome(file))).toBe('home-read-only');
});
