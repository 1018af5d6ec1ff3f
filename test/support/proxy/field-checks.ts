/**
 * A small and a large file, sent under one field of a policy. In: the field. Out: both receipts, and what went over the
 * wire, held against the table of fields: the header on each request that takes it, and on no other.
 */
import { foldersHere } from '../../../main/contract/attached.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Receipt } from '../../../main/contract/models.ts';
import { learnConditionsOf } from '../../../main/engine/conditions.ts';
import { createMultipartOnlyTable, putObjectTable, type FieldRow } from '../../../main/policy/fields.ts';
import { root } from '../paths.ts';
import { seededBytes } from '../world/disk.ts';
import { FOLDER, took, type World } from '../world/world.ts';
import { FIELD_CASES, type FieldCase } from './field-cases.ts';
import type { Recorded } from './recording.ts';
import { openWire, type Wire } from './wire.ts';

const rows: Readonly<Record<string, FieldRow>> = { ...putObjectTable, ...createMultipartOnlyTable };
/** Every field that a policy has a say in. */
export const FIELDS_OF_POLICY = Object.keys(rows).filter((name) => 'policy' in (rows[name]?.source ?? {}));
/** The key itself is nowhere but on the wire. */
export const SECRET = 'SSECustomerKey';

const SMALL = 'small.bin';
const LARGE = 'large.bin';
type Files = Readonly<Record<string, Buffer>>;
/** The large one is just above one part. */
const FIRST: Files = {
  [SMALL]: seededBytes(1000, 'small'),
  [LARGE]: seededBytes(16 * 1024 * 1024 + 5, 'large'),
};
/** The same sizes and other bytes, for a second version. */
const SECOND: Files = {
  [SMALL]: seededBytes(1000, 'small again'),
  [LARGE]: seededBytes(16 * 1024 * 1024 + 5, 'large again'),
};

/** These go with every request that takes them, those outside of the table too. */
const OF_EVERY_REQUEST = new Set(['RequestPayer', 'ExpectedBucketOwner']);

export interface SentField {
  readonly put: Receipt;
  readonly multipart: Receipt;
}

function rowOf(name: string): { readonly one: FieldCase; readonly row: FieldRow } {
  const [one, row] = [FIELD_CASES[name], rows[name]];
  if (one === undefined || row === undefined) throw new Error(`${name} has no case`);
  return { one, row };
}

export function openWireFor(name: string): Promise<Wire> {
  return openWire(rowOf(name).one);
}

/** Has Cairn try whether the bucket holds conditions, as a person may ask for. */
export async function tryConditions(wire: Wire): Promise<'works' | 'broken'> {
  const found = await wire.changing(async (home) => {
    const [folder] = foldersHere(home.settings.folders);
    if (folder === undefined) throw new Error('There is no folder');
    return took(await learnConditionsOf(home, folder.name)).conditions;
  });
  wire.proxy.forget();
  return found;
}

/** @param name a field whose conditions, where it is one, the store holds. */
export async function sendUnder(name: string, wire: Wire): Promise<SentField> {
  const { one, row } = rowOf(name);
  const { world: w } = wire;
  if (one.conditionsTried === true) expect(await tryConditions(wire)).toBe('works');
  for (const [path, bytes] of Object.entries(FIRST)) await w.write(path, bytes);
  await wire.settle();
  const hasSecond = name === 'IfMatch';
  if (hasSecond) {
    // There is something to match only once a version is there.
    wire.proxy.forget();
    for (const [path, bytes] of Object.entries(SECOND)) await w.write(path, bytes);
    await wire.settle();
  }
  const files = hasSecond ? SECOND : FIRST;
  const ways = { [SMALL]: ['PutObject'], [LARGE]: ['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload'] };
  for (const [path, writes] of Object.entries(ways)) {
    if (path === SMALL && name in createMultipartOnlyTable) continue;
    await expectOnWire({ wire, name, one, row, path, whole: files[path] ?? Buffer.alloc(0), writes });
  }
  const [put, multipart] = [SMALL, LARGE].map((path) => w.receipts(path).at(-1));
  if (put === undefined || multipart === undefined) throw new Error('There is no receipt');
  expect([put.operation, multipart.operation]).toEqual(['put', 'multipart']);
  await w.expectExplained();
  return { put, multipart };
}

interface OnWire {
  readonly wire: Wire;
  readonly name: string;
  readonly one: FieldCase;
  readonly row: FieldRow;
  readonly path: string;
  readonly whole: Buffer;
  /** What the file went with. */
  readonly writes: readonly string[];
}

async function expectOnWire({ wire, name, one, row, path, whole, writes }: OnWire): Promise<void> {
  const about = wire.proxy.requests.filter((request) => request.key === path);
  const takers = new Set<string>(one.only ?? row.takenBy);
  const sent = new Set(about.map((request) => request.operation));
  for (const operation of writes) expect([...sent], `${path} was sent so`).toContain(operation);
  const isTaken = writes.some((operation) => takers.has(operation));
  expect(isTaken, `${name} is taken by a write`).toBe(true);
  for (const request of about) {
    const header = headerOf(one, request);
    const what = `${header} of ${request.operation} ${path}`;
    if (takers.has(request.operation) || OF_EVERY_REQUEST.has(name)) {
      expect(request.answer?.status, `the answer to ${request.operation}`).toBe(200);
      await expectValue(one, request, whole, wire.world, what);
    } else if (header !== 'content-type') {
      // Documents have a type of their own, in which a policy has no say.
      expect(request.headers, what).not.toHaveProperty(header);
    }
  }
}

function headerOf(one: FieldCase, request: Recorded): string {
  return typeof one.header === 'string' ? one.header : one.header(request);
}

async function expectValue(
  one: FieldCase,
  request: Recorded,
  whole: Buffer,
  world: World,
  what: string,
): Promise<void> {
  const shown = request.headers[headerOf(one, request)];
  const expected = typeof one.value === 'function' ? await one.value(request, whole, world) : one.value;
  if (typeof expected === 'string') expect(shown, what).toBe(expected);
  else expect(shown, what).toMatch(expected);
}

/** Where a reading takes the field too: a file that comes back asks with the same word. */
export async function expectOnGet(name: string, { world: w, proxy }: Wire, { put }: SentField): Promise<void> {
  const { one, row } = rowOf(name);
  if (!row.takenBy.includes('GetObject') || one.only !== undefined) return;
  proxy.forget();
  const to = join(w.root, 'back.bin');
  const words = ['restore', FOLDER, SMALL, '--version-id', put.versionId ?? '', '--to', to];
  const ended = await w.begin(words, { program: join(root, 'main/cli/main.ts') }).ended;
  expect(ended, `the restore under ${name}: ${ended.stderr}`).toMatchObject({ code: 0 });
  expect(await readFile(to)).toEqual(FIRST[SMALL]);
  const [got] = proxy.of('GetObject', SMALL);
  if (got === undefined) throw new Error('There was no GetObject');
  await expectValue(one, got, Buffer.alloc(0), w, `${name} of GetObject`);
}

/** The header of the field stands on this request as its case says. */
export async function expectHeader(name: string, request: Recorded, whole: Buffer, world: World): Promise<void> {
  await expectValue(rowOf(name).one, request, whole, world, `${name} of ${request.operation}`);
}
