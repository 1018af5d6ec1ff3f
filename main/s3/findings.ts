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
  if (clockOffset === null) {
    return finding('clock', 'advice', 'The clock could not be compared', 'The store’s answers do not tell its time.');
  }
  const seconds = Math.abs(clockOffset);
  if (seconds <= NOISE) return finding('clock', 'fine', 'The clock is right', 'It agrees with the store’s.');
  const side = clockOffset > 0 ? 'behind' : 'ahead of';
  const by = `This computer’s clock is ${String(seconds)} seconds ${side} the store’s.`;
  return seconds < REFUSED_AFTER / 3
    ? finding('clock', 'advice', 'The clock is a little off', `${by} Requests pass; times of files may mislead.`)
    : finding(
        'clock',
        'problem',
        'The clock is wrong',
        `${by} Beyond ${String(REFUSED_AFTER)} seconds the store refuses every request. Set it, best by network time.`,
      );
}
