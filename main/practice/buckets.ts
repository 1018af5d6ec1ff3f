/** Operations on buckets and on the list of them. */
import { isIPv4 } from 'node:net';
import { parseOwnership } from './acl-operations.ts';
import { bucketOf, type Call, emptyReply, isoTime, ownerNode, type Reply, xmlReply } from './call.ts';
import { readDocument } from './document.ts';
import { compareKeys } from './key-order.ts';
import { decodeToken, encodeToken } from './listing.ts';
import type { Versioning } from './model.ts';
import { notImplemented, Refusal } from './refusal.ts';
import type { BucketSettings } from './settings-model.ts';
import { childText, expectOnly, parseXml } from './xml.ts';

/** Whether a name keeps to S3's rules for new buckets. */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..') && !isIPv4(name);
}

/** Most buckets of one page, as in S3. */
const MAX_BUCKETS = 10_000;

/** Tells the buckets in pages where a page's size is given, else all of them. */
export function listBuckets(call: Call): Reply {
  const prefix = call.query.get('prefix');
  const token = call.query.get('continuation-token');
  const after = token === undefined ? '' : decodeToken(token);
  const max = maxBuckets(call.query.get('max-buckets'));
  const region = call.query.get('bucket-region') ?? call.region;
  const rest = [...call.store.state.buckets.values()]
    .filter(({ name }) => region === call.region && name.startsWith(prefix ?? '') && compareKeys(name, after) > 0)
    .sort((a, b) => compareKeys(a.name, b.name));
  const page = rest.slice(0, max);
  const last = page.at(-1)?.name;
  return xmlReply('ListAllMyBucketsResult', [
    ownerNode('Owner'),
    [
      'Buckets',
      page.map(({ name, created }) => [
        'Bucket',
        [
          ['Name', name],
          ['CreationDate', isoTime(created)],
          ['BucketRegion', max === undefined ? undefined : call.region],
        ],
      ]),
    ],
    ['ContinuationToken', last !== undefined && rest.length > page.length ? encodeToken(last) : undefined],
    ['Prefix', prefix],
  ]);
}

/** The size of a page; undefined for all at once. */
function maxBuckets(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const max = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (max >= 1 && max <= MAX_BUCKETS) return max;
  throw new Refusal('InvalidArgument', `max-buckets is a number from 1 to ${String(MAX_BUCKETS)}.`, {
    details: { ArgumentName: 'max-buckets', ArgumentValue: text },
  });
}

/** What headers say of a new bucket. Object lock needs versions and turns them on. */
function newBucket({ headers }: Call): {
  readonly versioning: Versioning | undefined;
  readonly settings: BucketSettings;
} {
  const acl = headers.get('x-amz-acl');
  if (acl !== undefined && acl !== 'private') throw notImplemented(`the ACL ${acl} of a bucket`);
  const locks = headers.get('x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true';
  const ownership = headers.get('x-amz-object-ownership');
  return {
    versioning: locks ? 'Enabled' : undefined,
    settings: {
      lock: locks ? {} : undefined,
      ownership: ownership === undefined ? undefined : parseOwnership(ownership),
    },
  };
}

export async function createBucket(call: Call): Promise<Reply> {
  const { bucketName, store } = call;
  const { versioning, settings } = newBucket(call);
  if (!isBucketName(bucketName)) {
    throw new Refusal('InvalidBucketName', 'The specified bucket is not valid.', {
      details: { BucketName: bucketName },
    });
  }
  const text = await readDocument(call);
  if (text.trim() !== '') {
    const document = parseXml(text, 'CreateBucketConfiguration');
    expectOnly(document, ['LocationConstraint']);
    const location = childText(document, 'LocationConstraint') ?? call.region;
    if (location !== call.region) {
      throw new Refusal(
        'IllegalLocationConstraintException',
        `The ${location} location constraint is incompatible for the region specific endpoint this request was sent to.`,
      );
    }
  }
  const made = store.state.buckets.has(bucketName)
    ? false
    : await store.commit({ do: 'make-bucket', bucket: bucketName, created: call.now, versioning, settings });
  if (!made) {
    throw new Refusal('BucketAlreadyOwnedByYou', 'The bucket you tried to create exists, and you own it.', {
      details: { BucketName: bucketName },
    });
  }
  return emptyReply(200, { location: `/${bucketName}` });
}

export function headBucket(call: Call): Reply {
  bucketOf(call);
  return emptyReply(200, { 'x-amz-bucket-region': call.region, 'content-type': 'application/xml' });
}

export async function deleteBucket(call: Call): Promise<Reply> {
  await call.store.dropBucket(call.bucketName);
  return emptyReply(204);
}

export function getBucketLocation(call: Call): Reply {
  bucketOf(call);
  // S3 names every region but its first.
  return xmlReply('LocationConstraint', call.region === 'us-east-1' ? '' : call.region);
}

export function getBucketVersioning(call: Call): Reply {
  return xmlReply('VersioningConfiguration', [['Status', bucketOf(call).versioning]]);
}

export async function putBucketVersioning(call: Call): Promise<Reply> {
  bucketOf(call);
  const document = parseXml(await readDocument(call), 'VersioningConfiguration');
  expectOnly(document, ['Status', 'MfaDelete']);
  const versioning = childText(document, 'Status');
  if ((childText(document, 'MfaDelete') ?? 'Disabled') !== 'Disabled') throw notImplemented('MfaDelete');
  if (versioning !== 'Enabled' && versioning !== 'Suspended') {
    throw new Refusal('MalformedXML', 'The Status of versioning is Enabled or Suspended.');
  }
  if (versioning === 'Suspended' && bucketOf(call).settings.lock !== undefined) {
    throw new Refusal(
      'InvalidBucketState',
      'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    );
  }
  await call.store.commit({ do: 'set-versioning', bucket: call.bucketName, versioning });
  return emptyReply(200);
}
