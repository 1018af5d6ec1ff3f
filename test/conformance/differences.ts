/** Where a kind of endpoint is known to differ from S3, by file and case, with what it does instead. */

export type Differences = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

const unchecked = 'checksum headers are taken and neither checked nor told';
const noTrailers = 'a body that streams with a trailer is refused with 411';

/** Ceph's radosgw 16.2. */
const radosgw: Differences[string] = {
  checksums: {
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
    'GetObjectAttributes tells size, class, ETag and checksum': 'the operation is unknown and answered as a GET',
  },
  protocol: {
    'whose signatures are right are stored without their framing': 'aws-chunked stays in the content encoding',
    'with a signed trailer are stored, and refused where its checksum is wrong': 'trailers are unknown',
    'without signatures are refused where the trailer is wrong or missing': 'trailers are unknown',
    'an unknown parameter is never ignored': 'it is ignored',
    'an unknown x-amz header is never ignored': 'it is ignored',
    'to errors are documents with code, resource and request id': 'there is no message',
  },
  versions: {
    'deleting an old version leaves the latest alone': 'a version that is gone is NoSuchKey',
    'a delete marker is not read by its VersionId': 'it is NoSuchKey',
    'a VersionId that cannot be is refused': 'it is NoSuchKey',
  },
};

export const DIFFERENCES: Differences = { radosgw };
