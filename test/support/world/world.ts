/**
 * A small world for a story. In: nothing, or a policy. Out: a home, a folder on disk, a bucket on the store under test,
 * and verbs to tell what happens and what must then be true. All of it is gone at the end; a child that was left
 * running fails the test.
 */
import { foldersHere } from '../../../main/contract/attached.ts';
import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Failure } from '../../../main/contract/errors.ts';
import type { DeletesMode, Folder, Receipt } from '../../../main/contract/models.ts';
import { parsePolicy } from '../../../main/contract/policy.ts';
import type { Result } from '../../../main/contract/result.ts';
import { openClients } from '../../../main/engine/clients.ts';
import { Engine, type EngineOptions } from '../../../main/engine/engine.ts';
import { openHome, openHomeForReading } from '../../../main/engine/home.ts';
import { addConnection, addFolder } from '../../../main/engine/manage.ts';
import { type SyncReport, type SyncSummary, syncFolders } from '../../../main/engine/sync.ts';
import { root as checkout } from '../paths.ts';
import { BucketView } from './bucket.ts';
import { type CairnEnded, type CommandOptions, RunningCairn } from './command.ts';
import { digest, readTree } from './disk.ts';
import { Gate, type GateRequest } from './gate.ts';
import { openStore, storeKind, type StoreUnderTest } from './stores.ts';

export interface WorldOptions {
  /** The folder's policy, as its file would hold it. */
  readonly policy?: object;
  /** How long the practice server takes to bring a version back from an archive, milliseconds. */
  readonly thawDelayMs?: number;
  /** Where in the bucket; default at its top. */
  readonly prefix?: string;
  /** What becomes of a removed file in the bucket; default: nothing, so that a story has no markers unless it asks. */
  readonly deletes?: DeletesMode;
}

export type Content = string | Uint8Array;

/** The name of the folder and of the connection that every world begins with. */
export const FOLDER = 'notes';
export const CONNECTION = 'store';
/** Without an answer for so long a sync in this process gives up, milliseconds. */
const GIVE_UP = 10_000;
/** Where a long run keeps what Node made of the command line, so that its children begin sooner. */
const COMPILED = process.env['NODE_COMPILE_CACHE'];

export class World implements AsyncDisposable {
  /** Everything of this world lies below. */
  readonly root: string;
  readonly home: string;
  /** The folder on disk. */
  readonly disk: string;
  readonly store: StoreUnderTest;
  readonly gate: Gate;
  readonly bucket: BucketView;
  /** What every key begins with. */
  prefix = '';
  readonly #children: RunningCairn[] = [];
  readonly #formerEnvironment: Readonly<Record<string, string | undefined>>;

  private constructor(root: string, store: StoreUnderTest, gate: Gate, bucket: BucketView) {
    this.root = root;
    this.home = join(root, 'home');
    this.disk = join(root, FOLDER);
    this.store = store;
    this.gate = gate;
    this.bucket = bucket;
    const mine = this.credentials;
    this.#formerEnvironment = Object.fromEntries(Object.keys(mine).map((name) => [name, process.env[name]]));
    Object.assign(process.env, mine);
  }

  static async open(options: WorldOptions): Promise<World> {
    const root = await mkdtemp(join(tmpdir(), 'cairn-world-'));
    const store = await openStore(options.thawDelayMs);
    const gate = await Gate.open(store.endpoint);
    const world = new World(root, store, gate, await BucketView.make(store));
    await mkdir(world.disk);
    await mkdir(join(root, 'user'));
    await world.#settleIn(options);
    world.gate.passed.length = 0;
    return world;
  }

