/** What is known of a version's bytes: any checksum that S3 knows is held against them. */
import { ChecksumAlgorithm } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { damageOf, expectedOf } from '../../../main/history/expected.ts';
import { openDigests } from '../../../main/history/receive.ts';
import { digestOf, isAlgorithm, openChecksum } from '../../../main/transfer/digest.ts';

const BYTES = Buffer.from('what was stored');
const ports = { openChecksum: (name: string) => (isAlgorithm(name) ? openChecksum(name) : null) };

describe.each(Object.values(ChecksumAlgorithm))('the %s that the store tells', (name) => {
  test('proves the right bytes and no others', async () => {
    const { checksum } = await digestOf(BYTES, name);
    const expected = expectedOf({ [`Checksum${name}`]: checksum, ChecksumType: 'FULL_OBJECT' }, BYTES.length, null);
    expect(expected.checksum).toEqual({ algorithm: name, value: checksum });
    for (const [bytes, damage] of [
      [BYTES, undefined],
      [Buffer.from('what was stores'), name],
    ] as const) {
      const digests = await openDigests(expected, ports);
      digests.update(bytes);
      expect(damageOf('k', expected, digests.end(bytes.length))?.facts['answer']).toBe(damage);
    }
  });

  test('is none of the bytes where it is one of the parts', () => {
    const expected = expectedOf({ [`Checksum${name}`]: 'AAAAAA==-3', ChecksumType: 'COMPOSITE' }, BYTES.length, null);
    expect(expected.checksum).toBeNull();
  });
});
