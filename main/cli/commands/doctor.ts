/** Looks a folder's bucket over, mends what is asked for, and prints the permissions that the folder needs. */
import type { Finding, Severity } from '../../contract/doctor.ts';
import { EXIT, type ExitCode } from '../../contract/errors.ts';
import type { Result } from '../../contract/result.ts';
import { learnConditionsOf } from '../../engine/conditions.ts';
import { examine, mend, remember, type Examined, type Patient } from '../../engine/doctor.ts';
import { findFolder } from '../../engine/manage.ts';
import { smallestPermissions } from '../../engine/permissions.ts';
import { change } from '../change.ts';
import { ended, usage, type Command, type Invocation } from '../command.ts';
import { reading } from '../homes.ts';
import type { Output } from '../output.ts';
import { withBucketLearning } from '../patients.ts';

const SIGNS: Readonly<Record<Severity, string>> = { fine: 'fine   ', advice: 'advice ', problem: 'PROBLEM' };

function findingText({ id, severity, title, explanation, fix }: Finding, folder: string): string {
  const lines = [`${SIGNS[severity]}  ${title}`];
  if (severity !== 'fine') lines.push(`         ${explanation}`);
  if (fix !== null) lines.push(`         To mend it: cairn doctor ${folder} --fix ${id}`);
  return lines.join('\n');
}

function print(output: Output, { report }: Examined): ExitCode {
  for (const found of report.findings) output.line(found, findingText(found, report.folder));
  const problems = report.findings.filter((found) => found.severity === 'problem').length;
  if (problems === 0) return EXIT.done;
  output.say(`${problems === 1 ? '1 problem needs' : `${problems} problems need`} attention.`);
  return EXIT.attention;
}

/** Looks or mends, prints, and writes down what was learnt. */
function examining(invocation: Invocation, work: (patient: Patient) => Promise<Result<Examined>>): Promise<ExitCode> {
  return withBucketLearning(invocation, async (patient, home) => {
    const examined = await work(patient);
    if (!examined.ok) return ended(invocation.output, examined.failure);
    if (home !== null) remember(home.tables, patient.folder, examined.value);
    return print(invocation.output, examined.value);
  });
}

/** What is sent is shown before it goes out. */
function showFix(output: Output, { fix }: Finding): void {
  if (fix === null) return;
  for (const line of fix.difference) output.say(line);
  output.say(`${fix.call} ${JSON.stringify(fix.input, null, 2)}`);
}

function printIam(invocation: Invocation): Promise<ExitCode> {
  const { output } = invocation;
  return reading(invocation, ({ settings }) => {
    const folder = findFolder(settings.folders, invocation.positionals[0] ?? '');
    if (!folder.ok) return ended(output, folder.failure);
    const document = smallestPermissions(folder.value, settings.connections, {
      noDeleteVersions: invocation.flag('no-delete-versions'),
      withDoctor: invocation.flag('with-doctor'),
    });
    if (!document.ok) return ended(output, document.failure);
    output.line(document.value, JSON.stringify(document.value, null, 2));
    return EXIT.done;
  });
}

/** Puts a small object and removes it again: only on a person's word, since a bucket's own lock might keep it. */
async function tryConditions(invocation: Invocation): Promise<ExitCode> {
  const { output } = invocation;
  const folder = invocation.positionals[0] ?? '';
  const probed = await change(invocation, 'doctor.tryConditions', { folder }, (home) =>
    learnConditionsOf(home, folder),
  );
  if (!probed.ok) return ended(output, probed.failure);
  const { conditions, seen, left } = probed.value;
  const text =
    conditions === 'works'
      ? 'The store holds conditions on writes: guarded uploads carry one.'
      : `The store does not hold conditions (${seen.join('; ')}): guarded uploads look at the key first, which is racy.`;
  output.line(probed.value, text);
  for (const version of left) output.log(`This version of the probe could not be removed: ${version}`);
  return EXIT.done;
}

export const doctorCommands: readonly Command[] = [
  {
    name: 'doctor',
    usage: 'N [--fix ID] | N --iam [--no-delete-versions] [--with-doctor] | N --probe-conditions',
    summary: 'look the bucket over and mend what can be, or print the permissions that the folder needs',
    options: {
      fix: 'string',
      iam: 'boolean',
      'no-delete-versions': 'boolean',
      'with-doctor': 'boolean',
      'probe-conditions': 'boolean',
    },
    takes: [1, 1],
    run: (invocation) => {
      const { output } = invocation;
      const id = invocation.text('fix');
      const isIam = invocation.flag('iam');
      const asksIam = invocation.flag('no-delete-versions') || invocation.flag('with-doctor');
      if ((id !== undefined && isIam) || (asksIam && !isIam)) {
        return Promise.resolve(
          ended(output, usage('--iam stands without --fix; --no-delete-versions and --with-doctor go with --iam.')),
        );
      }
      if (invocation.flag('probe-conditions')) {
        return isIam || id !== undefined
          ? Promise.resolve(ended(output, usage('--probe-conditions stands alone.')))
          : tryConditions(invocation);
      }
      if (isIam) return printIam(invocation);
      return examining(invocation, (patient) =>
        id === undefined
          ? examine(patient, invocation.signal)
          : mend(patient, id, undefined, (found) => {
              showFix(output, found);
            }),
      );
    },
  },
];
