import { describe, expect, it } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { FolderState } from '../../../main/contract/models.ts';
import { causesOf, overallState, type OverallState } from '../../../main/shell/overall-state.ts';
import { connectionStatus, credentialsWrong, folderStatus, snapshotOf } from './facts.ts';

function stateOf(...states: FolderState[]): OverallState {
  return overallState(
    { kind: 'up' },
    snapshotOf({ folders: states.map((state, index) => folderStatus({ state, folder: `f${String(index)}` })) }),
  );
}

describe('the one state of the tray', () => {
  it.each<[OverallState, FolderState[]]>([
    ['sync', []],
    ['sync', ['idle', 'idle']],
    ['working', ['idle', 'syncing']],
    ['working', ['scanning']],
    ['working', ['paused', 'syncing']],
    ['paused', ['paused', 'idle']],
    ['offline', ['offline', 'syncing', 'paused']],
    ['attention', ['attention', 'offline', 'syncing', 'paused']],
    ['attention', ['unavailable', 'idle']],
  ])('is %s for folders %j', (expected, states) => {
    expect(stateOf(...states)).toBe(expected);
  });

  it('is offline where a connection that a folder uses does not answer', () => {
    const connections = [connectionStatus({ state: 'offline' })];
    expect(overallState({ kind: 'up' }, snapshotOf({ folders: [folderStatus({})], connections }))).toBe('offline');
    expect(overallState({ kind: 'up' }, snapshotOf({ folders: [], connections }))).toBe('sync');
  });

  it('says so where the engine does not run', () => {
    const snapshot = snapshotOf({ folders: [folderStatus({})] });
    expect(overallState({ kind: 'starting' }, snapshot)).toBe('working');
    expect(overallState({ kind: 'down' }, snapshot)).toBe('working');
    expect(overallState({ kind: 'up' }, null)).toBe('working');
    expect(overallState({ kind: 'stopped', reference: 'E-1' }, snapshot)).toBe('attention');
    expect(overallState({ kind: 'refused', failure: failure('home-damaged') }, snapshot)).toBe('attention');
  });
});

describe('causes', () => {
  it('tell a sign-in once, whether its folders say it or its connection alone', () => {
    const connections = [connectionStatus({ state: 'credentials', failure: credentialsWrong })];
    const told = snapshotOf({
      connections,
      folders: [folderStatus({ state: 'attention', failure: credentialsWrong })],
    });
    expect(causesOf(told)).toEqual([{ kind: 'folder', folder: 'photos', what: 'credentials', files: 0 }]);
    const untold = snapshotOf({ connections, folders: [folderStatus({})] });
    expect(causesOf(untold)).toEqual([{ kind: 'connection', connection: 'minio' }]);
  });
});
