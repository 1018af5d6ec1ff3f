/** Sending: once, or until stopped. */
import { EXIT, failure, type ExitCode } from '../../contract/errors.ts';
import type { Folder, PlannedOperation } from '../../contract/models.ts';
import { reason } from '../../contract/reasons.ts';
import type { Engine } from '../../engine/engine.ts';
import { ownDirectories } from '../../engine/manage.ts';
import { planFolder } from '../../engine/plan.ts';
import { syncFolders } from '../../engine/sync.ts';
import { ended, usage, worstExit, type Command, type Invocation } from '../command.ts';
import { reading, withEngine } from '../homes.ts';
import { KEY_OPTION } from '../key-stdin.ts';
import { columns, nameText, sizeText } from '../output.ts';
import { syncThere } from './sync-there.ts';
import { conclude, foldersToSync, namedFolders, receiptText } from './sync-words.ts';

/** Without any answer of a store for so long, `sync` gives up and keeps the jobs; milliseconds. */
const GIVE_UP_MS = 30_000;

async function dryRun(invocation: Invocation): Promise<ExitCode> {
  return reading(invocation, async (home) => {
    const folders = namedFolders(home.settings.folders, invocation.positionals);
    if (!folders.ok) return ended(invocation.output, folders.failure);
    const forbidden = new Set(await ownDirectories(home));
    const codes: ExitCode[] = [];
    for (const folder of folders.value) {
      if (home.tables === null) {
        return ended(
          invocation.output,
          failure('home-damaged', { home: home.path, reason: reason('database-missing') }),
        );
      }
      if (home.tables.looks.matchDue(folder.id) !== null) {
        const name = nameText(folder.name);
        invocation.output.log(
          `${name} was not held against its bucket yet: what is equal there shows as new. \`sync\` compares first, and sends only the rest.`,
        );
      }
      const planned: PlannedOperation[] = [];
      const result = await planFolder(
        folder,
        home.tables,
        forbidden,
        (operation) => planned.push(operation),
        invocation.signal,
      );
      const texts = columns(
        planned.map(({ operation, reason, size, path, from }) => {
          const name = from === undefined ? nameText(path) : `${nameText(path)} (was ${nameText(from)})`;
          return [operation, reason, sizeText(size), name];
        }),
      );
      for (const [index, operation] of planned.entries()) invocation.output.line(operation, texts[index] ?? '');
      if (!result.ok) codes.push(ended(invocation.output, result.failure));
      else if (planned.length === 0) invocation.output.say(`${nameText(folder.name)}: nothing to do.`);
    }
    return worstExit(codes);
  });
}

async function sync(invocation: Invocation): Promise<ExitCode> {
  if (invocation.flag('dry-run')) return dryRun(invocation);
  const here = async (engine: Engine): Promise<ExitCode> => {
    const folders = foldersToSync(engine.home.settings.folders, invocation);
    return folders.ok ? syncToTheEnd(engine, folders.value, invocation) : ended(invocation.output, folders.failure);
  };
  return withEngine(invocation, false, here, () => syncThere(invocation));
}

/** Scans and sends until nothing is due, prints each receipt and the sum, and answers how it went. */
export async function syncToTheEnd(
  engine: Engine,
  folders: readonly Folder[],
  invocation: Invocation,
): Promise<ExitCode> {
  const { output } = invocation;
  const report = await syncFolders(engine, folders, {
    giveUpMs: GIVE_UP_MS,
    signal: invocation.signal,
    onReceipt: (receipt) => {
      output.line(receipt, receiptText(receipt));
    },
  });
  return conclude(report, folders, engine.home.tables, invocation);
}

async function watch(invocation: Invocation): Promise<ExitCode> {
  return withEngine(invocation, true, async (engine) => {
    const { output } = invocation;
    const named = namedFolders(engine.home.settings.folders, invocation.positionals);
    if (!named.ok) return ended(output, named.failure);
    if (named.value.length === 0)
      return ended(output, usage('There is no folder to watch. Add one with `cairn folder add`.'));
    engine.onReceipt((receipt) => {
      output.line(receipt, receiptText(receipt));
    });
    // Without names it watches all folders, those too that are added while it runs.
    if (invocation.positionals.length === 0) engine.start();
    else engine.start(named.value);
    output.log(`Watching ${named.value.map((folder) => nameText(folder.name)).join(', ')}. End with Ctrl C.`);
    await new Promise<void>((resolve) => {
      if (invocation.signal.aborted) resolve();
      invocation.signal.addEventListener('abort', () => {
        resolve();
      });
    });
    return EXIT.done;
  });
}

export const syncCommands: readonly Command[] = [
  {
    name: 'plan',
    usage: 'N',
    summary: 'what `sync` would do; nothing is sent',
    options: {},
    takes: [1, 1],
    run: dryRun,
  },
  {
    name: 'sync',
    usage: '[N...] [--dry-run] [--key-stdin KEY]',
    summary: 'scan, send all that is due, and end; a Cairn that runs already does it, and each receipt is printed here',
    options: { 'dry-run': 'boolean', ...KEY_OPTION },
    takes: [0, Number.MAX_SAFE_INTEGER],
    run: sync,
  },
  {
    name: 'watch',
    usage: '[N...] [--key-stdin KEY]',
    summary: 'send every saved file until stopped',
    options: KEY_OPTION,
    takes: [0, Number.MAX_SAFE_INTEGER],
    run: watch,
  },
];
