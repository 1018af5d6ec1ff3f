/** Deletes that wait for a person, since so many files vanished at once. */
import { EXIT } from '../../contract/errors.ts';
import type { BrakeDecision } from '../../contract/models.ts';
import { success } from '../../contract/result.ts';
import { brakeReport, decideBrake } from '../../engine/brakes.ts';
import { findFolderHere } from '../../engine/manage.ts';
import { change } from '../change.ts';
import { ended, type Command } from '../command.ts';
import { reading } from '../homes.ts';
import { nameText, timeText } from '../output.ts';

function deciding(decision: BrakeDecision, summary: string): Command {
  return {
    name: `brake ${decision}`,
    usage: 'N',
    summary,
    options: {},
    takes: [1, 1],
    run: async (invocation) => {
      const folder = invocation.positionals[0] ?? '';
      const decided = await change(invocation, 'brake.decide', { folder, decision }, (home) => {
        const found = findFolderHere(home.settings.folders, folder);
        return found.ok ? success(decideBrake(found.value, decision, home.tables, new Date().toISOString())) : found;
      });
      if (!decided.ok) return ended(invocation.output, decided.failure);
      const { deletes } = decided.value;
      const what = decision === 'release' ? 'are sent with the next sync' : 'stay in the bucket, and are noted as gone';
      const text = deletes === 0 ? 'No deletes waited for you.' : `${deletes} deleted files ${what}.`;
      invocation.output.line(decided.value, text);
      return EXIT.done;
    },
  };
}

export const brakeCommands: readonly Command[] = [
  {
    name: 'brake show',
    usage: 'N',
    summary: 'deletes that wait for you, since so many files vanished at once',
    options: {},
    takes: [1, 1],
    run: (invocation) =>
      reading(invocation, ({ settings, tables }) => {
        const { output } = invocation;
        const folder = findFolderHere(settings.folders, invocation.positionals[0] ?? '');
        if (!folder.ok) return ended(output, folder.failure);
        const report = brakeReport(folder.value, tables);
        const lines = report.paths.map(nameText);
        const more = report.deletes - report.paths.length;
        if (more > 0) lines.push(`… and ${more} more`);
        if (report.since === null) lines.push('No deletes wait for you.');
        else lines.unshift(`Since ${timeText(report.since)} ${report.deletes} deletes wait for you:`);
        if (report.replaced !== null) {
          lines.push(`${report.replaced.files} files got another content at once, by ${timeText(report.replaced.at)}.`);
        }
        output.line(report, lines.join('\n'));
        return EXIT.done;
      }),
  },
  deciding('release', 'send the deletes that wait; put the notice of a mass replacement away'),
  deciding('discard', 'keep the files in the bucket, and note them as gone only'),
];
