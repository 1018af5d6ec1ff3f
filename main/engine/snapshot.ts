/** The whole of what the overview shows. In: settings, tables, connections, rates. Out: one numbered value. */
import type { AnyFolder, Snapshot } from '../contract/models.ts';
import type { Clients } from './clients.ts';
import type { OpenHome } from './home.ts';
import { folderStatus, type Live } from './report.ts';
import type { Throughput } from './throughput.ts';

/** Files that the tray's menu names. */
const LAST_SAVED = 5;

export function takeSnapshot(
  sequence: number,
  home: OpenHome,
  clients: Clients,
  throughput: Throughput,
  liveOf: (folder: AnyFolder) => Live,
): Snapshot {
  const { settings, tables } = home;
  const folders = settings.folders.map((folder) => folderStatus(folder, settings.connections, tables, liveOf(folder)));
  const bytesPerSecond = throughput.bytesPerSecond();
  const bytesToGo = folders.reduce((sum, status) => sum + status.bytesQueued, 0);
  const names = new Map(settings.folders.map((folder) => [folder.id, folder.name]));
  return {
    sequence,
    at: new Date().toISOString(),
    folders,
    connections: settings.connections.map((connection) => ({
      name: connection.name,
      endpoint: connection.endpoint,
      region: connection.region,
      practice: connection.credentials.kind === 'practice',
      ...clients.stateOf(connection.name),
    })),
    bytesPerSecond,
    secondsLeft: bytesToGo > 0 && bytesPerSecond > 0 ? Math.ceil(bytesToGo / bytesPerSecond) : null,
    filesToGo: folders.reduce((sum, status) => sum + status.queued + status.active, 0),
    throughput: throughput.points(),
    lastSaved: tables.receipts.lastSaved(LAST_SAVED).flatMap((saved) => {
      const folder = names.get(saved.folder);
      return folder === undefined ? [] : [{ folder, path: saved.path, at: saved.at, versionId: saved.versionId }];
    }),
  };
}
