/** Where a kind of endpoint is known to differ from S3, by file and case, with what it does instead. */

export type Differences = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

export const DIFFERENCES: Differences = {
  radosgw: {},
};
