/** The text of `cairn help`. */
import type { Command } from './command.ts';
import { columns } from './output.ts';

export function helpText(commands: readonly Command[]): string {
  const rows = commands.map((command) => [`  ${command.name} ${command.usage}`.trimEnd(), command.summary]);
  const wide = rows.filter(([left]) => (left ?? '').length > 48);
  const narrow = rows.filter(([left]) => (left ?? '').length <= 48);
  const lines = new Map<string, string>();
  for (const [index, line] of columns(narrow).entries()) lines.set(narrow[index]?.[0] ?? '', line);
  for (const [left = '', right = ''] of wide) lines.set(left, `${left}\n      ${right}`);
  return [
    'cairn COMMAND [options]',
    '',
    ...rows.map(([left = '']) => lines.get(left) ?? left),
    '',
    '  --home DIR   the state folder (or CAIRN_HOME)',
    '  --json       one JSON object a line',
    '',
    'Exit codes: 0 done, 1 failure, 2 wrong use, 3 some files need attention, 4 folder or bucket missing.',
  ].join('\n');
}
