/** A state whose packs are mostly holes in; the same state with its bytes moved together out. */
import type { Blobs } from './blobs.ts';
import type { Change, Segment } from './model.ts';
import type { State } from './state.ts';

/** Packs below this size are left as they are: there is little to win. */
const WORTHWHILE = 1024 * 1024;

function segmentsOf(change: Change): readonly Segment[] {
  if (change.do === 'add-version') return change.version.kind === 'object' ? change.version.segments : [];
  return change.do === 'add-part' ? change.part.segments : [];
}

function withSegments(change: Change, move: (segment: Segment) => Segment): Change {
  if (change.do === 'add-version' && change.version.kind === 'object') {
    return { ...change, version: { ...change.version, segments: change.version.segments.map(move) } };
  }
  if (change.do === 'add-part')
    return { ...change, part: { ...change.part, segments: change.part.segments.map(move) } };
  return change;
}

function nameOf({ file, offset, length }: Segment): string {
  return `${file} ${String(offset)} ${String(length)}`;
}

/**
 * Writes what is still used of packs that are less than half used into new packs. Returns the changes that lead to the
 * state with its bytes in their new places, or undefined where no pack is worth it. Nothing old is touched: as long as
 * the changes are not in the log, the old places hold.
 */
export async function compactPacks(state: State, blobs: Blobs): Promise<Change[] | undefined> {
  const segments = new Map<string, Segment>();
  for (const change of state.changes())
    for (const segment of segmentsOf(change)) segments.set(nameOf(segment), segment);
  const used = new Map<string, number>();
  for (const { file, length } of segments.values()) used.set(file, (used.get(file) ?? 0) + length);
  const sizes = await blobs.packSizes();
  const sparse = new Set(
    [...sizes].filter(([file, size]) => size > WORTHWHILE && (used.get(file) ?? 0) < size / 2).map(([file]) => file),
  );
  if (sparse.size === 0) return undefined;
  const moved = new Map<string, Segment>();
  for (const [name, segment] of segments) {
    if (!sparse.has(segment.file)) continue;
    const { segments: written } = await blobs.write(blobs.read([segment], 0, segment.length), () => undefined);
    // What came out of a pack goes into a pack, in one piece, and is as encrypted as it was.
    if (written[0] !== undefined) moved.set(name, { ...segment, ...written[0] });
  }
  return Array.from(state.changes(), (change) =>
    withSegments(change, (segment) => moved.get(nameOf(segment)) ?? segment),
  );
}
