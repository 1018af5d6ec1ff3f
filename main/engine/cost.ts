/** What a folder costs a month, and what it would under another policy. In: a folder and a policy. Out: costs by class. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../contract/errors.ts';
import type { Folder, Receipt } from '../contract/models.ts';
import type { RelPath } from '../contract/names.ts';
import type { ApplyCost } from '../contract/policy-answers.ts';
import type { Policy } from '../contract/policy.ts';
import { systemReason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { costOf, type ClassCost, type CostFile, type CostOptions, type CostVersions } from '../policy/cost.ts';
import type { GoingVersions } from '../policy/kept.ts';
import { BUILT_IN_PRICES, parsePrices, type Prices } from '../policy/prices.ts';
import { resolvePolicy } from '../policy/resolve.ts';
import type { ReadTables } from '../store/index.ts';
import { LEAST_PART, partSizeOf } from '../transfer/parts.ts';

export const PRICES_FILE = 'prices.json';

/** The person's own table where the home has one. */
export async function readPrices(home: string): Promise<Result<Prices>> {
  const path = join(home, PRICES_FILE);
  try {
    return parsePrices(await readFile(path, 'utf8'));
  } catch (error) {
    const reason = systemReason(error);
    return reason === 'ENOENT' ? success(BUILT_IN_PRICES) : failed(failure('file-missing', { path, reason }));
  }
}

export interface FolderCost {
  /** Every present file under the policy, and new versions as many as in the last 30 days. */
  readonly before: readonly ClassCost[];
  /** The same under the other policy; null where none was given. */
  readonly after: readonly ClassCost[] | null;
  readonly prices: Prices;
}

/** How long versions are kept, and the month that is looked at. */
export type CostTerms = Pick<CostOptions, 'keptDays' | 'keptNewer' | 'monthsAhead'>;

const MONTH_MS = 30 * 86_400_000;

/** Requests of an upload: one put; or a beginning, its parts and an end. */
export function requestsOf(size: number): number {
  return size <= LEAST_PART ? 1 : Math.ceil(size / partSizeOf(size)) + 2;
}

export function folderCost(
  folder: Folder,
  tables: Pick<ReadTables, 'receipts'>,
  other: Policy | null,
  prices: Prices,
  terms: CostTerms,
): FolderCost {
  const { present, earlier } = inBucket(tables.receipts.every(folder.id), Date.now() - MONTH_MS);
  const options: CostOptions = { ...terms, requestsOf };
  const under = (policy: Policy): readonly ClassCost[] =>
    costOf(
      present.map((file) => underPolicy(file, policy)),
      earlier,
      prices,
      options,
    );
  return { before: under(folder.policy), after: other === null ? null : under(other), prices };
}

interface PresentFile {
  readonly path: RelPath;
  readonly size: number;
  readonly storageClass: string;
  readonly versionsPerMonth: number;
}

function underPolicy({ path, size, versionsPerMonth }: PresentFile, policy: Policy): CostFile {
  const { fields } = resolvePolicy(policy, { path, size });
  const isKms = fields.encryption?.mode.startsWith('aws:kms') === true;
  return {
    count: 1,
    size,
    storageClass: fields.storageClass ?? 'STANDARD',
    versionsPerMonth,
    kms: !isKms ? 'none' : fields.encryption.bucketKey === true ? 'bucket-key' : 'each',
  };
}

/** From the receipts: the newest version of each path, and those under it. A file that is gone from disk is still there. */
function inBucket(receipts: Iterable<Receipt>, since: number) {
  const present = new Map<string, PresentFile>();
  const earlier: CostVersions[] = [];
  for (const { path, operation, size, storageClass, versionId, finishedAt } of receipts) {
    if (operation === 'gone') continue;
    const former = present.get(path);
    // Without versions the former one was replaced.
    if (former !== undefined && versionId !== null) earlier.push({ count: 1, ...former });
    if (operation === 'delete') {
      present.delete(path);
      continue;
    }
    const isRecent = former !== undefined && Date.parse(finishedAt) >= since;
    present.set(path, {
      path: path as RelPath,
      size,
      storageClass: storageClass ?? 'STANDARD',
      versionsPerMonth: (former?.versionsPerMonth ?? 0) + (isRecent ? 1 : 0),
    });
  }
  return { present: [...present.values()], earlier };
}

export type { ApplyCost };

const GB = 1024 ** 3;

/** What a month of versions costs that would go. Pure; classes without a price in the table count as nothing. */
export function goingCost({ classes }: Pick<GoingVersions, 'classes'>, prices: Prices): number {
  const known: Readonly<Record<string, { readonly storage: number } | undefined>> = prices.classes;
  return [...classes].reduce((sum, [name, { bytes }]) => sum + ((known[name]?.storage ?? 0) * bytes) / GB, 0);
}

/** Pure. Classes without a price in the table count as nothing. The version before stays, and is paid for as it was. */
export function applyCost(
  steps: readonly { readonly size: number; readonly changes: readonly string[]; readonly storageClass: string }[],
  prices: Prices,
): ApplyCost {
  const standard = prices.classes.STANDARD;
  let once = 0;
  let aMonth = 0;
  for (const { size, changes, storageClass } of steps) {
    const own = prices.classes[storageClass as keyof typeof prices.classes];
    if (!changes.includes('copy')) once += (changes.length * (standard?.writes ?? 0)) / 1000;
    else if (own !== undefined) {
      once += (own.writes + own.reads) / 1000; // the copy, and a look at it
      aMonth += ((Math.max(size, own.leastBytes) + own.extraBytes) / GB) * own.storage;
      aMonth += (own.extraStandardBytes / GB) * (standard?.storage ?? 0);
    }
  }
  return { once, aMonth, currency: prices.currency, asOf: prices.asOf };
}
