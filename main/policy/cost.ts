/**
 * In: files by size, class and how often they change, and prices. Out: what a month costs, by class. Pure.
 *
 * It counts storage with the least size, overheads and least days of a class, requests of uploads, the versions that are
 * kept, watching, and calls of KMS. It does not count reading, transfer, and what lifecycle rules of others move.
 */
import type { ClassPrices, Prices } from './prices.ts';

/** Files that are alike; `count` makes a row of a histogram of it. */
export interface CostFile {
  readonly count: number;
  /** Bytes of each. */
  readonly size: number;
  readonly storageClass: string;
  /** New versions that each gets in a month. */
  readonly versionsPerMonth: number;
  /** Whether its uploads call KMS: for each request, or through a bucket key. */
  readonly kms: 'none' | 'each' | 'bucket-key';
}

/** Versions that are there already and that no upload will change. */
export interface CostVersions {
  readonly count: number;
  readonly size: number;
  readonly storageClass: string;
}

export interface CostOptions {
  /** How long a version stays after a newer one came, days; null: for ever. */
  readonly keptDays: number | null;
  /** The most earlier versions of a file that stay; null: no limit. */
  readonly keptNewer: number | null;
  /** Where versions stay for ever, the month that is looked at: so many months from now. */
  readonly monthsAhead: number;
  /** Requests that an upload of so many bytes takes. */
  readonly requestsOf: (size: number) => number;
}

/** Money a month, in the prices' currency; `null` prices: the class has none in the table. */
export interface ClassCost {
  readonly storageClass: string;
  readonly files: number;
  readonly bytes: number;
  /** Earlier versions that are kept. */
  readonly versions: number;
  readonly versionBytes: number;
  /** Bytes that are paid for: with least sizes and overheads. */
  readonly billedBytes: number;
  readonly storage: number;
  readonly requests: number;
  readonly watching: number;
  /** What is paid for versions that are removed before the least days of the class. */
  readonly early: number;
  readonly kms: number;
  readonly total: number;
  /** False: the class is not in the table, so it counts nothing here. */
  readonly isPriced: boolean;
}

const GB = 2 ** 30;
const DAYS = 30;
/** A bucket key asks KMS anew once in a while, not for each object: AWS says that it saves up to 99 % of the calls. */
const BUCKET_KEY_SHARE = 0.01;

type Sums = { -readonly [Key in keyof ClassCost]: ClassCost[Key] };

/** What a month costs, by class in the order of their names. */
export function costOf(
  files: Iterable<CostFile>,
  present: Iterable<CostVersions>,
  prices: Prices,
  options: CostOptions,
): readonly ClassCost[] {
  const sums = new Map<string, Sums>();
  const sumOf = (storageClass: string): Sums => {
    const known = sums.get(storageClass) ?? empty(storageClass, pricesOf(prices, storageClass) !== null);
    sums.set(storageClass, known);
    return known;
  };
  for (const file of files) addFile(sumOf(file.storageClass), file, prices, options);
  for (const versions of present) {
    const sum = sumOf(versions.storageClass);
    sum.versions += versions.count;
    sum.versionBytes += versions.count * versions.size;
    addStorage(sum, versions.count, versions.size, prices);
  }
  for (const sum of sums.values()) sum.total = sum.storage + sum.requests + sum.watching + sum.early + sum.kms;
  return [...sums.values()].sort((one, other) => (one.storageClass < other.storageClass ? -1 : 1));
}

/** The sum over all classes. */
export function totalOf(costs: readonly ClassCost[]): ClassCost {
  const total = empty(
    'total',
    costs.every((cost) => cost.isPriced),
  );
  for (const cost of costs) {
    for (const name of SUMMED) total[name] += cost[name];
  }
  return total;
}

const SUMMED = [
  'files',
  'bytes',
  'versions',
  'versionBytes',
  'billedBytes',
  'storage',
  'requests',
  'watching',
  'early',
  'kms',
  'total',
] as const;

function empty(storageClass: string, isPriced: boolean): Sums {
  const zeros = Object.fromEntries(SUMMED.map((name) => [name, 0])) as Record<(typeof SUMMED)[number], number>;
  return { storageClass, isPriced, ...zeros };
}

function pricesOf(prices: Prices, storageClass: string): ClassPrices | null {
  const classes: Readonly<Record<string, ClassPrices | undefined>> = prices.classes;
  return Object.hasOwn(classes, storageClass) ? (classes[storageClass] ?? null) : null;
}

function addFile(sum: Sums, file: CostFile, prices: Prices, options: CostOptions): void {
  const { count, size, versionsPerMonth } = file;
  const uploads = count * versionsPerMonth;
  const earlier = count * earlierVersions(versionsPerMonth, options);
  sum.files += count;
  sum.bytes += count * size;
  sum.versions += earlier;
  sum.versionBytes += earlier * size;
  addStorage(sum, count + earlier, size, prices);
  const own = pricesOf(prices, sum.storageClass);
  if (own === null) return;
  const requests = options.requestsOf(size);
  sum.requests += (uploads * requests * own.writes) / 1000;
  sum.early += uploads * earlyCost(size, versionsPerMonth, own, prices, options);
  if (file.kms === 'none') return;
  const share = file.kms === 'bucket-key' ? BUCKET_KEY_SHARE : 1;
  sum.kms += (uploads * requests * share * prices.kms.calls) / 10_000;
}

function addStorage(sum: Sums, count: number, size: number, prices: Prices): void {
  const own = pricesOf(prices, sum.storageClass);
  if (own === null) return;
  sum.billedBytes += count * (billedBytes(size, own) + own.extraStandardBytes);
  sum.storage += count * monthOf(size, own, prices);
  if (size >= own.watchedFrom) sum.watching += (count * own.watching) / 1000;
}

function billedBytes(size: number, own: ClassPrices): number {
  return Math.max(size, own.leastBytes) + own.extraBytes;
}

/** One object, kept for a month. */
function monthOf(size: number, own: ClassPrices, prices: Prices): number {
  const standard = prices.classes.STANDARD?.storage ?? 0;
  return (billedBytes(size, own) * own.storage + own.extraStandardBytes * standard) / GB;
}

/**
 * How many earlier versions of one file are there, in the mean. One goes only once it is both old enough and beyond the
 * newest, so of the two the larger number stays; with a number alone the age is a day.
 */
function earlierVersions(perMonth: number, { keptDays, keptNewer, monthsAhead }: CostOptions): number {
  if (keptDays === null && keptNewer === null) return perMonth * monthsAhead;
  const young = (perMonth * (keptDays ?? 1)) / DAYS;
  return Math.max(young, Math.min(perMonth * monthsAhead, keptNewer ?? 0));
}

/** What is paid on for one version that goes before the least days of its class. */
function earlyCost(
  size: number,
  perMonth: number,
  own: ClassPrices,
  prices: Prices,
  { keptDays, keptNewer }: CostOptions,
): number {
  if (perMonth === 0 || (keptDays === null && keptNewer === null)) return 0;
  const asPresent = DAYS / perMonth;
  const asEarlier = Math.max(keptDays ?? 1, (keptNewer ?? 0) * asPresent);
  const missing = Math.max(0, own.leastDays - asPresent - asEarlier);
  return (monthOf(size, own, prices) * missing) / DAYS;
}
