/** In: method and target of a request in path style. Out: which of S3's operations it is, and about what. Pure. */

export interface Target {
  readonly operation: string;
  readonly method: string;
  /** As it stood on the wire, without the query. */
  readonly path: string;
  /** As it stood on the wire, with its question mark; empty where there is no query. */
  readonly search: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Names in small letters; what came twice is joined by a comma. */
export type HeaderMap = Readonly<Record<string, string>>;

export interface Recorded extends Target {
  readonly headers: HeaderMap;
  /** Bytes of the body that came. */
  bodyLength: number;
  /** Null until an answer went back, and for good where none did. */
  answer: { readonly status: number; readonly headers: HeaderMap } | null;
}

/** What of an object a parameter asks for, by method. */
const OF_OBJECT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  tagging: { GET: 'GetObjectTagging', PUT: 'PutObjectTagging', DELETE: 'DeleteObjectTagging' },
  acl: { GET: 'GetObjectAcl', PUT: 'PutObjectAcl' },
  retention: { GET: 'GetObjectRetention', PUT: 'PutObjectRetention' },
  'legal-hold': { GET: 'GetObjectLegalHold', PUT: 'PutObjectLegalHold' },
  restore: { POST: 'RestoreObject' },
  attributes: { GET: 'GetObjectAttributes' },
  partNumber: { PUT: 'UploadPart' },
  uploads: { POST: 'CreateMultipartUpload' },
  uploadId: { GET: 'ListParts', DELETE: 'AbortMultipartUpload', POST: 'CompleteMultipartUpload' },
};
const PLAIN: Readonly<Record<string, string>> = {
  GET: 'GetObject',
  PUT: 'PutObject',
  HEAD: 'HeadObject',
  DELETE: 'DeleteObject',
};

const OF_BUCKET: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  versions: { GET: 'ListObjectVersions' },
  uploads: { GET: 'ListMultipartUploads' },
  versioning: { GET: 'GetBucketVersioning', PUT: 'PutBucketVersioning' },
  'list-type': { GET: 'ListObjectsV2' },
};
const PLAIN_BUCKET: Readonly<Record<string, string>> = { HEAD: 'HeadBucket', PUT: 'CreateBucket', GET: 'ListObjects' };

/** @param isCopy whether the request names a source in the store. */
export function readTarget(method: string, target: string, isCopy: boolean): Target {
  const cut = target.indexOf('?');
  const path = cut < 0 ? target : target.slice(0, cut);
  const search = cut < 0 ? '' : target.slice(cut);
  const query = new URLSearchParams(search);
  const [, bucket = '', ...rest] = path.split('/');
  const key = decodeURIComponent(rest.join('/'));
  return { operation: operationOf(method, bucket, key, query, isCopy), method, path, search, bucket, key, query };
}

function operationOf(method: string, bucket: string, key: string, query: URLSearchParams, isCopy: boolean): string {
  if (bucket === '') return 'ListBuckets';
  const marks = key === '' ? OF_BUCKET : OF_OBJECT;
  for (const [mark, operations] of Object.entries(marks)) {
    const found = query.has(mark) ? operations[method] : undefined;
    if (found !== undefined) return isCopy ? `${found}Copy` : found;
  }
  if (isCopy) return 'CopyObject';
  return (key === '' ? PLAIN_BUCKET : PLAIN)[method] ?? `${method} of ${key === '' ? 'a bucket' : 'an object'}`;
}
