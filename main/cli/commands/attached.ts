/** Places in a bucket without a folder on this computer, and their way back to it. */
import { EXIT, exitCodeOf, type ExitCode } from '../../contract/errors.ts';
import type { BroughtBack } from '../../contract/attached.ts';
import { success } from '../../contract/result.ts';
import { attachFolder } from '../../engine/attach.ts';
import { change } from '../change.ts';
import { absolute, ended, required, worstExit, type Command, type Invocation } from '../command.ts';
import { callEngine, taskName } from '../engine-call.ts';
import { nameText, sizeText } from '../output.ts';
import { readPolicyFile, withClients } from './folder.ts';
import { tellMatch } from './match-words.ts';

async function attach(invocation: Invocation): Promise<ExitCode> {
  const { output } = invocation;
  const connection = required(invocation, 'connection');
  if (!connection.ok) return ended(output, connection.failure);
  const bucket = required(invocation, 'bucket');
  if (!bucket.ok) return ended(output, bucket.failure);
  const file = invocation.text('policy');
  const policy = file === undefined ? success(undefined) : await readPolicyFile(invocation, file);
  if (!policy.ok) return ended(output, policy.failure);
  const wanted = {
    connection: connection.value,
    bucket: bucket.value,
    prefix: invocation.text('prefix') ?? '',
    name: invocation.text('name'),
    policy: policy.value,
  };
  const attached = await change(invocation, 'folder.attach', wanted, (home) =>
    withClients(home, (clients) => attachFolder(home, clients, wanted)),
  );
  if (!attached.ok) return ended(output, attached.failure);
  const { name, prefix } = attached.value;
  output.line(
    attached.value,
    `Attached ${nameText(name)}: ${connection.value}: ${bucket.value}/${nameText(prefix)}, to browse and to restore from.`,
  );
  return EXIT.done;
}

function bringBack(invocation: Invocation): Promise<ExitCode> {
  const [folder = '', to = ''] = invocation.positionals;
  const input = {
    folder,
    to: absolute(invocation, to),
    adopt: invocation.flag('adopt'),
    leaveOut: invocation.flag('leave-out'),
    task: taskName(),
  };
  return callEngine(invocation, 'folder.bringBack', input, (report) => tell(invocation, report), 'idle');
}

function tell(invocation: Invocation, report: BroughtBack): ExitCode {
  const { output } = invocation;
  for (const { failure } of report.failures) output.fail(failure);
  const { folder, match: _, failures: __, ...counts } = report;
  const name = nameText(folder.name);
  const { files, brought, bytes, wereThere, failed, to } = report;
  const sum = `${brought} of ${files} files brought (${sizeText(bytes)}), ${wereThere} were there, ${failed} are missing.`;
  const codes: ExitCode[] = report.failures.map(({ failure }) => exitCodeOf(failure.code));
  if (folder.path === null) {
    const way = 'The same command goes on; with --leave-out it does without files that cannot be brought.';
    output.line({ ...counts, folder: folder.name, path: null }, `${sum} ${name} is still only attached. ${way}`);
    return worstExit([EXIT.attention, ...codes]);
  }
  output.line({ ...counts, folder: folder.name, path: to }, `${sum} ${name} is a folder of this computer: ${to}`);
  if (report.match === null) {
    output.say('It is held against the bucket before anything of it is sent.');
    return worstExit(codes);
  }
  return worstExit([tellMatch(invocation, folder.name, success(report.match)), ...codes]);
}

export const attachedCommands: readonly Command[] = [
  {
    name: 'folder attach',
    usage: '--connection C --bucket B [--prefix P] [--name N] [--policy FILE]',
    summary: 'browse and restore from a place in a bucket, without a folder on this computer; nothing is sent there',
    options: { connection: 'string', bucket: 'string', prefix: 'string', name: 'string', policy: 'string' },
    takes: [0, 0],
    run: attach,
  },
  {
    name: 'folder bring-back',
    usage: 'N PATH [--adopt] [--leave-out]',
    summary:
      'make an attached place a folder of this computer again: all its files come to PATH, and none is sent; --adopt uses a PATH with files in it, --leave-out does without what cannot be brought',
    options: { adopt: 'boolean', 'leave-out': 'boolean' },
    takes: [2, 2],
    run: bringBack,
  },
];
