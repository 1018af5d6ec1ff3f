/** Versions in archive classes: asked for, waited for, fetched. */
import { EXIT } from '../../contract/errors.ts';
import type { Thaw } from '../../contract/thaw.ts';
import { absolute, countOption, ended, usage, type Command } from '../command.ts';
import { callEngine } from '../engine-call.ts';
import { columns, nameText, timeText } from '../output.ts';

const WAIT_DAYS = 7;

function stateText(thaw: Thaw): string {
  switch (thaw.state) {
    case 'waiting':
      return `asked for as ${thaw.tier}, expected by ${timeText(thaw.expectedAt)}`;
    case 'ready':
      return `can be read until ${timeText(thaw.readableUntil)}`;
    case 'fetched':
      return `written to ${thaw.target ?? ''}`;
    case 'failed':
      return thaw.failure?.message ?? 'given up';
  }
}

export const thawCommands: readonly Command[] = [
  {
    name: 'thaw',
    usage: 'N REL --version-id V [--tier Expedited|Standard|Bulk] [--days D] [--to FILE]  |  N',
    summary: 'bring an archived version within reach, or see how far it is; with N alone: all that were asked for',
    options: { 'version-id': 'string', tier: 'string', days: 'string', to: 'string' },
    takes: [1, 2],
    run: (invocation) => {
      const { output, positionals } = invocation;
      const [folder = '', path] = positionals;
      const refuse = (what: string) => Promise.resolve(ended(output, usage(what)));
      if (path === undefined) {
        return callEngine(
          invocation,
          'versions.thaws',
          { folder },
          (thaws) => {
            const texts = columns(thaws.map((thaw) => [nameText(thaw.path), thaw.versionId, stateText(thaw)]));
            for (const [index, thaw] of thaws.entries()) output.line(thaw, texts[index] ?? '');
            if (thaws.length === 0) output.say('Nothing was asked for.');
            return EXIT.done;
          },
          'idle',
        );
      }
      const versionId = invocation.text('version-id');
      if (versionId === undefined) return refuse('--version-id is missing.');
      const tierText = invocation.text('tier');
      const tier = (['Expedited', 'Standard', 'Bulk'] as const).find(
        (one) => one.toLowerCase() === tierText?.toLowerCase(),
      );
      if (tierText !== undefined && tier === undefined) return refuse('--tier takes Expedited, Standard or Bulk.');
      const days = countOption(invocation, 'days', WAIT_DAYS);
      if (!days.ok) return Promise.resolve(ended(output, days.failure));
      const to = invocation.text('to');
      const input = {
        folder,
        path,
        versionId,
        days: days.value,
        ...(tier === undefined ? {} : { tier }),
        ...(to === undefined ? {} : { to: absolute(invocation, to) }),
      };
      return callEngine(
        invocation,
        'versions.thaw',
        input,
        ({ thaw, offer }) => {
          const price =
            offer === null
              ? ''
              : ` About ${offer.price.toFixed(4)} ${offer.currency} by a price list of ${offer.asOf}.`;
          output.line({ ...thaw, offer }, `${nameText(thaw.path)}: ${stateText(thaw)}.${price}`);
          return EXIT.done;
        },
        'idle',
      );
    },
  },
];
