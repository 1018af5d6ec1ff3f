/**
 * CRCs of consecutive pieces in, the CRC of the whole out, without the bytes.
 *
 * Appending n zero bytes to a message is a linear map of its CRC over GF(2), a matrix of 32 or 64 columns; the CRC of
 * A followed by B is the map for B's length applied to A's CRC, xor B's CRC (the initial and final inversions of these
 * CRCs cancel out). Matrices for powers of two come from squaring, as in zlib's crc32_combine.
 */

export type CrcName = 'CRC32' | 'CRC32C' | 'CRC64NVME';

const REFLECTED_POLYNOMIAL: Readonly<Record<CrcName, bigint>> = {
  CRC32: 0xedb88320n,
  CRC32C: 0x82f63b78n,
  CRC64NVME: 0x9a6c9329ac4bc9b5n,
};

/** Whether an algorithm is one of those whose values of pieces make that of the whole. */
export function isCrc(algorithm: string): algorithm is CrcName {
  return Object.hasOwn(REFLECTED_POLYNOMIAL, algorithm);
}

type Matrix = readonly bigint[];

function times(matrix: Matrix, vector: bigint): bigint {
  let sum = 0n;
  let rest = vector;
  for (let at = 0; rest !== 0n; at += 1, rest >>= 1n) {
    if ((rest & 1n) === 1n) sum ^= matrix[at] ?? 0n;
  }
  return sum;
}

function product(left: Matrix, right: Matrix): Matrix {
  return right.map((column) => times(left, column));
}

/** The map of one zero byte. */
function oneByte(name: CrcName): Matrix {
  const width = name === 'CRC64NVME' ? 64 : 32;
  const oneBit = Array.from({ length: width }, (_, at) =>
    at === 0 ? REFLECTED_POLYNOMIAL[name] : 1n << BigInt(at - 1),
  );
  let matrix: Matrix = oneBit;
  for (let doubled = 0; doubled < 3; doubled += 1) matrix = product(matrix, matrix);
  return matrix;
}

/** The map of `length` zero bytes. */
function zeroBytes(name: CrcName, length: number): Matrix {
  let power = oneByte(name);
  let result: Matrix | undefined;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result === undefined ? power : product(power, result);
    if (rest > 1) power = product(power, power);
  }
  return result ?? power.map((_, at) => 1n << BigInt(at));
}

/** One piece: its raw big-endian CRC and its length in bytes. */
export interface CrcPiece {
  readonly crc: Buffer;
  readonly length: number;
}

/** The raw CRC of the pieces put together, in order. Pieces of equal length share one matrix. */
export function combineCrcs(name: CrcName, pieces: readonly CrcPiece[]): Buffer {
  const bytes = name === 'CRC64NVME' ? 8 : 4;
  const matrices = new Map<number, Matrix>();
  let whole = 0n;
  for (const { crc, length } of pieces) {
    let matrix = matrices.get(length);
    if (matrix === undefined) {
      matrix = zeroBytes(name, length);
      matrices.set(length, matrix);
    }
    whole = times(matrix, whole) ^ BigInt(`0x${crc.toString('hex')}`);
  }
  return Buffer.from(whole.toString(16).padStart(bytes * 2, '0'), 'hex');
}
