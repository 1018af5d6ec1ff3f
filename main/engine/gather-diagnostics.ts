/** Gathers what a diagnostics file says of the engine. In: the engine. Out: plain values, after ten seconds at most. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DoctorReport } from '../contract/doctor.ts';
import { failure } from '../contract/errors.ts';
import type { AnyFolder } from '../contract/models.ts';
import { reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { diagnosticsOf } from './diagnostics.ts';
import type { Engine } from './engine.ts';

/** A store that does not answer within this time is not waited for, milliseconds. */
const PATIENCE_MS = 10_000;
/** Of more folders than this no bucket is asked. */
const MOST_FOLDERS = 20;
/** A larger database is not read as a whole: everything else would wait for that. Bytes. */
const LARGE = 256 * 1024 * 1024;

export async function gatherDiagnostics(
  engine: Engine,
  look: (folder: AnyFolder) => Promise<Result<DoctorReport>>,
  names: boolean,
): Promise<Result<Readonly<Record<string, unknown>>>> {
  const { home } = engine;
  const looks = home.settings.folders.slice(0, MOST_FOLDERS).map(async (folder) => {
    const patience = new AbortController();
    const late = sleep(PATIENCE_MS, null, { signal: patience.signal })
      .then(() => failed(failure('offline', { endpoint: folder.connection, reason: reason('no-answer-in-time') })))
      .catch(() => failed(failure('cancelled')));
    const report = await Promise.race([look(folder), late]);
    patience.abort();
    return [folder.name, report] as const;
  });
  const doctor = new Map(await Promise.all(looks));
  const bytes = statSync(join(home.path, 'cairn.db'), { throwIfNoEntry: false })?.size ?? 0;
  const damage = bytes > LARGE ? 'not looked at' : home.tables.damage();
  const facts = { settings: home.settings, snapshot: engine.snapshot(), database: { bytes, damage }, doctor };
  return success(diagnosticsOf(facts, names));
}
