/**
 * One attempt of the queue. In: a job. Out: how it ended, with what only the engine knows taken into account: the folder
 * may be gone, its connection closed, its disk taken away, its home full.
 */
import { failure, type Failure } from '../contract/errors.ts';
import type { Folder } from '../contract/models.ts';
import { parentPath, type RelPath } from '../contract/names.ts';
import { resolvePolicy } from '../policy/resolve.ts';
import type { Settlement, Turn } from '../queue/index.ts';
import type { StoreClient } from '../s3/index.ts';
import type { Job } from '../store/types.ts';
import { transfer } from '../transfer/index.ts';
import type { Clients } from './clients.ts';
import type { Health } from './health.ts';
import { inTurn } from './in-turn.ts';
import { transferPorts, type PortsContext } from './ports.ts';
import { checkKeyRefs } from './ring.ts';
import { checkFolderRoot } from './scans.ts';

export interface SendingOptions {
  readonly context: PortsContext;
  readonly clients: Clients;
  readonly health: Health;
  readonly folderById: (id: string) => Folder | null;
  /** Nothing of the folder can be sent just now. */
  readonly onHold: (folder: Folder, cause: Failure) => void;
  /** A known file was not there: its directory is due for a look. */
  readonly onMissed: (folder: Folder, directory: RelPath) => void;
}

/** How a store says that it does not know a key, whichever it means. */
const REFUSED: ReadonlySet<Failure['code']> = new Set(['credentials-wrong', 'keys-refused'] as const);

export class Sending {
  readonly #options: SendingOptions;

  constructor(options: SendingOptions) {
    this.#options = options;
  }

  /** What cannot be written down before it is sent is not sent; what was sent is found again by its attempt id. */
  async attempt(job: Job, signal: AbortSignal, turn: Turn): Promise<Settlement> {
    try {
      return await this.#written(job, signal, turn);
    } catch (error) {
      const cause = this.#options.health.note(error);
      if (cause === null) throw error;
      return { kind: 'unsettled', afterMs: 1000, failure: cause };
    }
  }

  async #written(job: Job, signal: AbortSignal, turn: Turn): Promise<Settlement> {
    const { context, clients, folderById, onHold, onMissed } = this.#options;
    const { tables } = context;
    const folder = folderById(job.folder);
    if (folder === null) return { kind: 'dropped', superseded: 0 };
    // The first client loads the SDK, which takes as long as a thread takes to begin.
    if (job.operation === 'put') context.reader.prepare();
    const client = await clients.get(folder.connection);
    if (!client.ok) {
      // A client that cannot even be opened (practice server unknown, settings wrong) holds the folder, not the file.
      onHold(folder, client.failure);
      return { kind: 'unsettled', afterMs: 1000, failure: null };
    }
    const keys = checkKeyRefs(folder.policy, context.ring);
    if (!keys.ok) {
      // The keychain may be locked, or nobody has handed the keys over yet: that is no fault of the file.
      onHold(folder, keys.failure);
      return { kind: 'unsettled', afterMs: 1000, failure: null };
    }
    const settlement = await transfer(job, transferPorts(folder, inTurn(client.value, turn), context), signal);
    if (settlement.kind === 'stored') clients.noteAnswer(folder.connection);
    const isKnown = (): boolean => tables.journal.find(folder.id, job.path) !== null;
    if (settlement.kind === 'dropped' && (job.operation === 'delete' || isKnown())) {
      // What the journal knows is not there: an attempt was adopted whose file went meanwhile. The last look did not
      // know of it, so another one is due.
      onMissed(folder, parentPath(job.path));
    }
    const isUnsentEnd = settlement.kind === 'gone' && settlement.receipt.operation === 'gone';
    if (settlement.kind === 'dropped' || isUnsentEnd) {
      // Where the whole folder is not there (a disk was taken away), none of its files has vanished: it waits.
      const root = await checkFolderRoot(folder, tables);
      if (!root.ok) return { kind: 'failed', failure: root.failure };
    }
    return settlement.kind === 'failed' && REFUSED.has(settlement.failure.code) && asksForKms(folder, job)
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
}

function asksForKms({ policy }: Folder, { path, size }: Job): boolean {
  return resolvePolicy(policy, { path, size }).fields.encryption?.mode.startsWith('aws:kms') === true;
}
