/**
 * Every field of S3's requests that a policy has a say in, on a single put and on a multipart upload: its header on the
 * wire, on each request that takes it and on no other, and what the receipt then says of it.
 */
import { describe, expect, test } from 'vitest';
import type { FieldProof, Receipt } from '../../main/contract/models.ts';
import { createMultipartOnlyTable } from '../../main/policy/fields.ts';
import { FIELD_CASES } from '../support/proxy/field-cases.ts';
import { expectOnGet, FIELDS_OF_POLICY, openWireFor, SECRET, sendUnder } from '../support/proxy/field-checks.ts';
import { storeKind } from '../support/world/stores.ts';

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
});
