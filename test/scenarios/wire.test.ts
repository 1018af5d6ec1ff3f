/**
 * Every field of S3's requests that a policy has a say in, on a single put and on a multipart upload: its header on the
 * wire, on each request that takes it and on no other, and what the receipt then says of it.
 */
import { describe, expect, test } from 'vitest';
import type { FieldProof, Receipt } from '../../main/contract/models.ts';
import { AT_UPLOAD } from '../../main/policy/explain.ts';
import { createMultipartOnlyTable } from '../../main/policy/fields.ts';
import { FIELD_CASES } from '../support/proxy/field-cases.ts';
import { expectOnGet, FIELDS_OF_POLICY, openWireFor, SECRET, sendUnder } from '../support/proxy/field-checks.ts';
import { openWire } from '../support/proxy/wire.ts';
import { seededBytes } from '../support/world/disk.ts';
import { storeKind } from '../support/world/stores.ts';
import { FOLDER } from '../support/world/world.ts';

const checksums = FIELDS_OF_POLICY.filter((name) => /^Checksum(?!Algorithm|Type)/.test(name));

/** What the receipt says of a field, where the store honours all of them. */
const PROOFS: Readonly<Record<string, FieldProof>> = {
  // The bytes are proven by checksum or ETag; the header itself has no echo.
  ContentMD5: 'unproved',
  ChecksumAlgorithm: 'answered',
  ChecksumType: 'answered',
  ...Object.fromEntries(checksums.map((name) => [name, 'answered'])),
  StorageClass: 'proved',
  ServerSideEncryption: 'answered',
  SSEKMSKeyId: 'answered',
  SSEKMSEncryptionContext: 'answered',
  BucketKeyEnabled: 'answered',
  SSECustomerAlgorithm: 'answered',
  SSECustomerKeyMD5: 'answered',
  ACL: 'proved',
  GrantFullControl: 'proved',
  GrantRead: 'proved',
  GrantReadACP: 'proved',
  GrantWriteACP: 'proved',
  Tagging: 'proved',
  Metadata: 'proved',
  CacheControl: 'proved',
  ContentDisposition: 'proved',
  ContentEncoding: 'proved',
  ContentLanguage: 'proved',
  ContentType: 'proved',
  Expires: 'proved',
  WebsiteRedirectLocation: 'proved',
  ObjectLockMode: 'proved',
  ObjectLockRetainUntilDate: 'proved',
  ObjectLockLegalHoldStatus: 'proved',
  RequestPayer: 'answered',
  // Conditions of the request: that it went well is all that shows of them.
  ExpectedBucketOwner: 'unproved',
  IfMatch: 'unproved',
  IfNoneMatch: 'unproved',
};

function expectInReceipt(name: string, receipt: Receipt): void {
  const { fields, request, response, versionId, dropped } = receipt;
  expect(dropped, 'what the store dropped').toEqual([]);
  expect(response).toMatchObject({ ETag: expect.any(String) as unknown, VersionId: versionId });
  const isOfParts = receipt.operation === 'multipart' && name === 'ContentMD5';
  const isOfMultipart = receipt.operation === 'put' && name in createMultipartOnlyTable;
  if (name === SECRET) {
    expect(JSON.stringify(receipt)).not.toContain(FIELD_CASES[SECRET]?.value);
    expect(request).not.toHaveProperty(SECRET);
  } else if (isOfParts || isOfMultipart) {
    expect(request).not.toHaveProperty(name);
  } else {
    expect(request).toHaveProperty(name);
    expect(fields[name], `${name} in the receipt of the ${receipt.operation}`).toBe(PROOFS[name]);
  }
}

describe('a field of the policy, on the wire and in the receipt', () => {
  test('has a case here for each row of the table', () => {
    expect(Object.keys(FIELD_CASES).sort()).toEqual([...FIELDS_OF_POLICY].sort());
    expect([...Object.keys(PROOFS), SECRET].sort()).toEqual([...FIELDS_OF_POLICY].sort());
  });

  // What another store does with them is a story of its own.
  if (storeKind !== 'practice') return;

  test.each(FIELDS_OF_POLICY)('%s', async (name) => {
    await using wire = await openWireFor(name);
    const sent = await sendUnder(name, wire);
    expectInReceipt(name, sent.put);
    expectInReceipt(name, sent.multipart);
    expect(wire.status().problems).toEqual([]);
    await expectOnGet(name, wire, sent);
  });

  test('policy explain says beforehand what is then sent, and what set it', async () => {
    const policy = {
      storageClass: 'STANDARD_IA',
      encryption: { mode: 'aws:kms', keyId: 'testkey-1', bucketKey: true },
      tags: { project: 'cairn' },
      expires: { at: '2040-01-31T12:00:00Z' },
      contentMd5: true,
      rules: [{ minSize: 1_000_000, set: { storageClass: 'GLACIER_IR', tags: { kind: 'large' } } }],
    };
    await using wire = await openWire({ policy });
    const files = {
      'a small one.txt': Buffer.from('one'),
      'large.bin': seededBytes(16 * 1024 * 1024 + 5, 'explained'),
    };
    for (const [path, bytes] of Object.entries(files)) await wire.world.write(path, bytes);
    const explained = await Promise.all(
      Object.keys(files).map(async (path) => (await wire.world.cairnDone('policy', 'explain', FOLDER, path))[0] ?? {}),
    );
    expect(wire.proxy.requests, 'nothing is asked of the store').toEqual([]);
    await wire.settle();

    expect(explained.map((one) => one['because'])).toMatchObject([
      { storageClass: 'base', tags: 'base', 'tags.project': 'base', expires: 'base' },
      { storageClass: 0, tags: 0, 'tags.project': 'base', 'tags.kind': 0, expires: 'base' },
    ]);
    for (const { path, operation, input } of explained) {
      const [receipt] = wire.world.receipts(String(path));
      expect(receipt?.operation).toBe(operation);
      expectSameRequest(input as Readonly<Record<string, unknown>>, receipt?.request ?? {});
    }
  });
});

/** But for what only the upload can know, and what completes a multipart upload. */
function expectSameRequest(said: Readonly<Record<string, unknown>>, sent: Readonly<Record<string, unknown>>): void {
  const completion = new Set(['MpuObjectSize', 'ChecksumCRC32']);
  const names = Object.keys(sent).filter((name) => !completion.has(name));
  expect(
    Object.keys(said)
      .filter((name) => !completion.has(name))
      .sort(),
  ).toEqual(names.sort());
  for (const name of names) {
    if (name === 'Metadata') {
      const [first, second] = [said, sent].map((one) => one[name] as Readonly<Record<string, string>>);
      const known = Object.entries(first ?? {}).filter(([, value]) => value !== AT_UPLOAD);
      expect(second).toMatchObject(Object.fromEntries(known));
      expect(Object.keys(second ?? {}).sort()).toEqual(Object.keys(first ?? {}).sort());
    } else if (said[name] !== AT_UPLOAD) {
      expect(said[name], name).toEqual(sent[name]);
    }
  }
}
