/**
 * In: a look at a bucket, and what a folder asks of it. Out: what is fine, what could be better, and what is a problem,
 * each with the change that would mend it. Pure.
 */
import type { Finding } from '../contract/doctor.ts';
import { finding, type FolderFacts } from './finding.ts';
import { lifecycleFindings } from './findings-lifecycle.ts';
import { permissionFindings } from './findings-permissions.ts';
import { settingFindings } from './findings-settings.ts';
import type { BucketLook } from './look.ts';

export function findingsOf(look: BucketLook, folder: FolderFacts): readonly Finding[] {
  return [
    ...settingFindings(look, folder),
    ...lifecycleFindings(look, folder),
    ...permissionFindings(look, folder),
    clockFinding(look),
  ];
}

/** S3 refuses requests that are signed with a clock off by more than 15 minutes. */
const REFUSED_AFTER = 900;
/** Answers tell their time in whole seconds, and travel. */
const NOISE = 5;

function clockFinding({ clockOffset }: BucketLook): Finding {
  const id = 'clock';
  if (clockOffset === null) return finding(id, 'advice', 'clock-unknown', {});
  const seconds = Math.abs(clockOffset);
  if (seconds <= NOISE) return finding(id, 'fine', 'clock-right', {});
  const off = { seconds, isBehind: clockOffset > 0 };
  return seconds < REFUSED_AFTER / 3
    ? finding(id, 'advice', 'clock-off', off)
    : finding(id, 'problem', 'clock-wrong', { ...off, refusedAfter: REFUSED_AFTER });
}
