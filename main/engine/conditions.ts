/** Learns whether a folder's bucket holds conditions on writes. In: a folder, by a person's wish. Out: what was seen, kept. */
import type { Folder } from '../contract/models.ts';
import type { Result } from '../contract/result.ts';
import { commonFields } from '../policy/request.ts';
import { openClient, probeConditions, withCommonFields, type ConditionsProbe } from '../s3/index.ts';
import type { OpenHome } from './home.ts';
import { findConnection } from './manage.ts';

export async function learnConditions(home: OpenHome, folder: Folder): Promise<Result<ConditionsProbe>> {
  const connection = findConnection(home.settings.connections, folder.connection);
  if (!connection.ok) return connection;
  const client = await openClient(connection.value);
  if (!client.ok) return client;
  try {
    const common = withCommonFields(client.value, commonFields(folder.policy));
    const probed = await probeConditions(common, folder.bucket, folder.prefix);
    if (!probed.ok) return probed;
    const { folders } = home.tables;
    home.tables.now(() => {
      const known = folders.capabilities(folder.connection, folder.bucket);
      const learnt = { ...known, conditions: probed.value.conditions };
      folders.setCapabilities(folder.connection, folder.bucket, learnt, new Date().toISOString());
    });
    return probed;
  } finally {
    client.value.close();
  }
}
