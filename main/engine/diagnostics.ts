/**
 * The engine's part of a diagnostics file. In: settings, status, what the doctor and the database say. Out: plain values.
 * Each field is named here: what is not, is not in it. No content of a file, no key, and without `names` no name either.
 */
import type { DoctorReport } from '../contract/doctor.ts';
import type { Failure } from '../contract/errors.ts';
import type { AnyFolder, Connection, ConnectionStatus, Folder, FolderStatus, Snapshot } from '../contract/models.ts';
import type { Result } from '../contract/result.ts';
import type { Settings } from '../store/index.ts';

export interface DiagnosticFacts {
  readonly settings: Settings;
  readonly snapshot: Snapshot;
  /** `damage`: what is wrong with it, or that nobody looked; null: it is good. */
  readonly database: { readonly bytes: number; readonly damage: string | null };
  /** By the folder's name; a folder that is not in it was not looked at. */
  readonly doctor: ReadonlyMap<string, Result<DoctorReport>>;
}

/** Gives each name, or a word and a number in its place, the same for the same name. */
class Names {
  readonly #isShown: boolean;
  readonly #known = new Map<string, string>();

  constructor(isShown: boolean) {
    this.#isShown = isShown;
  }

  of(kind: string, name: string): string {
    if (this.#isShown) return name;
    const key = `${kind} ${name}`;
    const number = [...this.#known.keys()].filter((one) => one.startsWith(`${kind} `)).length + 1;
    const known = this.#known.get(key) ?? `${kind}-${String(number)}`;
    this.#known.set(key, known);
    return known;
  }
  /** For what is a name through and through, as a path is. */
  text<T>(value: T): T | undefined {
    return this.#isShown ? value : undefined;
  }
  get isShown(): boolean {
    return this.#isShown;
  }
}

export function diagnosticsOf(facts: DiagnosticFacts, isNamed: boolean): Readonly<Record<string, unknown>> {
  const names = new Names(isNamed);
  const { settings, snapshot, database, doctor } = facts;
  return {
    connections: settings.connections.map((one) => connectionPart(one, snapshot.connections, names)),
    folders: settings.folders.map((one) => folderPart(one, snapshot.folders, doctor.get(one.name) ?? null, names)),
    limits: settings.limits ?? null,
    sending: {
      filesToGo: snapshot.filesToGo,
      bytesPerSecond: snapshot.bytesPerSecond,
      secondsLeft: snapshot.secondsLeft,
    },
    database: { bytes: database.bytes, damage: database.damage ?? 'none' },
  };
}

function connectionPart(connection: Connection, known: readonly ConnectionStatus[], names: Names): object {
  const { name, endpoint, region, pathStyle, credentials } = connection;
  const status = known.find((one) => one.name === name);
  return {
    name: names.of('connection', name),
    endpoint: endpoint === null ? 'Amazon S3' : addressOf(endpoint, names),
    region,
    pathStyle,
    credentials: credentials.kind,
    profile: credentials.kind === 'profile' ? names.text(credentials.profile) : undefined,
    state: status?.state ?? 'unknown',
    failure: failurePart(status?.failure ?? null, names),
  };
}

/** Without what may stand before the `@` of an address, and behind its `?`. */
function addressOf(endpoint: string, names: Names): string {
  if (!URL.canParse(endpoint)) return 'no address';
  const { protocol, host, pathname } = new URL(endpoint);
  return names.isShown ? `${protocol}//${host}${pathname}` : `${protocol}//…`;
}

function folderPart(
  folder: AnyFolder,
  known: readonly FolderStatus[],
  look: Result<DoctorReport> | null,
  names: Names,
): object {
  const { policy } = folder;
  return {
    name: names.of('folder', folder.name),
    connection: names.of('connection', folder.connection),
    bucket: names.of('bucket', folder.bucket),
    prefix: names.text(folder.prefix),
    ...(folder.path === null
      ? { path: null, isBringingBack: folder.bringingBack !== null }
      : herePart(folder, names.text(folder.path))),
    addedAt: folder.addedAt,
    policyVersion: folder.policyVersion,
    policyFields: Object.keys(policy).sort(),
    policyRules: policy.rules?.length ?? 0,
    status: statusPart(known.find((one) => one.folder === folder.name) ?? null, names),
    doctor:
      look === null ? 'not looked at' : look.ok ? doctorPart(look.value, names) : failurePart(look.failure, names),
  };
}

/** What only a folder of this computer has. */
function herePart(folder: Folder, path: string | undefined): object {
  return {
    path,
    deletes: folder.deletes,
    paused: folder.paused,
    pausedUntil: folder.pausedUntil ?? null,
    leastIntervalSeconds: folder.leastIntervalSeconds ?? 0,
    watching: folder.watching,
    links: folder.links ?? 'skip',
    ignorePatterns: folder.ignore.length,
  };
}

function statusPart(status: FolderStatus | null, names: Names): object | null {
  if (status === null) return null;
  const { watcher, skipped, brake, unexplained, lastVerified } = status;
  return {
    state: status.state,
    queued: status.queued,
    active: status.active,
    parked: status.parked,
    bytesQueued: status.bytesQueued,
    early: status.early ?? 0,
    forgotten: status.forgotten ?? 0,
    files: status.files,
    bytes: status.bytes,
    superseded: status.superseded,
    onlyByScan: status.onlyByScan,
    lastScanAt: status.lastScanAt,
    lastSavedAt: status.lastSaved?.at ?? null,
    lastVerifiedAt: lastVerified?.at ?? null,
    skipped: skipped === null ? null : { ignored: skipped.ignored, links: skipped.links, special: skipped.special },
    unread: status.unread.length,
    watcher: {
      state: watcher.state,
      watches: watcher.watches,
      allowed: watcher.allowed,
      problem: failurePart(watcher.problem, names),
    },
    brake: brake === null ? null : { deletes: brake.deletes, since: brake.since },
    unexplained: unexplained?.count ?? 0,
    missing: status.missing,
    failure: failurePart(status.failure, names),
    problems: status.problems.map((one) => failurePart(one, names)),
  };
}

function doctorPart(report: DoctorReport, names: Names): object {
  return {
    store: report.store,
    at: report.at,
    findings: report.findings.map(({ id, severity, title }) => ({
      // A finding about a rule of the bucket bears that rule's name.
      id: names.isShown || id.startsWith('permission-') ? id : (id.split('-')[0] ?? id),
      severity,
      title: names.text(title),
    })),
    capabilities: report.capabilities.map(({ name, can }) => `${name}: ${can}`),
  };
}

/** Its sentences name files and buckets. */
function failurePart(failure: Failure | null, names: Names): object | null {
  if (failure === null) return null;
  return { code: failure.code, class: failure.class, message: names.text(failure.message) };
}
