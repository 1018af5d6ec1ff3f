/** What lies already where a folder is to be kept. In: both places. Out: counts; nothing is written. */
import { resolve } from 'node:path';
import { failure, type Failure } from '../contract/errors.ts';
import type { FolderMatch } from '../contract/models.ts';
import { EMPTY_POLICY, type Policy } from '../contract/policy.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { commonFields } from '../policy/request.ts';
import { isPrefixEmpty, withCommonFields } from '../s3/index.ts';
import { normalisePrefix } from '../scan/names.ts';
import { checkRoot } from '../scan/root.ts';
import { openScratch } from '../store/index.ts';
import type { Clients } from './clients.ts';
import { Counting } from './match-counts.ts';
import { matchPrefix, type MatchPlace } from './matching.ts';
import type { Ring } from './ring.ts';
import { describeTarget, type Target } from './targets.ts';

interface Wanted {
  /** Absolute. */
  readonly path: string;
  readonly connection: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly policy?: Policy | undefined;
}

/** What a folder would find where it is to be kept. Nothing is written. */
export async function lookFolder(
  clients: Clients,
  wanted: Wanted,
  forbidden: ReadonlySet<string>,
  signal?: AbortSignal,
  ring?: Ring,
): Promise<Result<FolderMatch>> {
  const path = resolve(wanted.path);
  const root = await checkRoot(path, null);
  if (!root.ok) return root.failure.code === 'root-missing' ? failed(failure('not-a-folder', { path })) : root;
  const prefix = normalisePrefix(wanted.prefix);
  if (!prefix.ok) return prefix;
  const opened = await clients.get(wanted.connection);
  if (!opened.ok) return opened;
  const policy = wanted.policy ?? EMPTY_POLICY;
  const client = withCommonFields(opened.value, commonFields(policy));
  const place = {
    root: path,
    bucket: wanted.bucket,
    prefix: prefix.value,
    policy,
    ignore: [],
    links: 'skip',
    client,
  } as const;
  // The usual case, told by one question: nothing on disk needs to be looked through for it.
  const isEmpty = await isPrefixEmpty(client, wanted.bucket, prefix.value);
  if (!isEmpty.ok) return isEmpty;
  return isEmpty.value ? success(new Counting().end(0, 1)) : lookAround(place, forbidden, signal, ring);
}

/** @param forbidden absolute real paths that are never entered. */
export async function lookAround(
  place: MatchPlace,
  forbidden: ReadonlySet<string>,
  signal?: AbortSignal,
  ring?: Ring,
): Promise<Result<FolderMatch>> {
  const listing = openScratch();
  try {
    return await matchPrefix(place, listing, {
      forbidden,
      signal,
      ring,
      sha256Of: () => null,
      onEqual: () => undefined,
      onOther: () => undefined,
    });
  } finally {
    listing.close();
  }
}

/** Why a folder does not begin there without a word, with what is there. */
export function notEmpty(target: Target, { equal, different, onlyHere, onlyThere }: FolderMatch): Failure {
  return failure('prefix-not-empty', {
    target: describeTarget(target),
    equal: equal.files,
    different: different.files,
    onlyHere: onlyHere.files,
    onlyThere: onlyThere.files,
  });
}
