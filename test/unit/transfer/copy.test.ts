import { describe, expect, test } from 'vitest';
import type { Receipt } from '../../../main/contract/models.ts';
import type { ObjectKey } from '../../../main/contract/names.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { failure } from '../../../main/contract/errors.ts';
import type { OpenFile } from '../../../main/transfer/stable.ts';
import { copyVersion, judgeCopy, type KnownBytes } from '../../../main/transfer/copy.ts';
import type { TransferPorts } from '../../../main/transfer/types.ts';
import type { Job } from '../../../main/store/types.ts';
import { job, stat } from '../store/support.ts';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const OTHER_MD5 = '900150983cd24fb0d6963f7d28e17f72';
const original = {
  key: 'old' as ObjectKey,
  versionId: 'v1',
  size: 3,
  sha256: 'aa',
  etag: 'e'.repeat(32),
  receiptSeq: 1,
};
const digests = { sha256: 'aa', md5: Buffer.from(MD5, 'hex'), checksum: 'b3Vycw==' };
const bytes: KnownBytes = { original, before: null, digests, algorithm: 'CRC64NVME' };

describe('what an answer shows of a copy', () => {
  test.each<[string, Partial<KnownBytes>, object, object, object]>([
    ['our checksum', {}, {}, { ChecksumCRC64NVME: 'b3Vycw==', ETag: '"x"' }, { isOther: false, proof: 'checksum' }],
    ['another checksum', {}, {}, { ChecksumCRC64NVME: 'b3RoZXI=', ETag: MD5 }, { isOther: true, proof: 'none' }],
    ['a composite one says nothing', {}, {}, { ChecksumCRC64NVME: 'eA==-2' }, { isOther: false, proof: 'none' }],
    ['the MD5 of the file', {}, {}, { ETag: `"${MD5}"` }, { isOther: false, proof: 'etag' }],
    ['another MD5', {}, {}, { ETag: `"${OTHER_MD5}"` }, { isOther: true, proof: 'none' }],
    ['an ETag under KMS is no MD5', {}, { ServerSideEncryption: 'aws:kms' }, { ETag: OTHER_MD5 }, { isOther: false }],
    [
      'of a bucket that encrypts by itself',
      {},
      {},
      { ETag: OTHER_MD5, ServerSideEncryption: 'aws:kms' },
      { isOther: false },
    ],
    [
      'the ETag of the same parts',
      { original: { ...original, etag: `${MD5}-2` } },
      {},
      { ETag: `"${MD5}-2"` },
      { proof: 'etag' },
    ],
    ['the ETag of other parts says nothing', {}, {}, { ETag: `"${OTHER_MD5}-2"` }, { isOther: false, proof: 'none' }],
    ['nothing at all', {}, {}, {}, { isOther: false, proof: 'none' }],
  ])('%s', (_, known, request, answer, shown) => {
    expect(judgeCopy({ ...bytes, ...known }, { ...request }, { ...answer })).toMatchObject(shown);
  });

  test('of a file that was not read, what is known of the version before', () => {
    const checksum = { algorithm: 'CRC32', value: 'AAAA', type: 'FULL_OBJECT' } as const;
    const before = { checksum } as Receipt;
    const unread = { ...bytes, digests: null, before };
    expect(judgeCopy(unread, {}, { ChecksumCRC32: 'AAAA' })).toMatchObject({ proof: 'checksum', checksum });
    expect(judgeCopy({ ...unread, before: null }, {}, { ETag: original.etag })).toMatchObject({ proof: 'etag' });
    expect(judgeCopy({ ...unread, before: null }, {}, { ETag: OTHER_MD5 })).toMatchObject({ proof: 'none' });
  });
});

/** A copy at a store that answers like this. */
async function copied(answers: { readonly copy: object; readonly head?: object }) {
  const asked: [string, Record<string, unknown>][] = [];
  const ports = {
    bucket: 'b',
    folderName: 'F',
    policyVersion: 1,
    now: () => new Date('2026-03-01T12:00:00Z'),
    newAttemptId: () => 'ours',
    putRequest: () =>
      success({ fields: { Bucket: 'b', Key: 'new' }, secret: {}, algorithm: 'CRC64NVME', checksumType: 'FULL_OBJECT' }),
    receiptOf: () => null,
    commit: (work: () => unknown) => Promise.resolve(work()),
    attempts: { addIntent: () => undefined, removeIntent: () => undefined },
    onStep: () => undefined,
    fieldProofs: { begin: () => Promise.resolve(null), droppedBefore: () => new Set(), note: () => undefined },
    client: {
      send: (name: string, input: Record<string, unknown>) => {
        asked.push([name, input]);
        const answer = name === 'CopyObject' ? answers.copy : answers.head;
        return Promise.resolve(answer === undefined ? failed(failure('object-missing')) : success(answer));
      },
    },
  } as unknown as TransferPorts;
  const file = { stat: stat() } as OpenFile;
  const { signal } = new AbortController();
  const copying = { original, key: 'new' as ObjectKey, file, digests };
  const settlement = await copyVersion(job('new') as Job, copying, ports, signal);
  return { settlement, asked };
}

const ours = { ContentLength: 3, Metadata: { 'cairn-attempt': 'ours' } };

describe('a copy', () => {
  test('whose answer says all needs no look', async () => {
    const { settlement, asked } = await copied({ copy: { VersionId: 'v2', CopyObjectResult: { ETag: `"${MD5}"` } } });
    expect(asked.map(([name]) => name)).toEqual(['CopyObject']);
    expect(asked[0]?.[1]).toMatchObject({
      CopySource: 'b/old?versionId=v1',
      MetadataDirective: 'REPLACE',
      TaggingDirective: 'REPLACE',
    });
    expect(settlement).toMatchObject({
      kind: 'stored',
      receipt: { operation: 'copy', versionId: 'v2', etag: MD5, proof: 'etag', sha256: 'aa' },
      journal: { key: 'new', versionId: 'v2', sha256: 'aa' },
    });
  });

  test('whose answer names no version is looked at', async () => {
    const { settlement } = await copied({
      copy: { CopyObjectResult: { ETag: `"${MD5}"` } },
      head: { ...ours, VersionId: 'v3', ETag: `"${MD5}"` },
    });
    expect(settlement).toMatchObject({ kind: 'stored', receipt: { versionId: 'v3', proof: 'etag' } });
  });

  test('that a look shows to hold other bytes is never taken for the file', async () => {
    const copy = { VersionId: 'v2', CopyObjectResult: { ETag: '"no digest"' } };
    expect((await copied({ copy, head: { ...ours, ContentLength: 2 } })).settlement).toBeNull();
    expect((await copied({ copy, head: { ...ours, Metadata: {} } })).settlement).toBeNull();
    expect((await copied({ copy, head: { ...ours, ChecksumCRC64NVME: 'b3RoZXI=' } })).settlement).toBeNull();
    expect(
      (await copied({ copy: { VersionId: 'v2', CopyObjectResult: { ETag: OTHER_MD5 } }, head: ours })).settlement,
    ).toBeNull();
  });

  test('without an id, where somebody else has written since, is looked for before the next attempt', async () => {
    const { settlement } = await copied({
      copy: { CopyObjectResult: { ETag: `"${MD5}"` } },
      head: { ContentLength: 9, Metadata: { 'cairn-attempt': 'theirs' }, VersionId: 'v9' },
    });
    expect(settlement).toMatchObject({ kind: 'failed', failure: { code: 'store-answer' } });
  });
});
