/** Commands that report, and `retry`. */
import { EXIT } from '../../contract/errors.ts';
import type { Activity, AnyFolder, FolderStatus, Receipt } from '../../contract/models.ts';
import { parseRelPath, type RelPath } from '../../contract/names.ts';
import { failed, success, type Result } from '../../contract/result.ts';
import { askEngine } from '../../engine/ask.ts';
import type { OpenHome, ReadHome } from '../../engine/home.ts';
import { findFolder, findFolderHere } from '../../engine/manage.ts';
import { folderStatus, queueEntry } from '../../engine/report.ts';
import { countOption, ended, usage, type Command, type Invocation } from '../command.ts';
import { change } from '../change.ts';
import { reading } from '../homes.ts';
import { columns, nameText, sizeText, timeText } from '../output.ts';

/** The folder that a person named, or all. */
function chosen(home: Pick<ReadHome, 'settings'>, name: string | undefined): Result<readonly AnyFolder[]> {
  if (name === undefined) return success(home.settings.folders);
  const folder = findFolder(home.settings.folders, name);
  return folder.ok ? success([folder.value]) : failed(folder.failure);
}

/** Prints values with their texts in columns. */
function print<T extends object>(
  { output }: Invocation,
  values: readonly T[],
  cells: (value: T) => readonly string[],
  nothing: string,
): void {
  const texts = output.json ? [] : columns(values.map(cells));
  for (const [index, value] of values.entries()) output.line(value, texts[index] ?? '');
  if (values.length === 0) output.say(nothing);
}

const activityWords: Readonly<Record<Activity['kind'], string>> = {
  saved: 'saved',
  applied: 'policy applied',
  gone: 'gone from disk',
  parked: 'needs attention',
  restored: 'restored',
  folder: 'folder added',
  problem: 'problem',
  recovered: 'well again',
  matched: 'held against the bucket',
  unexplained: 'not ours in the bucket',
};

function activityCells(row: Activity): string[] {
  const detail = row.detail['message'] ?? row.detail['versionId'] ?? '';
  return [timeText(row.at), row.folder ?? '', activityWords[row.kind], nameText(row.path ?? ''), String(detail)];
}

function receiptCells(receipt: Receipt): string[] {
  return [
    String(receipt.seq),
    timeText(receipt.finishedAt),
    receipt.operation,
    nameText(receipt.path),
    sizeText(receipt.size),
    receipt.proof,
    receipt.versionId ?? '–',
  ];
}

/** An engine that runs is asked within this, milliseconds; what it alone knows is else left out. */
const STATUS_MS = 2_000;

/** What the engine that works in the home says of its folders; empty where none does. */
async function runningStatus({ home, signal }: Invocation): Promise<ReadonlyMap<string, FolderStatus>> {
  const asked = await askEngine(home, 'status.snapshot', {}, { patienceMs: STATUS_MS, signal });
  const folders = asked.kind === 'answered' && asked.result.ok ? asked.result.value.folders : [];
  return new Map(folders.map((status) => [status.folder, status]));
}

function stateCells(row: FolderStatus): readonly string[] {
  return [
    typeof row.pausedUntil === 'string' ? `paused until ${timeText(row.pausedUntil)}` : row.state,
    `${row.files} files, ${sizeText(row.bytes)}`,
    `${row.queued + row.active} to go`,
    `${row.parked} need attention`,
    `scanned ${timeText(row.lastScanAt)}`,
  ];
}

/** Nothing of it is here to be counted, scanned or sent. */
function attachedCells({ state, bringingBack, bucket, prefix }: FolderStatus): readonly string[] {
  const to = bringingBack?.to;
  const words = to === undefined ? 'to browse and restore from' : `not all is back yet in ${nameText(to)}`;
  return [state, `${bucket}/${nameText(prefix)}`, words];
}

