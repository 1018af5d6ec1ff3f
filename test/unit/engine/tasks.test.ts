import { expect, test } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { Tasks } from '../../../main/engine/tasks.ts';
import { codeOf } from '../store/support.ts';

const progress = (files: number) => ({ files, filesTotal: 9, bytes: 0, bytesTotal: 0 });

test('a task is told of, ended by its name, and forgotten', async () => {
  const told: unknown[] = [];
  const ending = new AbortController();
  const tasks = new Tasks((name, payload) => told.push([name, payload]), ending.signal);
  let begun = (): void => undefined;
  const running = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const work = tasks.run('one', ({ signal, onProgress }) => {
    for (let files = 0; files < 5; files += 1) onProgress(progress(files));
    begun();
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(failed(failure('cancelled')));
      });
    });
  });
  await running;
  expect(codeOf(await tasks.run('one', () => Promise.resolve(success(1))))).toBe('bad-input');
  expect(tasks.cancel('another')).toBe(false);
  expect(tasks.cancel('one')).toBe(true);
  expect(codeOf(await work)).toBe('cancelled');
  expect(told, 'the last word of a moment, once').toEqual([['progress', { task: 'one', ...progress(4) }]]);
  expect(tasks.cancel('one')).toBe(false);
  expect(codeOf(await tasks.run('one', () => Promise.resolve(success(1))))).toBe('ok');
  // Whoever would hear the answer is gone.
  const last = tasks.run('two', ({ signal }) => {
    ending.abort();
    return Promise.resolve(signal.aborted ? failed(failure('cancelled')) : success(1));
  });
  expect(codeOf(await last)).toBe('cancelled');
});