  async #settleIn({ policy = {}, prefix = '', deletes = 'keep' }: WorldOptions): Promise<void> {
    const home = took(openHome(this.home));
    const clients = openClients(
      () => home.settings.connections,
      () => undefined,
    );
    try {
      const { endpoint } = this.gate;
      const credentials = { kind: 'default' } as const;
      took(
        addConnection(home, { name: CONNECTION, endpoint, region: this.store.region, pathStyle: true, credentials }),
      );
      const added = took(
        await addFolder(home, clients, {
          path: this.disk,
          connection: CONNECTION,
          bucket: this.bucket.name,
          prefix,
          name: FOLDER,
          deletes,
          policy: took(parsePolicy(policy)),
        }),
      );
      this.prefix = added.prefix;
      this.bucket.mayHaveMarkers = deletes === 'mark';
    } finally {
      clients.close();
      home.close();
    }
  }

  /** The key, as the AWS default chain reads it. */
  get credentials(): Readonly<Record<string, string>> {
    const { accessKeyId, secretAccessKey } = this.store;
    return {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
    };
  }

  get #environment(): Readonly<Record<string, string>> {
    return {
      PATH: [join(checkout, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter),
      HOME: join(this.root, 'user'),
      CAIRN_HOME: this.home,
      ...this.credentials,
      ...(COMPILED === undefined ? {} : { NODE_COMPILE_CACHE: COMPILED }),
    };
  }

  // On disk

  path(relative: string): string {
    return join(this.disk, relative);
  }

  /** Saves a file, with the directories above it. */
  async write(relative: string, content: Content): Promise<void> {
    await mkdir(dirname(this.path(relative)), { recursive: true });
    await writeFile(this.path(relative), content);
  }

  /** A new time and the same bytes. */
  async touch(relative: string): Promise<void> {
    const now = new Date();
    await utimes(this.path(relative), now, now);
  }

  async remove(relative: string): Promise<void> {
    await rm(this.path(relative), { recursive: true });
  }

  async rename(from: string, to: string): Promise<void> {
    await mkdir(dirname(this.path(to)), { recursive: true });
    await rename(this.path(from), this.path(to));
  }

  // Cairn

  /** One sync to the end, in this process; what kept a folder from ending fails the test. */
  async settle(also: Partial<EngineOptions> = {}): Promise<SyncSummary> {
    const report = await this.sync(also);
    expect(report.failures).toEqual([]);
    return report.summary;
  }

  /** One sync to the end, in this process, whatever comes of it. */
  async sync(also: Partial<EngineOptions> = {}): Promise<SyncReport> {
    const logged: string[] = [];
    const log = (line: string): void => {
      logged.push(line);
    };
    const engine = took(await Engine.open({ home: this.home, watch: false, log, patienceMs: 30_000, ...also }));
    try {
      return await syncFolders(engine, foldersHere(engine.home.settings.folders), {
        giveUpMs: GIVE_UP,
        onReceipt: () => undefined,
      });
    } finally {
      await engine.stop();
      expect(logged, 'what the engine logged').toEqual([]);
    }
  }

  /** A command, to its end. */
  async cairn(...words: readonly string[]): Promise<CairnEnded> {
    return this.begin(words).ended;
  }

  /** A command that must go well. */
  async cairnDone(...words: readonly string[]): Promise<CairnEnded['lines']> {
    const ended = await this.cairn(...words);
    expect(ended, `cairn ${words.join(' ')}`).toMatchObject({ code: 0 });
    return ended.lines;
  }

  /** A command under further variables of the environment, or another Node; an empty variable is taken away. */
  begin(words: readonly string[], also: Partial<CommandOptions> = {}): RunningCairn {
    const { env = {}, ...rest } = also;
    const all = Object.entries({ ...this.#environment, ...env }).filter(([, value]) => value !== '');
    const child = new RunningCairn(words, { cwd: this.root, ...rest, env: Object.fromEntries(all) });
    this.#children.push(child);
    return child;
  }

  // What must be true

  /**
   * A command that must be refused: this exit code, one error with a sentence and a way out, and no stack trace.
   * @returns the error.
   */
  async expectRefused(words: readonly string[], exit: number, code: string, also: Partial<CommandOptions> = {}) {
    return expectRefusal(await this.begin(words, also).ended, exit, code);
  }

  key(path: string): string {
    return this.prefix + path.normalize('NFC');
  }

  /** The versions of a file in the bucket, newest first, byte for byte. */
  async expectVersions(path: string, contents: readonly Content[]): Promise<void> {
    const key = this.key(path);
    const versions = await this.bucket.versionsOf(key);
    const found = await Promise.all(versions.map((version) => this.bucket.bytes(key, version.versionId)));
    expect(found.map(summary), `versions of ${path}`).toEqual(contents.map(summary));
  }

  /** All receipts, oldest first. */
  receipts(path?: string): readonly Receipt[] {
    return this.#reading((folder, tables) =>
      [...tables.receipts.every(folder.id)].filter((receipt) => path === undefined || receipt.path === path),
    );
  }

  /** The receipts in a few words, oldest first, for example `put a.txt`. */
  expectReceipts(words: readonly string[]): void {
    expect(this.receipts().map((receipt) => `${receipt.operation} ${receipt.path}`)).toEqual(words);
  }

  /** Paths that need attention, each with the code of the reason. */
  parked(): Readonly<Record<string, string>> {
    return this.#reading((folder, tables) => {
      const parked = tables.jobs.ofFolder(folder.id).filter((job) => job.state === 'parked');
      return Object.fromEntries(parked.map((job) => [job.path, job.error?.code ?? '']));
    });
  }

  /** What reached the store through Cairn since the world began, or since `forgetRequests`. */
  requests(operation?: string): readonly GateRequest[] {
    return this.gate.passed.filter((request) => operation === undefined || request.operation === operation);
  }

  forgetRequests(): void {
    this.gate.passed.length = 0;
  }

  /**
   * Every version has one receipt and every receipt its version; the chain is whole; no upload is open; and the newest
   * version of every file on disk holds its bytes.
   * @param parked paths that are not in the bucket, with a reason that the story knows.
   */
  async expectNothingLost(parked: ReadonlySet<string> = new Set()): Promise<void> {
    await this.expectExplained();
    const latest = new Map((await this.bucket.versions()).filter((one) => one.isLatest).map((one) => [one.key, one]));
    for (const { path, size, md5 } of (await readTree(this.disk)).values()) {
      const name = path.toString('utf8');
      if (parked.has(name)) continue;
      const stored = latest.get(this.key(name));
      expect(stored, `${name} is in the bucket`).toMatchObject({ size });
      if (stored === undefined) continue;
      // The ETag of a single put is the MD5 of its bytes, as the store computed it.
      const isWhole =
        stored.etag === md5 || digest('md5', await this.bucket.bytes(stored.key, stored.versionId)) === md5;
      expect(isWhole, `the newest version of ${name} holds its bytes`).toBe(true);
    }
  }

  /** Versions and receipts explain one another, one to one; the chain is whole; no upload is open. */
  async expectExplained(): Promise<void> {
    const all = [...(await this.bucket.versions()), ...(await this.bucket.markers())];
    const stored = all.map((version) => `${version.key} ${version.versionId}`);
    const sent = this.receipts().filter(({ operation }) => operation !== 'gone' && operation !== 'break');
    expect(sent.map((receipt) => `${receipt.key} ${receipt.versionId ?? ''}`).sort()).toEqual(stored.sort());
    expect(this.#reading((_, tables) => tables.receipts.check())).toMatchObject({ ok: true, brokenAtSeq: null });
    expect(await this.bucket.openUploads(), 'open uploads').toEqual([]);
  }

  #reading<T>(read: (folder: Folder, tables: ReadTables) => T): T {
    const home = took(openHomeForReading(this.home));
    try {
      const folder = foldersHere(home.settings.folders).find((one) => one.name === FOLDER);
      if (folder === undefined || home.tables === null) throw new Error('The home has no such folder.');
      return read(folder, home.tables);
    } finally {
      home.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const left = this.#children.filter((child) => child.isRunning);
    for (const child of left) child.kill('SIGKILL');
    await Promise.allSettled(left.map((child) => child.ended));
    for (const [name, value] of Object.entries(this.#formerEnvironment)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    this.bucket[Symbol.dispose]();
    await this.gate[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
    expect(
      left.map((child) => `cairn ${child.words}`),
      'children that were left running',
    ).toEqual([]);
  }
}

type ReadTables = NonNullable<Extract<ReturnType<typeof openHomeForReading>, { ok: true }>['value']['tables']>;

export function openWorld(options: WorldOptions = {}): Promise<World> {
  return World.open(options);
}

/** A story of much waiting in which the store has no part: it is told once, on the practice server. */
export function tellOnce(title: string, tell: () => Promise<void>): void {
  if (storeKind === 'practice') test(title, tell);
}

/** Of a command that has ended. */
export function expectRefusal(ended: CairnEnded, exit: number, code: string): Readonly<Record<string, unknown>> {
  const errors = ended.lines.flatMap((line) => (line['error'] === undefined ? [] : [line['error']]));
  const sentence = expect.stringMatching(/^\S.*\S$/s) as unknown;
  expect({ exit: ended.code, errors }, ended.stderr).toEqual({
    exit,
    errors: [{ code, message: sentence, hint: sentence }],
  });
  expect(ended.stderr, 'no stack trace').not.toMatch(/^\s+at |Error:|\[object /m);
  expect(JSON.stringify(errors), 'every fact is filled in').not.toMatch(/[{}]\w+[}]|–/);
  return errors[0] as Readonly<Record<string, unknown>>;
}

/** The value of a result that must be one. */
export function took<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(describeFailure(result.failure));
  return result.value;
}

function describeFailure({ code, message }: Failure): string {
  return `${code}: ${message}`;
}

/** Short contents as they are, long ones by length and hash: what a failing test prints must be readable. */
function summary(content: Content): string {
  const bytes = Buffer.from(content);
  return bytes.length <= 200 ? bytes.toString('latin1') : `${bytes.length} bytes, sha256 ${digest('sha256', bytes)}`;
}
