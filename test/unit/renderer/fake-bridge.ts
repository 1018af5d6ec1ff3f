/** An engine that answers from a table. In: answers by call, events by hand. Out: a bridge, and the calls that were made. */
import type { CallInput, CallName, CallOutput } from '../../../main/contract/calls.ts';
import { failure } from '../../../main/contract/errors.ts';
import type { EventName, Events } from '../../../main/contract/events.ts';
import type { FileRow, FolderStatus, Snapshot } from '../../../main/contract/models.ts';
import { failed, type Result } from '../../../main/contract/result.ts';
import type { Bridge } from '../../../renderer/bridge.ts';
import type { Visibility } from '../../../renderer/state/pulse.ts';

type Answers = {
  [Name in CallName]?: (input: CallInput<Name>) => Result<CallOutput<Name>>;
};

export class FakeBridge implements Bridge {
  readonly answers: Answers;
  /** How long an answer takes, milliseconds. */
  slowMs = 0;
  readonly made: { readonly name: CallName; readonly input: unknown }[] = [];
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();

  constructor(answers: Answers = {}) {
    this.answers = answers;
  }
  async call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>> {
    this.made.push({ name, input });
    const answer = this.answers[name];
    const said = answer === undefined ? failed(failure('engine-down')) : answer(input);
    if (this.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, this.slowMs));
    return said;
  }
  on<Name extends EventName>(event: Name, listener: (payload: Events[Name]) => void): () => void {
    const known = this.#listeners.get(event) ?? new Set();
    known.add(listener);
    this.#listeners.set(event, known);
    return () => known.delete(listener);
  }
  emit<Name extends EventName>(event: Name, payload: Events[Name]): void {
    for (const listener of this.#listeners.get(event) ?? []) (listener as (payload: Events[Name]) => void)(payload);
  }
  pathOf(file: File): string | null {
    return file.name === '' ? null : `/dropped/${file.name}`;
  }
  listeners(event: EventName): number {
    return this.#listeners.get(event)?.size ?? 0;
  }
  count(name: CallName): number {
    return this.made.filter((call) => call.name === name).length;
  }
}

/** A window that a test hides and shows. */
export class FakeVisibility implements Visibility {
  isVisible = true;
  readonly #listeners = new Set<() => void>();
  readonly visible = (): boolean => this.isVisible;
  readonly onShown = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  show(): void {
    this.isVisible = true;
    for (const listener of this.#listeners) listener();
  }
}

export function statusOf(folder: string, facts: Partial<FolderStatus> = {}): FolderStatus {
  return {
    folder,
    state: 'idle',
    queued: 0,
    active: 0,
    parked: 0,
    bytesQueued: 0,
    files: 0,
    bytes: 0,
    superseded: 0,
    lastScanAt: null,
    unexplained: null,
    missing: 0,
    skipped: null,
    unread: [],
    onlyByScan: 0,
    lastVerified: null,
    lastDrill: null,
    watcher: { state: 'off', watches: 0, allowed: null, problem: null },
    path: `/data/${folder}`,
    connection: 'store',
    bucket: 'bucket',
    prefix: '',
    practice: false,
    failure: null,
    problems: [],
    brake: null,
    lastSaved: null,
    ...facts,
  };
}

export function snapshotOf(
  sequence: number,
  folders: readonly FolderStatus[],
  facts: Partial<Snapshot> = {},
): Snapshot {
  return {
    sequence,
    at: new Date(Date.UTC(2026, 10, 22, 14, 0, sequence)).toISOString(),
    folders,
    connections: [],
    bytesPerSecond: 0,
    secondsLeft: null,
    filesToGo: 0,
    throughput: [],
    lastSaved: [],
    ...facts,
  };
}

export function fileRow(path: string, facts: Partial<FileRow> = {}): FileRow {
  return {
    kind: 'file',
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    state: 'sync',
    size: 10,
    modifiedAt: null,
    versionId: null,
    versions: 1,
    waiting: 0,
    attention: 0,
    failure: null,
    ...facts,
  };
}

export function directoryRow(path: string, facts: Partial<FileRow> = {}): FileRow {
  return fileRow(path, { kind: 'directory', versions: null, ...facts });
}
