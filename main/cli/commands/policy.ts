/** Policies: looked at before they are given to a folder, explained, and applied to what is there. */
import { EXIT, type ExitCode } from '../../contract/errors.ts';
import { bringUnderPolicy, planPolicy, type PolicyStep, type PolicySummary } from '../../engine/apply.ts';
import { applyCost, readPrices, type ApplyCost } from '../../engine/cost.ts';
import type { Engine } from '../../engine/engine.ts';
import { explainFile } from '../../engine/explain.ts';
import { findFolderHere } from '../../engine/manage.ts';
import { countOption, ended, type Command, type Invocation } from '../command.ts';
import { reading, withEngine } from '../homes.ts';
import { nameText, sizeText } from '../output.ts';
import { readPolicyFile } from './folder.ts';
import { syncThere } from './sync-there.ts';
import { foldersToSync, tellUnderPolicy } from './sync-words.ts';
import { syncToTheEnd } from './sync.ts';

function stepText(step: PolicyStep): string {
  const what = step.changes.length === 0 ? 'left alone' : step.changes.join(', ');
  const lock = step.changes.includes('copy')
    ? ' (the version before keeps its tighter lock)'
    : ' (a looser lock is never set by itself)';
  return `${nameText(step.path)}  ${sizeText(step.size)}  ${what}${step.loosens ? lock : ''}`;
}

function summaryText(summary: PolicySummary): string {
  return (
    `${summary.copies} new versions by copy (${sizeText(summary.bytes)} more to store), ` +
    `${summary.inPlace} changed where they lie, ${summary.requests} requests.`
  );
}

function costText({ once, aMonth, currency, asOf }: ApplyCost): string {
  const money = (amount: number): string => `${amount.toFixed(amount < 1 ? 4 : 2)} ${currency}`;
  return `About ${money(once)} once and ${money(aMonth)} more a month, by prices of ${asOf}.`;
}

async function explainPolicy(invocation: Invocation): Promise<ExitCode> {
  const { output, positionals } = invocation;
  return reading(invocation, async (home) => {
    const folder = findFolderHere(home.settings.folders, positionals[0] ?? '');
    if (!folder.ok) return ended(output, folder.failure);
    const size = invocation.text('size') === undefined ? null : countOption(invocation, 'size', 1);
    if (size !== null && !size.ok) return ended(output, size.failure);
    const explained = await explainFile(folder.value, home.tables, positionals[1] ?? '', size?.value ?? null);
    if (!explained.ok) return ended(output, explained.failure);
    const { operation, input, because, awsCli } = explained.value;
    const reasons = Object.entries(because).map(
      ([field, by]) => `  ${field}: ${by === 'base' ? 'base' : `rule ${String(by)}`}`,
    );
    const text = [
      `${operation === 'put' ? 'PutObject' : 'CreateMultipartUpload'} ${JSON.stringify(input, null, 2)}`,
      ...(reasons.length === 0 ? [] : ['Set by:', ...reasons]),
      awsCli,
    ].join('\n');
    output.line(explained.value, text);
    return EXIT.done;
  });
}

async function dryApply(invocation: Invocation): Promise<ExitCode> {
  const { output, positionals } = invocation;
  return reading(invocation, async (home) => {
    const folder = findFolderHere(home.settings.folders, positionals[0] ?? '');
    if (!folder.ok) return ended(output, folder.failure);
    if (home.tables === null) return EXIT.done;
    const prices = await readPrices(home.path);
    if (!prices.ok) return ended(output, prices.failure);
    const steps: PolicyStep[] = [];
    const summary = planPolicy(folder.value, home.tables, (step) => {
      steps.push(step);
      output.line(step, stepText(step));
    });
    const cost = applyCost(steps, prices.value);
    output.line({ summary, cost }, `${summaryText(summary)} ${costText(cost)}`);
    return EXIT.done;
  });
}

async function apply(invocation: Invocation): Promise<ExitCode> {
  if (invocation.flag('dry-run')) return dryApply(invocation);
  const { output, positionals } = invocation;
  const here = async (engine: Engine): Promise<ExitCode> => {
    const folder = findFolderHere(engine.home.settings.folders, positionals[0] ?? '');
    if (!folder.ok) return ended(output, folder.failure);
    tellUnderPolicy(bringUnderPolicy(folder.value, engine.home.tables), output);
    const due = foldersToSync(engine.home.settings.folders, invocation);
    return due.ok ? syncToTheEnd(engine, due.value, invocation) : ended(output, due.failure);
  };
  return withEngine(invocation, false, here, () => syncThere(invocation, true));
}

export const policyCommands: readonly Command[] = [
  {
    name: 'policy check',
    usage: 'FILE',
    summary: 'whether a policy file can be used',
    options: {},
    takes: [1, 1],
    run: async (invocation) => {
      const policy = await readPolicyFile(invocation, invocation.positionals[0] ?? '');
      if (!policy.ok) return ended(invocation.output, policy.failure);
      invocation.output.line({ ok: true, policy: policy.value }, 'The policy can be used.');
      return EXIT.done;
    },
  },
  {
    name: 'policy explain',
    usage: 'N REL [--size BYTES]',
    summary: 'the exact request of a file, there or not, and which rule set what',
    options: { size: 'string' },
    takes: [2, 2],
    run: explainPolicy,
  },
  {
    name: 'policy apply',
    usage: 'N [--dry-run]',
    summary:
      'bring what is there under the present policy, by a Cairn that runs already or by this one; look first with --dry-run',
    options: { 'dry-run': 'boolean' },
    takes: [1, 1],
    run: apply,
  },
];
