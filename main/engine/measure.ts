/**
 * Counts a folder before it is kept, by the rules by which it would be. In: its path, and policies to hold it against.
 * Out: how much it is, what speaks against its place, and what it would cost under each. Nothing is read but names and sizes.
 */
import { resolve } from 'node:path';
import type { Measured, PlannedCost } from '../contract/begin.ts';
import { failure } from '../contract/errors.ts';
import type { Folder } from '../contract/models.ts';
import { ROOT, type RelPath } from '../contract/names.ts';
import type { Policy } from '../contract/policy.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { costOf, totalOf, type CostFile } from '../policy/cost.ts';
import { BUILT_IN_PRICES, type Prices } from '../policy/prices.ts';
import { resolvePolicy } from '../policy/resolve.ts';
import { FolderRules } from '../scan/folder-rules.ts';
import { checkRoot } from '../scan/root.ts';
import type { DiskFile } from '../scan/types.ts';
import { walk } from '../scan/walk.ts';
import { requestsOf } from './cost.ts';
import { Naming } from './match-counts.ts';
import { placeWarnings } from './place-warnings.ts';
import { isWithin } from './targets.ts';

/** A person waits for it: beyond these the count stops and says so. */
const MOST_FILES = 1_000_000;
const MOST_MS = 60_000;

export interface MeasureOptions {
  readonly folders: readonly Folder[];
  /** Absolute real paths that are never entered. */
  readonly forbidden: ReadonlySet<string>;
  readonly policies: readonly Policy[];
  /** Null: none are known. */
  readonly prices: Prices | null;
  readonly signal: AbortSignal;
  /** Files to count at most; only tests give another number. */
  readonly mostFiles?: number;
}

/** Fails with not-a-folder, root-unreadable, target-is-home and cancelled. */
export async function measureFolder(wanted: string, options: MeasureOptions): Promise<Result<Measured>> {
  const path = resolve(wanted);
  const root = await checkRoot(path, null);
  if (!root.ok) return root.failure.code === 'root-missing' ? failed(failure('not-a-folder', { path })) : root;
  const { realPath } = root.value;
  for (const own of options.forbidden) {
    if (isWithin(realPath, own)) return failed(failure('target-is-home', { path }));
  }
  const warnings = await placeWarnings(realPath, options.folders);
  const counted = await count(path, options);
  if (!counted.ok) return counted;
  const { prices } = options;
  const shown =
    prices === null ? null : { currency: prices.currency, asOf: prices.asOf, isOwn: prices !== BUILT_IN_PRICES };
  return success({ ...counted.value, warnings, prices: shown });
}

async function count(root: string, options: MeasureOptions): Promise<Result<Omit<Measured, 'warnings' | 'prices'>>> {
  const { forbidden, signal, mostFiles = MOST_FILES } = options;
  const rules = new FolderRules([]).begin(root);
  const until = performance.now() + MOST_MS;
  const totals = { files: 0, bytes: 0, directories: 0, ignored: 0, links: 0, special: 0, requests: 0 };
  const unread = new Naming();
  const piles = options.policies.map((policy) => new Pile(policy));
  let isWhole = true;
  const walking = walk(root, ROOT, {
    enter: (directory: RelPath, hasList: boolean) => rules.enter(directory, hasList),
    ignores: (path: RelPath, isDirectory: boolean) => rules.ignores(path, isDirectory),
    forbidden,
    signal,
  });
  for await (const found of walking) {
    if (found.state === 'unknown') {
      if (found.directory === ROOT || found.failure.code === 'cancelled') return failed(found.failure);
      unread.add(found.directory);
      continue;
    }
    totals.directories += found.directories.length;
    totals.ignored += found.skipped.ignored;
    totals.links += found.skipped.links;
    totals.special += found.skipped.special;
    for (const { path } of found.refused) unread.add(path);
    for (const file of found.files) {
      totals.files += 1;
      totals.bytes += file.size;
      totals.requests += requestsOf(file.size);
      for (const pile of piles) pile.add(file);
    }
    if (totals.files > mostFiles || performance.now() > until) {
      isWhole = false;
      break;
    }
  }
  const { prices } = options;
  const costs = prices === null ? [] : piles.map((pile) => pile.cost(prices));
  return success({ ...totals, unread: unread.end(), isWhole, costs });
}

/** Files under one policy, piled up by class and size so that millions need no memory of their own. */
class Pile {
  readonly #policy: Policy;
  readonly #rows = new Map<string, { count: number; bytes: number; requests: number; readonly storageClass: string }>();

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  add({ path, size }: DiskFile): void {
    const storageClass = resolvePolicy(this.#policy, { path, size }).fields.storageClass ?? 'STANDARD';
    // What a class rounds up ends at powers of two, so that a row's mean is paid for as its files are.
    const key = `${storageClass} ${String(size === 0 ? -1 : Math.floor(Math.log2(size)))}`;
    const row = this.#rows.get(key) ?? { count: 0, bytes: 0, requests: 0, storageClass };
    row.count += 1;
    row.bytes += size;
    row.requests += requestsOf(size);
    this.#rows.set(key, row);
  }

  cost(prices: Prices): PlannedCost {
    const rows = [...this.#rows.values()];
    const files = rows.map(({ count: files, bytes, storageClass }): CostFile => ({
      count: files,
      size: bytes / files,
      storageClass,
      versionsPerMonth: 0,
      kms: 'none',
    }));
    const total = totalOf(costOf(files, [], prices, { keptDays: null, keptNewer: null, monthsAhead: 0, requestsOf }));
    const classes: Readonly<Record<string, { readonly writes: number } | undefined>> = prices.classes;
    const once = rows.reduce((sum, row) => sum + (row.requests * (classes[row.storageClass]?.writes ?? 0)) / 1000, 0);
    return { aMonth: total.total, once, isPriced: total.isPriced };
  }
}
