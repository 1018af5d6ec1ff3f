/**
 * The storage classes of Amazon S3, as names that radosgw takes and gives back. In: a running store. Out: its default
 * placement knows them. They are labels: everything lies in the one pool, and nothing is ever archived.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { must } from '../processes.ts';

export const STORAGE_CLASSES = [
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'GLACIER_IR',
  'DEEP_ARCHIVE',
  'REDUCED_REDUNDANCY',
] as const;

// What is not named here is kept and handed back as it came.
const zoneGroup = z.looseObject({
  placement_targets: z.array(z.looseObject({ storage_classes: z.array(z.string()) })),
});
const zone = z.looseObject({
  placement_pools: z.array(
    z.looseObject({ val: z.looseObject({ storage_classes: z.record(z.string(), z.looseObject({})) }) }),
  ),
});

export async function addStorageClasses(directory: string, config: string): Promise<void> {
  const admin = (...words: string[]): Promise<string> =>
    must('radosgw-admin', ['-c', config, '-n', 'client.rgw', ...words], { timeout: 60_000 });

  const group = zoneGroup.parse(JSON.parse(await admin('zonegroup', 'get', '--rgw-zonegroup=default')));
  for (const target of group.placement_targets) {
    target.storage_classes = [...new Set(['STANDARD', ...STORAGE_CLASSES])].sort();
  }
  const groupFile = join(directory, 'zonegroup.json');
  await writeFile(groupFile, JSON.stringify(group));
  await admin('zonegroup', 'set', '--rgw-zonegroup=default', '--infile', groupFile);

  const only = zone.parse(JSON.parse(await admin('zone', 'get', '--rgw-zone=default')));
  for (const pool of only.placement_pools) {
    for (const name of STORAGE_CLASSES) pool.val.storage_classes[name] = { data_pool: 'default.rgw.buckets.data' };
  }
  const zoneFile = join(directory, 'zone.json');
  await writeFile(zoneFile, JSON.stringify(only));
  await admin('zone', 'set', '--rgw-zone=default', '--infile', zoneFile);
}
