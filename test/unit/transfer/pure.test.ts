import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeAnswer, judgeFields, type Sent } from '../../../main/transfer/answer.ts';
import {
  compositeChecksum,
  digestOf,
  isAlgorithm,
  multipartEtag,
  openChecksum,
  type Algorithm,
} from '../../../main/transfer/digest.ts';
import { isTooLarge, LEAST_PART, partSizeOf, partsOf } from '../../../main/transfer/parts.ts';
import { codeOf, must } from '../store/support.ts';

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
const hash = (name: string, ...bytes: (string | Buffer)[]): Buffer => {
  const running = createHash(name);
  for (const piece of bytes) running.update(piece);
  return running.digest();
};

describe('digests', () => {
  // The check values of the catalogue of CRC algorithms, and of the standards for the others, for the text 123456789.
  test.each<[Algorithm, string]>([
    ['CRC32', 'cbf43926'],
    ['CRC32C', 'e3069283'],
    ['CRC64NVME', 'ae8b14860a799888'],
    ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
    ['SHA256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
  ])('%s of 123456789', async (algorithm, expected) => {
    const digests = await digestOf(Buffer.from('123456789'), algorithm);
    expect(digests.checksum).toBe(base64(expected));
    expect(digests.sha256).toBe('15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225');
    expect(digests.md5.toString('hex')).toBe('25f9e794323b453885f5181f1b624d0b');
  });

  test.each<[Algorithm, string]>([
    ['CRC32', '00000000'],
    ['CRC32C', '00000000'],
    ['CRC64NVME', '0000000000000000'],
    ['SHA1', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['SHA256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ])('%s of nothing', async (algorithm, expected) => {
    expect((await digestOf(Buffer.alloc(0), algorithm)).checksum).toBe(base64(expected));
  });

  test('property: it does not matter in which pieces the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }),
        fc.constantFrom<Algorithm>('CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'),
        async (pieces, algorithm) => {
          const running = await openChecksum(algorithm);
          for (const piece of pieces) running.update(piece);
          expect(running.digest().toString('base64')).toBe((await digestOf(Buffer.concat(pieces), algorithm)).checksum);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('two running at once do not disturb one another', async () => {
    for (const algorithm of ['CRC32C', 'CRC64NVME'] as const) {
      const [a, b] = [await openChecksum(algorithm), await openChecksum(algorithm)];
      a.update(Buffer.from('1234'));
      b.update(Buffer.from('xxxx'));
      a.update(Buffer.from('56789'));
      expect(a.digest().toString('base64')).toBe((await digestOf(Buffer.from('123456789'), algorithm)).checksum);
    }
  });

  test('only what is computed is an algorithm', () => {
    expect(['CRC32', 'SHA256'].every(isAlgorithm)).toBe(true);
    expect(['crc32', '', 'constructor', 'toString', 'CRC16'].some(isAlgorithm)).toBe(false);
  });

  test('composite: the algorithm over the raw checksums of the parts, and their number', async () => {
    const parts = ['one', 'two', 'three'];
    const raw = parts.map((part) => hash('sha256', part));
    const sums = raw.map((part) => part.toString('base64'));
    expect(await compositeChecksum('SHA256', sums)).toBe(`${hash('sha256', ...raw).toString('base64')}-3`);
    expect(await compositeChecksum('SHA256', sums.toReversed())).not.toBe(await compositeChecksum('SHA256', sums));
    expect(await compositeChecksum('CRC32', [base64('cbf43926')])).toBe(
      `${(await digestOf(Buffer.from('cbf43926', 'hex'), 'CRC32')).checksum}-1`,
    );
  });

  test('the ETag of a multipart upload', () => {
    const md5s = [hash('md5', 'a'), hash('md5', 'b')];
    expect(multipartEtag(md5s)).toBe(`${hash('md5', ...md5s).toString('hex')}-2`);
    // As S3 answered for two parts of 5 MiB of zeros.
    const zeros = hash('md5', Buffer.alloc(5 * 1024 * 1024));
    expect(zeros.toString('hex')).toBe('5f363e0e58a95f06cbe9bbc662c5dfb6');
    expect(multipartEtag([zeros])).toBe(`${hash('md5', zeros).toString('hex')}-1`);
  });
});

describe('what S3 answered, held against what was sent', () => {
  const md5 = hash('md5', 'x').toString('hex');
  const other = hash('md5', 'y').toString('hex');
  const sent = (change: Partial<Sent> = {}): Sent => ({
    key: 'k',
    algorithm: 'CRC32',
    checksumType: 'FULL_OBJECT',
    checksum: 'AAAAAA==',
    etag: md5,
    ...change,
  });
  const proof = (
    answer: Record<string, unknown>,
    request: Record<string, unknown> = {},
    change: Partial<Sent> = {},
  ): string => {
    const judged = judgeAnswer(sent(change), request, answer);
    return judged.ok ? judged.value.proof : judged.failure.code;
  };

  test('a checksum that comes back must be ours, whatever the ETag says', () => {
    expect(proof({ ChecksumCRC32: 'AAAAAA==', ETag: `"${other}"` })).toBe('checksum');
    expect(proof({ ChecksumCRC32: 'BBBBBB==', ETag: `"${md5}"` })).toBe('damaged');
    expect(must(judgeAnswer(sent(), {}, { ChecksumCRC32: 'AAAAAA==' }))).toEqual({
      proof: 'checksum',
      checksum: { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' },
      returnsChecksums: true,
    });
  });

  test('a composite one with its number of parts, or without', () => {
    const composite = { checksumType: 'COMPOSITE', checksum: 'AAAAAA==-3' } as const;
    expect(proof({ ChecksumCRC32: 'AAAAAA==-3' }, {}, composite)).toBe('checksum');
    expect(proof({ ChecksumCRC32: 'AAAAAA==' }, {}, composite)).toBe('checksum');
    expect(proof({ ChecksumCRC32: 'AAAAAA==-4' }, {}, composite)).toBe('damaged');
    expect(proof({ ChecksumCRC32: 'AAAAAA==-3' })).toBe('damaged');
  });

  test('without one the ETag must be ours, quoted or not', () => {
    expect(proof({ ETag: `"${md5}"` })).toBe('etag');
    expect(proof({ ETag: md5 })).toBe('etag');
    expect(proof({ ETag: `"${other}"` })).toBe('damaged');
    expect(proof({ ETag: `"${md5}"`, ChecksumCRC32: '' })).toBe('etag');
    expect(proof({ ETag: `"${md5}-2"` }, {}, { etag: `${md5}-2` })).toBe('etag');
    expect(proof({ ETag: `"${md5}-2"` }, {}, { etag: `${md5}-3` })).toBe('damaged');
  });

  test('the checksum of another algorithm proves nothing of ours', () => {
    expect(proof({ ChecksumSHA256: 'x', ETag: `"${md5}"` })).toBe('etag');
    expect(proof({ ChecksumSHA256: 'x' })).toBe('none');
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['KMS was asked for', {}, { ServerSideEncryption: 'aws:kms' }],
    ['KMS twice was asked for', {}, { ServerSideEncryption: 'aws:kms:dsse' }],
    ['the bucket itself uses KMS', { ServerSideEncryption: 'aws:kms' }, {}],
    ['a customer key', {}, { SSECustomerAlgorithm: 'AES256' }],
  ])('%s: the ETag is no MD5, and is not taken for one', (_, answer, request) => {
    expect(proof({ ETag: `"${other}"`, ...answer }, request)).toBe('none');
    expect(proof({ ETag: `"${other}"`, ChecksumCRC32: 'BBBBBB==', ...answer }, request)).toBe('damaged');
  });

  test('AES256 leaves the ETag an MD5', () => {
    expect(proof({ ETag: `"${other}"`, ServerSideEncryption: 'AES256' }, { ServerSideEncryption: 'AES256' })).toBe(
      'damaged',
    );
  });

  test.each([undefined, '', '""', 'opaque', 'ABCDEF', md5.toUpperCase(), `${md5}x`, 7, null])(
    'an ETag %j is no digest',
    (ETag) => {
      expect(proof({ ETag })).toBe('none');
    },
  );

  test('property: an answer of any shape neither throws nor passes for a proof that it is not', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('ETag', 'ChecksumCRC32', 'ServerSideEncryption', 'x'), fc.anything()),
        (answer) => {
          const found = proof(answer);
          expect(['checksum', 'etag', 'none', 'damaged']).toContain(found);
          if (found === 'checksum') expect(answer['ChecksumCRC32']).toBe('AAAAAA==');
        },
      ),
    );
  });

  test('of each field: was it shown?', () => {
    const request = {
      Bucket: 'b',
      Key: 'k',
      ChecksumAlgorithm: 'CRC32',
      ServerSideEncryption: 'AES256',
      StorageClass: 'STANDARD_IA',
      SSEKMSKeyId: 'abc',
      Tagging: undefined,
    };
    expect(
      judgeFields(request, {
        ChecksumCRC32: 'x',
        ServerSideEncryption: 'AES256',
        SSEKMSKeyId: 'arn:aws:kms:eu-west-1:1:key/abc',
      }),
    ).toEqual({
      ChecksumAlgorithm: 'answered',
      ServerSideEncryption: 'answered',
      StorageClass: 'unproved',
      SSEKMSKeyId: 'answered',
    });
    expect(judgeFields({ ServerSideEncryption: 'aws:kms' }, { ServerSideEncryption: 'AES256' })).toEqual({
      ServerSideEncryption: 'unproved',
    });
  });
});

describe('parts', () => {
  const MIB = 1024 ** 2;
  const GIB = 1024 ** 3;
  const LARGEST = 5 * GIB * 10_000;

  test.each<[number, number]>([
    [0, 16 * MIB],
    [16 * MIB + 1, 16 * MIB],
    [16 * MIB * 10_000, 16 * MIB],
    [16 * MIB * 10_000 + 1, 17 * MIB],
    [17 * MIB * 10_000 + 1, 18 * MIB],
    [LARGEST, 5 * GIB],
  ])('of a file of %i bytes are %i', (size, expected) => {
    expect(partSizeOf(size)).toBe(expected);
    expect(isTooLarge(size)).toBe(false);
  });

  test('a file beyond 48.8 TiB is refused, and one byte less is not', () => {
    expect(LARGEST / 1024 ** 4).toBeCloseTo(48.8, 1);
    expect(isTooLarge(LARGEST)).toBe(false);
    expect(isTooLarge(LARGEST + 1)).toBe(true);
  });

  test('property: at most 10,000 of them, whole MiB, within S3’s limits, and together the file', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LARGEST }), (size) => {
        const partSize = partSizeOf(size);
        expect(partSize % MIB).toBe(0);
        expect(partSize).toBeGreaterThanOrEqual(LEAST_PART);
        expect(partSize).toBeLessThanOrEqual(5 * GIB);
        expect(Math.ceil(size / partSize)).toBeLessThanOrEqual(10_000);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 5000 }), (size, partSize) => {
        const parts = partsOf(size, partSize);
        let next = 0;
        for (const [index, part] of parts.entries()) {
          expect([part.number, part.start]).toEqual([index + 1, next]);
          expect(part.size).toBeGreaterThan(0);
          if (index < parts.length - 1) expect(part.size).toBe(partSize);
          next += part.size;
        }
        expect(next).toBe(size);
      }),
    );
  });
});

test('a failure names the algorithm and what came back', () => {
  const judged = judgeAnswer(
    { key: 'k', algorithm: 'CRC32', checksumType: 'FULL_OBJECT', checksum: 'a', etag: 'b' },
    {},
    { ChecksumCRC32: 'zzz' },
  );
  expect(codeOf(judged)).toBe('damaged');
  expect(!judged.ok && judged.failure.message).toContain('CRC32 zzz');
});
