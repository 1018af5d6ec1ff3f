/** What a comparison of disk and bucket says. In: its counts. Out: lines and an exit code. */
import { EXIT, type ExitCode } from '../../contract/errors.ts';
import type { Amount, FolderMatch } from '../../contract/models.ts';
import type { Result } from '../../contract/result.ts';
import { ended, type Invocation } from '../command.ts';
import { nameText, sizeText } from '../output.ts';

/** @param match null: nothing was compared here. */
export function tellMatch(invocation: Invocation, folder: string, match: Result<FolderMatch> | null): ExitCode {
  if (match === null) return EXIT.done;
  if (!match.ok) return ended(invocation.output, match.failure);
  invocation.output.line(
    { folder, match: match.value, requestsPerThousand: perThousand(match.value) },
    matchText(match.value),
  );
  return EXIT.done;
}

const amount = ({ files, bytes }: Amount): string => `${files} (${sizeText(bytes)})`;

/** Requests for 1,000 files on disk, rounded up. */
function perThousand({ requests, equal, different, onlyHere }: FolderMatch): number {
  const files = equal.files + different.files + onlyHere.files;
  return files === 0 ? requests : Math.ceil((requests * 1000) / files);
}

function matchText(match: FolderMatch): string {
  const { equal, different, unproved, onlyHere, onlyThere, unusable, examples } = match;
  const lines = [
    `${amount(equal)} there as they are: not sent again.`,
    `${amount(different)} there otherwise: a new version goes on top of each${unproved === 0 ? '' : `; of ${unproved} nothing could prove either`}.`,
    `${amount(onlyHere)} only on disk: sent by the next sync.`,
    `${amount(onlyThere)} only in the bucket: left alone.`,
    `${match.requests} requests, ${perThousand(match)} for 1,000 files.`,
  ];
  if (examples.different.length > 0) lines.push(`Otherwise: ${examples.different.map(nameText).join(', ')}`);
  if (examples.onlyThere.length > 0) lines.push(`Only in the bucket: ${examples.onlyThere.map(nameText).join(', ')}`);
  if (unusable.count > 0) {
    lines.push(`${unusable.count} keys that no file can be called by: ${unusable.examples.map(nameText).join(', ')}`);
  }
  return lines.join('\n');
}
