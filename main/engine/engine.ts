/** The rooms put together. In: a home folder. Out: an engine that watches, queues and sends, and can be stopped. */
import { failure, type Failure } from '../contract/errors.ts';
import type { Folder, Receipt, Snapshot } from '../contract/models.ts';
import { parentPath, type RelPath } from '../contract/names.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { StoreClient } from '../s3/index.ts';
import { PROOF_GAP_MS } from '../plan/index.ts';
import { resolvePolicy } from '../policy/resolve.ts';
import { openQueue, type Queue, type Settlement } from '../queue/index.ts';
import { backupsOf, databaseFailure } from '../store/index.ts';
import type { Job } from '../store/types.ts';
import { openMemoryGate, transfer, type TransferStep } from '../transfer/index.ts';
import { openWatcher, type Watcher, type WatchNotice } from '../watch/index.ts';
import { openBackups, type Backups } from './backups.ts';
import { openClients, type Clients } from './clients.ts';
import { FolderLoop, type ScanOutcome } from './folder-loop.ts';
import { Holds } from './holds.ts';
import { Health } from './health.ts';
import { openHome, type OpenHome } from './home.ts';
import { ownDirectories } from './manage.ts';
import { transferPorts, type PortsContext } from './ports.ts';
import type { Live } from './report.ts';
import { checkFolderRoot, PlanApplier, scanFolder, type ScanScope } from './scans.ts';
import { takeSnapshot } from './snapshot.ts';
import { openStream, type EventStream, type Listener } from './stream.ts';
import { Throughput } from './throughput.ts';

export interface EngineOptions {
  readonly home: string;
  /** Looks are taken by themselves and events listened to; without, only what is asked for is done. */
  readonly watch: boolean;
  readonly log: (line: string) => void;
  /** A file that is still changing is parked after this, milliseconds; null: it is waited for without end. */
  readonly patienceMs?: number | null;
  /** How far apart the two looks must be that prove a file gone, milliseconds; default: ten seconds. */
  readonly proofGapMs?: number;
  /** How long a file must have been quiet before it is read, milliseconds; default: 300. */
  readonly quietMs?: number;
  /** How long a store may be silent in the middle of a request, milliseconds; default: a minute. */
  readonly silenceMs?: number;
  /** Named moments of a transfer, for tests that end the process there. */
  readonly onStep?: (step: TransferStep) => void;
}

/** A file is left alone until it has been quiet for so long, milliseconds. */
const QUIET_MS = 300;
/** Attempts at once: more gain nothing without latency. */
const IN_FLIGHT = 16;
/** What buffers of files may hold at once, bytes. */
const BUFFERS = 128 * 1024 * 1024;
/** Scans by themselves come hourly, jittered by a tenth, and so seldom that scanning takes at most 1 % of the time. */
const HOUR_MS = 3_600_000;

export class Engine {
  readonly home: OpenHome;
  readonly clients: Clients;
  readonly #options: EngineOptions;
  readonly #queue: Queue;
  readonly #applier: PlanApplier;
  readonly #loops = new Map<string, FolderLoop>();
  readonly #stream: EventStream;
  readonly #throughput = new Throughput(() => Date.now());
  readonly #abort = new AbortController();
  readonly #holds = new Holds();
  readonly #health: Health;
  #backups: Backups | null = null;
  readonly #unread = new Map<string, readonly Failure[]>();
  readonly #receiptListeners = new Set<(receipt: Receipt) => void>();
  #watcher: Watcher | null = null;
  #forbidden: ReadonlySet<string> = new Set();
  #only: Set<string> | null = null;
  #sequence = 0;
  #isStarted = false;

