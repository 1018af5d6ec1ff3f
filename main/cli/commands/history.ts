/** Versions, trees and what differs between two of them. */
import { EXIT, failure, type ExitCode } from '../../contract/errors.ts';
import type { TreeChange } from '../../contract/history.ts';
import { treeEntry } from '../../engine/history-handlers.ts';
import { openFolderHistory, type FolderHistory } from '../../engine/history-ports.ts';
import type { Wanted } from '../../engine/listings.ts';
import { ended, parseTime, required, type Command, type Invocation } from '../command.ts';
import { reading } from '../homes.ts';
import { ringFromStdin } from '../key-stdin.ts';
import { columns, nameText, sizeText, timeText } from '../output.ts';

/** Opens a folder's history for a command; nothing in the home is changed. */
export async function withHistory(
  invocation: Invocation,
  work: (history: FolderHistory) => Promise<ExitCode>,
): Promise<ExitCode> {
  const ring = await ringFromStdin(invocation);
  if (!ring.ok) return ended(invocation.output, ring.failure);
  return reading(invocation, async (home) => {
    const opened = await openFolderHistory(home, invocation.positionals[0] ?? '', ring.value);
    if (!opened.ok) return ended(invocation.output, opened.failure);
    try {
      return await work(opened.value.history);
    } finally {
      opened.value.close();
    }
  });
}

/** A person at the command line expects the truth of this moment, unless they say otherwise. */
function wantedBy(invocation: Invocation): Wanted {
  return invocation.flag('cached') ? 'kept' : 'now';
}

function sayAge(invocation: Invocation, asOf: string): void {
  if (invocation.flag('cached')) invocation.output.say(`As the bucket was listed at ${timeText(asOf)}.`);
}

function changeCells({ kind, path, movedFrom, size, sizeBefore }: TreeChange): string[] {
  const sizes = [sizeBefore, size].flatMap((bytes) => (bytes === null ? [] : [sizeText(bytes)]));
  const names = movedFrom === null ? nameText(path) : `${nameText(movedFrom)} -> ${nameText(path)}`;
  return [kind, [...new Set(sizes)].join(' -> '), names];
}

export const historyCommands: readonly Command[] = [
  {
    name: 'versions',
    usage: 'N REL',
    summary: 'every version of a file, newest first',
    options: {},
    takes: [2, 2],
    run: (invocation) =>
      withHistory(invocation, async (history) => {
        const versions = await history.versions(invocation.positionals[1] ?? '');
        if (!versions.ok) return ended(invocation.output, versions.failure);
        // No receipt of an attached place is on this computer, whoever wrote there.
        const unexplained = history.isAttached ? '' : 'by another program';
        const texts = columns(
          versions.value.map((version) => [
            timeText(version.seenAt ?? version.lastModified),
            version.deleteMarker ? 'delete marker' : sizeText(version.size),
            version.storageClass ?? '',
            version.removed
              ? 'not in the bucket any more'
              : version.receiptSeq === null
                ? unexplained
                : (version.proof ?? ''),
            version.versionId ?? 'the only version',
          ]),
        );
        for (const [index, version] of versions.value.entries()) invocation.output.line(version, texts[index] ?? '');
        return EXIT.done;
      }),
  },
  {
    name: 'diff',
    usage: 'N --from TIME [--to TIME] [--cached]',
    summary: 'what was added, changed, moved and gone between two times, or since one',
    options: { from: 'string', to: 'string', cached: 'boolean' },
    takes: [1, 1],
    run: async (invocation) => {
      const { output, signal } = invocation;
      const fromText = required(invocation, 'from');
      if (!fromText.ok) return ended(output, fromText.failure);
      const from = parseTime(fromText.value);
      if (!from.ok) return ended(output, from.failure);
      const toText = invocation.text('to');
      const to = toText === undefined ? null : parseTime(toText);
      if (to !== null && !to.ok) return ended(output, to.failure);
      return withHistory(invocation, async (history) => {
        const found = await history.diff(from.value, to?.value ?? null, { wanted: wantedBy(invocation), signal });
        if (!found.ok) return ended(output, found.failure);
        const { changes, counts } = found.value;
        const texts = columns(changes.map(changeCells));
        for (const [index, change] of changes.entries()) output.line(change, texts[index] ?? '');
        const { added, changed, moved, gone } = counts;
        output.say(`${added} added, ${changed} changed, ${moved} moved, ${gone} gone.`);
        sayAge(invocation, found.value.asOf);
        return EXIT.done;
      });
    },
  },
  {
    name: 'tree',
    usage: 'N [--at TIME] [--cached]',
    summary: 'the folder as it stands in the bucket, or stood at a time',
    options: { at: 'string', cached: 'boolean' },
    takes: [1, 1],
    run: (invocation) =>
      withHistory(invocation, async (history) => {
        const at = invocation.text('at');
        const time = at === undefined ? null : parseTime(at);
        if (time !== null && !time.ok) return ended(invocation.output, time.failure);
        const { signal } = invocation;
        const tree = await history.tree(time?.value ?? null, { wanted: wantedBy(invocation), signal });
        if (!tree.ok) return ended(invocation.output, tree.failure);
        const { entries, unsafeKeys } = tree.value;
        const texts = columns(
          entries.map((one) => [timeText(one.lastModified), sizeText(one.size), nameText(one.path)]),
        );
        for (const [index, entry] of entries.entries()) invocation.output.line(treeEntry(entry), texts[index] ?? '');
        if (entries.length === 0) invocation.output.say('Nothing is there.');
        sayAge(invocation, tree.value.asOf);
        for (const key of unsafeKeys) invocation.output.log(failure('name-unsafe', { key }).message);
        return EXIT.done;
      }),
  },
];
