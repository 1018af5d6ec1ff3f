import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { wholeChecksum } from '../../../main/practice/complete-upload.ts';
import { combineCrcs, type CrcName } from '../../../main/practice/crc-combine.ts';
import { CHECKSUM_ALGORITHMS, createDigest, type DigestName, DigestSet } from '../../../main/practice/digests.ts';
import type { Part, UploadFacts } from '../../../main/practice/model.ts';

async function digest(name: DigestName, bytes: Buffer): Promise<Buffer> {
  const made = await createDigest(name);
  made.update(bytes);
  return made.finish();
}

describe('digests', () => {
  it('give the check values of their catalogues for 123456789', async () => {
    const bytes = Buffer.from('123456789');
    expect((await digest('CRC32', bytes)).toString('hex')).toBe('cbf43926');
    expect((await digest('CRC32C', bytes)).toString('hex')).toBe('e3069283');
    expect((await digest('CRC64NVME', bytes)).toString('hex')).toBe('ae8b14860a799888');
    expect((await digest('SHA1', bytes)).toString('hex')).toBe('f7c3bc1d808e04732adf679965ccc34ca7ae3441');
    expect((await digest('MD5', bytes)).toString('hex')).toBe('25f9e794323b453885f5181f1b624d0b');
    const nothing = Buffer.alloc(0);
    expect((await digest('SHA256', nothing)).toString('hex')).toMatch(/^e3b0c442/);
    expect((await digest('SHA512', nothing)).toString('hex')).toMatch(/^cf83e1357eefb8bd/);
    expect((await digest('XXHASH64', nothing)).toString('hex')).toBe('ef46db3751d8e999');
    expect((await digest('XXHASH3', nothing)).toString('hex')).toBe('2d06800538d394c2');
    expect((await digest('XXHASH128', nothing)).toString('hex')).toBe('99aa06d3014798d86001c324468d497f');
  });

  it('are the same in one piece and in many, and when instances are used again', async () => {
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 251));
    for (let round = 0; round < 3; round += 1) {
      const set = await DigestSet.create(CHECKSUM_ALGORITHMS);
      for (let at = 0; at < bytes.length; at += 777) set.update(bytes.subarray(at, at + 777));
      for (const name of CHECKSUM_ALGORITHMS) {
        expect(set.value(name).equals(await digest(name, bytes)), name).toBe(true);
      }
    }
  });
});

describe('CRCs of pieces', () => {
  const pieces = [Buffer.alloc(5000, 'a'), Buffer.alloc(5000, 'b'), Buffer.alloc(0), Buffer.from('the end')];

  it.each<CrcName>(['CRC32', 'CRC32C', 'CRC64NVME'])('make the %s of the whole', async (name) => {
    const crcs = await Promise.all(
      pieces.map(async (piece) => ({ crc: await digest(name, piece), length: piece.length })),
    );
    expect(combineCrcs(name, crcs).equals(await digest(name, Buffer.concat(pieces)))).toBe(true);
  });

  it('make the checksum of parts where the algorithm is one of those', async () => {
    const facts: UploadFacts = {
      uploadId: 'u',
      key: 'k',
      initiated: 0,
      fields: { storageClass: 'STANDARD', headers: {}, metadata: {} },
      tags: [],
      algorithm: 'SHA256',
      checksumType: 'COMPOSITE',
      algorithmAsked: true,
    };
    const raw = pieces.map((piece) => createHash('sha256').update(piece).digest());
    const parts = pieces.map((piece, at): Part => {
      const value = raw[at]?.toString('base64') ?? '';
      const checksum = { algorithm: 'SHA256', value, type: 'FULL_OBJECT' } as const;
      return { number: at + 1, size: piece.length, etag: '', modified: 0, segments: [], checksum };
    });
    const right = createHash('sha256').update(Buffer.concat(raw)).digest('base64');
    expect((await wholeChecksum(facts, parts)).value).toBe(`${right}-4`);
  });
});
