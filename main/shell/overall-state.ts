/** The one state that the tray shows. In: the engine's state and its last snapshot. Out: a state, and what waits for a person. Pure. */
import type { FailureClass } from '../contract/errors.ts';
import type { ConnectionStatus, Snapshot } from '../contract/models.ts';
import type { EngineState } from './engine-process.ts';

export const OVERALL_STATES = ['sync', 'working', 'paused', 'attention', 'offline'] as const;
export type OverallState = (typeof OVERALL_STATES)[number];

/** Something that a person must see to. */
export type Cause =
  | { readonly kind: 'folder'; readonly folder: string; readonly what: FailureClass | null; readonly files: number }
  | { readonly kind: 'connection'; readonly connection: string };

/** Attention wins over offline, offline over working, working over paused. */
export function overallState(engine: EngineState, snapshot: Snapshot | null): OverallState {
  if (engine.kind === 'stopped' || engine.kind === 'refused') return 'attention';
  if (engine.kind !== 'up' || snapshot === null) return 'working';
  if (causesOf(snapshot).length > 0) return 'attention';
  if (offlineConnections(snapshot).length > 0) return 'offline';
  const states = snapshot.folders.map((folder) => folder.state);
  if (states.includes('offline')) return 'offline';
  if (states.includes('syncing') || states.includes('scanning')) return 'working';
  return states.includes('paused') ? 'paused' : 'sync';
}

export function causesOf(snapshot: Snapshot): readonly Cause[] {
  const causes: Cause[] = [];
  for (const folder of snapshot.folders) {
    if (folder.state !== 'attention' && folder.state !== 'unavailable') continue;
    causes.push({ kind: 'folder', folder: folder.folder, what: folder.failure?.class ?? null, files: folder.parked });
  }
  for (const connection of usedConnections(snapshot)) {
    // Where its folders say so already, the same cause is not told twice.
    const isTold = snapshot.folders.some(
      (folder) => folder.connection === connection.name && folder.failure?.class === 'credentials',
    );
    if (connection.state === 'credentials' && !isTold) causes.push({ kind: 'connection', connection: connection.name });
  }
  return causes;
}

/** Names of the connections that do not answer. One that no folder uses is nobody's loss. */
export function offlineConnections(snapshot: Snapshot): readonly string[] {
  return usedConnections(snapshot)
    .filter((connection) => connection.state === 'offline')
    .map((connection) => connection.name);
}

function usedConnections(snapshot: Snapshot): readonly ConnectionStatus[] {
  const used = new Set(snapshot.folders.map((folder) => folder.connection));
  return snapshot.connections.filter((connection) => used.has(connection.name));
}
