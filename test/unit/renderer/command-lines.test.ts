import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { commands } from '../../../main/cli/commands/index.ts';
import { commandLines, shellWord } from '../../../renderer/state/command-lines.ts';

it('names commands and options that there are', () => {
  const at = '2026-11-22T14:00:00.000Z';
  for (const { text } of [...commandLines('Notes', 'linux', at), ...commandLines('Notes', 'linux', at, false)]) {
    const words = text.split(' ').slice(1);
    const found = commands.find(({ name }) => name === words[0] || name === words.slice(0, 2).join(' '));
    if (found === undefined) throw new Error(`there is no command ${text}`);
    const options = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2));
    for (const option of options) expect(Object.keys(found.options), text).toContain(option);
  }
});

it('offers nothing that sends for what is only attached', () => {
  const lines = commandLines('Notes', 'linux', '2026-11-22T14:00:00.000Z', false).map(({ what }) => what);
  expect(lines).toEqual(['bringBack', 'verify', 'restore']);
});

it('quotes a name so that a shell hands it on as it is', () => {
  expect(shellWord('Notes', 'linux')).toBe('Notes');
  expect(shellWord('Tax 2026', 'win32')).toBe('"Tax 2026"');
  for (const name of ["Ada's notes", '$HOME; rm "x" `y`', '-n', 'a\\b', 'über']) {
    const heard = execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(name, 'linux')}`], { encoding: 'utf8' });
    expect(heard).toBe(name);
  }
});
