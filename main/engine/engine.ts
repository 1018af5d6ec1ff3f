/** The rooms put together. In: a home folder. Out: an engine that watches, queues and sends, and can be stopped. */
import { foldersHere } from '../contract/attached.ts';
import type { Failure } from '../contract/errors.ts';
import { keyRefsOf } from '../contract/key-ring.ts';
import type {
  AnyFolder,
  Folder,
  PrefixLook,
  Receipt,
  Snapshot,
  ThroughputPoint,
  ThroughputSpan,
} from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { Drill } from '../contract/verification.ts';
import { BRAKE_LIMITS, PROOF_GAP_MS, type BrakeLimits } from '../plan/index.ts';
import { openQueue, type Lane, type Queue } from '../queue/index.ts';
import { databaseFailure } from '../store/index.ts';
import type { Job } from '../store/types.ts';
import { openMemory, openReader, type Reader, type TransferPorts, type TransferStep } from '../transfer/index.ts';
import { Brakes } from './brakes.ts';
import { openClients, type Clients } from './clients.ts';
import { drillFolder } from './drill.ts';
import { openDuties, type Duties } from './duties.ts';
import { DeletesOfRun } from './deletes.ts';
import { Holds } from './holds.ts';
import { Health } from './health.ts';
import { openHome, type OpenHome } from './home.ts';
import { inspectFolder } from './inspect.ts';
import { Looking } from './looking.ts';
import { Listings } from './listings.ts';
import { Matches } from './matches.ts';
import { ownDirectories } from './manage.ts';
import { FirstLooks } from './field-proofs.ts';
import { transferPorts, type PortsContext } from './ports.ts';
import { UNWATCHED, type Live } from './report.ts';
import { limitsOf, openLimitClock, type LimitClock } from './limits.ts';
import { PauseClock, resumeFolders } from './pauses.ts';
import { leaveRunningMark, removeRunningMark } from './running-mark.ts';
import { PlanApplier } from './applying.ts';
import type { ScanScope } from './scans.ts';
import { Sending } from './sending.ts';
import type { TaskTools } from './tasks.ts';
import { takeSnapshot } from './snapshot.ts';
import { openStream, type EventStream, type Listener } from './stream.ts';
import { Throughput } from './throughput.ts';
import { NO_RING, type Ring } from './ring.ts';
import type { Vault } from './vault.ts';

export interface EngineOptions {
  readonly home: string;
  /** Looks are taken by themselves and events listened to; without, only what is asked for is done. */
  readonly watch: boolean;
  readonly log: (line: string) => void;
  /** What the shell hands over; left out where nobody does, as on the command line. */
  readonly vault?: Vault;
  /** Customer keys for this run, where there is no vault that brings them. */
  readonly ring?: Ring;
  /** A file that is still changing is parked after this, milliseconds; null: it is waited for without end. */
  readonly patienceMs?: number | null;
  /** How far apart the two looks must be that prove a file gone, milliseconds; default: ten seconds. */
  readonly proofGapMs?: number;
  /** When deletes wait for a person; null: never, for tests of other things. */
  readonly brake?: BrakeLimits | null;
  /** How long a file must have been quiet before it is read, milliseconds; default: 300. */
  readonly quietMs?: number;
  /** How long a store may be silent in the middle of a request, milliseconds; default: a minute. */
  readonly silenceMs?: number;
  /** How often a folder is looked through that cannot be watched whole, milliseconds; default: five minutes. */
  readonly weakRescanMs?: number;
  /** No look comes by itself before so many times what the last one took; default: 100, so that looks take 1 % of the time. */
  readonly restAfterLook?: number;
  /** Aborts when nobody wants to wait any more for what is under way. */
  readonly hurry?: AbortSignal;
  /** Named moments of a transfer, for tests that end the process there. */
  readonly onStep?: (step: TransferStep) => void;
}

/** A file is left alone until it has been quiet for so long, milliseconds. */
const QUIET_MS = 300;
/** So long what is under way may go on once Cairn is to end, milliseconds. */
const DRAIN_MS = 2_000;
/** What buffers of files may hold at once, bytes. */
const BUFFERS = 128 * 1024 * 1024;
/** Of these, what small files may hold before their turn to be sent comes. */
const AHEAD_BYTES = 8 * 1024 * 1024;
/** How often a folder is looked through that the system does not let be watched whole, milliseconds. */
const WEAK_MS = 5 * 60_000;
const REST_AFTER_LOOK = 100;

