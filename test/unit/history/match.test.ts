import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  judgeByHead,
  judgeByListing,
  partSizesFor,
  wantedAfterHead,
  wantedDigests,
  type FileDigests,
  type HeadedObject,
  type ListedObject,
  type WantedDigests,
} from '../../../main/history/match.ts';
import { digestFile } from '../../../main/transfer/index.ts';
import { partSizeOf } from '../../../main/transfer/parts.ts';
import { must, path, temporaryFolder } from '../store/support.ts';

const MIB = 1024 * 1024;
const hex = (kind: string, bytes: Uint8Array): string => createHash(kind).update(bytes).digest('hex');

/** As S3 computes it, piece by piece. */
function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.max(1, Math.ceil(bytes.length / size)) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
}
function etagOfParts(bytes: Buffer, size: number): string {
  const parts = pieces(bytes, size).map((piece) => createHash('md5').update(piece).digest());
  return `${hex('md5', Buffer.concat(parts))}-${String(parts.length)}`;
}
function crcOf(bytes: Buffer): Buffer {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(bytes));
  return value;
}
function compositeOf(bytes: Buffer, size: number): string {
  const parts = pieces(bytes, size).map(crcOf);
  return `${crcOf(Buffer.concat(parts)).toString('base64')}-${String(parts.length)}`;
}

async function digested(bytes: Buffer, wanted: WantedDigests): Promise<FileDigests> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'f'), bytes);
  return must(await digestFile({ root: folder, path: path('f'), links: 'skip' }, wanted)).digests;
}

const nothing: WantedDigests = { partSizes: [], algorithms: [], composites: [] };
const headed = (change: Partial<HeadedObject>): HeadedObject => ({
  etag: null,
  checksums: [],
  sha256: null,
  etagIsNoMd5: false,
  ...change,
});
const bytes = Buffer.from('what is on disk');
const other = Buffer.from('what lies there');
const object = (change: Partial<ListedObject>): ListedObject => ({ size: bytes.length, etag: null, ...change });

describe('by the listing alone', () => {
  it('another size is another content, whatever else is said', async () => {
    const digests = await digested(bytes, nothing);
    expect(judgeByListing(object({ size: 1, etag: hex('md5', bytes) }), bytes.length, digests)).toEqual({
      kind: 'different',
    });
  });

  it('an ETag that is the MD5 proves it; another one proves nothing, since under KMS it is none', async () => {
    const digests = await digested(bytes, nothing);
    expect(judgeByListing(object({ etag: hex('md5', bytes) }), bytes.length, digests)).toEqual({
      kind: 'equal',
      proof: 'etag',
    });
    for (const etag of [hex('md5', other), null, 'opaque', `${hex('md5', bytes)}-1`]) {
      expect(judgeByListing(object({ etag }), bytes.length, digests)).toBeNull();
    }
  });

  it('nothing but the empty object is empty', async () => {
    const digests = await digested(Buffer.alloc(0), nothing);
    expect(judgeByListing({ size: 0, etag: null }, 0, digests)).toMatchObject({ kind: 'equal' });
  });

  it.each([5 * MIB, 8 * MIB, 15 * MIB, 16 * MIB, 8_000_000])('an upload in parts of %i bytes', async (size) => {
    const whole = Buffer.alloc(17 * MIB + 3, 'cairn');
    const listed = { size: whole.length, etag: etagOfParts(whole, size) };
    const wanted = wantedDigests(listed);
    expect(wanted.partSizes).toContain(size);
    const digests = await digested(whole, wanted);
    expect(digests.sha256).toBe(hex('sha256', whole));
    expect(judgeByListing(listed, whole.length, digests)).toEqual({ kind: 'equal', proof: 'etag' });
    whole[whole.length - 1] = 0;
    expect(judgeByListing(listed, whole.length, await digested(whole, wanted))).toBeNull();
  });
});

