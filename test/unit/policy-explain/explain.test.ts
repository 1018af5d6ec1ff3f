import { describe, expect, test } from 'vitest';
import type { PolicyExplanation } from '../../../main/contract/models.ts';
import type { ObjectKey, RelPath } from '../../../main/contract/names.ts';
import { parsePolicy, type Policy } from '../../../main/contract/policy.ts';
import { AT_UPLOAD, explain, type ExplainFacts } from '../../../main/policy/explain.ts';

const MIB = 1024 * 1024;
const facts: ExplainFacts = {
  bucket: 'photos',
  key: '2026/raw/a.mp4' as ObjectKey,
  path: 'raw/a.mp4' as RelPath,
  size: 3,
  mtimeNs: 1_600_000_000_250_000_000n,
  mode: 0o100640,
  exactName: null,
  now: new Date('2030-01-01T00:00:00Z'),
  onePart: 16 * MIB,
  customerKeyMd5: null,
  sendsContentMd5: false,
};

/** A policy as its file would hold it. */
function policy(value: object): Policy {
  const parsed = parsePolicy(value);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

function explained(value: object, over: Partial<ExplainFacts> = {}): PolicyExplanation {
  const made = explain(policy(value), { ...facts, ...over });
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

describe('what would be sent for a file', () => {
  test('is one put up to one part, with what only the upload knows marked as such', () => {
    const { operation, path, input, because } = explained({});
    expect({ operation, path, because }).toEqual({ operation: 'put', path: 'raw/a.mp4', because: {} });
    expect(input).toEqual({
      Bucket: 'photos',
      Key: '2026/raw/a.mp4',
      ContentType: 'video/mp4',
      ContentLength: 3,
      ChecksumAlgorithm: 'CRC32',
      ChecksumCRC32: AT_UPLOAD,
      Metadata: { mtime: '1600000000.25', mode: '100640', 'cairn-attempt': AT_UPLOAD, 'cairn-sha256': AT_UPLOAD },
    });
  });

  test('is a multipart upload above one part, without what goes with bytes', () => {
    expect(explained({}, { size: 16 * MIB }).operation, 'just one part').toBe('put');
    const { operation, input } = explained({ contentMd5: true, checksum: 'SHA256' }, { size: 16 * MIB + 1 });
    expect(operation).toBe('multipart');
    expect(input).toEqual({
      Bucket: 'photos',
      Key: '2026/raw/a.mp4',
      ContentType: 'video/mp4',
      ChecksumAlgorithm: 'SHA256',
      ChecksumType: 'COMPOSITE',
      Metadata: { mtime: '1600000000.25', mode: '100640', 'cairn-attempt': AT_UPLOAD },
    });
  });

  test('names what set each field: the base, or the last rule that matched, counted from 0', () => {
    const { input, because } = explained({
      storageClass: 'STANDARD_IA',
      tags: { project: 'cairn', kind: 'any' },
      cacheControl: 'no-cache',
      rules: [
        { match: ['*.jpg'], set: { storageClass: 'GLACIER' } },
        { match: ['*.mp4'], set: { storageClass: 'GLACIER_IR', tags: { kind: 'video' } } },
        { match: ['raw/**'], set: { tags: { raw: 'yes' } } },
        { minSize: 4, set: { cacheControl: 'max-age=1' } },
      ],
    });
    expect(input).toMatchObject({
      StorageClass: 'GLACIER_IR',
      Tagging: 'project=cairn&kind=video&raw=yes',
      CacheControl: 'no-cache',
    });
    expect(because).toEqual({
      storageClass: 1,
      tags: 2,
      'tags.project': 'base',
      'tags.kind': 1,
      'tags.raw': 2,
      cacheControl: 'base',
    });
  });

  test('shows a Content-MD5 where one would go along, and a customer key by its MD5 alone', () => {
    const { input, awsCli } = explained(
      { encryption: { mode: 'customer', keyFile: '/keys/one' } },
      { customerKeyMd5: 'bWQ1', sendsContentMd5: true },
    );
    expect(input).toMatchObject({ ContentMD5: AT_UPLOAD, SSECustomerAlgorithm: 'AES256', SSECustomerKeyMD5: 'bWQ1' });
    expect(input).not.toHaveProperty('SSECustomerKey');
    // The file is named, as the policy names it; the key in it is not shown.
    expect(awsCli).toContain('--sse-customer-key fileb:///keys/one');
    expect(awsCli).not.toContain('--sse-customer-key-md5');
    const ofRing = explained({ encryption: { mode: 'customer', keyRef: 'photos' } }, { customerKeyMd5: 'bWQ1' });
    expect(ofRing.awsCli).toContain('--sse-customer-key fileb://customer.key');
  });

  test('is refused with the reason where the rules together ask for what S3 does not take', () => {
    const tags = (from: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`tag-${String(from + index)}`, 'x']));
    const asked = policy({ rules: [{ set: { tags: tags(0) } }, { set: { tags: tags(6) } }] });
    const made = explain(asked, facts);
    expect(made).toMatchObject({ ok: false, failure: { code: 'policy-refused', facts: { field: 'tags' } } });
  });
});

describe('the same as a command of the AWS CLI', () => {
  test('is what a person can run: without marks of the upload, with the file as body', () => {
    const { awsCli } = explained(
      { storageClass: 'GLACIER_IR', tags: { a: 'b c' }, metadata: { origin: 'laptop' }, lock: { legalHold: true } },
      { sendsContentMd5: true },
    );
    expect(awsCli).toBe(
      'aws s3api put-object --bucket photos --key 2026/raw/a.mp4 --content-type video/mp4 ' +
        `--metadata '{"origin":"laptop","mtime":"1600000000.25","mode":"100640"}' --checksum-algorithm CRC32 ` +
        '--storage-class GLACIER_IR --tagging a=b%20c --object-lock-legal-hold-status ON --content-length 3 ' +
        '--body raw/a.mp4',
    );
  });

  test('begins a multipart upload for a larger file', () => {
    const { awsCli } = explained({ requesterPays: true }, { size: 17 * MIB });
    expect(awsCli).toBe(
      'aws s3api create-multipart-upload --bucket photos --key 2026/raw/a.mp4 --content-type video/mp4 ' +
        `--metadata '{"mtime":"1600000000.25","mode":"100640"}' --checksum-algorithm CRC32 ` +
        '--request-payer requester --checksum-type FULL_OBJECT',
    );
  });
});
