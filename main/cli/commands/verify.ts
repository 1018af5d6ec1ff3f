/** Whether the bucket has what it should. */
import { EXIT } from '../../contract/errors.ts';
import type { VerifiedFile } from '../../contract/history.ts';
import { countOption, ended, type Command } from '../command.ts';
import { callEngine, taskName } from '../engine-call.ts';
import { KEY_OPTION } from '../key-stdin.ts';
import { nameText } from '../output.ts';

function fileText({ path, findings }: VerifiedFile): string {
  const words = findings.map(({ what, expected, found }) => {
    if (what === 'missing') return 'is not there';
    if (what === 'bytes') return `does not hold the bytes that it says it holds (sha256 ${found})`;
    if (what === 'unproved') return `was read whole (sha256 ${found}), and nothing tells what it should hold`;
    return what === 'unread' ? `could not be read: ${found}` : `${what} is ${found} instead of ${expected}`;
  });
  return `${nameText(path)}  ${words.join('; ')}`;
}

const AGAINST_ITSELF =
  'No receipts of this place are on this computer: each file was held against the bucket’s own listing, and with --download against what its object says of itself.';

export const verifyCommands: readonly Command[] = [
  {
    name: 'verify',
    usage: 'N [--sample K [--seed S]] [--download] [--key-stdin KEY]',
    summary:
      'hold the bucket against what is known to be in it (an attached one against itself): by a look at each version, or by reading it',
    options: { sample: 'string', seed: 'string', download: 'boolean', ...KEY_OPTION },
    takes: [1, 1],
    run: (invocation) => {
      const { output, positionals } = invocation;
      const sample = countOption(invocation, 'sample', Number.MAX_SAFE_INTEGER);
      if (!sample.ok) return Promise.resolve(ended(output, sample.failure));
      const seed = countOption(invocation, 'seed', 1 + Math.floor(Math.random() * 1_000_000));
      if (!seed.ok) return Promise.resolve(ended(output, seed.failure));
      const input = {
        folder: positionals[0] ?? '',
        download: invocation.flag('download'),
        task: taskName(),
        ...(invocation.text('sample') === undefined ? {} : { sample: sample.value, seed: seed.value }),
      };
      return callEngine(
        invocation,
        'folder.verify',
        input,
        ({ files, ...summary }) => {
          for (const file of files) output.line(file, fileText(file));
          const { checked, known, ok, missing, different, unread } = summary;
          const chosen = summary.seed === null ? '' : ` (chosen by seed ${summary.seed})`;
          output.line(
            summary,
            `${checked} of ${known} files looked at${chosen}: ${ok} as they should be, ${missing} missing, ${different} different, ${unread} not readable.`,
          );
          if (summary.against === 'itself') output.say(AGAINST_ITSELF);
          return ok === checked ? EXIT.done : EXIT.attention;
        },
        'idle',
      );
    },
  },
];
