/** The store's side. In: a connection and an operation. Out: the store's answer, or a failure that says what to do. */
export { openClient, type StoreClient } from './client.ts';
export { withCommonFields, type CommonFields } from './common.ts';
export { mayHaveStored } from './classify.ts';
export {
  isPrefixEmpty,
  listBuckets,
  listVersions,
  probeVersioning,
  unquoted,
  versionsOfKey,
  type ListedVersion,
  type Versioning,
} from './bucket.ts';
export type { InputOf, OperationName, OutputOf } from './operations.ts';
