/** What the ways of sending share: how an attempt that broke off is settled, and how an answer becomes plain data. */
import { failure, type Failure } from '../contract/errors.ts';
import { reason } from '../contract/reasons.ts';
import type { Settlement } from '../queue/settlement.ts';
import { mayHaveStored } from '../s3/index.ts';
import type { FileStat, Job } from '../store/types.ts';
import { isSameState } from './stable.ts';
import type { PreparedRequest, TransferPorts } from './types.ts';

/** How soon a file that changed while it was read is tried again, milliseconds. */
export const STILL_CHANGING_MS = 500;

/** An attempt that cannot have stored anything is forgotten; any other stays, to be looked for before the next. */
export async function settleBrokenOff(cause: Failure, attemptId: string, ports: TransferPorts): Promise<Settlement> {
  if (!mayHaveStored(cause)) {
    await ports.commit(() => {
      ports.attempts.removeIntent(attemptId);
    });
  }
  return { kind: 'failed', failure: cause };
}

/** The answer's own fields, without the SDK's metadata of the call. */
export function plainAnswer(answer: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(answer).filter(([name, value]) => name !== '$metadata' && name !== 'Body' && value !== undefined),
  );
}

/**
 * False where a good status came with nothing that S3 says of what it stored: a sign-in page of a network, or a server
 * that is no S3, which answers everything with 200. A store may leave its ETag empty, but not unsaid.
 */
export function isAnswer(answer: Readonly<Record<string, unknown>>): boolean {
  return typeof answer['ETag'] === 'string';
}

export function emptyAnswer(key: string): Failure {
  return failure('store-answer', { key, answer: reason('no-etag') });
}

/** When this content was seen on disk: by the scan, or only now where the file has changed again since. */
export function seenAtOf(job: Job, stat: FileStat, now: Date): string {
  return job.seen !== null && isSameState(job.seen, stat) ? job.seenAt : now.toISOString();
}

/**
 * A checksum header is proof only where the store checks it. Until it has shown that it gives checksums back,
 * Content-MD5 goes along, unless the policy says otherwise.
 */
export function contentMd5Of(
  { contentMd5 }: Pick<PreparedRequest, 'contentMd5'>,
  md5: Buffer,
  ports: TransferPorts,
): { readonly ContentMD5?: string } {
  const isWanted = contentMd5 === 'always' || (contentMd5 === 'auto' && ports.capabilities().checksums !== 'returned');
  return isWanted ? { ContentMD5: md5.toString('base64') } : {};
}

export function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
