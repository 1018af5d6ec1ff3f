/** Every command, in the order of the help. */
import type { Command } from '../command.ts';
import { attachedCommands } from './attached.ts';
import { brakeCommands } from './brake.ts';
import { connectionCommands } from './connection.ts';
import { costCommands } from './cost.ts';
import { doctorCommands } from './doctor.ts';
import { drillCommands } from './drill.ts';
import { folderCommands } from './folder.ts';
import { historyCommands } from './history.ts';
import { ignoreCommands } from './ignore.ts';
import { keepCommands } from './keep.ts';
import { matchCommands } from './match.ts';
import { policyCommands } from './policy.ts';
import { practiceCommands } from './practice.ts';
import { queueCommands } from './queue.ts';
import { reportCommands } from './report.ts';
import { restoreCommands } from './restore.ts';
import { syncCommands } from './sync.ts';
import { thawCommands } from './thaw.ts';
import { verifyCommands } from './verify.ts';

export const commands: readonly Command[] = [
  ...connectionCommands,
  ...folderCommands,
  ...attachedCommands,
  ...ignoreCommands,
  ...keepCommands,
  ...syncCommands,
  ...matchCommands,
  ...reportCommands,
  ...queueCommands,
  ...brakeCommands,
  ...historyCommands,
  ...restoreCommands,
  ...verifyCommands,
  ...drillCommands,
  ...thawCommands,
  ...policyCommands,
  ...costCommands,
  ...doctorCommands,
  ...practiceCommands,
];
