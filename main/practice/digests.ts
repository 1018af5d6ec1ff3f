/** Bytes in, digests out: the checksums of S3, incremental. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createCRC32, createCRC64, createXXHash128, createXXHash3, createXXHash64, type IHasher } from 'hash-wasm';

/** The checksum algorithms that this server verifies and stores, as the API names them. */
export const CHECKSUM_ALGORITHMS = [
  'CRC32',
  'CRC32C',
  'CRC64NVME',
  'SHA1',
  'SHA256',
  'SHA512',
  'MD5',
  'XXHASH64',
  'XXHASH3',
  'XXHASH128',
] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** Bytes of a raw value of each algorithm. */
export const CHECKSUM_LENGTH: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
  MD5: 16,
  XXHASH64: 8,
  XXHASH3: 8,
  XXHASH128: 16,
};

/** MD5 is a checksum like the others, and besides it makes ETags. */
export type DigestName = ChecksumAlgorithm;

/** A digest under way; `finish` may be called once. */
export interface Digest {
  update(bytes: Uint8Array): void;
  finish(): Buffer;
}

/** The polynomial of CRC-64/NVME in reflected form, as hash-wasm takes it. */
const NVME_POLYNOMIAL = '9a6c9329ac4bc9b5';
const CASTAGNOLI_POLYNOMIAL = 0x82f63b78;

class Crc32 implements Digest {
  #value = 0;
  update(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value);
  }
  finish(): Buffer {
    const raw = Buffer.alloc(4);
    raw.writeUInt32BE(this.#value);
    return raw;
  }
}

class NodeDigest implements Digest {
  readonly #hash;
  constructor(name: 'md5' | 'sha1' | 'sha256' | 'sha512') {
    this.#hash = createHash(name);
  }
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }
  finish(): Buffer {
    return this.#hash.digest();
  }
}

type WasmName = 'CRC32C' | 'CRC64NVME' | 'XXHASH64' | 'XXHASH3' | 'XXHASH128';
const makeHasher: Readonly<Record<WasmName, () => Promise<IHasher>>> = {
  CRC32C: () => createCRC32(CASTAGNOLI_POLYNOMIAL),
  CRC64NVME: () => createCRC64(NVME_POLYNOMIAL),
  // Without a seed, and big-endian as the canonical form of these hashes is.
  XXHASH64: () => createXXHash64(),
  XXHASH3: () => createXXHash3(),
  XXHASH128: () => createXXHash128(),
};
// An instance holds memory of its own and is costly to make, so finished ones are used again.
const idle: Record<WasmName, IHasher[]> = { CRC32C: [], CRC64NVME: [], XXHASH64: [], XXHASH3: [], XXHASH128: [] };

class WasmDigest implements Digest {
  readonly #name: WasmName;
  readonly #hasher: IHasher;
  constructor(name: WasmName, hasher: IHasher) {
    this.#name = name;
    this.#hasher = hasher;
    hasher.init();
  }
  update(bytes: Uint8Array): void {
    this.#hasher.update(bytes);
  }
  finish(): Buffer {
    const raw = Buffer.from(this.#hasher.digest('binary'));
    if (idle[this.#name].length < 64) idle[this.#name].push(this.#hasher);
    return raw;
  }
}

async function wasmDigest(name: WasmName): Promise<Digest> {
  return new WasmDigest(name, idle[name].pop() ?? (await makeHasher[name]()));
}

/** Begins a digest. */
export async function createDigest(name: DigestName): Promise<Digest> {
  switch (name) {
    case 'CRC32':
      return new Crc32();
    case 'MD5':
      return new NodeDigest('md5');
    case 'SHA1':
      return new NodeDigest('sha1');
    case 'SHA256':
      return new NodeDigest('sha256');
    case 'SHA512':
      return new NodeDigest('sha512');
    case 'CRC32C':
    case 'CRC64NVME':
    case 'XXHASH64':
    case 'XXHASH3':
    case 'XXHASH128':
      return wasmDigest(name);
  }
}

/** Several digests of the same bytes in one pass. */
export class DigestSet {
  readonly #digests: ReadonlyMap<DigestName, Digest>;
  readonly #finished = new Map<DigestName, Buffer>();

  private constructor(digests: ReadonlyMap<DigestName, Digest>) {
    this.#digests = digests;
  }

  static async create(names: Iterable<DigestName>): Promise<DigestSet> {
    const digests = new Map<DigestName, Digest>();
    for (const name of new Set(names)) digests.set(name, await createDigest(name));
    return new DigestSet(digests);
  }

  update(bytes: Uint8Array): void {
    for (const digest of this.#digests.values()) digest.update(bytes);
  }

  /** The value of one digest. After the first call no more bytes may be added to it. */
  value(name: DigestName): Buffer {
    const known = this.#finished.get(name);
    if (known !== undefined) return known;
    const digest = this.#digests.get(name);
    if (digest === undefined) throw new Error(`The digest ${name} was not begun.`);
    const value = digest.finish();
    this.#finished.set(name, value);
    return value;
  }
}
