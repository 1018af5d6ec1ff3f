/** Learns whether a folder's bucket holds conditions on writes. In: a folder, by a person's wish. Out: what was seen, kept. */
import type { ConditionsProbe } from '../contract/doctor.ts';
import type { Folder } from '../contract/models.ts';
import { success, type Result } from '../contract/result.ts';
import { commonFields } from '../policy/request.ts';
import { openClient, probeConditions, withCommonFields, type StoreClient } from '../s3/index.ts';
import type { WriteTables } from '../store/index.ts';
import type { OpenHome } from './home.ts';
import { findConnection, findFolderHere } from './manage.ts';

/** Where no engine runs. */
export async function learnConditionsOf(home: OpenHome, name: string): Promise<Result<ConditionsProbe>> {
  const folder = findFolderHere(home.settings.folders, name);
  if (!folder.ok) return folder;
  const connection = findConnection(home.settings.connections, folder.value.connection);
  if (!connection.ok) return connection;
  const client = await openClient(connection.value);
  if (!client.ok) return client;
  try {
    return await learnConditions(home.tables, folder.value, client.value);
  } finally {
    client.value.close();
  }
}

export async function learnConditions(
  tables: WriteTables,
  folder: Folder,
  client: StoreClient,
): Promise<Result<ConditionsProbe>> {
  const common = withCommonFields(client, commonFields(folder.policy));
  const probed = await probeConditions(common, folder.bucket, folder.prefix);
  if (!probed.ok) return probed;
  const { folders } = tables;
  tables.now(() => {
    const known = folders.capabilities(folder.connection, folder.bucket);
    const learnt = { ...known, conditions: probed.value.conditions };
    folders.setCapabilities(folder.connection, folder.bucket, learnt, new Date().toISOString());
  });
  return success(probed.value);
}
