/**
 * What a restore of many files has written already, so that one which was broken off can be taken up again. In: a folder of
 * Cairn's own, the target. Out: lines of files, each written down before its file gets its name.
 *
 * It lies in the home and never in the target: that holds what was restored and nothing else.
 */
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What was to be restored; another wish is another restore. */
export interface Wish {
  readonly folder: string;
  readonly directory: string;
  readonly at: string;
  readonly to: string;
  /** Of the paths that were chosen; null: all. */
  readonly choice: string | null;
}

export interface ManifestLine {
  readonly place: string;
  readonly versionId: string | null;
  readonly size: number;
  readonly mtimeNs: string;
  readonly sha256: string;
}

export interface Manifest {
  /** A mark in the names of this restore's temporaries. */
  readonly run: string;
  /** Of the restore that was broken off; empty in a new one. */
  readonly lines: ReadonlyMap<string, ManifestLine>;
  note(line: ManifestLine): void;
  /** Nothing is left to be taken up. */
  remove(): void;
}

/** Begins anew, whatever was there. A home that cannot be written only means that it cannot be taken up again. */
export function beginManifest(folder: string | null, wish: Wish): Manifest {
  const run = `${randomBytes(4).toString('hex')}-`;
  if (folder === null) return manifest(null, run, new Map());
  const path = pathOf(folder, wish.to);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path, `${JSON.stringify({ ...wish, run })}\n`, { mode: 0o600 });
  } catch {
    return manifest(null, run, new Map());
  }
  return manifest(path, run, new Map());
}

/** Null where no restore of this wish was broken off. */
export function takeUpManifest(folder: string | null, wish: Wish): Manifest | null {
  if (folder === null) return null;
  const path = pathOf(folder, wish.to);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  const [head, ...rest] = text.split('\n').map(parsed);
  const names = ['folder', 'directory', 'at', 'to'] as const;
  if (head === null || head === undefined || names.some((name) => head[name] !== wish[name])) return null;
  if ((head['choice'] ?? null) !== wish.choice) return null;
  const { run } = head;
  if (typeof run !== 'string') return null;
  const lines = new Map<string, ManifestLine>();
  for (const line of rest) {
    // A line that was broken off in its middle is no JSON: its file has no name yet.
    if (typeof line?.['place'] === 'string') lines.set(line['place'], line as unknown as ManifestLine);
  }
  return manifest(path, run, lines);
}

function manifest(path: string | null, run: string, lines: ReadonlyMap<string, ManifestLine>): Manifest {
  let isBroken = path === null;
  // A line that was broken off would swallow the next one.
  let before = lines.size === 0 ? '' : '\n';
  return {
    run,
    lines,
    note: (line) => {
      if (isBroken || path === null) return;
      try {
        appendFileSync(path, `${before}${JSON.stringify(line)}\n`);
        before = '';
      } catch {
        isBroken = true;
      }
    },
    remove: () => {
      if (path === null) return;
      try {
        rmSync(path, { force: true });
      } catch {
        // A home that can no longer be written: the next restore into this place begins anew all the same.
      }
    },
  };
}

function pathOf(folder: string, to: string): string {
  return join(folder, `${createHash('sha256').update(to).digest('hex').slice(0, 32)}.jsonl`);
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
