/** The connections of an engine: a client each, and whether it answers. In: names. Out: clients; notices of change. */
import { failure, type Failure } from '../contract/errors.ts';
import type { Connection, ConnectionStatus } from '../contract/models.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { noKeys, openClient, openSignIn, type Pacer, type SignIn, type StoreClient } from '../s3/index.ts';
import type { Vault } from './vault.ts';

/** Waits between probes of a connection that does not answer, milliseconds. The last one repeats. */
const PROBE_WAITS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000] as const;

/** A connection that stops answering so often, and nothing gets through between, takes nothing. */
const BARREN_HOLDS = 5;

/** Failures that would meet every request of a connection. */
const HOLDING: ReadonlySet<Failure['class']> = new Set(['offline', 'credentials', 'clock']);

interface Entry {
  client: StoreClient;
  readonly signIn: SignIn;
  state: ConnectionStatus['state'];
  failure: Failure | null;
  /** Monotonic milliseconds since which nothing answers. */
  downSince: number | null;
  /** Since when, and how often, it stopped answering and nothing but probes got through. */
  barren: { readonly sinceMs: number; readonly holds: number } | null;
  probes: number;
  timer: NodeJS.Timeout | null;
}

export interface Clients {
  /** Opens the client at its first use. */
  get(name: string): Promise<Result<StoreClient>>;
  stateOf(name: string): { readonly state: ConnectionStatus['state']; readonly failure: Failure | null };
  /** How far the store's clock is ahead of this computer's, as far as is known, milliseconds. */
  clockOffsetMs(name: string): number;
  /** How long the connection has not answered, milliseconds; null: it answers, as far as is known. */
  downFor(name: string): number | null;
  /**
   * How long nothing has got through of what is to be sent, milliseconds, where it has stopped answering again and again
   * though it answers questions between: a store whose disk is full, a way on which only small requests get through.
   * Null: nothing says so.
   */
  barrenFor(name: string): number | null;
  /** Nothing goes out over this connection until a probe is answered. */
  hold(name: string, cause: Failure, bucket: string): void;
  /** Takes a connection for good again: the next request shows. */
  tryNow(name: string): void;
  /** The same, with keys that are looked up anew. */
  signInAnew(name: string): void;
  /** Something got through. */
  noteAnswer(name: string): void;
  /** Requests sent over all connections. */
  readonly requests: number;
  /** Forgets a client whose settings changed. */
  drop(name: string): void;
  close(): void;
}

/**
 * @param silenceMs how long a store may be silent in the middle of a request; left out: a minute.
 * @param pacer says how fast bodies go out, over all connections together; left out: as fast as they can.
 * @param vault holds what was handed over; null where nobody hands anything over.
 */
