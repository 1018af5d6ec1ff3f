/** Sending: once, or until stopped. */
import { EXIT, exitCodeOf, type ExitCode } from '../../contract/errors.ts';
import type { Folder, PlannedOperation, Receipt } from '../../contract/models.ts';
import { failed, success, type Result } from '../../contract/result.ts';
import type { Engine } from '../../engine/engine.ts';
import { ownDirectories, findFolder } from '../../engine/manage.ts';
import { planFolder } from '../../engine/plan.ts';
import { syncFolders } from '../../engine/sync.ts';
import { ended, usage, worstExit, type Command, type Invocation } from '../command.ts';
import { reading, withEngine } from '../homes.ts';
import { columns, nameText, sizeText } from '../output.ts';

/** Without any answer of a store for so long, `sync` gives up and keeps the jobs; milliseconds. */
const GIVE_UP_MS = 30_000;

function namedFolders(folders: readonly Folder[], names: readonly string[]): Result<readonly Folder[]> {
  if (names.length === 0) return success(folders);
  const found: Folder[] = [];
  for (const name of names) {
    const folder = findFolder(folders, name);
    if (!folder.ok) return failed(folder.failure);
    found.push(folder.value);
  }
  return success(found);
}

function receiptText(receipt: Receipt): string {
  const what = receipt.operation === 'gone' ? 'gone' : `saved as ${receipt.versionId ?? 'the only version'}`;
  return `${nameText(receipt.path)}  ${sizeText(receipt.size)}  ${what}`;
}

async function dryRun(invocation: Invocation): Promise<ExitCode> {
  return reading(invocation, async (home) => {
    const folders = namedFolders(home.settings.folders, invocation.positionals);
    if (!folders.ok) return ended(invocation.output, folders.failure);
    const forbidden = new Set(await ownDirectories(home));
    const codes: ExitCode[] = [];
    for (const folder of folders.value) {
      if (home.tables === null) continue;
      const planned: PlannedOperation[] = [];
      const result = await planFolder(
        folder,
        home.tables,
        forbidden,
        (operation) => planned.push(operation),
        invocation.signal,
      );
      const texts = columns(planned.map((one) => [one.operation, one.reason, sizeText(one.size), nameText(one.path)]));
      for (const [index, operation] of planned.entries()) invocation.output.line(operation, texts[index] ?? '');
      if (!result.ok) codes.push(ended(invocation.output, result.failure));
      else if (planned.length === 0) invocation.output.say(`${nameText(folder.name)}: nothing to do.`);
    }
    return worstExit(codes);
  });
}

async function sync(invocation: Invocation): Promise<ExitCode> {
  if (invocation.flag('dry-run')) return dryRun(invocation);
  return withEngine(invocation, false, async (engine) => {
    const { output } = invocation;
    const named = namedFolders(engine.home.settings.folders, invocation.positionals);
    if (!named.ok) return ended(output, named.failure);
    for (const folder of named.value) {
      if (folder.paused) output.log(`${nameText(folder.name)} is paused and left out.`);
    }
    const folders = named.value.filter((folder) => !folder.paused);
    return syncToTheEnd(engine, folders, invocation);
  });
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
  const told = new Set<string>();
  const codes: ExitCode[] = [];
  for (const { failure: cause } of report.failures) {
    codes.push(exitCodeOf(cause.code));
    // Several folders on one store have one and the same problem.
    if (!told.has(cause.message)) output.fail(cause);
    told.add(cause.message);
  }
  const { summary } = report;
  if (summary.parked > 0) {
    codes.push(EXIT.attention);
    tellParked(engine, folders, invocation);
  }
  for (const cause of report.unread) {
    codes.push(EXIT.attention);
    output.log(`${cause.message} ${cause.hint}`);
  }
  output.line(
    { summary },
    `${summary.puts} saved (${sizeText(summary.bytes)}), ${summary.moves} copied, ${summary.gone} gone, ${summary.parked} need attention, ${summary.requests} requests.`,
  );
  return invocation.signal.aborted ? EXIT.failure : worstExit(codes);
}

function tellParked(engine: Engine, folders: readonly Folder[], { output }: Invocation): void {
  for (const folder of folders) {
    for (const job of engine.home.tables.jobs.ofFolder(folder.id)) {
      if (job.state !== 'parked' || job.error === null) continue;
      output.log(`${nameText(job.path)}: ${job.error.message} ${job.error.hint}`);
    }
  }
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
    engine.start(named.value);
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
    usage: '[N...] [--dry-run]',
    summary: 'scan, send all that is due, and end',
    options: { 'dry-run': 'boolean' },
    takes: [0, Number.MAX_SAFE_INTEGER],
    run: sync,
  },
  {
    name: 'watch',
    usage: '[N...]',
    summary: 'send every saved file until stopped',
    options: {},
    takes: [0, Number.MAX_SAFE_INTEGER],
    run: watch,
  },
];
