/**
 * What may happen to a folder and to Cairn, as data. In: chance. Out: steps, which say nothing of the tree that they
 * will meet: a number picks one of the files or directories that are there then, so that any list of steps can be
 * played, and a shorter one of a failing run as well.
 */
import fc from 'fast-check';

export type Edit =
  | { readonly kind: 'create'; readonly directory: number; readonly name: number; readonly size: number }
  | { readonly kind: 'change'; readonly file: number; readonly size: number; readonly atOnce: boolean }
  | { readonly kind: 'same-size'; readonly file: number; readonly keepsTime: boolean }
  | { readonly kind: 'back'; readonly file: number }
  | { readonly kind: 'truncate'; readonly file: number; readonly percent: number }
  | { readonly kind: 'append'; readonly file: number; readonly size: number }
  | { readonly kind: 'rename'; readonly file: number; readonly directory: number; readonly name: number }
  | { readonly kind: 'swap'; readonly file: number; readonly other: number }
  | { readonly kind: 'rename-folder'; readonly directory: number; readonly to: number }
  | { readonly kind: 'file-to-folder'; readonly file: number; readonly name: number; readonly size: number }
  | { readonly kind: 'folder-to-file'; readonly directory: number; readonly size: number }
  | { readonly kind: 'remove'; readonly file: number }
  | { readonly kind: 'remove-folder'; readonly directory: number }
  | { readonly kind: 'chmod'; readonly file: number; readonly mode: number }
  | { readonly kind: 'touch'; readonly file: number };

/**
 * The command line as a child, killed without warning: where `at` names a step of a transfer, there, and by its own hand
 * as a power cut would; else once so many requests of it have passed, and a little later. It gets what is edited
 * meanwhile.
 */
export interface Kill {
  readonly kind: 'kill';
  readonly command: 'sync' | 'watch';
  /** As the environment names it, `STEP:N`. */
  readonly at: string | null;
  readonly requests: number;
  readonly ms: number;
  readonly meanwhile: readonly Edit[];
}

export type Step =
  | Edit
  /** What shrinking puts in the place of a step that does not matter. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'pause'; readonly ms: number }
  /** All is sent, and the tree of this moment is written down. */
  | { readonly kind: 'sync' }
  /** An engine that watches, in this process; one that runs already is stopped and opened anew. */
  | { readonly kind: 'open' }
  /** The command line as a child, and so much time for it before the next step, milliseconds. */
  | { readonly kind: 'child'; readonly command: 'sync' | 'watch'; readonly ms: number }
  | Kill
  /** The engine of this process is stopped; a child is killed without warning. */
  | { readonly kind: 'end' };

/** Directories, the root among them, and one name that a file may have as well. */
export const DIRECTORIES = ['', 'a', 'b', 'a/c', 'a/c/d', 'b/one.txt', 'Grüße'] as const;
export const NAMES = ['one.txt', 'two', 'c', 'three.bin', 'x~', 'a b+c.txt'] as const;

const MIB = 1024 * 1024;
/** Larger than one part, so that it goes as a multipart upload. */
export const LARGE = 17 * MIB;

const NOTHING: fc.Arbitrary<Step> = fc.constant({ kind: 'nothing' });

const pick = fc.nat({ max: 40 });
const small = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 4096 }) },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 200_000 }) },
);

export interface Mixture {
  /** How often a file is larger than one part, in a hundred. */
  readonly large: number;
  /** How often a child is begun, of a hundred gaps between two edits. */
  readonly children: number;
}

