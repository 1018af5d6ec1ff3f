/** Every command, in the order of the help. */
import type { Command } from '../command.ts';
import { connectionCommands } from './connection.ts';
import { costCommands } from './cost.ts';
import { doctorCommands } from './doctor.ts';
import { folderCommands } from './folder.ts';
import { historyCommands } from './history.ts';
import { keepCommands } from './keep.ts';
import { laterCommands } from './later.ts';
import { policyCommands } from './policy.ts';
import { practiceCommands } from './practice.ts';
import { reportCommands } from './report.ts';
import { syncCommands } from './sync.ts';

export const commands: readonly Command[] = [
import { restoreCommands } from './restore.ts';
  ...connectionCommands,
  ...folderCommands,
  ...keepCommands,
  ...syncCommands,
  ...reportCommands,
  ...historyCommands,
  ...policyCommands,
  ...costCommands,
  ...doctorCommands,
  ...practiceCommands,
  ...laterCommands,
];
  ...restoreCommands,
