/** What a sync says. In: folders, receipts, how it went. Out: lines and an exit code, the same wherever it ran. */
import { foldersHere } from '../../contract/attached.ts';
import { EXIT, exitCodeOf, type ExitCode } from '../../contract/errors.ts';
import type { AnyFolder, Folder, Receipt, SyncReport } from '../../contract/models.ts';
import { failed, success, type Result } from '../../contract/result.ts';
import type { ReadHome } from '../../engine/home.ts';
import { findFolderHere } from '../../engine/manage.ts';
import { worstExit, type Invocation } from '../command.ts';
import { nameText, sizeText, type Output } from '../output.ts';

type ReadTables = NonNullable<ReadHome['tables']>;

/** Those that a person named, or all; what is only attached has nothing to send, and is refused where it is named. */
export function namedFolders(folders: readonly AnyFolder[], names: readonly string[]): Result<readonly Folder[]> {
  if (names.length === 0) return success(foldersHere(folders));
  const found: Folder[] = [];
  for (const name of names) {
    const folder = findFolderHere(folders, name);
    if (!folder.ok) return failed(folder.failure);
    found.push(folder.value);
  }
  return success(found);
}

export function receiptText(receipt: Receipt): string {
  const version = receipt.versionId ?? 'the only version';
  const what =
    receipt.operation === 'gone'
      ? 'gone'
      : receipt.operation === 'adopt'
        ? `was there already as ${version}`
        : receipt.operation === 'delete'
          ? `deleted, marked as ${version}`
          : `saved as ${version}`;
  return `${nameText(receipt.path)}  ${sizeText(receipt.size)}  ${what}`;
}

/** The folders that a person named, or all; those that are paused are named and left out. */
export function foldersToSync(folders: readonly AnyFolder[], invocation: Invocation): Result<readonly Folder[]> {
  const named = namedFolders(folders, invocation.positionals);
  if (!named.ok) return named;
  for (const folder of named.value) {
    if (folder.paused) invocation.output.log(`${nameText(folder.name)} is paused and left out.`);
  }
  return success(named.value.filter((folder) => !folder.paused));
}

/** @param files that the present policy asks to change; null: nobody asked for that. */
export function tellUnderPolicy(files: number | null, output: Output): void {
  if (files === 0) output.say('Everything that is there lies under the present policy already.');
}

/** Prints what went wrong, what needs attention, and the sum; answers the exit code. */
export function conclude(
  report: SyncReport,
  folders: readonly Folder[],
  tables: ReadTables | null,
  { output, signal }: Invocation,
): ExitCode {
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
    tellParked(tables, folders, output);
  }
  for (const cause of report.unread) {
    codes.push(EXIT.attention);
    output.log(`${cause.message} ${cause.hint}`);
  }
  if (summary.waiting > 0) {
    output.log(
      `${summary.waiting} changed again too soon and go out later, once their least interval is over; \`cairn queue\` says when, \`cairn queue first\` sends one now.`,
    );
  }
  output.line(
    { summary },
    `${summary.puts} saved (${sizeText(summary.bytes)}), ${summary.moves} copied, ${summary.deletes} deleted, ${summary.gone} gone, ${summary.parked} need attention, ${summary.requests} requests.`,
  );
  return signal.aborted ? EXIT.failure : worstExit(codes);
}

function tellParked(tables: ReadTables | null, folders: readonly Folder[], output: Output): void {
  for (const folder of folders) {
    for (const job of tables?.jobs.ofFolder(folder.id) ?? []) {
      if (job.state !== 'parked' || job.error === null) continue;
      output.log(`${nameText(job.path)}: ${job.error.message} ${job.error.hint}`);
    }
  }
}