function edit({ large }: Mixture): fc.Arbitrary<Edit> {
  const size = fc.oneof(
    { weight: 100 - large, arbitrary: small },
    { weight: large, arbitrary: fc.integer({ min: LARGE, max: LARGE + 9 }) },
  );
  const directory = fc.nat({ max: DIRECTORIES.length - 1 });
  const name = fc.nat({ max: NAMES.length - 1 });
  const of = <Kind extends Edit['kind'], Rest extends object>(
    weight: number,
    kind: Kind,
    rest: { readonly [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> },
  ) => ({ weight, arbitrary: fc.record({ kind: fc.constant(kind), ...rest }) as unknown as fc.Arbitrary<Edit> });
  return fc.oneof(
    of(7, 'create', { directory, name, size }),
    of(4, 'change', { file: pick, size, atOnce: fc.boolean() }),
    of(3, 'same-size', { file: pick, keepsTime: fc.boolean() }),
    of(2, 'back', { file: pick }),
    of(2, 'truncate', { file: pick, percent: fc.nat({ max: 100 }) }),
    of(3, 'append', { file: pick, size: small }),
    of(3, 'rename', { file: pick, directory, name }),
    of(2, 'swap', { file: pick, other: pick }),
    of(3, 'rename-folder', { directory: pick, to: directory }),
    of(2, 'file-to-folder', { file: pick, name, size: small }),
    of(2, 'folder-to-file', { directory: pick, size: small }),
    of(3, 'remove', { file: pick }),
    of(1, 'remove-folder', { directory: pick }),
    of(1, 'chmod', { file: pick, mode: fc.constantFrom(0o600, 0o644, 0o755) }),
    of(1, 'touch', { file: pick }),
  );
}

/** What comes between two edits: mostly nothing. */
function between(mixture: Mixture): fc.Arbitrary<Step> {
  const pause: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('pause' as const), ms: fc.nat({ max: 120 }) });
  const child: fc.Arbitrary<Step> = fc.record({
    kind: fc.constant('child' as const),
    command: fc.constantFrom('sync' as const, 'watch' as const),
    ms: fc.nat({ max: 900 }),
  });
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 63, arbitrary: NOTHING },
    { weight: 10, arbitrary: pause },
    { weight: 14, arbitrary: fc.constant<Step>({ kind: 'sync' }) },
    { weight: 6, arbitrary: fc.constant<Step>({ kind: 'open' }) },
    { weight: 4, arbitrary: fc.constant<Step>({ kind: 'end' }) },
    { weight: mixture.children, arbitrary: child },
  );
}

/** Named moments of a transfer: main/transfer/types.ts. */
const MOMENTS = [
  'intent-committed',
  'put-sent',
  'put-answered',
  'multipart-created',
  'part-answered',
  'complete-sent',
  'complete-answered',
  'delete-sent',
  'delete-answered',
] as const;

/** Kills, with edits before and between, and now and then a sync to the end. */
export function killSteps(kills: number): fc.Arbitrary<Step[]> {
  const edits = edit({ large: 6, children: 0 });
  const moment = fc
    .tuple(fc.constantFrom(...MOMENTS), fc.integer({ min: 1, max: 3 }))
    .map(([name, times]) => `${name}:${times}`);
  const kill: fc.Arbitrary<Step> = fc.record({
    kind: fc.constant('kill' as const),
    command: fc.constantFrom('sync' as const, 'watch' as const),
    at: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: moment }),
    requests: fc.nat({ max: 16 }),
    ms: fc.nat({ max: 12 }),
    meanwhile: fc.array(edits, { maxLength: 3 }),
  });
  const before = fc.array(edits, { minLength: 1, maxLength: 6 });
  const sync = fc.oneof(
    { weight: 3, arbitrary: fc.constant<Step[]>([]) },
    { weight: 1, arbitrary: fc.constant<Step[]>([{ kind: 'sync' }]) },
  );
  return fc
    .array(fc.tuple(before, kill, sync), { minLength: kills, maxLength: kills })
    .map((rounds) => rounds.flatMap(([edited, killed, synced]) => [...edited, killed, ...synced]));
}

/** So many edits, with what else may happen between them. */
export function steps(edits: number, mixture: Mixture): fc.Arbitrary<Step[]> {
  const edited = fc.oneof(
    { withCrossShrink: true },
    // Never by chance: it is what shrinking puts in the place of an edit.
    { weight: 0, arbitrary: NOTHING },
    { weight: 1, arbitrary: edit(mixture) },
  );
  return fc
    .array(fc.tuple(edited, between(mixture)), { minLength: edits, maxLength: edits })
    .map((pairs) => pairs.flat().filter(({ kind }) => kind !== 'nothing'));
}
