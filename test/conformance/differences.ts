/** Where a kind of endpoint is known to differ from S3, by file and case, with what it does instead. */

export type Differences = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

const unchecked = 'checksum headers are taken and neither checked nor told';
const noTrailers = 'a body that streams with a trailer is refused with 411';

/** The same reason for several cases. */
function all(reason: string, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}

const newer = ['SHA512', 'MD5', 'XXHASH64', 'XXHASH3', 'XXHASH128'];
const noOwnership = 'the operation is unknown, and a PUT of it answered as if the bucket were made again';
const noDefault = 'the operation is unknown and does nothing';
const noRestore = 'the operation is not implemented';
const noAttributes = 'the operation is unknown and answered as a GET';

/** Ceph's radosgw 16.2. */
const radosgw: Differences[string] = {
  acl: {
    'aws-exec-read of a put is kept': 'this ACL is unknown',
    'to an unknown group or account are refused': 'each is refused in another way',
    'is set, told and removed': noOwnership,
    'is set when the bucket is made': 'the header is ignored',
    'BucketOwnerEnforced takes no ACL but bucket-owner-full-control': noOwnership,
    'BucketOwnerEnforced changes no ACL and shows the owner alone': noOwnership,
    'public ACLs are refused where the bucket blocks them': 'private ones are refused as well',
  },
  'bucket-settings': {
    ...all(noDefault, [
      'is not there before it is set, nor after it is removed',
      'AES256 is told, and given to new objects',
      'with a KMS key is told, and given to new objects and uploads',
      'gives way to what a put asks for',
      'can block customer keys, and let them again',
    ]),
    'with older versions but the newest is given back as it was': 'the number of versions is dropped in silence',
    'with transitions is given back as it was': 'transitions come back in another order',
    'with an empty prefix is given back as it was': 'it comes back without a filter',
    'with sizes is given back as it was': 'sizes are dropped in silence, so that the rule is for all objects',
    'with several conditions is given back as it was': 'the prefix comes back beside the filter',
    'with an unknown class is refused': 'it is taken',
    'that only denies, or names who is let in, is not public': 'one that denies counts as public',
    'that is not there has no status': 'its status is told',
    'that is no policy is refused': 'the code is InvalidArgument',
    'for another bucket is refused': 'it is taken',
    'that is public is refused where public ones are blocked': 'one that is not public is refused as well',
    'is set, told and removed': 'a block that was never set is told, with nothing blocked',
  },
  checksums: {
    ...all(
      unchecked,
      newer.flatMap((algorithm) => [
        `${algorithm}: right is answered and told, wrong is refused and leaves nothing`,
        `${algorithm}: is made of those of the parts`,
      ]),
    ),
    ...all(
      unchecked,
      ['SHA1', ...newer].map((algorithm) => `${algorithm}: cannot be one of the whole`),
    ),
    ...all(
      'a body with an unsigned trailer is refused',
      newer.map((algorithm) => `${algorithm}: right is stored, wrong is refused and leaves nothing`),
    ),
    'CRC32: right is answered and told, wrong is refused and leaves nothing': unchecked,
    'CRC32C: right is answered and told, wrong is refused and leaves nothing': unchecked,
    'CRC64NVME: right is answered and told, wrong is refused and leaves nothing': unchecked,
    'SHA1: right is answered and told, wrong is refused and leaves nothing': unchecked,
    'SHA256: right is answered and told, wrong is refused and leaves nothing': unchecked,
    'that cannot be one is refused': unchecked,
    'CRC32: is checked and stored': noTrailers,
    'CRC32C: is checked and stored': noTrailers,
    'CRC64NVME: is checked and stored': noTrailers,
    'SHA1: is checked and stored': noTrailers,
    'SHA256: is checked and stored': noTrailers,
    'an object put without any checksum gets CRC64NVME from the server': unchecked,
  },
  'customer-keys': {
    'has an ETag that is not the MD5 of its bytes': 'it is the MD5',
    'is not read without the key': 'the code is InvalidArgument',
    'is not read with another key': 'the answer is 400 InvalidArgument',
    'keeps its checksum, which is that of the plain bytes': unchecked,
    'tells its attributes only with the key': noAttributes,
    'stands beside versions with other keys': 'a wrong key is answered with 400',
    'for an object without one is refused': 'it is ignored',
    'excludes every other encryption': 'the other one is ignored',
    'makes one object that is read with it, across parts too': 'a wrong key is answered with 400',
    'takes no part without the key, or with another': 'the code is InvalidArgument',
    'lists its parts with the key or without, and not with another': 'the key is ignored',
    'without a key takes no part with one': 'the key is ignored',
    'takes parts copied from an object with another key': 'keys for the source of a copy are unknown',
    'of an object with a key needs that key': 'keys for the source of a copy are unknown',
    'takes an encryption off, puts one on, and changes it': 'copies of encrypted objects are not implemented',
    'of an object onto itself may change its key': 'copies of encrypted objects are not implemented',
  },
  fields: {
    'metadata over 2 KB is refused': 'the limit is greater',
    'STANDARD is not told': 'it is told',
    'an unknown storage class is refused': 'the code is InvalidArgument',
    'an archived object is not read before it is restored': 'classes are labels only',
    'AES256 is answered and told': 'it is dropped in silence',
    'encryption context and bucket key are answered': 'both are dropped in silence',
    'an unknown KMS key is refused': 'the answer is 403 InvalidAccessKeyId',
    'a wrong ExpectedBucketOwner is refused': 'it is ignored',
    'beyond ten, or with a key of over 128 letters, are refused': 'the code is another',
  },
  listing: {
    'tells size, time, ETag and class of each': 'times in listings have milliseconds',
    'goes on where the version that it stopped at has been removed': 'the other versions of that key are left out',
    'encodes keys and markers when asked': '+ in a marker comes unencoded',
    'takes no VersionId marker without a key': 'the marker is ignored',
    'tells checksum, size and class of each version': unchecked,
    ...all('all buckets are always told', [
      'gives only those with a prefix',
      'goes on page by page',
      'takes no size of a page that cannot be, and no token that is none',
    ]),
  },
  lock: {
    'can be had later where versioning is on, and only there': 'it can be had only when the bucket is made',
    'is kept by a multipart upload': 'it is dropped in silence',
    'is given to a copy, and never taken from the source': "a copy takes the source's",
    'needs a Content-MD5 or a checksum': 'none is needed',
    'needs a Content-MD5 or a checksum where it comes from the bucket': 'none is needed',
    'is taken away by an empty one, in governance mode': 'an empty one is refused',
    'or hold that was never set is not found': 'the code is ObjectLockConfigurationNotFoundError',
  },
  multipart: {
    'is answered with the ETag of the parts and a VersionId': 'the ETag of the answer is empty',
    'keeps tags given at its beginning': 'tags are dropped in silence',
    'keeps AES256 and bucket key given at its beginning': 'both are dropped in silence',
    'with a wrong checksum are refused': unchecked,
    'have numbers from 1 to 10,000': 'greater numbers are taken',
    'refuses parts out of order, unknown, with another ETag, or too small': 'sizes are checked before the order',
    'compares the size of the whole': 'the size given is ignored',
    'with If-None-Match: * writes only where nothing is': 'conditions on Complete are ignored',
    'with If-Match writes only over what was seen': 'conditions on Complete are ignored',
    'is that of all bytes where FULL_OBJECT is asked': unchecked,
    'is that of the checksums of the parts where COMPOSITE is asked': unchecked,
    'of parts needs those of all parts': unchecked,
    'knows which types an algorithm has': unchecked,
    'are listed by key and prefix': 'the delimiter is ignored',
    'that are aborted are gone': 'ListParts answers NoSuchKey',
  },
  objects: {
    'a key of 1,024 bytes is taken, one more is refused': 'the code is InvalidObjectName',
    'If-None-Match: * writes only where nothing is': 'it is ignored in a bucket with versions',
    'If-Match writes only over what was seen': 'a right one is refused with 412',
    'of many first writers at once exactly one wins': 'the condition is ignored in a bucket with versions',
    'take the fields of the source, or new ones': 'new tags are dropped in silence',
    'answer the VersionIds of source and copy': 'neither is answered',
    'hold to conditions on the source': 'conditions on the source are ignored',
    'GetObjectAttributes tells size, class, ETag and checksum': noAttributes,
  },
  parts: {
    ...all('the number is ignored', [
      'gives that part, and says where it lies and how many there are',
      'with HEAD tells its length',
      'tells the checksum of the part where it is asked to',
      'of an object put in one piece gives the whole as its part 1',
      'beyond the last part is refused',
      'and a range exclude one another',
      'of a number that cannot be is refused',
    ]),
    ...all(noAttributes, [
      'tell its parts with their checksums',
      'tell its parts in pages',
      'tell only the number of parts that came without checksums',
      'tell no parts of an object put in one piece',
      'that are unknown are refused',
    ]),
  },
  protocol: {
    'whose signatures are right are stored without their framing': 'aws-chunked stays in the content encoding',
    'with a signed trailer are stored, and refused where its checksum is wrong': 'trailers are unknown',
    'without signatures are refused where the trailer is wrong or missing': 'trailers are unknown',
    'an unknown parameter is never ignored': 'it is ignored',
    'an unknown x-amz header is never ignored': 'it is ignored',
    'to errors are documents with code, resource and request id': 'there is no message',
  },
  requests: {
    'is told so by every way in and out': 'who pays is ignored',
    'is the only one that can be named': 'who pays is ignored',
    'of the source ends a copy': 'the expected owner is ignored',
    ...all(
      'the expected owner is ignored',
      [
        ...['PutObject', 'GetObject', 'HeadObject', 'CopyObject', 'DeleteObject', 'DeleteObjects'],
        ...['GetObjectTagging', 'PutObjectTagging', 'GetObjectAcl', 'GetObjectAttributes', 'RestoreObject'],
        ...['GetObjectRetention', 'GetObjectLegalHold', 'CreateMultipartUpload', 'UploadPart', 'UploadPartCopy'],
        ...['ListParts', 'AbortMultipartUpload', 'ListMultipartUploads', 'HeadBucket', 'ListObjectsV2'],
        ...['ListObjectVersions', 'GetBucketLocation', 'GetBucketVersioning', 'GetBucketEncryption'],
        ...['GetBucketLifecycleConfiguration', 'GetObjectLockConfiguration'],
      ].map((name) => `ends ${name}`),
    ),
  },
  restore: {
    ...all(noRestore, [
      'of GLACIER goes on for a while and then lets the object be read',
      'of DEEP_ARCHIVE goes on for a while and then lets the object be read',
      'that goes on already is refused',
      'of what is there already only moves its end',
      'knows the tiers of each class',
      'needs a number of days',
      'of STANDARD, which can be read anyway, is refused',
      'of STANDARD_IA, which can be read anyway, is refused',
      'of GLACIER_IR, which can be read anyway, is refused',
      'is of one version',
      'of what is not there is refused',
      'listings tell of restores where they are asked to',
    ]),
    'a copy is made of a restored object, and of no other archived one': 'classes are labels only',
  },
  versions: {
    'deleting an old version leaves the latest alone': 'a version that is gone is NoSuchKey',
    'a delete marker is not read by its VersionId': 'it is NoSuchKey',
    'a VersionId that cannot be is refused': 'it is NoSuchKey',
  },
};

export const DIFFERENCES: Differences = { radosgw };