describe('by a HEAD', () => {
  const crc = { algorithm: 'CRC32', value: crcOf(bytes).toString('base64'), type: 'FULL_OBJECT' } as const;

  it('asks for a checksum that was not computed, and believes it', async () => {
    const said = headed({ etag: hex('md5', other), etagIsNoMd5: true, checksums: [crc] });
    const first = await digested(bytes, nothing);
    expect(judgeByHead(said, first)).toEqual({ kind: 'unproved' });
    const more = wantedAfterHead(bytes.length, said, first);
    expect(more).toEqual({ algorithms: ['CRC32'], partSizes: [], composites: [] });
    const digests = await digested(bytes, more ?? nothing);
    expect(wantedAfterHead(bytes.length, said, digests)).toBeNull();
    expect(judgeByHead(said, digests)).toEqual({ kind: 'equal', proof: 'checksum' });
    const wrong = { ...crc, value: crcOf(other).toString('base64') };
    // A checksum of the bytes stands above what the metadata says.
    expect(judgeByHead({ ...said, checksums: [wrong], sha256: digests.sha256 }, digests)).toEqual({
      kind: 'different',
    });
  });

  it('believes the checksum of the checksums of parts', async () => {
    const whole = Buffer.alloc(16 * MIB + 1, 'cairn');
    const value = compositeOf(whole, 8 * MIB);
    const said = headed({ etagIsNoMd5: true, checksums: [{ algorithm: 'CRC32', value, type: 'COMPOSITE' }] });
    const more = wantedAfterHead(whole.length, said, await digested(whole, nothing));
    const digests = await digested(whole, more ?? nothing);
    expect(judgeByHead(said, digests)).toEqual({ kind: 'equal', proof: 'checksum' });
    whole[0] = 0;
    expect(judgeByHead(said, await digested(whole, more ?? nothing))).toEqual({ kind: 'unproved' });
  });

  it('then our own sha256 of the metadata, and an MD5 that is one', async () => {
    const digests = await digested(bytes, nothing);
    const verdict = (change: Partial<HeadedObject>) => judgeByHead(headed(change), digests);
    expect(verdict({ sha256: hex('sha256', bytes) })).toEqual({ kind: 'equal', proof: 'adopted' });
    expect(verdict({ sha256: hex('sha256', other) })).toEqual({ kind: 'different' });
    expect(verdict({ etag: hex('md5', other) })).toEqual({ kind: 'different' });
    expect(verdict({ etag: hex('md5', other), etagIsNoMd5: true })).toEqual({ kind: 'unproved' });
    expect(verdict({ etag: `${hex('md5', bytes)}-3` })).toEqual({ kind: 'unproved' });
  });
});

describe('in general', () => {
  it('the sizes of parts that are tried would all give just so many parts, and ours is among them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 42 }), fc.integer({ min: 1, max: 10_000 }), (size, parts) => {
        for (const one of partSizesFor(size, parts)) expect(Math.ceil(size / one)).toBe(parts);
        const own = partSizeOf(size);
        const sizes = partSizesFor(size, Math.ceil(size / own));
        expect(sizes.some((one) => one === own || (size <= own && one === size))).toBe(true);
      }),
    );
  });

  it('what is called equal is equal, however the object was stored and whatever is said of it', async () => {
    const letters = fc.uint8Array({ minLength: 0, maxLength: 3, max: 1 }).map((one) => Buffer.from(one));
    const property = fc.asyncProperty(
      letters,
      letters,
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      async (disk, stored, part, inParts, isKms, says) => {
        const etag = isKms ? hex('md5', Buffer.from('x')) : inParts ? etagOfParts(stored, part) : hex('md5', stored);
        const listed = { size: stored.length, etag, algorithms: says ? ['CRC32'] : [] };
        const digests = await digested(disk, { partSizes: [part], algorithms: ['CRC32'], composites: ['CRC32'] });
        const value = inParts ? compositeOf(stored, part) : crcOf(stored).toString('base64');
        const checksums = says
          ? [{ algorithm: 'CRC32', value, type: inParts ? 'COMPOSITE' : 'FULL_OBJECT' } as const]
          : [];
        const said = headed({ etag, checksums, etagIsNoMd5: isKms, sha256: isKms ? hex('sha256', stored) : null });
        const verdict = judgeByListing(listed, disk.length, digests) ?? judgeByHead(said, digests);
        expect(verdict.kind === 'equal').toBe(disk.equals(stored));
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });
});
