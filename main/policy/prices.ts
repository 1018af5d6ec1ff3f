/**
 * What storage and requests cost, as a table that a person can edit. In: nothing, or the text of a file. Out: prices, or
 * what is wrong with the file. Pure.
 */
import { z } from 'zod';
import { failure } from '../contract/errors.ts';
import { problemOf } from '../contract/policy-words.ts';
import { STORAGE_CLASSES } from '../contract/policy.ts';
import { reason, reasonOfMessage } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';

const price = z.number().min(0);

const classSchema = z.strictObject({
  /** For a GB (2^30 bytes) kept for a month. */
  storage: price,
  /** For 1,000 requests that write: puts, parts, copies. */
  writes: price,
  /** For 1,000 requests that read. */
  reads: price,
  /** For a GB brought back. */
  retrieval: price,
  /** What is removed earlier is paid for so long all the same. Days. */
  leastDays: z.number().int().min(0),
  /** A smaller object is paid for as if it had so many bytes. */
  leastBytes: z.number().int().min(0),
  /** Bytes kept beside each object and paid for in its class. */
  extraBytes: z.number().int().min(0),
  /** Bytes kept beside each object and paid for as STANDARD. */
  extraStandardBytes: z.number().int().min(0),
  /** For 1,000 objects watched for a month; smaller ones than `watchedFrom` bytes are not. */
  watching: price,
  watchedFrom: z.number().int().min(0),
});

export const pricesSchema = z.strictObject({
  currency: z.string().min(1).max(8),
  /** A date, as known then. */
  asOf: z.iso.date(),
  /** Whose prices, of which region. */
  source: z.string().min(1).max(500),
  classes: z.partialRecord(z.enum(STORAGE_CLASSES), classSchema),
  kms: z.strictObject({
    /** For 10,000 calls. */
    calls: price,
    /** For a key of your own, a month. */
    key: price,
  }),
});

export type Prices = z.output<typeof pricesSchema>;
export type ClassPrices = z.output<typeof classSchema>;

const plain = {
  retrieval: 0,
  leastDays: 0,
  leastBytes: 0,
  extraBytes: 0,
  extraStandardBytes: 0,
  watching: 0,
  watchedFrom: 0,
} as const;
const KB = 1024;
const SMALL = 128 * KB;

/**
 * List prices of Amazon S3 in its region us-east-1, first tier, without taxes and discounts. OUTPOSTS and SNOW have no
 * price by the GB.
 */
export const BUILT_IN_PRICES: Prices = {
  currency: 'USD',
  asOf: '2025-06-01',
  source:
    'list prices of Amazon S3 and KMS, us-east-1, as known at that date (https://aws.amazon.com/s3/pricing/); ' +
    'check with your provider, and put what differs into prices.json in Cairn’s home',
  classes: {
    STANDARD: { ...plain, storage: 0.023, writes: 0.005, reads: 0.0004 },
    REDUCED_REDUNDANCY: { ...plain, storage: 0.024, writes: 0.005, reads: 0.0004 },
    STANDARD_IA: {
      ...plain,
      storage: 0.0125,
      writes: 0.01,
      reads: 0.001,
      retrieval: 0.01,
      leastDays: 30,
      leastBytes: SMALL,
    },
    ONEZONE_IA: {
      ...plain,
      storage: 0.01,
      writes: 0.01,
      reads: 0.001,
      retrieval: 0.01,
      leastDays: 30,
      leastBytes: SMALL,
    },
    // As if nothing ever moved to its cheaper tiers: what it costs at most.
    INTELLIGENT_TIERING: {
      ...plain,
      storage: 0.023,
      writes: 0.005,
      reads: 0.0004,
      watching: 0.0025,
      watchedFrom: SMALL,
    },
    GLACIER_IR: {
      ...plain,
      storage: 0.004,
      writes: 0.02,
      reads: 0.01,
      retrieval: 0.03,
      leastDays: 90,
      leastBytes: SMALL,
    },
    GLACIER: {
      ...plain,
      storage: 0.0036,
      writes: 0.03,
      reads: 0.0004,
      retrieval: 0.01,
      leastDays: 90,
      extraBytes: 32 * KB,
      extraStandardBytes: 8 * KB,
    },
    DEEP_ARCHIVE: {
      ...plain,
      storage: 0.00099,
      writes: 0.05,
      reads: 0.0004,
      retrieval: 0.02,
      leastDays: 180,
      extraBytes: 32 * KB,
      extraStandardBytes: 8 * KB,
    },
  },
  kms: { calls: 0.03, key: 1 },
};

const partsSchema = z.strictObject({
  currency: pricesSchema.shape.currency.optional(),
  asOf: pricesSchema.shape.asOf,
  source: pricesSchema.shape.source,
  classes: z.partialRecord(z.enum(STORAGE_CLASSES), classSchema.partial()).optional(),
  kms: pricesSchema.shape.kms.partial().optional(),
});

const NEW_CLASS: ClassPrices = { ...plain, storage: 0, writes: 0, reads: 0 };

/**
 * A person's own table laid over the built-in one: it names what differs, and must say its date and source.
 * Fails with `bad-input` {field, problem}, the field as a dotted path.
 */
export function parsePrices(text: string): Result<Prices> {
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch {
    return failed(failure('bad-input', { field: 'prices.json', problem: reason('no-json') }));
  }
  const parsed = partsSchema.safeParse(value, { error: problemOf });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = ['prices.json', ...(issue?.path ?? []).map(String)].join(': ');
    const problem = issue === undefined ? reason('wrong-shape') : reasonOfMessage(issue.message);
    return failed(failure('bad-input', { field, problem }));
  }
  const { currency, asOf, source, classes = {}, kms = {} } = parsed.data;
  const merged = { ...BUILT_IN_PRICES.classes };
  for (const name of STORAGE_CLASSES) {
    const own = classes[name];
    if (own !== undefined) merged[name] = { ...(merged[name] ?? NEW_CLASS), ...given(own) };
  }
  return success({
    currency: currency ?? BUILT_IN_PRICES.currency,
    asOf,
    source,
    classes: merged,
    kms: { ...BUILT_IN_PRICES.kms, ...given(kms) },
  });
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
