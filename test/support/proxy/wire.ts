/**
 * A world whose every word with the store is written down. In: a policy, perhaps an object lock. Out: the world, the
 * proxy between it and the store, and syncs that tell what went wrong on their way, though it came right in the end.
 */
import { foldersHere } from '../../../main/contract/attached.ts';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Failure } from '../../../main/contract/errors.ts';
import type { DeletesMode, Folder, FolderStatus } from '../../../main/contract/models.ts';
import { parsePolicy } from '../../../main/contract/policy.ts';
import { openClients } from '../../../main/engine/clients.ts';
import { Engine } from '../../../main/engine/engine.ts';
import { openHome, openHomeForReading, type OpenHome, type ReadHome } from '../../../main/engine/home.ts';
import { addFolder, removeFolder, setPolicy } from '../../../main/engine/manage.ts';
import { folderStatus } from '../../../main/engine/report.ts';
import { type SyncReport, syncFolders } from '../../../main/engine/sync.ts';
import type { Job } from '../../../main/store/types.ts';
import { CONNECTION, FOLDER, openWorld, took, type World } from '../world/world.ts';
import type { Faults } from './faults.ts';
import { RecordingProxy } from './recording.ts';

export interface WireOptions {
  /** As its file would hold it. */
  readonly policy?: object;
  /** The same, made once the world is there, where it names files of it. */
  readonly policyIn?: (world: World) => object | Promise<object>;
  /** The bucket is made with object lock. */
  readonly lock?: boolean;
  /** What becomes of an object whose file is gone; default: it is kept. */
  readonly deletes?: DeletesMode;
}

export interface WireSync extends SyncReport {
  /** Every failure that an attempt or a held folder had meanwhile, each once, in the order in which it came. */
  readonly seen: readonly Failure[];
}

/** How often it is looked for failures, milliseconds. */
const LOOK = 5;
/** How long a file must be quiet, milliseconds: these worlds are still between their syncs. */
const QUIET = 20;

export class Wire implements AsyncDisposable {
  readonly world: World;
  readonly proxy: RecordingProxy;

  private constructor(world: World, proxy: RecordingProxy) {
    this.world = world;
    this.proxy = proxy;
  }

  static async open({ policy = {}, policyIn, lock = false, deletes = 'keep' }: WireOptions): Promise<Wire> {
    const world = await openWorld();
    const wire = new Wire(world, await RecordingProxy.open(world.store.endpoint));
    try {
      await wire.#settleIn(policyIn === undefined ? policy : await policyIn(world), lock, deletes);
      return wire;
    } catch (error) {
      await wire[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #settleIn(policy: object, lock: boolean, deletes: DeletesMode): Promise<void> {
    const { bucket } = this.world;
    if (lock) {
      const Bucket = `cairn-${randomBytes(6).toString('hex')}`;
      await bucket.client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
      // The folder lives there, so that is where the world is to look.
      Reflect.set(bucket, 'name', Bucket);
    }
    bucket.mayHaveMarkers = deletes === 'mark';
    await this.#moveIn(policy, deletes);
    this.proxy.forget();
  }

  /** The folder is added anew, over a connection that leads through the proxy. */
  async #moveIn(policy: object, deletes: DeletesMode): Promise<void> {
    await this.changing(async (home) => {
      took(removeFolder(home, FOLDER));
      this.#connectTo(home, this.proxy.endpoint);
      const clients = openClients(
        () => home.settings.connections,
        () => undefined,
      );
      try {
        const { disk: path, bucket } = this.world;
        const wanted = { path, connection: CONNECTION, bucket: bucket.name, prefix: '', name: FOLDER, deletes };
        took(await addFolder(home, clients, { ...wanted, policy: took(parsePolicy(policy)) }));
      } finally {
        clients.close();
      }
    });
  }

  get faults(): Faults {
    return this.proxy.faults;
  }

  /** From here on the connection leads elsewhere. */
  async connectTo(endpoint: string): Promise<void> {
    await this.changing((home) => {
      this.#connectTo(home, endpoint);
    });
  }

  #connectTo(home: OpenHome, endpoint: string): void {
    const { settings } = home;
    const connections = settings.connections.map((one) => (one.name === CONNECTION ? { ...one, endpoint } : one));
    took(home.update({ ...settings, connections }));
  }

