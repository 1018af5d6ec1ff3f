import { expect, test, vi } from 'vitest';
import type { Folder } from '../../../main/contract/models.ts';
import { Looking, type LookingOptions } from '../../../main/engine/looking.ts';

// A model run found it (seed 23112026, run 937): the engine was stopped before its first look, while an upload ended.
test('a look that is asked for after the end is not begun', async () => {
  const folderById = vi.fn(() => null);
  const options: Partial<LookingOptions> = { isWatching: false, proofGapMs: 1, folderById, changed: () => undefined };
  const looking = new Looking(options as LookingOptions);
  const folder = { id: 'f' } as Folder;
  looking.request(folder, { kind: 'whole' });
  expect(folderById).toHaveBeenCalledTimes(1);
  await looking.stop();
  looking.request(folder, { kind: 'whole' });
  looking.request({ id: 'another' } as Folder, { kind: 'whole' });
  expect(folderById).toHaveBeenCalledTimes(1);
});
