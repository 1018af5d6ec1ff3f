/** What a folder costs a month, under its policy and under another one. */
import { EXIT, type ExitCode } from '../../contract/errors.ts';
import { success, type Result } from '../../contract/result.ts';
import { folderCost, readPrices, type CostTerms, type FolderCost } from '../../engine/cost.ts';
import { findFolderHere } from '../../engine/manage.ts';
import { totalOf, type ClassCost } from '../../policy/cost.ts';
import { countOption, ended, type Command, type Invocation } from '../command.ts';
import { reading } from '../homes.ts';
import { columns, nameText, sizeText } from '../output.ts';
import { readPolicyFile } from './folder.ts';

const NOTHING_KEPT = { files: 0, bytes: 0, versions: 0, versionBytes: 0, storage: 0, requests: 0, total: 0 };

function termsOf(invocation: Invocation): Result<CostTerms> {
  const months = countOption(invocation, 'months', 12);
  if (!months.ok) return months;
  const days = countOption(invocation, 'days', 1);
  if (!days.ok) return days;
  const newest = countOption(invocation, 'newest', 1);
  if (!newest.ok) return newest;
  return success({
    monthsAhead: months.value,
    keptDays: invocation.text('days') === undefined ? null : days.value,
    keptNewer: invocation.text('newest') === undefined ? null : newest.value - 1,
  });
}

const money = (amount: number): string => amount.toFixed(amount !== 0 && Math.abs(amount) < 1 ? 4 : 2);

/** One class under both policies; null where it has nothing there. */
interface Row {
  readonly storageClass: string;
  readonly before: ClassCost | null;
  readonly after: ClassCost | null;
}

function rowsOf({ before, after }: FolderCost): Row[] {
  const names = [...new Set([...before, ...(after ?? [])].map((cost) => cost.storageClass))].sort();
  const of = (costs: readonly ClassCost[] | null, name: string): ClassCost | null =>
    costs?.find((cost) => cost.storageClass === name) ?? null;
  return names.map((storageClass) => ({
    storageClass,
    before: of(before, storageClass),
    after: of(after, storageClass),
  }));
}

function cells(name: string, cost: ClassCost | null): string[] {
  const { files, bytes, versions, versionBytes, storage, requests, total } = cost ?? NOTHING_KEPT;
  return [
    name,
    `${files} files, ${sizeText(bytes)}`,
    `${Math.round(versions)} earlier versions, ${sizeText(Math.round(versionBytes))}`,
    `storage ${money(storage)}`,
    `requests ${money(requests)}`,
    cost?.isPriced === false ? 'no price known' : `total ${money(total)}`,
  ];
}

function printText(invocation: Invocation, cost: FolderCost, rows: readonly Row[]): void {
  const { output } = invocation;
  const { prices, after } = cost;
  const block = (title: string, costs: readonly ClassCost[], side: 'before' | 'after'): void => {
    output.say(title);
    const lines = rows.filter((row) => row[side] !== null).map((row) => cells(row.storageClass, row[side]));
    for (const line of columns([...lines, cells('total', totalOf(costs))])) output.say(`  ${line}`);
  };
  block(after === null ? 'A month:' : 'A month under the present policy:', cost.before, 'before');
  if (after !== null) {
    block('A month under the other policy:', after, 'after');
    const difference = totalOf(after).total - totalOf(cost.before).total;
    const word = difference > 0 ? 'more' : 'less';
    output.say(
      difference === 0
        ? 'It would cost the same.'
        : `It would cost ${money(Math.abs(difference))} ${prices.currency} a month ${word}.`,
    );
  }
  output.say(
    `In ${prices.currency}, with changes as in the last 30 days, and earlier versions where they lie. ` +
      `Not counted: reading, transfer, taxes.`,
  );
  output.say(`Prices as of ${prices.asOf}: ${prices.source}.`);
}

function print(invocation: Invocation, cost: FolderCost, terms: CostTerms): ExitCode {
  const { output } = invocation;
  const rows = rowsOf(cost);
  if (!output.json) {
    printText(invocation, cost, rows);
    return EXIT.done;
  }
  for (const row of rows) output.line(row, '');
  const { currency, asOf, source } = cost.prices;
  const total = { before: totalOf(cost.before).total, after: cost.after === null ? null : totalOf(cost.after).total };
  output.line({ summary: { total, currency, asOf, source, months: terms.monthsAhead } }, '');
  return EXIT.done;
}

export const costCommands: readonly Command[] = [
  {
    name: 'policy cost',
    usage: 'N [--policy FILE] [--days D] [--newest K] [--months M]',
    summary: 'what a month costs by class, now and under another policy, M months ahead (12)',
    options: { policy: 'string', days: 'string', newest: 'string', months: 'string' },
    takes: [1, 1],
    run: (invocation) =>
      reading(invocation, async (home) => {
        const { output } = invocation;
        const folder = findFolderHere(home.settings.folders, invocation.positionals[0] ?? '');
        if (!folder.ok) return ended(output, folder.failure);
        const terms = termsOf(invocation);
        if (!terms.ok) return ended(output, terms.failure);
        const file = invocation.text('policy');
        const other = file === undefined ? success(null) : await readPolicyFile(invocation, file);
        if (!other.ok) return ended(output, other.failure);
        const prices = await readPrices(home.path);
        if (!prices.ok) return ended(output, prices.failure);
        if (home.tables === null) {
          output.say(`${nameText(folder.value.name)} was never synced, so there is nothing to count.`);
          return EXIT.done;
        }
        return print(
          invocation,
          folderCost(folder.value, home.tables, other.value, prices.value, terms.value),
          terms.value,
        );
      }),
  },
];
