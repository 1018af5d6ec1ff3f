/** Plain values for the tests of the shell. In: what matters to a test. Out: a whole snapshot around it. */
import { failure } from '../../../main/contract/errors.ts';
import type { ConnectionStatus, FolderStatus, Snapshot } from '../../../main/contract/models.ts';

export function folderStatus(part: Partial<FolderStatus>): FolderStatus {
  return {
    folder: 'photos',
    state: 'idle',
    queued: 0,
    active: 0,
    parked: 0,
    bytesQueued: 0,
    files: 10,
    bytes: 1000,
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
    path: '/home/ada/photos',
    connection: 'minio',
    bucket: 'b',
    prefix: '',
    practice: false,
    failure: null,
    problems: [],
    brake: null,
    lastSaved: null,
    ...part,
  };
}

export function connectionStatus(part: Partial<ConnectionStatus>): ConnectionStatus {
  return { name: 'minio', endpoint: 'http://minio', region: 'r', practice: false, state: 'ok', failure: null, ...part };
}

export function snapshotOf(part: Partial<Snapshot>): Snapshot {
  return {
    sequence: 1,
    at: '2026-11-22T14:32:00.000Z',
    folders: [],
    connections: [connectionStatus({})],
    bytesPerSecond: 0,
    secondsLeft: null,
    filesToGo: 0,
    throughput: [],
    lastSaved: [],
    ...part,
  };
}

export const credentialsWrong = failure('credentials-wrong', { connection: 'minio', answer: '403' });
