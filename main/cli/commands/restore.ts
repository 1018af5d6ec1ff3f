/** Bringing versions, and directories as they stood, back to disk. */
import { EXIT, exitCodeOf, type ExitCode, type Failure } from '../../contract/errors.ts';
import { absolute, ended, parseTime, usage, worstExit, type Command, type Invocation } from '../command.ts';
import { nameText, sizeText } from '../output.ts';
import { withHistory } from './history.ts';

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
  const { output, signal } = invocation;
  if (to === undefined) return ended(output, usage('Usage: cairn restore N [DIR] --at TIME --to DIR [--resume]'));
  const time = parseTime(at);
  if (!time.ok) return ended(output, time.failure);
  return withHistory(invocation, async (history) => {
    const codes: ExitCode[] = [];
    let files = 0;
    const fail = (cause: Failure): void => {
      codes.push(codeOfOne(cause));
      output.fail(cause);
    };
    const restored = await history.restoreDirectory(
      directoryOf(invocation),
      time.value,
      absolute(invocation, to),
      (path, result) => {
        if (!result.ok) {
          if (result.failure.code !== 'cancelled') fail(result.failure);
          return;
        }
        files += 1;
        const { bytes, renamedTo } = result.value;
        const words = renamedTo === null ? '' : `  as ${nameText(renamedTo)}`;
        output.line(result.value, `${nameText(path)}  ${sizeText(bytes)}${words}`);
      },
      { signal, resume: invocation.flag('resume') },
    );
    if (!restored.ok) {
      if (restored.failure.code === 'cancelled' && files > 0) {
        output.log(`${files} files are there. The same command with --resume goes on from here.`);
      }
      return ended(output, restored.failure);
    }
    for (const { failure } of restored.value.leftOut) fail(failure);
    output.say(`${files} of ${restored.value.files} files restored to ${absolute(invocation, to)}`);
    return worstExit(codes);
  });
}

function directoryOf(invocation: Invocation): string {
  return (invocation.positionals[1] ?? '').replace(/\/+$/, '');
}

/** One file of many that cannot be had is for a person to look at; that nothing answers is not. */
function codeOfOne(cause: Failure): ExitCode {
  return exitCodeOf(cause.code) === EXIT.failure && cause.class === 'offline' ? EXIT.failure : EXIT.attention;
}

export const restoreCommands: readonly Command[] = [
  {
    name: 'restore',
    usage: 'N REL --version-id V [--to FILE]  |  N [DIR] --at TIME --to DIR [--resume]',
    summary: 'bring a version, or a directory at a time, back to disk; never over anything',
    options: { 'version-id': 'string', at: 'string', to: 'string', resume: 'boolean' },
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
