/** Versions, trees and restoring. */
import { EXIT, exitCodeOf, type ExitCode } from '../../contract/errors.ts';
import { openFolderHistory, type FolderHistory } from '../../engine/history-ports.ts';
import { absolute, ended, parseTime, usage, worstExit, type Command, type Invocation } from '../command.ts';
import { reading } from '../homes.ts';
import { columns, nameText, sizeText, timeText } from '../output.ts';

/** Opens a folder's history for a command; nothing in the home is changed. */
async function withHistory(
  invocation: Invocation,
  work: (history: FolderHistory) => Promise<ExitCode>,
): Promise<ExitCode> {
  return reading(invocation, async (home) => {
    const opened = await openFolderHistory(home, invocation.positionals[0] ?? '');
    if (!opened.ok) return ended(invocation.output, opened.failure);
    try {
      return await work(opened.value.history);
    } finally {
      opened.value.close();
    }
  });
}

async function restoreVersion(invocation: Invocation, versionId: string): Promise<ExitCode> {
  const { output } = invocation;
  const path = invocation.positionals[1];
  if (path === undefined) return ended(output, usage('Usage: cairn restore N REL --version-id V [--to FILE]'));
  return withHistory(invocation, async (history) => {
    const to = invocation.text('to');
    const target = to === undefined ? null : absolute(invocation, to);
    const restored = await history.restoreOne(path, versionId, target, invocation.signal);
    if (!restored.ok) return ended(output, restored.failure);
    output.line(
      restored.value,
      `Restored ${nameText(path)} (${sizeText(restored.value.bytes)}) to ${restored.value.to}`,
    );
    return EXIT.done;
  });
}

async function restoreDirectory(invocation: Invocation, at: string, to: string | undefined): Promise<ExitCode> {
  const { output } = invocation;
  if (to === undefined) return ended(output, usage('Usage: cairn restore N [DIR] --at TIME --to DIR'));
  const time = parseTime(at);
  if (!time.ok) return ended(output, time.failure);
  return withHistory(invocation, async (history) => {
    const codes: ExitCode[] = [];
    let files = 0;
    const directory = (invocation.positionals[1] ?? '').replace(/\/+$/, '');
    const target = absolute(invocation, to);
    const restored = await history.restoreDirectory(
      directory,
      time.value,
      target,
      (path, result) => {
        if (result.ok) {
          files += 1;
          output.line(result.value, `${nameText(path)}  ${sizeText(result.value.bytes)}`);
          return;
        }
        codes.push(
          exitCodeOf(result.failure.code) === EXIT.failure && result.failure.class === 'offline'
            ? EXIT.failure
            : EXIT.attention,
        );
        output.fail(result.failure);
      },
      invocation.signal,
    );
    if (!restored.ok) return ended(output, restored.failure);
    for (const key of restored.value.unsafeKeys) {
      codes.push(EXIT.attention);
      output.log(`Left out, since no file may safely be called so: ${nameText(key)}`);
    }
    output.say(`${files} of ${restored.value.files} files restored to ${target}`);
    return worstExit(codes);
  });
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
        const texts = columns(
          versions.value.map((version) => [
            timeText(version.seenAt ?? version.lastModified),
            version.deleteMarker ? 'delete marker' : sizeText(version.size),
            version.storageClass ?? '',
            version.receiptSeq === null ? 'by another program' : (version.proof ?? ''),
            version.versionId ?? 'the only version',
          ]),
        );
        for (const [index, version] of versions.value.entries()) invocation.output.line(version, texts[index] ?? '');
        return EXIT.done;
      }),
  },
  {
    name: 'tree',
    usage: 'N [--at TIME]',
    summary: 'the folder as it stands in the bucket, or stood at a time',
    options: { at: 'string' },
    takes: [1, 1],
    run: (invocation) =>
      withHistory(invocation, async (history) => {
        const at = invocation.text('at');
        const time = at === undefined ? null : parseTime(at);
        if (time !== null && !time.ok) return ended(invocation.output, time.failure);
        const tree = await history.tree(time?.value ?? null);
        if (!tree.ok) return ended(invocation.output, tree.failure);
        const { entries, unsafeKeys } = tree.value;
        const texts = columns(
          entries.map((one) => [timeText(one.lastModified), sizeText(one.size), nameText(one.path)]),
        );
        for (const [index, entry] of entries.entries()) invocation.output.line(entry, texts[index] ?? '');
        if (entries.length === 0) invocation.output.say('Nothing is there.');
        for (const key of unsafeKeys)
          invocation.output.log(`Left out, since no file may safely be called so: ${nameText(key)}`);
        return EXIT.done;
      }),
  },
  {
    name: 'restore',
    usage: 'N REL --version-id V [--to FILE]  |  N [DIR] --at TIME --to DIR',
    summary: 'bring a version, or a directory at a time, back to disk; never over anything',
    options: { 'version-id': 'string', at: 'string', to: 'string' },
    takes: [1, 2],
    run: (invocation) => {
      const versionId = invocation.text('version-id');
      const at = invocation.text('at');
      if (versionId !== undefined && at === undefined) return restoreVersion(invocation, versionId);
      if (at !== undefined && versionId === undefined) return restoreDirectory(invocation, at, invocation.text('to'));
      return Promise.resolve(
        ended(invocation.output, usage('Name a version with --version-id, or a time with --at; not both.')),
      );
    },
  },
];
