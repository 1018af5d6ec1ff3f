/** The scripts of the checkout tell how they are used, and answer wrong words with a sentence and never with a stack. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../support/command-line.ts';
import { root } from '../../support/paths.ts';
import { run } from '../../support/processes.ts';

const script = {
  usage: 'Usage: npm run thing -- [--count N] [one|two]',
  options: { count: { type: 'string' }, quick: { type: 'boolean', default: false } },
  takes: ['one', 'two'],
} as const;

describe('the words of a script', () => {
  it('are its options and the names that it takes', () => {
    expect(readCommandLine(script, ['--count', '3', 'two'])).toMatchObject({
      values: { count: '3', quick: false },
      positionals: ['two'],
    });
    expect(readCommandLine(script, [])).toMatchObject({ values: { quick: false }, positionals: [] });
  });

  it('may ask for the usage, whatever else they are', () => {
    for (const words of [['--help'], ['-h'], ['--nothing', '--help']]) {
      expect(readCommandLine(script, words)).toEqual({ code: 0, says: script.usage });
    }
  });

  it.each([
    [['--counts', '3'], "Unknown option '--counts'."],
    [['--count'], "Option '--count <value>' argument missing."],
    [['--quick=yes'], "Option '--quick' does not take an argument."],
    [['three'], 'There is no “three”. There is: one, two.'],
  ])('%j are wrong, which is said in one sentence above the usage', (words, sentence) => {
    expect(readCommandLine(script, words)).toEqual({ code: 2, says: `${sentence}\n\n${script.usage}` });
  });

  it('are one too many where it takes none', () => {
    const told = readCommandLine({ ...script, takes: [] }, ['one']);
    expect(told).toMatchObject({ code: 2 });
    expect('says' in told && told.says).toMatch(/^“one” is one word too many\./);
  });
});

describe('every script', () => {
  const scripts = [
    ...['build', 'run-tests', 'lint', 'audit', 'demo', 'package/package'].map((name) => `test/support/${name}.ts`),
    'test/faults/soak.ts',
    'test/bench/run.ts',
  ];
  const start = (name: string, word: string): ReturnType<typeof run> => run(process.execPath, [join(root, name), word]);

  it.each([...scripts, 'test/support/start.ts'])('%s tells its usage', async (name) => {
    const { code, stdout } = await start(name, '--help');
    expect(stdout).toMatch(/^Usage: npm /);
    expect(code).toBe(0);
  });

  it.each(scripts)('%s begins nothing after a wrong word', async (name) => {
    const { code, stdout, stderr } = await start(name, '--nothing');
    expect(stderr).toMatch(/^Unknown option '--nothing'\.\n\nUsage: npm /);
    expect(stderr).not.toContain('    at ');
    expect([code, stdout]).toEqual([2, '']);
  });
});