/** Why a folder is not in sync, and what is not kept without being asked about, in words. */
function warnings(status: FolderStatus): readonly string[] {
  const { folder, failure, watcher, unread, skipped, unexplained, missing } = status;
  const name = nameText(folder);
  const said = [failure, watcher.problem].filter((problem) => problem !== null);
  const lines = said.map(({ message, hint }) => `${name}: ${message} ${hint}`);
  const [first] = unread;
  if (first !== undefined) {
    const more = unread.length > 1 ? ` (and ${unread.length - 1} more)` : '';
    lines.push(`${name}: ${first.message}${more}`);
  }
  if (skipped !== null && skipped.links + skipped.special > 0) {
    const [example] = skipped.examples;
    const such = example === undefined ? '' : `, such as ${nameText(example.path)}`;
    const kinds = [counted(skipped.links, 'link'), counted(skipped.special, 'special file')];
    lines.push(`${name}: not kept: ${kinds.filter((kind) => kind !== null).join(' and ')}${such}.`);
  }
  if (unexplained !== null) {
    const { count, examples, at } = unexplained;
    const such = examples.map(nameText).join(', ');
    lines.push(`${name}: ${count} versions in the bucket were not written from here (${timeText(at)}): ${such}`);
  }
  if (missing > 0) lines.push(`${name}: ${missing} versions that were written from here are in the bucket no more.`);
  return lines;
}

/** When it was proved last that files come back. */
function proof({ folder, lastDrill }: FolderStatus): readonly string[] {
  if (lastDrill === null) return [];
  const { at, ok, files, bytes } = lastDrill;
  return [`${nameText(folder)}: last proven restore ${timeText(at)}: ${ok} of ${files} files, ${sizeText(bytes)}.`];
}