export function openClients(
  connections: () => readonly Connection[],
  onChange: () => void,
  silenceMs?: number,
  pacer?: Pacer,
  vault: Vault | null = null,
): Clients {
  const entries = new Map<string, Entry>();
  const keysOf = vault?.keysOf ?? null;
  let retired = 0;

  /** Why nothing can be asked of a connection before somebody hands its keys over. */
  const missingKeys = (name: string): Failure | null => {
    const kind = connections().find((one) => one.name === name)?.credentials.kind;
    if ((kind !== 'app' && kind !== 'ask') || (keysOf?.(name) ?? null) !== null) return null;
    return noKeys(name, kind, keysOf);
  };

  const get = async (name: string): Promise<Result<StoreClient>> => {
    const known = entries.get(name);
    if (known !== undefined) return success(known.client);
    const connection = connections().find((one) => one.name === name);
    if (connection === undefined) return failed(failure('unknown-connection', { name }));
    const signIn = openSignIn(connection, keysOf);
    const opened = await openClient(connection, silenceMs, pacer, signIn);
    if (!opened.ok) return opened;
    // Two callers may have come here at once: the first one's client counts.
    const first = entries.get(name);
    if (first !== undefined) {
      opened.value.close();
      return success(first.client);
    }
    entries.set(name, {
      client: opened.value,
      signIn,
      state: 'unknown',
      failure: null,
      downSince: null,
      barren: null,
      probes: 0,
      timer: null,
    });
    return opened;
  };

  const noteAnswer = (name: string): void => {
    const entry = entries.get(name);
    if (entry === undefined) return;
    entry.barren = null;
    isBack(entry);
  };

  const isBack = (entry: Entry): void => {
    if (entry.state === 'ok') return;
    if (entry.timer !== null) clearTimeout(entry.timer);
    Object.assign(entry, { state: 'ok', failure: null, downSince: null, probes: 0, timer: null });
    onChange();
  };

  const scheduleProbe = (name: string, entry: Entry, bucket: string): void => {
    if (entry.timer !== null) return;
    const wait = PROBE_WAITS[Math.min(entry.probes, PROBE_WAITS.length - 1)] ?? 60_000;
    entry.probes += 1;
    entry.timer = setTimeout(() => {
      entry.timer = null;
      void probe(name, entry, bucket);
    }, wait);
  };

  /** A practice server that was started again may listen elsewhere: its folder says where. */
  const renew = async (name: string, entry: Entry): Promise<void> => {
    const connection = connections().find((one) => one.name === name);
    if (connection?.credentials.kind !== 'practice') return;
    const opened = await openClient(connection, silenceMs, pacer);
    if (!opened.ok) return;
    if (opened.value.endpoint === entry.client.endpoint || entries.get(name) !== entry) {
      opened.value.close();
      return;
    }
    retired += entry.client.requests;
    entry.client.close();
    entry.client = opened.value;
  };

  const probe = async (name: string, entry: Entry, bucket: string): Promise<void> => {
    await renew(name, entry);
    if (entry.state === 'credentials') entry.signIn.forget();
    // Not a HEAD: its answer has no body, so wrong credentials or a wrong clock would look like a mere refusal.
    const answer = await entry.client.send('GetBucketVersioning', { Bucket: bucket });
    if (entries.get(name) !== entry) return;
    // Any other answer shows that the store is there again, and takes these credentials at this hour.
    if (answer.ok || !HOLDING.has(answer.failure.class)) {
      isBack(entry);
      return;
    }
    entry.state = answer.failure.class === 'offline' ? 'offline' : 'credentials';
    entry.failure = answer.failure;
    onChange();
    scheduleProbe(name, entry, bucket);
  };

  const tryNow = (name: string): void => {
    const entry = entries.get(name);
    if (entry === undefined || entry.state === 'ok') return;
    if (entry.timer !== null) clearTimeout(entry.timer);
    if (entry.state === 'credentials') entry.signIn.forget();
    Object.assign(entry, { state: 'unknown', failure: null, barren: null, timer: null });
  };

  const signInAnew = (name: string): void => {
    entries.get(name)?.signIn.forget();
    tryNow(name);
  };

  vault?.onKeys((name) => {
    signInAnew(name);
    onChange();
  });

  return {
    get,
    noteAnswer,
    tryNow,
    signInAnew,
    stateOf: (name) => {
      const missing = missingKeys(name);
      if (missing !== null) return { state: 'credentials', failure: missing };
      const entry = entries.get(name);
      return entry === undefined ? { state: 'unknown', failure: null } : { state: entry.state, failure: entry.failure };
    },
    clockOffsetMs: (name) => entries.get(name)?.client.clockOffsetMs ?? 0,
    downFor: (name) => {
      const since = entries.get(name)?.downSince ?? null;
      return since === null ? null : performance.now() - since;
    },
    barrenFor: (name) => {
      const barren = entries.get(name)?.barren ?? null;
      return barren === null || barren.holds < BARREN_HOLDS ? null : performance.now() - barren.sinceMs;
    },
    hold: (name, cause, bucket) => {
      const entry = entries.get(name);
      if (entry === undefined) return;
      // Of many requests that were under way it is still one time.
      if (entry.state === 'ok' || entry.state === 'unknown') {
        const { sinceMs, holds } = entry.barren ?? { sinceMs: performance.now(), holds: 0 };
        entry.barren = { sinceMs, holds: holds + 1 };
      }
      entry.state = cause.class === 'offline' ? 'offline' : 'credentials';
      entry.failure = cause;
      entry.downSince ??= performance.now();
      onChange();
      scheduleProbe(name, entry, bucket);
    },
    get requests() {
      return [...entries.values()].reduce((sum, entry) => sum + entry.client.requests, retired);
    },
    drop: (name) => {
      const entry = entries.get(name);
      if (entry === undefined) return;
      if (entry.timer !== null) clearTimeout(entry.timer);
      retired += entry.client.requests;
      entry.client.close();
      entries.delete(name);
    },
    close: () => {
      for (const entry of entries.values()) {
        if (entry.timer !== null) clearTimeout(entry.timer);
        entry.client.close();
      }
      entries.clear();
    },
  };
}
