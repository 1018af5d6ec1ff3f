/**
 * Names as they were on the disk that sent them. In: items of an attached place. Out: the same, placed under the form of
 * the name that the object's metadata gives. A key is NFC whatever the name was, and no receipt is here that knows it.
 */
import type { AnyFolder } from '../contract/models.ts';
import { Slots, type TreeItem } from '../history/index.ts';
import type { StoreClient } from '../s3/index.ts';
import { pathOfKey } from '../scan/names.ts';

/** Objects that are asked for their names at once. */
const AT_ONCE = 16;

/** Asks only of names that have another form. What cannot be asked keeps the name of its key, and fails when it is read. */
export async function withExactNames(
  items: readonly TreeItem[],
  { bucket, prefix }: Pick<AnyFolder, 'bucket' | 'prefix'>,
  client: StoreClient,
  signal?: AbortSignal,
): Promise<readonly TreeItem[]> {
  const slots = new Slots(AT_ONCE);
  const exact = async (item: TreeItem): Promise<TreeItem> => {
    const { key, secret, entry, place } = item;
    if (key.normalize('NFD') === key || signal?.aborted === true) return item;
    const version = entry.versionId === null ? {} : { VersionId: entry.versionId };
    const head = await client.send('HeadObject', { Bucket: bucket, Key: key, ...version, ...secret }, signal);
    const name = head.ok ? head.value.Metadata?.['cairn-name'] : undefined;
    const path = name === undefined ? null : pathOfKey(prefix, key, name, 'linux');
    return path === null ? item : { ...item, place: path.split('/').slice(-place.split('/').length).join('/') };
  };
  return Promise.all(items.map((item) => slots.hold(() => exact(item))));
}