function counted(count: number, what: string): string | null {
  return count === 0 ? null : `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}

function retryHere({ settings, tables }: OpenHome, name: string, path: RelPath | undefined): Result<number> {
  const folder = findFolderHere(settings.folders, name);
  if (!folder.ok) return folder;
  const { id } = folder.value;
  return success(
    tables.now(() => {
      if (path === undefined) return tables.jobs.retryFolder(id);
      // What was forgotten is looked for again.
      tables.forgotten.remove(id, path);
      return tables.jobs.retryPath(id, path);
    }),
  );
}

export const reportCommands: readonly Command[] = [
  {
    name: 'status',
    usage: '[N]',
    summary: 'how the folders are',
    options: {},
    takes: [0, 1],
    run: (invocation) =>
      reading(invocation, async (home) => {
        const folders = chosen(home, invocation.positionals[0]);
        if (!folders.ok) return ended(invocation.output, folders.failure);
        const live = await runningStatus(invocation);
        const rows = folders.value.map(
          (folder) => live.get(folder.name) ?? folderStatus(folder, home.settings.connections, home.tables),
        );
        print(
          invocation,
          rows,
          (row) => [nameText(row.folder), ...(row.path === null ? attachedCells(row) : stateCells(row))],
          'No folder yet. Add one with `cairn folder add`.',
        );
        for (const line of rows.flatMap(proof)) invocation.output.say(line);
        for (const line of rows.flatMap(warnings)) invocation.output.say(line);
        return EXIT.done;
      }),
  },
  {
    name: 'queue',
    usage: '[N]',
    summary: 'what waits, is under way, or needs attention',
    options: {},
    takes: [0, 1],
    run: (invocation) =>
      reading(invocation, (home) => {
        const folders = chosen(home, invocation.positionals[0]);
        if (!folders.ok) return ended(invocation.output, folders.failure);
        const rows = folders.value.flatMap((folder) =>
          (home.tables?.jobs.ofFolder(folder.id) ?? []).map((job) => queueEntry(job, folder.name)),
        );
        print(
          invocation,
          rows,
          (row) => [
            row.folder,
            row.operation,
            row.state,
            nameText(row.path),
            row.waitsFor === 'interval'
              ? `waits for its least interval, until ${timeText(row.notBefore)}`
              : row.error === null
                ? ''
                : `${row.error.message} ${row.error.hint}`,
          ],
          'Nothing waits.',
        );
        return EXIT.done;
      }),
  },
  {
    name: 'activity',
    usage: '[N] [--limit K]',
    summary: 'what happened, newest first',
    options: { limit: 'string' },
    takes: [0, 1],
    run: (invocation) =>
      reading(invocation, (home) => {
        const name = invocation.positionals[0];
        const folders = chosen(home, name);
        if (!folders.ok) return ended(invocation.output, folders.failure);
        const limit = countOption(invocation, 'limit', 100);
        if (!limit.ok) return ended(invocation.output, limit.failure);
        const names = new Map(home.settings.folders.map((folder) => [folder.id, folder.name]));
        const only = name === undefined ? null : (folders.value[0]?.id ?? null);
        const rows = (home.tables?.activity.list(only, null, limit.value) ?? []).map((row) => ({
          ...row,
          folder: row.folder === null ? null : (names.get(row.folder) ?? null),
        }));
        print(invocation, rows, activityCells, 'Nothing happened yet.');
        return EXIT.done;
      }),
  },
  {
    name: 'retry',
    usage: 'N [REL]',
    summary: 'put files that need attention back into the queue',
    options: {},
    takes: [1, 2],
    run: async (invocation) => {
      const [name = '', rel] = invocation.positionals;
      const path = rel === undefined ? undefined : parseRelPath(rel);
      if (path === null) return ended(invocation.output, usage(`“${String(rel)}” is not a path below the folder.`));
      const retried = await change(invocation, 'queue.retry', { folder: name, path }, (home) =>
        retryHere(home, name, path),
      );
      if (!retried.ok) return ended(invocation.output, retried.failure);
      const text =
        retried.value === 0
          ? 'Nothing needed attention.'
          : `${retried.value} back in the queue. \`cairn sync\` sends them.`;
      invocation.output.line({ folder: name, retried: retried.value }, text);
      return EXIT.done;
    },
  },
  {
    name: 'receipts',
    usage: '[N] [--path REL] [--limit K]',
    summary: 'what S3 answered, newest first',
    options: { path: 'string', limit: 'string' },
    takes: [0, 1],
    run: (invocation) =>
      reading(invocation, (home) => {
        const folders = chosen(home, invocation.positionals[0]);
        if (!folders.ok) return ended(invocation.output, folders.failure);
        const limit = countOption(invocation, 'limit', 100);
        if (!limit.ok) return ended(invocation.output, limit.failure);
        const path = invocation.text('path');
        if (path !== undefined && invocation.positionals[0] === undefined) {
          return ended(invocation.output, usage('--path needs the folder: cairn receipts N --path REL'));
        }
        print(
          invocation,
          wantedReceipts(home, folders.value, invocation.positionals[0], path, limit.value),
          receiptCells,
          'No receipts yet.',
        );
        return EXIT.done;
      }),
  },
  {
    name: 'receipts check',
    usage: '',
    summary: 'walk the chain of hashes',
    options: {},
    takes: [0, 0],
    run: (invocation) =>
      reading(invocation, (home) => {
        const report = home.tables?.receipts.check() ?? { checked: 0, ok: true, brokenAtSeq: null };
        const text = report.ok
          ? `${report.checked} receipts, the chain is whole.`
          : `The chain is broken at receipt ${String(report.brokenAtSeq)}: something outside of Cairn changed the database. The ${report.checked} before it are whole.`;
        invocation.output.line(report, text);
        return report.ok ? EXIT.done : EXIT.attention;
      }),
  },
];

function wantedReceipts(
  home: ReadHome,
  folders: readonly AnyFolder[],
  name: string | undefined,
  path: string | undefined,
  limit: number,
): Receipt[] {
  const receipts = home.tables?.receipts;
  const [first] = folders;
  if (receipts === undefined) return [];
  if (name === undefined || first === undefined) return receipts.newest(limit);
  return path === undefined ? receipts.ofFolder(first.id, limit) : receipts.ofPath(first.id, path, limit);
}
