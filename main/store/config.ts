/**
 * The settings of a home: connections, folders and their policies, in one readable file.
 * In: the home's folder. Out: the settings, or what is wrong with the file; writes are whole or not at all.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { failure, type Failure } from '../contract/errors.ts';
import { limitsSchema, type Limits } from '../contract/limits.ts';
import type { AnyFolder, Connection } from '../contract/models.ts';
import { IGNORE_PATTERNS, ignorePattern } from '../contract/ignore.ts';
import { problemOf } from '../contract/policy-words.ts';
import { parsePolicy, type Policy } from '../contract/policy.ts';
import { reason, reasonOfMessage, type Reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { databaseFailure, isErrno } from './database.ts';
import { syncDirectory } from './files.ts';

export interface Settings {
  readonly connections: readonly Connection[];
  readonly folders: readonly AnyFolder[];
  /** How much may go out at which hour; left out: as much as there is. */
  readonly limits?: Limits;
}

export const EMPTY_SETTINGS: Settings = { connections: [], folders: [] };

export const CONFIG_FILE = 'config.json';
const KEPT_FOLDER = 'config-before';
const KEPT = 10;
const FORMAT = 1;

const connectionSchema = z.strictObject({
  name: z.string().min(1),
  endpoint: z.string().nullable(),
  region: z.string().min(1),
  pathStyle: z.boolean(),
  credentials: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('default') }),
    z.strictObject({ kind: z.literal('profile'), profile: z.string().min(1) }),
    z.strictObject({ kind: z.literal('practice'), directory: z.string().min(1) }),
    z.strictObject({ kind: z.literal('app') }),
    z.strictObject({ kind: z.literal('ask') }),
  ]),
});

const place = {
  id: z.string().min(1),
  name: z.string().min(1),
  connection: z.string().min(1),
  bucket: z.string().min(1),
  prefix: z.string(),
  policy: z.unknown(),
  policyVersion: z.number().int().min(1),
  addedAt: z.string(),
};

const folderSchema = z.strictObject({
  ...place,
  path: z.string().min(1),
  deletes: z.enum(['keep', 'mark']),
  paused: z.boolean(),
  pausedUntil: z.iso.datetime().nullable().optional(),
  leastIntervalSeconds: z.number().int().min(0).optional(),
  // Settings of before have neither.
  ignore: z.array(ignorePattern).max(IGNORE_PATTERNS).default([]),
  watching: z.enum(['auto', 'events', 'polling']).default('auto'),
  links: z.enum(['skip', 'follow']).optional(),
  drill: z.enum(['off', 'weekly', 'monthly']).optional(),
});

const attachedSchema = z.strictObject({
  ...place,
  path: z.null(),
  bringingBack: z.strictObject({ to: z.string().min(1), since: z.iso.datetime() }).nullable(),
});

const fileSchema = z.strictObject({
  format: z.literal(FORMAT),
  connections: z.array(connectionSchema),
  folders: z.array(z.record(z.string(), z.unknown())),
  limits: limitsSchema.optional(),
});

/** Reads the settings; a home without a file has none. */
export function readSettings(home: string): Result<Settings> {
  const path = join(home, CONFIG_FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return success(EMPTY_SETTINGS);
    return failed(databaseFailure(error, home) ?? malformed(path, reason('file'), String(error)));
  }
  return parseSettings(path, text);
}

function parseSettings(path: string, text: string): Result<Settings> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return failed(malformed(path, reason('file'), error instanceof Error ? error.message : reason('no-json')));
  }
  const newer = z.object({ format: z.number().gt(FORMAT) }).safeParse(value);
  // The settings cannot be made again from anything else.
  if (newer.success) {
    return failed(failure('home-from-newer', { home: path, way: reason('that-release') }));
  }
  const parsed = fileSchema.safeParse(value, { error: problemOf });
  if (!parsed.success) return failed(wrongShape(path, parsed.error.issues[0]));
  const folders: AnyFolder[] = [];
  for (const [index, entry] of parsed.data.folders.entries()) {
    // The path says which of the two it is; what is wrong is then told of that one alone.
    const raw =
      entry['path'] === null
        ? attachedSchema.safeParse(entry, { error: problemOf })
        : folderSchema.safeParse(entry, { error: problemOf });
    if (!raw.success) return failed(wrongShape(path, raw.error.issues[0], ['folders', index]));
    const policy: Result<Policy> = parsePolicy(raw.data.policy);
    if (!policy.ok)
      return failed(malformed(path, reason('policy-of', { folder: raw.data.name }), whyNot(policy.failure)));
    folders.push({ ...raw.data, policy: policy.value });
  }
  const { connections, limits } = parsed.data;
  return success({ connections, folders, ...(limits === undefined ? {} : { limits }) });
}

function wrongShape(path: string, issue: z.core.$ZodIssue | undefined, above: readonly PropertyKey[] = []) {
  if (issue === undefined) return malformed(path, reason('file'), reason('wrong-shape'));
  return malformed(path, [...above, ...issue.path].map(String).join('.'), reasonOfMessage(issue.message));
}

/** What is wrong with a folder's policy, as a part of what is wrong with the settings. */
function whyNot({ facts, reasons = {} }: Failure): Reason {
  const { field = String(facts['field']), problem = String(facts['problem']) } = reasons;
  return reason('policy-unusable', { field, problem });
}

const malformed = (path: string, field: string | Reason, problem: string | Reason) =>
  failure('config-malformed', { path, field, problem });

/** Replaces the settings in one step, and keeps the ten before. */
export function writeSettings(home: string, settings: Settings): Result<null> {
  const path = join(home, CONFIG_FILE);
  const temporary = `${path}.new`;
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    keepFormer(home, path);
    const text = `${JSON.stringify({ format: FORMAT, ...settings }, null, 2)}\n`;
    writeDurably(temporary, text);
    renameSync(temporary, path);
    syncDirectory(home);
    return success(null);
  } catch (error) {
    rmSync(temporary, { force: true });
    const cause = databaseFailure(error, home);
    if (cause === null) throw error;
    return failed(cause);
  }
}

function keepFormer(home: string, path: string): void {
  let former: string;
  try {
    former = readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  const kept = join(home, KEPT_FOLDER);
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  const names = readdirSync(kept)
    .filter((name) => /^\d+\.json$/.test(name))
    .sort();
  const next = Number.parseInt(names.at(-1) ?? '0', 10) + 1;
  writeDurably(join(kept, `${String(next).padStart(8, '0')}.json`), former);
  for (const old of names.slice(0, Math.max(0, names.length + 1 - KEPT))) rmSync(join(kept, old), { force: true });
}

function writeDurably(path: string, text: string): void {
  const descriptor = openSync(path, 'w', 0o600);
  try {
    // Unlike a single write, it goes on where the system took only a part, and throws where the disk is full.
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
