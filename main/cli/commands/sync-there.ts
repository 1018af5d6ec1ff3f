/** A sync by the engine that has the home. In: what the person named. Out: receipts as they come, and how it went. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../../contract/errors.ts';
import type { Folder } from '../../contract/models.ts';
import { askEngine } from '../../engine/ask.ts';
import { openHomeForReading, type ReadHome } from '../../engine/home.ts';
import { count, noCounts } from '../../engine/sync-counts.ts';
import { ended, type Invocation } from '../command.ts';
import type { AskedThere } from '../homes.ts';
import { conclude, foldersToSync, receiptText, tellUnderPolicy } from './sync-words.ts';

const LOOK_MS = 100;
/** Receipts read at once. */
const PAGE = 500;

/** @param applyPolicy what is in the bucket is brought under the present policy by the way. */
export async function syncThere(invocation: Invocation, applyPolicy = false): Promise<AskedThere> {
  const home = openHomeForReading(invocation.home);
  if (!home.ok) return ended(invocation.output, home.failure);
  try {
    const folders = foldersToSync(home.value.settings.folders, invocation);
    return folders.ok
      ? await askAndFollow(home.value, folders.value, invocation, applyPolicy)
      : ended(invocation.output, folders.failure);
  } finally {
    home.value.close();
  }
}

async function askAndFollow(
  home: ReadHome,
  folders: readonly Folder[],
  invocation: Invocation,
  applyPolicy: boolean,
): Promise<AskedThere> {
  const { output, signal, positionals } = invocation;
  const names = new Set(folders.map((folder) => folder.name));
  const counts = noCounts();
  let seen = home.tables?.receipts.lastSeq() ?? 0;
  /** Prints the receipts that have come, none newer than the last that counts. */
  const follow = (last: number): void => {
    for (;;) {
      const receipts = home.tables?.receipts.after(seen, PAGE) ?? [];
      for (const receipt of receipts) {
        if (receipt.seq > last) return;
        seen = receipt.seq;
        if (!names.has(receipt.folder)) continue;
        count(counts, receipt);
        output.line(receipt, receiptText(receipt));
      }
      if (receipts.length < PAGE) return;
    }
  };

  // What is paused is queued all the same, and goes out when it is resumed.
  const input = { folders: [...(applyPolicy ? positionals : names)], applyPolicy };
  const asking = askEngine(invocation.home, 'folder.sync', input, { patienceMs: null, signal });
  let asked = await Promise.race([asking, sleep(LOOK_MS, null)]);
  while (asked === null) {
    follow(Infinity);
    asked = await Promise.race([asking, sleep(LOOK_MS, null)]);
  }
  if (asked.kind === 'nobody') return 'nobody';
  if (asked.kind === 'lost') return 'gone';
  if (asked.kind === 'cancelled') return EXIT.failure;
  if (!asked.result.ok) {
    return asked.result.failure.code === 'engine-ended' ? 'gone' : ended(output, asked.result.failure);
  }
  const { summary, failures, unread, lastSeq, underPolicy } = asked.result.value;
  tellUnderPolicy(underPolicy, output);
  follow(lastSeq);
  const report = { summary: { ...summary, ...counts }, failures, unread };
  return conclude(report, folders, home.tables, invocation);
}