  private constructor(home: OpenHome, options: EngineOptions) {
    this.home = home;
    this.#options = options;
    this.#stream = openStream(
      () => this.snapshot(),
      (error) => {
        this.#onBug(error);
      },
    );
    this.clients = openClients(
      () => home.settings.connections,
      () => {
        this.#queue.kick();
        this.changed();
      },
      options.silenceMs,
    );
    this.#health = new Health({
      home: home.path,
      tables: home.tables,
      log: options.log,
      onChange: (problem) => {
        this.#onHealth(problem);
      },
    });
    this.#applier = new PlanApplier(home.tables, options.proofGapMs ?? PROOF_GAP_MS);
    const memory = openMemoryGate(BUFFERS);
    const context: PortsContext = {
      tables: home.tables,
      memory,
      quietMs: options.quietMs ?? QUIET_MS,
      now: () => new Date(),
      onBytes: (_folder, count) => {
        this.#throughput.add(count);
      },
      onAdopted: (folder, receipt) => {
        this.#onReceipt(folder, receipt);
      },
      onStep: options.onStep ?? (() => undefined),
    };
    this.#queue = openQueue({
      tables: home.tables,
      inFlight: IN_FLIGHT,
      eligible: () => this.#eligible(),
      attempt: (job, signal) => this.#attempt(job, signal, context),
      patienceMs: options.patienceMs ?? null,
      onReceipt: (folder, receipt) => {
        this.#onReceipt(folder, receipt);
      },
      onHold: (job, cause, what) => {
        this.#onHold(job, cause, what);
      },
      onParked: () => {
        this.changed();
      },
      onChange: () => {
        this.changed();
      },
      onBug: (error) => this.#onBug(error),
      now: () => Date.now(),
      random: Math.random,
    });
  }

  static async open(options: EngineOptions): Promise<Result<Engine>> {
    const home = openHome(options.home);
    if (!home.ok) return home;
    let engine: Engine;
    try {
      engine = new Engine(home.value, options);
    } catch (error) {
      // The queue puts its rows in order first: a full disk or another program may forbid that.
      home.value.close();
      const cause = databaseFailure(error, options.home);
      if (cause === null) throw error;
      return failed(cause);
    }
    await engine.refreshForbidden();
    return success(engine);
  }

  /**
   * Begins to send what is queued; with `watch`, to watch and to scan as well.
   * @param only the folders whose files may go out; left out: all.
   */
  start(only?: readonly Folder[]): void {
    this.#isStarted = true;
    this.#only = only === undefined ? null : new Set(only.map((folder) => folder.id));
    if (this.#options.watch) {
      this.#watcher = openWatcher({
        onNotice: (notice) => {
          this.#onNotice(notice);
        },
        log: this.#options.log,
      });
      for (const folder of only ?? this.home.settings.folders) this.watchFolder(folder);
    }
    const { path, tables } = this.home;
    this.#backups ??= openBackups({
      now: () => new Date(),
      has: (day) => backupsOf(path).some((backup) => backup.day === day),
      make: (day, signal) => tables.backup(path, day, signal),
      onFailure: (cause) => {
        this.#options.log(`today’s copy of the database was not made: ${cause.message}`);
      },
      onBug: (error) => {
        this.#onBug(error);
      },
    });
    this.#queue.kick();
  }

  /** Files of these may go out as well, where `start` named only some. */
  alsoSend(folders: readonly Folder[]): void {
    for (const folder of folders) this.#only?.add(folder.id);
  }

  on(listener: Listener): () => void {
    return this.#stream.on(listener);
  }

  /** Hears of every receipt once it is flushed to disk. */
  onReceipt(listener: (receipt: Receipt) => void): () => void {
    this.#receiptListeners.add(listener);
    return () => this.#receiptListeners.delete(listener);
  }

  emit: Listener = (name, payload) => {
    this.#stream.emit(name, payload);
  };

  changed(): void {
    this.#stream.changed();
  }

  kick(): void {
    this.#queue.kick();
  }

  /** Where scans never go: the home and the data of practice servers. Asked again when connections change. */
  async refreshForbidden(): Promise<void> {
    this.#forbidden = new Set(await ownDirectories(this.home));
  }

  get forbidden(): ReadonlySet<string> {
    return this.#forbidden;
  }

  /** Directories that the latest look through a folder could not read: nothing in them is judged, and nothing sent. */
  unreadOf(folder: Folder): readonly Failure[] {
    return this.#unread.get(folder.id) ?? [];
  }

  /** Asks for a look at a folder. */
  scan(folder: Folder, scope: ScanScope): void {
    this.#holds.release(folder.id);
    this.#loopOf(folder).request(scope);
  }

  /** A person asked to go on: what was held back is tried again. */
  release(folder: Folder): void {
    this.#holds.release(folder.id);
    this.clients.tryNow(folder.connection);
    this.#queue.kick();
    this.changed();
  }

  /** Nothing of these folders is under way, due, or waiting for its second look. */
  isSettled(folders: readonly Folder[]): boolean {
    return this.#queue.isIdle && folders.every((folder) => this.#loops.get(folder.id)?.isBusy !== true);
  }

  /** A look at the folder is under way, asked for, or due as the second one of a proof. */
  isScanDue(folder: Folder): boolean {
    return this.#loops.get(folder.id)?.isBusy === true;
  }

  /** Why nothing can be written down just now, if so. */
  get homeProblem(): Failure | null {
    return this.#health.problem;
  }

  /** Why a folder's jobs are held back, if they are. */
  holdOf(folder: Folder): Failure | null {
    return this.#health.problem ?? this.#holds.causeOf(folder.id) ?? this.home.tables.folders.find(folder.id).problem;
  }

  watchFolder(folder: Folder): void {
    if (this.#watcher === null || folder.paused) return;
    const ignoredPrefixes = [...this.#forbidden];
    this.#watcher.add({ id: folder.id, root: folder.path, ignoredPrefixes, polling: false });
  }

  unwatchFolder(folder: Folder): void {
    this.#watcher?.remove(folder.id);
  }

  /** After a folder was removed: its scans end. */
  async forgetFolder(folder: Folder): Promise<void> {
    this.unwatchFolder(folder);
    const loop = this.#loops.get(folder.id);
    this.#loops.delete(folder.id);
    await loop?.stop();
  }

  snapshot(): Snapshot {
    this.#sequence += 1;
    return takeSnapshot(this.#sequence, this.home, this.clients, this.#throughput, (folder) => this.#liveOf(folder));
  }

  /** Ends attempts under way, closes everything; nothing is left running. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#holds.stop();
    this.#health.stop();
    await this.#backups?.stop();
    await this.#watcher?.stop();
    await Promise.all([...this.#loops.values()].map((loop) => loop.stop()));
    await this.#queue.stop();
    this.#stream.stop();
    this.clients.close();
    this.home.close();
  }

  #liveOf(folder: Folder): Live {
    const connection = this.clients.stateOf(folder.connection);
    const held = this.#health.problem ?? this.#holds.causeOf(folder.id);
    return {
      isScanning: this.#loops.get(folder.id)?.isScanning ?? false,
      connection: held === null ? connection : { state: connection.state, failure: held },
    };
  }

  #eligible(): readonly string[] {
    if (!this.#isStarted || this.#health.problem !== null) return [];
    return this.home.settings.folders
      .filter((folder) => {
        if (this.#only !== null && !this.#only.has(folder.id)) return false;
        const { state } = this.clients.stateOf(folder.connection);
        return (
          !folder.paused && this.#holds.causeOf(folder.id) === null && state !== 'offline' && state !== 'credentials'
        );
      })
      .map((folder) => folder.id);
  }

  /** What cannot be written down before it is sent is not sent; what was sent is found again by its attempt id. */
  async #attempt(job: Job, signal: AbortSignal, context: PortsContext): Promise<Settlement> {
    try {
      return await this.#attemptWritten(job, signal, context);
    } catch (error) {
      const cause = this.#health.note(error);
      if (cause === null) throw error;
      return { kind: 'unsettled', afterMs: 1000, failure: cause };
    }
  }

  async #attemptWritten(job: Job, signal: AbortSignal, context: PortsContext): Promise<Settlement> {
    const folder = this.#folderById(job.folder);
    if (folder === null) return { kind: 'dropped', superseded: 0 };
    const client = await this.clients.get(folder.connection);
    if (!client.ok) {
      // A client that cannot even be opened (practice server unknown, settings wrong) holds the folder, not the file.
      this.#hold(folder, client.failure);
      return { kind: 'unsettled', afterMs: 1000, failure: null };
    }
    const settlement = await transfer(job, transferPorts(folder, client.value, context), signal);
    if (settlement.kind === 'stored') this.clients.noteAnswer(folder.connection);
    if (settlement.kind === 'dropped' && this.home.tables.journal.find(folder.id, job.path) !== null) {
      // What the journal knows is not there: an attempt was adopted whose file went meanwhile. The last look did not
      // know of it, so another one is due.
      this.#loopOf(folder).request({ kind: 'directories', directories: [parentPath(job.path)] });
    }
    if (settlement.kind === 'dropped' || settlement.kind === 'gone') {
      // Where the whole folder is not there (a disk was taken away), none of its files has vanished: it waits.
      const root = await checkFolderRoot(folder, this.home.tables);
      if (!root.ok) return { kind: 'failed', failure: root.failure };
    }
    return settlement.kind === 'failed' && settlement.failure.code === 'credentials-wrong' && asksForKms(folder, job)
      ? this.#doubtRefusal(settlement, folder, client.value, signal)
      : settlement;
  }

  /**
   * Some stores say “wrong key” of an unknown KMS key as well. One cheap signed request on the bucket tells the two
   * apart, before a whole connection is paused for the sake of one file.
   */
  async #doubtRefusal(
    settlement: Extract<Settlement, { kind: 'failed' }>,
    folder: Folder,
    client: StoreClient,
    signal: AbortSignal,
  ): Promise<Settlement> {
    const head = await client.send('HeadBucket', { Bucket: folder.bucket }, signal);
    if (!head.ok) return settlement;
    const facts = { ...settlement.failure.facts, field: 'encryption.keyId' };
    return { kind: 'failed', failure: failure('policy-refused', facts) };
  }

  #folderById(id: string): Folder | null {
    return this.home.settings.folders.find((folder) => folder.id === id) ?? null;
  }

  #loopOf(folder: Folder): FolderLoop {
    const known = this.#loops.get(folder.id);
    if (known !== undefined) return known;
    const loop = new FolderLoop({
      folder: () => this.#folderById(folder.id),
      scan: (current, scope) => this.#scan(current, scope),
      onProblem: (current, problem) => {
        this.#onFolderProblem(current, problem);
      },
      onState: () => {
        this.changed();
      },
      rescan: this.#options.watch
        ? { afterMs: (tookMs) => Math.max(HOUR_MS, tookMs * 100) * (0.9 + Math.random() * 0.2) }
        : null,
      proofGapMs: this.#options.proofGapMs ?? PROOF_GAP_MS,
      onBug: (error) => {
        this.#onBug(error);
      },
    });
    this.#loops.set(folder.id, loop);
    return loop;
  }

  async #scan(folder: Folder, scope: ScanScope): Promise<ScanOutcome> {
    try {
      return await this.#scanInto(folder, scope);
    } catch (error) {
      const cause = this.#health.note(error);
      if (cause === null) throw error;
      return { result: failed(cause), secondLook: [] };
    }
  }

  async #scanInto(folder: Folder, scope: ScanScope): Promise<ScanOutcome> {
    const { problem } = this.#health;
    if (problem !== null) return { result: failed(problem), secondLook: [] };
    const { tables } = this.home;
    const secondLook = new Set<RelPath>();
    const result = await scanFolder(
      folder,
      scope,
      tables,
      { forbidden: this.#forbidden, signal: this.#abort.signal, now: () => new Date() },
      async (plan, seenAt) => {
        const applied = await this.#applier.apply(folder, plan, seenAt);
        for (const directory of applied.secondLook) secondLook.add(directory);
        if (applied.queued > 0) this.#queue.kick();
      },
    );
    if (result.ok && scope.kind === 'whole') {
      this.#unread.set(folder.id, result.value.unknown);
      tables.now(() => {
        tables.folders.setScanned(folder.id, new Date().toISOString());
      });
    }
    this.#queue.kick();
    return { result, secondLook: [...secondLook] };
  }

  /** The home can be written no more, or again. Looks were missed meanwhile: they are taken now. */
  #onHealth(problem: Failure | null): void {
    this.changed();
    if (problem !== null) return;
    if (this.#options.watch) for (const loop of this.#loops.values()) loop.request({ kind: 'whole' });
    this.#queue.kick();
  }

  #onFolderProblem(folder: Folder, problem: Failure | null): void {
    // The home's own: it is not this folder's, and could not be written down.
    if (problem?.class === 'home') return;
    const { tables } = this.home;
    const known = tables.folders.find(folder.id).problem;
    if (known?.code === problem?.code) return;
    tables.now(() => {
      tables.folders.setProblem(folder.id, problem);
      tables.activity.add({
        at: new Date().toISOString(),
        folder: folder.id,
        kind: problem === null ? 'recovered' : 'problem',
        code: problem?.code ?? known?.code ?? 'folder',
        path: null,
        detail: { message: problem?.message ?? '' },
      });
    });
    this.changed();
  }

  #onReceipt(folderId: string, receipt: Receipt): void {
    for (const listener of this.#receiptListeners) listener(receipt);
    const folder = this.#folderById(folderId);
    if (folder !== null) this.emit('saved', { folder: folder.name, path: receipt.path, seq: receipt.seq });
    this.changed();
  }

  #onHold(job: Job, cause: Failure, what: 'connection' | 'folder'): void {
    const folder = this.#folderById(job.folder);
    if (folder === null) return;
    if (what === 'connection') this.clients.hold(folder.connection, cause, folder.bucket);
    else this.#hold(folder, cause);
    this.changed();
  }

  #hold(folder: Folder, cause: Failure): void {
    this.#holds.hold(folder.id, cause, () => {
      this.release(folder);
    });
  }

  #onNotice(notice: WatchNotice): void {
    const folder = this.#folderById(notice.folder);
    if (folder === null) return;
    switch (notice.kind) {
      case 'ready':
      case 'overflow':
        this.scan(folder, { kind: 'whole' });
        return;
      case 'dirty':
        this.scan(folder, { kind: 'directories', directories: notice.directories });
        return;
      case 'health':
        if (notice.problem !== null) this.#options.log(`watching ${folder.name}: ${notice.problem.message}`);
        if (notice.problem?.class === 'root') this.scan(folder, { kind: 'whole' });
        return;
    }
  }

  #onBug(error: unknown): string {
    const cause = this.#health.note(error);
    if (cause !== null) return cause.code;
    const reference = `E-${Math.random().toString(16).slice(2, 10).toUpperCase()}`;
    this.#options.log(`${reference} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return reference;
  }
}

function asksForKms({ policy }: Folder, { path, size }: Job): boolean {
  return resolvePolicy(policy, { path, size }).fields.encryption?.mode.startsWith('aws:kms') === true;
}
