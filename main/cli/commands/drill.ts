/** Proofs that files come back: now, and how often by themselves. */
import { EXIT } from '../../contract/errors.ts';
import type { Drill } from '../../contract/verification.ts';
import { setDrill } from '../../engine/manage.ts';
import { change } from '../change.ts';
import { countOption, ended, usage, type Command } from '../command.ts';
import { callEngine, taskName } from '../engine-call.ts';
import { nameText, sizeText } from '../output.ts';

const EVERY = ['off', 'weekly', 'monthly'] as const;

function drillText({ known, files, bytes, ok, missing, different, unread, archived, seed, example }: Drill): string {
  const counts = `${files} of ${known} files fetched (chosen by seed ${seed}): ${ok} came back as they were sent, ${sizeText(bytes)}`;
  const rest = `${missing} missing, ${different} different, ${unread} not readable, ${archived} in an archive class.`;
  return `${counts}; ${rest}${example === null ? '' : ` For example ${nameText(example)}.`}`;
}

export const drillCommands: readonly Command[] = [
  {
    name: 'drill',
    usage: 'N [--seed S]',
    summary: 'fetch a few files whole to prove that they come back; nothing is written to the disk',
    options: { seed: 'string' },
    takes: [1, 1],
    run: (invocation) => {
      const seed = countOption(invocation, 'seed', 1 + Math.floor(Math.random() * 1_000_000));
      if (!seed.ok) return Promise.resolve(ended(invocation.output, seed.failure));
      const input = { folder: invocation.positionals[0] ?? '', seed: seed.value, task: taskName() };
      return callEngine(
        invocation,
        'folder.drillNow',
        input,
        (drill) => {
          invocation.output.line(drill, drillText(drill));
          return drill.missing + drill.different + drill.unread === 0 ? EXIT.done : EXIT.attention;
        },
        'idle',
      );
    },
  },
  {
    name: 'folder drill',
    usage: 'N off|weekly|monthly',
    summary: 'how often `watch` and the app fetch a few files by themselves, to prove that they come back',
    options: {},
    takes: [2, 2],
    run: async (invocation) => {
      const [folder = '', word = ''] = invocation.positionals;
      const drill = EVERY.find((every) => every === word);
      if (drill === undefined) {
        return ended(invocation.output, usage(`A drill is off, weekly or monthly, not “${word}”.`));
      }
      const changed = await change(invocation, 'folder.drill', { folder, drill }, (home) =>
        setDrill(home, folder, drill),
      );
      if (!changed.ok) return ended(invocation.output, changed.failure);
      invocation.output.line(changed.value, `${nameText(changed.value.name)}: drills are ${drill}.`);
      return EXIT.done;
    },
  },
];
