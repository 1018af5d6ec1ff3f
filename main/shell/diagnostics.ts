/**
 * The diagnostics file: what a person may hand to somebody who helps. In: the engine's part, the log, versions, a place.
 * Out: one JSON file there. Everything passes the scrubber at the end, whatever it was.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppSettingsReport } from '../contract/app-settings.ts';
import { failure } from '../contract/errors.ts';
import type { Connection, Folder } from '../contract/models.ts';
import { systemReason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { scrubber } from './scrub.ts';

/** The end of the log that goes along, bytes and lines. */
const LOG_BYTES = 128 * 1024;
const LOG_LINES = 500;

export interface DiagnosticsOptions {
  readonly home: string;
  /** The person's own folder. */
  readonly user: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: () => AppSettingsReport;
  readonly call: (name: string, input: unknown) => Promise<Result<unknown>>;
  /** Keys that the app holds itself. */
  readonly secrets: () => readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Asks where; null: nowhere. */
  readonly ask: (name: string) => Promise<string | null>;
  readonly now: () => Date;
}

export async function writeDiagnostics(
  options: DiagnosticsOptions,
  names: boolean,
): Promise<Result<{ readonly path: string } | null>> {
  const now = options.now();
  const path = await options.ask(`cairn-diagnostics-${now.toISOString().slice(0, 10)}.json`);
  if (path === null) return success(null);
  const text = `${JSON.stringify(await compose(options, names, now), null, 2)}\n`;
  const temporary = `${path}.new`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    discard(temporary);
    const reason = systemReason(error);
    return failed(failure('write-failed', { path, reason }));
  }
  return success({ path });
}

/** What could not be written whole must not lie about; where even that fails, nothing was written. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Its folder is none.
  }
}

async function compose(options: DiagnosticsOptions, names: boolean, now: Date): Promise<unknown> {
  const { home, user, call, settings } = options;
  const [engine, folders, connections] = await Promise.all([
    call('diagnostics.gather', { names }),
    call('folder.list', {}),
    call('connection.list', {}),
  ]);
  const { waiting, ...app } = settings();
  const known = [...options.secrets(), ...environmentSecrets(options.environment), ...practiceSecrets(home)];
  // The engine names what it says, field by field; a line of the log may hold any name.
  const inLog = names
    ? null
    : [
        ...(folders.ok ? (folders.value as readonly Folder[]).flatMap(namesOf) : []),
        ...(connections.ok ? (connections.value as readonly Connection[]).flatMap(namesOfStore) : []),
      ];
  return scrubber({ secrets: known, user, names: null })({
    format: 1,
    madeAt: now.toISOString(),
    names: names ? 'shown' : 'left out',
    versions: options.versions,
    app: { ...app, waiting: waiting.length, home: names ? home : undefined },
    engine: engine.ok
      ? engine.value
      : { code: engine.failure.code, message: names ? engine.failure.message : undefined },
    log: scrubber({ secrets: known, user, names: inLog })(lastLines(join(home, 'logs', 'app.log'))),
  });
}

function namesOf({ name, path, bucket, prefix, connection }: Folder): readonly string[] {
  return [name, path, bucket, prefix.replace(/\/$/, ''), connection];
}

function namesOfStore({ name, endpoint, credentials }: Connection): readonly string[] {
  const host = endpoint !== null && URL.canParse(endpoint) ? [new URL(endpoint).hostname] : [];
  return [name, ...host, ...(credentials.kind === 'profile' ? [credentials.profile] : [])];
}

/** What the AWS tools take from the environment, and all that is called a secret there. */
function environmentSecrets(environment: DiagnosticsOptions['environment']): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && /^AWS_(ACCESS_KEY|SECRET|SESSION_TOKEN)|SECRET|TOKEN|PASSWORD/.test(name) ? [value] : [],
  );
}

/** The practice server's own keys, which lie in its folder. */
function practiceSecrets(home: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(readFileSync(join(home, 'practice', 'practice.json'), 'utf8'));
    return Object.entries(Object(kept) as Record<string, unknown>).flatMap(([name, value]) =>
      /key/i.test(name) && typeof value === 'string' ? [value] : [],
    );
  } catch {
    return [];
  }
}

/** Whole lines alone. */
function lastLines(path: string): readonly string[] {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, LOG_BYTES));
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    const lines = bytes.toString('utf8', 0, read).split('\n');
    return (read < size ? lines.slice(1) : lines).filter((line) => line !== '').slice(-LOG_LINES);
  } finally {
    closeSync(file);
  }
}
