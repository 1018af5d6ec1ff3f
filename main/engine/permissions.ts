/** The smallest IAM policy with which a folder can be kept, or an attached place be read. In: its settings. Out: the document. Nothing is asked. */
import type { AnyFolder, Connection } from '../contract/models.ts';
import { success, type Result } from '../contract/result.ts';
import { iamPolicy, type IamOptions } from '../policy/iam.ts';
import { wantsOf } from '../policy/wants.ts';
import { findConnection } from './manage.ts';

const PLAIN: IamOptions = { noDeleteVersions: false, withDoctor: false };

export function smallestPermissions(
  folder: AnyFolder,
  connections: readonly Connection[],
  options: IamOptions = PLAIN,
): Result<Readonly<Record<string, unknown>>> {
  const connection = findConnection(connections, folder.connection);
  if (!connection.ok) return connection;
  const { bucket, prefix } = folder;
  const deletes = folder.path === null ? null : folder.deletes;
  const place = { bucket, prefix, deletes, region: connection.value.region };
  return success({ ...iamPolicy(place, wantsOf(folder.policy), options) });
}
