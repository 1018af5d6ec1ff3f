/**
 * Whether S3 would take a name for a new bucket. In: the name. Out: what is wrong with it, or null. Pure, so that a form
 * can say it while somebody types. Buckets that are there may have other names: old ones, and those of other stores.
 */
import { reason, type Reason } from './reasons.ts';

export type BucketNameProblem =
  | 'too-short'
  | 'too-long'
  | 'characters' // other than a-z, 0-9, hyphen and dot
  | 'edges' // begins or ends with neither a letter nor a digit
  | 'dots' // two dots in a row
  | 'address' // looks like 192.168.0.1
  | 'reserved'; // begins or ends as only S3's own names may

const LEAST = 3;
const MOST = 63;
const RESERVED_STARTS = ['xn--', 'sthree-', 'amzn-s3-demo-'] as const;
const RESERVED_ENDS = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'] as const;

export function bucketNameProblem(name: string): BucketNameProblem | null {
  if (/[^a-z0-9.-]/.test(name)) return 'characters';
  if (name.length < LEAST) return 'too-short';
  if (name.length > MOST) return 'too-long';
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) return 'edges';
  if (name.includes('..')) return 'dots';
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return 'address';
  if (RESERVED_STARTS.some((start) => name.startsWith(start))) return 'reserved';
  if (RESERVED_ENDS.some((end) => name.endsWith(end))) return 'reserved';
  return null;
}

/** The same as a part of a failure; a form has shorter words of its own. */
export const bucketNameReasons: Readonly<Record<BucketNameProblem, Reason>> = {
  'too-short': reason('bucket-too-short', { least: LEAST }),
  'too-long': reason('bucket-too-long', { most: MOST }),
  characters: reason('bucket-characters'),
  edges: reason('bucket-edges'),
  dots: reason('bucket-dots'),
  address: reason('bucket-address'),
  reserved: reason('bucket-reserved'),
};