export class Engine {
  readonly home: OpenHome;
  readonly clients: Clients;
  readonly #options: EngineOptions;
  readonly #queue: Queue;
  readonly #context: PortsContext;
  readonly #reader: Reader = openReader();
  readonly #applier: PlanApplier;
  readonly #looking: Looking;
  readonly #sending: Sending;
  readonly #stream: EventStream;
  readonly #throughput = new Throughput(() => Date.now());
  readonly #abort = new AbortController();
  readonly #holds = new Holds();
  readonly limits: LimitClock;
  readonly pauses: PauseClock;
  #isEnding = false;
  readonly #brakes: Brakes;
  readonly deletes: DeletesOfRun;
  readonly #health: Health;
  #duties: Duties | null = null;
  readonly matches: Matches;
  readonly listings: Listings;
  /** Customer keys that were handed over. */
  readonly ring: Ring;
  readonly #receiptListeners = new Set<(receipt: Receipt) => void>();
  #forbidden: ReadonlySet<string> = new Set();
  #only: Set<string> | null = null;
  #sequence = 0;
  #isStarted = false;

  private constructor(home: OpenHome, options: EngineOptions) {
    this.home = home;
    this.#options = options;
    this.ring = options.vault?.ring ?? options.ring ?? NO_RING;
    options.vault?.onRing(() => {
      for (const folder of foldersHere(home.settings.folders)) {
        if (keyRefsOf(folder.policy).length > 0) this.release(folder);
      }
    });
    const changed = (): void => {
      this.changed();
    };
    const kick = (): void => {
      this.#queue.kick();
    };
    const onBug = (error: unknown): string => this.#onBug(error);
    const folderById = (id: string): Folder | null => this.#folderById(id);
    const onReceipt = (folder: string, receipt: Receipt): void => {
      this.#onReceipt(folder, receipt);
    };
    this.#stream = openStream(() => this.snapshot(), onBug);
    this.limits = openLimitClock(
      () => limitsOf(home),
      () => new Date(),
    );
    this.pauses = new PauseClock({
      folders: () => foldersHere(home.settings.folders),
      onEnd: (folders) => {
        for (const folder of folders) this.#resume(folder);
      },
      now: () => Date.now(),
      monotonic: () => performance.now(),
    });
    this.clients = openClients(
      () => home.settings.connections,
      () => {
        this.#queue.kick();
        this.changed();
      },
      options.silenceMs,
      this.limits.pacer,
      options.vault ?? null,
    );
    this.#health = new Health({
      home: home.path,
      tables: home.tables,
      log: options.log,
      onChange: (problem) => {
        this.#onHealth(problem);
      },
    });
    this.matches = new Matches({
      tables: home.tables,
      clients: this.clients,
      forbidden: () => this.#forbidden,
      signal: this.#abort.signal,
      ring: this.ring,
    });
    this.listings = new Listings({
      home: home.path,
      receipts: home.tables.receipts,
      now: () => new Date(),
      signal: this.#abort.signal,
      onListed: ({ id }) => {
        const name = folderById(id)?.name;
        if (name !== undefined) this.emit('listed', { folder: name });
      },
      log: options.log,
    });
    const proofGapMs = options.proofGapMs ?? PROOF_GAP_MS;
    this.#applier = new PlanApplier(home.tables, proofGapMs);
    this.deletes = new DeletesOfRun(home.tables, onReceipt);
    this.#brakes = new Brakes({
      tables: home.tables,
      folders: () => foldersHere(home.settings.folders),
      limits: options.brake === undefined ? BRAKE_LIMITS : options.brake,
      missedOf: (folder) => this.#applier.missedOf(folder),
      missedMs: proofGapMs,
      now: () => new Date(),
      onDue: kick,
      onChange: changed,
      onBug,
    });
    const memory = openMemory(BUFFERS);
    const context: PortsContext = (this.#context = {
      ring: this.ring,
      tables: home.tables,
      memory,
      reader: this.#reader,
      looks: new FirstLooks(),
      quietMs: options.quietMs ?? QUIET_MS,
      now: () => new Date(),
      deletesOf: (folder, client) => this.deletes.portsOf(folder, client),
      onBytes: (folder, count) => {
        this.#throughput.add(count);
        this.#queue.answered(folder, count);
        const connection = folderById(folder)?.connection;
        if (connection !== undefined) this.clients.noteAnswer(connection);
      },
      isEnding: () => this.#isEnding,
      onAdopted: onReceipt,
      onStep: options.onStep ?? (() => undefined),
    });
    this.#looking = new Looking({
      tables: home.tables,
      isWatching: options.watch,
      proofGapMs,
      weakRescanMs: options.weakRescanMs ?? WEAK_MS,
      restAfterLook: options.restAfterLook ?? REST_AFTER_LOOK,
      applier: this.#applier,
      matches: this.matches,
      health: this.#health,
      folderById,
      forbidden: () => this.#forbidden,
      signal: this.#abort.signal,
      onNews: (folder, scope) => {
        this.scan(folder, scope);
      },
      onWake: () => {
        this.scanAll();
      },
      kick,
      changed,
      onBug,
      log: options.log,
    });
    this.#sending = new Sending({
      context,
      clients: this.clients,
      health: this.#health,
      folderById,
      onHold: (folder, cause) => {
        this.#hold(folder, cause);
      },
      onMissed: (folder, directory) => {
        this.#looking.request(folder, { kind: 'directories', directories: [directory] });
      },
    });
    this.#queue = openQueue({
      tables: home.tables,
      lanes: () => this.#lanes(),
      attempt: (job, signal, turn) => this.#sending.attempt(job, signal, turn),
      aheadBytes: AHEAD_BYTES,
      beforeClaim: () => {
        this.#brakes.admit();
      },
      hasEndedInPeace: leaveRunningMark(home.path),
      patienceMs: options.patienceMs ?? null,
      onReceipt,
      onHold: (job, cause, what) => {
        this.#onHold(job, cause, what);
      },
      onParked: changed,
      onChange: changed,
      onBug,
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
      for (const folder of only ?? foldersHere(this.home.settings.folders)) this.watchFolder(folder);
    }
    this.#duties ??= openDuties({
      home: this.home,
      isWatching: this.#options.watch,
      isMatched: (folder) => !this.matches.isDue(folder),
      isRateLimited: () => this.limits.rate !== null,
      look: (folder) => this.inspect(folder),
      drill: (folder, seed) => this.drill(folder, seed, { signal: this.#abort.signal, onProgress: () => undefined }),
      onBug: (error) => {
        this.#onBug(error);
      },
      log: this.#options.log,
    });
    this.pauses.look();
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

  /** Holds the bucket's versions against the receipts, now. What it misses is sent again. */
  async inspect(folder: Folder): Promise<Result<PrefixLook>> {
    const client = await this.clients.get(folder.connection);
    if (!client.ok) return client;
    const options = { signal: this.#abort.signal, now: () => new Date() };
    const look = await inspectFolder(folder, client.value, this.home.tables, this.listings.of(folder), options);
    if (look.ok && look.value.queuedAgain > 0) this.#queue.kick();
    this.changed();
    return look;
  }

  /** Fetches a few files whole, and holds them against what was sent. */
  async drill(folder: Folder, seed: number, tools: TaskTools): Promise<Result<Drill>> {
    const client = await this.clients.get(folder.connection);
    if (!client.ok) return client;
    const drill = await drillFolder(folder, client.value, this.home.tables, seed, tools, this.ring);
    this.changed();
    return drill;
  }

  /** Where scans never go: the home and the data of practice servers. Asked again when connections change. */
  async refreshForbidden(): Promise<void> {
    this.#forbidden = new Set(await ownDirectories(this.home));
  }

  /** A named moment, for tests that end the process there. */
  reached(step: TransferStep): void {
    this.#options.onStep?.(step);
  }

  get forbidden(): ReadonlySet<string> {
    return this.#forbidden;
  }

  /** Directories that the latest look through a folder could not read: nothing in them is judged, and nothing sent. */
  unreadOf(folder: Folder): readonly Failure[] {
    return this.#looking.unreadOf(folder);
  }

  /** Asks for a look at a folder. */
  scan(folder: Folder, scope: ScanScope): void {
    this.#holds.release(folder.id);
    this.#looking.request(folder, scope);
  }

  /** A person asked to go on: what was held back is tried again. */
  release(folder: Folder): void {
    this.#holds.release(folder.id);
    this.clients.tryNow(folder.connection);
    this.#queue.kick();
    this.changed();
  }

  /** Judges now what was replaced of late, which else comes a moment later. */
  judgeReplaced(): void {
    this.#brakes.judgeReplaced();
  }

  /** What a transfer of the folder needs, for one that does not come from the queue. */
  async transferPortsOf(folder: Folder): Promise<Result<TransferPorts>> {
    const client = await this.clients.get(folder.connection);
    return client.ok ? success(transferPorts(folder, client.value, this.#context)) : client;
  }

  /** Nothing of these folders is under way, due, or waiting for its second look. */
  isSettled(folders: readonly Folder[]): boolean {
    return this.#queue.isIdle && !folders.some((folder) => this.#looking.isBusy(folder));
  }

  /** A look at the folder is under way, asked for, or due as the second one of a proof. */
  isScanDue(folder: Folder): boolean {
    return this.#looking.isBusy(folder);
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
    if (this.#options.watch && this.#isStarted) this.#looking.watch(folder);
  }

  /** Another list of what is ignored: all is looked through by it. */
  rulesChanged(folder: Folder): void {
    this.#looking.forgetRules(folder);
    this.scan(folder, { kind: 'whole' });
  }

  /** A look through every folder, as after a sleep. */
  scanAll(): void {
    for (const folder of foldersHere(this.home.settings.folders))
      if (!folder.paused) this.scan(folder, { kind: 'whole' });
  }

  unwatchFolder(folder: Folder): void {
    this.#looking.unwatch(folder);
  }

  /** After a folder was removed: its scans end. */
  async forgetFolder(folder: AnyFolder): Promise<void> {
    if (folder.path !== null) await this.#looking.forget(folder);
    await this.listings.forget(folder);
  }

  throughput(span: ThroughputSpan): readonly ThroughputPoint[] {
    return this.#throughput.points(span);
  }

  snapshot(): Snapshot {
    this.#sequence += 1;
    return takeSnapshot(this.#sequence, this.home, this.clients, this.#throughput, (folder) => this.#liveOf(folder));
  }

  /** Begins nothing more, and lets end for a moment what is under way: what is cut off must be looked for later. */
  async drain(): Promise<void> {
    this.#isEnding = true;
    await this.#queue.drain(DRAIN_MS, this.#options.hurry);
  }

  /** Lets end what is under way, closes everything; nothing is left running. */
  async stop(): Promise<void> {
    this.#abort.abort();
    const drained = this.drain();
    this.pauses.stop();
    this.#holds.stop();
    this.#health.stop();
    await this.#duties?.stop();
    await this.listings.stop();
    await this.#looking.stop();
    await drained;
    await this.#queue.stop();
    await this.#reader.stop();
    this.limits.stop();
    this.#brakes.stop();
    this.#stream.stop();
    this.clients.close();
    removeRunningMark(this.home.path);
    this.home.close();
  }

  #liveOf(folder: AnyFolder): Live {
    const connection = this.clients.stateOf(folder.connection);
    const held = this.#health.problem ?? this.#holds.causeOf(folder.id);
    return {
      isScanning: folder.path !== null && this.#looking.isScanning(folder),
      watcher: folder.path === null ? UNWATCHED : this.#looking.watcherOf(folder),
      clockOffsetMs: this.clients.clockOffsetMs(folder.connection),
      connection: held === null ? connection : { state: connection.state, failure: held },
    };
  }

  /** The connections that answer, each with those of its folders that may send. */
  #lanes(): readonly Lane[] {
    if (!this.#isStarted || this.#health.problem !== null) return [];
    const lanes = new Map<string, string[]>();
    for (const folder of foldersHere(this.home.settings.folders)) {
      if (folder.paused || (this.#only !== null && !this.#only.has(folder.id))) continue;
      const { state } = this.clients.stateOf(folder.connection);
      if (this.#holds.causeOf(folder.id) !== null || state === 'offline' || state === 'credentials') continue;
      const folders = lanes.get(folder.connection);
      if (folders === undefined) lanes.set(folder.connection, [folder.id]);
      else folders.push(folder.id);
    }
    return [...lanes].map(([key, folders]) => ({ key, folders }));
  }

  #folderById(id: string): Folder | null {
    return foldersHere(this.home.settings.folders).find((folder) => folder.id === id) ?? null;
  }

  /** The home can be written no more, or again. Looks were missed meanwhile: they are taken now. */
  #onHealth(problem: Failure | null): void {
    this.changed();
    if (problem !== null) return;
    if (this.#options.watch) this.#looking.requestAll();
    this.#queue.kick();
  }

  #onReceipt(folderId: string, receipt: Receipt): void {
    for (const listener of this.#receiptListeners) listener(receipt);
    if (receipt.operation === 'put' || receipt.operation === 'multipart') this.#brakes.noteStored(folderId);
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

  /** A pause has ended by itself. Where that cannot be written down it is tried again later. */
  #resume(folder: Folder): void {
    const resumed = resumeFolders(this.home, folder.name);
    if (resumed.ok) this.pausesChanged(resumed.value);
  }

  /** These were paused, or go on. */
  pausesChanged(folders: readonly Folder[]): void {
    for (const folder of folders) {
      if (folder.paused) {
        this.unwatchFolder(folder);
      } else {
        this.watchFolder(folder);
        if (this.#isStarted) this.scan(folder, { kind: 'whole' });
      }
    }
    this.pauses.look();
    this.emit('folders', {});
    this.changed();
  }

  #hold(folder: Folder, cause: Failure): void {
    this.#holds.hold(folder.id, cause, () => {
      this.release(folder);
    });
  }

  #onBug(error: unknown): string {
    const cause = this.#health.note(error);
    if (cause !== null) return cause.code;
    const reference = `E-${Math.random().toString(16).slice(2, 10).toUpperCase()}`;
    this.#options.log(`${reference} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return reference;
  }
}
