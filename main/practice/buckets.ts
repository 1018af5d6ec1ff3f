/** Operations on buckets and on the list of them. */
import { isIPv4 } from 'node:net';
import { readWhole } from './body.ts';
import { bucketOf, type Call, emptyReply, isoTime, ownerNode, type Reply, xmlReply } from './call.ts';
import { digestsFor, readClaims, verifyClaims } from './checksums.ts';
import { DigestSet } from './digests.ts';
import { checkAcl } from './fields.ts';
import { compareKeys } from './key-order.ts';
import { notImplemented, Refusal } from './refusal.ts';
import { childText, expectOnly, parseXml } from './xml.ts';

/** Whether a name keeps to S3's rules for new buckets. */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..') && !isIPv4(name);
}

/** Reads a request document and checks the digests that come with it. */
async function readDocument(call: Call): Promise<string> {
  const claims = readClaims(call.headers, call.body);
  const bytes = await readWhole(call.body, 1024 * 1024);
  const digests = await DigestSet.create(['MD5', ...digestsFor(claims)]);
  digests.update(bytes);
  verifyClaims(claims, digests, call.body);
  return bytes.toString('utf8');
}

export function listBuckets(call: Call): Reply {
  const buckets = [...call.store.state.buckets.values()].sort((a, b) => compareKeys(a.name, b.name));
  return xmlReply('ListAllMyBucketsResult', [
    ownerNode('Owner'),
    [
      'Buckets',
      buckets.map(({ name, created }) => [
        'Bucket',
        [
          ['Name', name],
          ['CreationDate', isoTime(created)],
        ],
      ]),
    ],
  ]);
}

export async function createBucket(call: Call): Promise<Reply> {
  const { bucketName, store } = call;
  checkAcl(call.headers);
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
    : await store.commit({ do: 'make-bucket', bucket: bucketName, created: call.now });
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
  await call.store.commit({ do: 'set-versioning', bucket: call.bucketName, versioning });
  return emptyReply(200);
}
