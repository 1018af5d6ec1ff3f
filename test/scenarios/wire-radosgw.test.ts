/**
 * The same against a store that is not ours, and that honours less. What it does not honour stands here by name, with
 * what becomes of it: dropped in silence and then seen as a problem of the folder, or taken without an echo.
 */
import { GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { FieldProof, Receipt } from '../../main/contract/models.ts';
import { createMultipartOnlyTable } from '../../main/policy/fields.ts';
import { FIELD_CASES } from '../support/proxy/field-cases.ts';
import {
  expectOnGet,
  FIELDS_OF_POLICY,
  openWireFor,
  SECRET,
  sendUnder,
  tryConditions,
} from '../support/proxy/field-checks.ts';
import { openWire, type Wire } from '../support/proxy/wire.ts';
import { seededBytes } from '../support/world/disk.ts';
import { storeKind } from '../support/world/stores.ts';
import { FOLDER } from '../support/world/world.ts';

/** What becomes of a field on a put and on a multipart upload. `dropped`: taken without a word, and not kept. */
type Fate = FieldProof | 'dropped';
type Fates = Fate | { readonly put: Fate; readonly multipart: Fate };

const LOCK = { put: 'proved', multipart: 'dropped' } as const;
const checksums = FIELDS_OF_POLICY.filter((name) => /^Checksum/.test(name));

/** Ceph's radosgw 16.2. */
const FATES: Readonly<Record<string, Fates>> = {
  StorageClass: 'proved',
  SSEKMSKeyId: 'answered',
  SSEKMSEncryptionContext: 'answered',
  SSECustomerAlgorithm: 'answered',
  SSECustomerKeyMD5: 'answered',
  ACL: 'proved',
  GrantFullControl: 'proved',
  GrantRead: 'proved',
  GrantReadACP: 'proved',
  GrantWriteACP: 'proved',
  // Dropped from a multipart upload, and then set on the version.
  Tagging: 'proved',
  Metadata: 'proved',
  CacheControl: 'proved',
  ContentDisposition: 'proved',
  ContentEncoding: 'proved',
  ContentLanguage: 'proved',
  ContentType: 'proved',
  Expires: 'proved',
  WebsiteRedirectLocation: 'proved',

  // Not honoured, and seen: AES256 and bucket keys always, the lock on a multipart upload.
  ServerSideEncryption: 'dropped',
  BucketKeyEnabled: 'dropped',
  ObjectLockMode: LOCK,
  ObjectLockRetainUntilDate: LOCK,
  ObjectLockLegalHoldStatus: LOCK,

  // Not honoured, without harm: neither checked nor given back, so the ETag proves the bytes, and Content-MD5 goes along.
  ...Object.fromEntries(checksums.map((name) => [name, 'unproved'])),
  ContentMD5: 'unproved',
  // Nobody pays here, and every owner is taken for the right one: no echo tells.
  RequestPayer: 'unproved',
  ExpectedBucketOwner: 'unproved',
};
/** Not honoured in a bucket with versions: none is sent, and the key is looked at first. */
const CONDITIONS = ['IfMatch', 'IfNoneMatch'];

function fateOf(name: string, receipt: Receipt): Fate {
  const fates = FATES[name];
  if (fates === undefined) throw new Error(`${name} has no fate`);
  return typeof fates === 'string' ? fates : receipt.operation === 'put' ? fates.put : fates.multipart;
}

function expectInReceipt(name: string, receipt: Receipt): void {
  const isOfParts = receipt.operation === 'multipart' && name === 'ContentMD5';
  const isOfMultipart = receipt.operation === 'put' && name in createMultipartOnlyTable;
  if (isOfParts || isOfMultipart) {
    expect(receipt.request).not.toHaveProperty(name);
    return;
  }
  const what = `${name} of the ${receipt.operation}`;
  const fate = fateOf(name, receipt);
  expect(receipt.request, what).toHaveProperty(name);
  expect(receipt.fields[name], what).toBe(fate === 'dropped' ? 'unproved' : fate);
  expect(receipt.dropped.includes(name), `${what} is named as dropped`).toBe(fate === 'dropped');
}

/** A field that is dropped is a problem that a person sees: in `status`, with its sentence. */
function expectInStatus(name: string, wire: Wire, receipts: readonly Receipt[]): void {
  const { state, problems } = wire.status();
  const mine = problems.filter((problem) => problem.facts['field'] === name);
  const expected = receipts.filter((receipt) => receipt.dropped.includes(name)).map((receipt) => receipt.path);
  expect(mine.map((problem) => problem.facts['path']).sort()).toEqual([...expected].sort());
  for (const problem of mine) {
    const { path, way } = problem.facts;
    expect(problem).toMatchObject({
      code: 'dropped-in-silence',
      message: `The store takes ${name} without a word and does not keep it (seen with “${String(path)}”, sent as ${String(way)}).`,
      hint: `The bytes are stored and proven. Take ${name} out of the policy, or use a store that keeps it.`,
    });
  }
  expect(state).toBe(problems.length > 0 ? 'attention' : 'idle');
}

describe('a field of the policy, against radosgw', () => {
  test('has its fate here for each row of the table', () => {
    expect([...Object.keys(FATES), ...CONDITIONS, SECRET].sort()).toEqual([...FIELDS_OF_POLICY].sort());
    expect(Object.keys(FIELD_CASES).sort()).toEqual([...FIELDS_OF_POLICY].sort());
  });

  if (storeKind !== 'radosgw') return;

  test.each(Object.keys(FATES))('%s', async (name) => {
    await using wire = await openWireFor(name);
    const { put, multipart } = await sendUnder(name, wire);
    expectInReceipt(name, put);
    expectInReceipt(name, multipart);
    expectInStatus(name, wire, [put, multipart]);
    await expectOnGet(name, wire, { put, multipart });
  });

  test(`${SECRET} is on the wire and nowhere else`, async () => {
    await using wire = await openWireFor(SECRET);
    const sent = await sendUnder(SECRET, wire);
    expect(JSON.stringify(sent)).not.toContain(FIELD_CASES[SECRET]?.value);
    await expectOnGet(SECRET, wire, sent);
  });

  test('conditions are not held, so none is sent, and the key is looked at before each write', async () => {
    await using wire = await openWire({ policy: { guardOverwrites: true } });
    expect(await tryConditions(wire)).toBe('broken');
    await wire.world.write('small.bin', 'small');
    await wire.world.write('large.bin', seededBytes(16 * 1024 * 1024 + 5, 'guarded'));
    await wire.settle();
    const writes = [...wire.proxy.of('PutObject'), ...wire.proxy.of('CompleteMultipartUpload')];
    expect(writes).toHaveLength(2);
    for (const { headers, key } of writes) {
      expect([headers['if-match'], headers['if-none-match']]).toEqual([undefined, undefined]);
      const operations = wire.proxy.requests.filter((one) => one.key === key).map((one) => one.operation);
      const write = key === 'small.bin' ? 'PutObject' : 'CompleteMultipartUpload';
      expect(operations[operations.indexOf(write) - 1], `before the write of ${key}`).toBe('HeadObject');
    }
    expect(wire.status()).toMatchObject({ state: 'idle', problems: [] });
  });

  test('tags of each multipart upload are set afterwards, those of later ones too, and puts need none of it', async () => {
    const tags = { project: 'cairn' };
    await using wire = await openWire({ policy: { tags } });
    const names = ['one.bin', 'two.bin', 'small.bin'];
    for (const name of names) {
      await wire.world.write(name, name === 'small.bin' ? name : seededBytes(16 * 1024 * 1024 + 5, name));
      await wire.settle();
    }
    const { client, name: Bucket } = wire.world.bucket;
    for (const receipt of wire.world.receipts()) {
      expect(receipt, receipt.path).toMatchObject({ dropped: [], fields: { Tagging: 'proved' } });
      const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket, Key: receipt.key }));
      expect(TagSet, receipt.path).toEqual([{ Key: 'project', Value: 'cairn' }]);
    }
    expect(names.map((name) => wire.proxy.of('PutObjectTagging', name).length)).toEqual([1, 1, 0]);
    expect(wire.status()).toMatchObject({ state: 'idle', problems: [] });
  });

  test('an upload that is adopted gets its tags too', async () => {
    await using wire = await openWire({ policy: { tags: { project: 'cairn' } } });
    const then = { kind: 'answer', status: 500, code: 'InternalError' } as const;
    wire.faults.set('CompleteMultipartUpload', { kind: 'after', then });
    await wire.world.write('large.bin', seededBytes(16 * 1024 * 1024 + 5, 'adopted'));
    await wire.settle();
    expect(wire.world.receipts()).toMatchObject([{ proof: 'adopted', dropped: [], fields: { Tagging: 'proved' } }]);
    const { client, name: Bucket } = wire.world.bucket;
    const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket, Key: 'large.bin' }));
    expect(TagSet).toEqual([{ Key: 'project', Value: 'cairn' }]);
  });

  test('what is dropped stands in `status` of the command line, and goes once the policy no longer asks for it', async () => {
    await using wire = await openWire({ policy: { encryption: { mode: 'AES256' }, tags: { a: 'b' } } });
    await wire.world.write('a.txt', 'one');
    await wire.settle();
    const [status] = await wire.world.cairnDone('status', FOLDER);
    expect(status).toMatchObject({
      state: 'attention',
      problems: [{ code: 'dropped-in-silence', facts: { field: 'ServerSideEncryption', path: 'a.txt', way: 'put' } }],
      failure: { code: 'dropped-in-silence' },
    });
    await wire.setPolicy({ tags: { a: 'b' } });
    expect(wire.status()).toMatchObject({ state: 'idle', problems: [], failure: null });
  });
});