  async setPolicy(policy: object): Promise<void> {
    await this.changing((home) => took(setPolicy(home, FOLDER, took(parsePolicy(policy)))));
  }

  /**
   * One sync to the end, in this process, whatever comes of it.
   * @param options.giveUpMs how long a store that does not answer is waited for.
   * @param options.prepare is called once the engine is there and before it sends, for example to queue something.
   */
  async sync(
    options: {
      readonly giveUpMs?: number;
      readonly prepare?: (engine: Engine, folder: Folder) => void;
      readonly signal?: AbortSignal;
      /** How far apart the two looks must be that prove a file gone, milliseconds; default: as in earnest. */
      readonly proofGapMs?: number;
    } = {},
  ): Promise<WireSync> {
    const logged: string[] = [];
    const log = (line: string): void => {
      logged.push(line);
    };
    const engine = took(
      await Engine.open({
        home: this.world.home,
        watch: false,
        log,
        patienceMs: 5_000,
        quietMs: QUIET,
        ...(options.proofGapMs === undefined ? {} : { proofGapMs: options.proofGapMs }),
      }),
    );
    const folders = foldersHere(foldersHere(engine.home.settings.folders));
    const seen = new Map<string, Failure>();
    const look = (): void => {
      for (const folder of folders) {
        const { tables } = engine.home;
        const errors = tables.jobs.ofFolder(folder.id).map((job) => job.error);
        const held = [engine.holdOf(folder), engine.clients.stateOf(folder.connection).failure];
        for (const one of [...errors, ...held]) if (one !== null) seen.set(JSON.stringify(one), one);
      }
    };
    const looking = setInterval(look, LOOK);
    try {
      for (const folder of folders) options.prepare?.(engine, folder);
      const { giveUpMs = 10_000, signal } = options;
      const report = await syncFolders(engine, folders, {
        giveUpMs,
        onReceipt: () => undefined,
        ...(signal === undefined ? {} : { signal }),
      });
      look();
      return { ...report, seen: [...seen.values()] };
    } finally {
      clearInterval(looking);
      await engine.stop();
      expect(logged, 'what the engine logged').toEqual([]);
    }
  }

  /** A sync in which nothing keeps the folder from ending, and nothing is parked. */
  async settle(options: Parameters<Wire['sync']>[0] = {}): Promise<WireSync> {
    const report = await this.sync(options);
    expect({ failures: report.failures, parked: this.world.parked() }).toEqual({ failures: [], parked: {} });
    return report;
  }

  status(): FolderStatus {
    return this.reading((folder, home) => folderStatus(folder, home.settings.connections, home.tables));
  }

  jobs(): readonly Job[] {
    return this.reading((folder, home) => home.tables?.jobs.ofFolder(folder.id) ?? []);
  }

  reading<T>(read: (folder: Folder, home: ReadHome) => T): T {
    const home = took(openHomeForReading(this.world.home));
    try {
      const folder = foldersHere(home.settings.folders).find((one) => one.name === FOLDER);
      if (folder === undefined) throw new Error('The home has no such folder.');
      return read(folder, home);
    } finally {
      home.close();
    }
  }

  /** Under the lock of the home. */
  async changing<T>(change: (home: OpenHome) => T | Promise<T>): Promise<T> {
    const home = took(openHome(this.world.home));
    try {
      return await change(home);
    } finally {
      home.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    await this.world[Symbol.asyncDispose]();
  }
}

export function openWire(options: WireOptions = {}): Promise<Wire> {
  return Wire.open(options);
}

/** Waits until something is so; throws where it does not come to be. */
export async function until(isSo: () => boolean, what: string, patience = 20_000): Promise<void> {
  const end = performance.now() + patience;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`It did not come to be in time: ${what}`);
    await sleep(LOOK);
  }
}
