/** Whether a connection works at all. In: a connection. Out: where it goes and which buckets it sees. */
import type { ConnectionTest } from '../contract/credential-calls.ts';
import type { Connection } from '../contract/models.ts';
import { success, type Result } from '../contract/result.ts';
import { listBuckets, openClient, probeVersioning, type StoreClient } from '../s3/index.ts';

/** For commands that come and go. */
export async function testConnection(connection: Connection): Promise<Result<ConnectionTest>> {
  const client = await openClient(connection);
  if (!client.ok) return client;
  try {
    return await askStore(client.value);
  } finally {
    client.value.close();
  }
}

/** @param bucket is asked for as well, whether or not it is among those that may be listed. */
export async function askStore(client: StoreClient, bucket?: string): Promise<Result<ConnectionTest>> {
  const { endpoint } = client;
  const listed = await listBuckets(client);
  const mayNotList = !listed.ok && (listed.failure.code === 'permission' || listed.failure.code === 'not-supported');
  if (!listed.ok && !mayNotList) return listed;
  const buckets = listed.ok ? listed.value : null;
  if (bucket === undefined) return success({ reachable: true, endpoint, buckets, bucket: null });
  const versioning = await probeVersioning(client, bucket);
  if (!versioning.ok) return versioning;
  return success({ reachable: true, endpoint, buckets, bucket: { name: bucket, versioning: versioning.value } });
}
