/** Whether a connection works at all. In: a connection. Out: where it goes and which buckets it sees. */
import type { Connection } from '../contract/models.ts';
import { success, type Result } from '../contract/result.ts';
import { listBuckets, openClient } from '../s3/index.ts';

export interface ConnectionTest {
  readonly endpoint: string;
  /** Null: the credentials are right, but may not list buckets. */
  readonly buckets: readonly string[] | null;
}

export async function testConnection(connection: Connection): Promise<Result<ConnectionTest>> {
  const client = await openClient(connection);
  if (!client.ok) return client;
  try {
    const buckets = await listBuckets(client.value);
    if (buckets.ok) return success({ endpoint: client.value.endpoint, buckets: buckets.value });
    if (buckets.failure.code === 'permission' || buckets.failure.code === 'not-supported') {
      return success({ endpoint: client.value.endpoint, buckets: null });
    }
    return buckets;
  } finally {
    client.value.close();
  }
}
