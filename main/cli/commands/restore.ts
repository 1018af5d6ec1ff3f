/** Bringing versions, and directories as they stood, back to disk. */
import { EXIT, exitCodeOf, type ExitCode, type Failure } from '../../contract/errors.ts';
import type { InPlace } from '../../contract/history.ts';
import { absolute, ended, parseTime, usage, worstExit, type Command, type Invocation } from '../command.ts';
import { callEngine, taskName } from '../engine-call.ts';
import { KEY_OPTION } from '../key-stdin.ts';
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
  if (to === undefined) return ended(output, usage('Usage: cairn restore N [PATH…] --at TIME --to DIR [--resume]'));
  const time = parseTime(at);
  if (!time.ok) return ended(output, time.failure);
  const chosen = chosenOf(invocation);
  return withHistory(invocation, async (history) => {
    const codes: ExitCode[] = [];
    let files = 0;
    const fail = (cause: Failure): void => {
      codes.push(codeOfOne(cause));
      output.fail(cause);
    };
    const restored = await history.restoreDirectory(
      chosen.directory,
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
      { signal, resume: invocation.flag('resume'), paths: chosen.paths },
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

/** One path is what the places are relative to; of several, each keeps its place below the folder. */
function chosenOf(invocation: Invocation): { readonly directory: string; readonly paths?: readonly string[] } {
  const [first = '', ...others] = invocation.positionals.slice(1).map((path) => path.replace(/\/+$/, ''));
  return others.length === 0 ? { directory: first } : { directory: '', paths: [first, ...others] };
}

/** One file of many that cannot be had is for a person to look at; that nothing answers is not. */
function codeOfOne(cause: Failure): ExitCode {
  return exitCodeOf(cause.code) === EXIT.failure && cause.class === 'offline' ? EXIT.failure : EXIT.attention;
}

async function fileInPlace(invocation: Invocation, versionId: string): Promise<ExitCode> {
  const { output } = invocation;
  const [folder = '', path] = invocation.positionals;
  if (path === undefined) return ended(output, usage('Usage: cairn restore N REL --version-id V --in-place'));
  return callEngine(
    invocation,
    'versions.restoreInPlace',
    { folder, path, versionId, task: taskName() },
    (restored) => {
      const aside = restored.setAside === null ? '' : `; the former file is ${nameText(restored.setAside)}`;
      output.line(restored, `Restored ${nameText(path)} in its place${aside}. ${currentWords[restored.current]}`);
      return EXIT.done;
    },
  );
}

const currentWords: Readonly<Record<InPlace['current'], string>> = {
  copied: 'The bucket has it as the current version, by a copy there.',
  sent: 'The bucket has it as the current version; it was sent.',
  same: 'The bucket had it as the current version.',
  queued: 'The bucket gets it as the current version with the next sync.',
};

async function directoryInPlace(invocation: Invocation, at: string): Promise<ExitCode> {
  const { output } = invocation;
  const time = parseTime(at);
  if (!time.ok) return ended(output, time.failure);
  const { directory, paths } = chosenOf(invocation);
  const chosen = { directory, ...(paths === undefined ? {} : { paths: [...paths] }) };
  const input = { folder: invocation.positionals[0] ?? '', ...chosen, at: time.value.toISOString(), task: taskName() };
  return callEngine(invocation, 'history.restoreInPlace', input, (done) => {
    for (const { failure } of done.failures) output.fail(failure);
    const aside = done.setAside.length === 0 ? '' : ` Set aside: ${done.setAside.map(nameText).join(', ')}`;
    output.line(
      done,
      `${done.restored} of ${done.files} files restored in their places, ${done.leftAlone} were so already.${aside}`,
    );
    return worstExit(done.failures.map(({ failure }) => codeOfOne(failure)));
  });
}

async function makeCurrent(invocation: Invocation, versionId: string): Promise<ExitCode> {
  const { output } = invocation;
  const [folder = '', path] = invocation.positionals;
  if (path === undefined) return ended(output, usage('Usage: cairn restore N REL --version-id V --make-current'));
  return callEngine(invocation, 'versions.makeCurrent', { folder, path, versionId }, (made) => {
    const text = made.wasCurrent
      ? 'It is the current version.'
      : `The current version is now ${made.versionId ?? 'that one'}.`;
    output.line(made, text);
    return EXIT.done;
  });
}

/** Wishes that go together only in these ways. */
function choose(invocation: Invocation): Promise<ExitCode> {
  const versionId = invocation.text('version-id');
  const at = invocation.text('at');
  const to = invocation.text('to');
  const isInPlace = invocation.flag('in-place');
  const isCurrent = invocation.flag('make-current');
  const refuse = (what: string): Promise<ExitCode> => Promise.resolve(ended(invocation.output, usage(what)));
  if ((versionId === undefined) === (at === undefined)) {
    return refuse('Name a version with --version-id, or a time with --at; not both.');
  }
  if ([to !== undefined, isInPlace, isCurrent].filter(Boolean).length > 1) {
    return refuse('Name one of --to, --in-place and --make-current.');
  }
  if (versionId !== undefined) {
    if (invocation.positionals.length > 2) return refuse('--version-id goes with one file.');
    if (invocation.flag('resume')) return refuse('--resume goes with --at and --to.');
    if (isCurrent) return makeCurrent(invocation, versionId);
    return isInPlace ? fileInPlace(invocation, versionId) : restoreVersion(invocation, versionId);
  }
  if (isCurrent) return refuse('--make-current goes with --version-id.');
  if (isInPlace && invocation.flag('resume')) return refuse('--resume goes with --at and --to.');
  return isInPlace ? directoryInPlace(invocation, at ?? '') : restoreDirectory(invocation, at ?? '', to);
}

export const restoreCommands: readonly Command[] = [
  {
    name: 'restore',
    usage:
      'N REL --version-id V [--to FILE | --in-place | --make-current]  |  N [PATH…] --at TIME (--to DIR [--resume] | --in-place)  [--key-stdin KEY]',
    summary:
      'bring a version, or files and directories at a time, back: to a new place, over the present files (set aside unless the bucket has them), or within the bucket alone',
    options: {
      'version-id': 'string',
      at: 'string',
      to: 'string',
      resume: 'boolean',
      'in-place': 'boolean',
      'make-current': 'boolean',
      ...KEY_OPTION,
    },
    takes: [1, 10_001],
    run: choose,
  },
];
