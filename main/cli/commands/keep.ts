/** How long a folder's earlier versions stay. */
import { EXIT, type ExitCode } from '../../contract/errors.ts';
import { success, failed, type Result } from '../../contract/result.ts';
import { goingCost, readPrices } from '../../engine/cost.ts';
import { planKeep, readKeep, setKeep, type KeepPlan, type KeepReport } from '../../engine/keep.ts';
import type { Prices } from '../../policy/prices.ts';
import { MOST_KEEP_DAYS, MOST_NEWEST, removedVersions, type Keep } from '../../s3/index.ts';
import { countOption, ended, usage, type Command, type Invocation } from '../command.ts';
import { nameText, sizeText } from '../output.ts';
import { withBucket } from '../patients.ts';

/** What is asked: a keep, null to keep everything, or undefined to only show what stands. */
function wantedKeep(invocation: Invocation): Result<Keep | null | undefined> {
  const asks = (option: string): boolean => invocation.text(option) !== undefined;
  const isOff = invocation.flag('off');
  if (isOff && (asks('days') || asks('newest'))) return failed(usage('--off stands without --days and --newest.'));
  if (isOff) return success(null);
  if (!asks('days') && !asks('newest')) {
    return invocation.flag('dry-run')
      ? failed(usage('--dry-run goes with --days, --newest or --off.'))
      : success(undefined);
  }
  const days = countOption(invocation, 'days', 1);
  if (!days.ok) return days;
  const newest = countOption(invocation, 'newest', 1);
  if (!newest.ok) return newest;
  if (days.value > MOST_KEEP_DAYS) return failed(usage(`--days takes at most ${MOST_KEEP_DAYS}.`));
  if (newest.value > MOST_NEWEST) return failed(usage(`--newest takes at most ${MOST_NEWEST}, as S3 does.`));
  return success({ days: asks('days') ? days.value : null, newest: asks('newest') ? newest.value : null });
}

function keepText(keep: Keep | null): string {
  return keep === null
    ? 'Every version is kept, as far as Cairn is concerned.'
    : `S3 removes ${removedVersions(keep)}.`;
}

/** What would go, and what its storage costs. */
function goingText({ going, wanted }: KeepPlan, prices: Prices): string {
  if (wanted === null) return 'From then on Cairn’s rule removes no version.';
  if (going.count === 0) return 'No version that Cairn knows of would go now.';
  const monthly = goingCost(going, prices);
  const money = `${monthly.toFixed(monthly < 1 ? 4 : 2)} ${prices.currency}`;
  return (
    `${going.count} earlier versions that are kept now (${sizeText(going.bytes)}) would be removed for good, soon. ` +
    `Their storage costs about ${money} a month, by prices as of ${prices.asOf}.`
  );
}

function showPlan(invocation: Invocation, plan: KeepPlan, prices: Prices): void {
  const { output } = invocation;
  for (const line of plan.difference) output.say(line);
  if (plan.difference.length === 0) output.say('Nothing would change: it stands so already.');
  else output.say(goingText(plan, prices));
  if (plan.prefix === '')
    output.say('The folder lies at the top of the bucket, so the rule counts for all of the bucket.');
}

function printReport(invocation: Invocation, report: KeepReport): ExitCode {
  invocation.output.line(report, `${nameText(report.folder)}: ${keepText(report.keep)}`);
  return EXIT.done;
}

export const keepCommands: readonly Command[] = [
  {
    name: 'folder keep',
    usage: 'N [--days D] [--newest K] [--off] [--dry-run]',
    summary: 'how long earlier versions stay: show it, or set it as a lifecycle rule of the bucket',
    options: { days: 'string', newest: 'string', off: 'boolean', 'dry-run': 'boolean' },
    takes: [1, 1],
    run: (invocation) => {
      const { output } = invocation;
      const wanted = wantedKeep(invocation);
      if (!wanted.ok) return Promise.resolve(ended(output, wanted.failure));
      return withBucket(invocation, async (patient, home) => {
        if (wanted.value === undefined) {
          const report = await readKeep(patient);
          return report.ok ? printReport(invocation, report.value) : ended(output, report.failure);
        }
        const prices = await readPrices(home.path);
        if (!prices.ok) return ended(output, prices.failure);
        if (invocation.flag('dry-run')) {
          const plan = await planKeep(patient, wanted.value, home.tables);
          if (!plan.ok) return ended(output, plan.failure);
          showPlan(invocation, plan.value, prices.value);
          if (output.json) output.line({ ...plan.value, going: counts(plan.value) }, '');
          return EXIT.done;
        }
        const set = await setKeep(patient, wanted.value, home.tables, (plan) => {
          showPlan(invocation, plan, prices.value);
          return null;
        });
        return set.ok ? printReport(invocation, pick(set.value)) : ended(output, set.failure);
      });
    },
  },
];

function counts({ going }: KeepPlan) {
  return { versions: going.count, bytes: going.bytes };
}

function pick({ folder, prefix, keep }: KeepReport): KeepReport {
  return { folder, prefix, keep };
}
