/** What was. In: receipts and the bucket's versions. Out: timelines, trees at a time, and files brought back. */
export { readTree, readVersions, type HistoryPorts, type TreeAt } from './read.ts';
export { restoreVersion, TEMPORARY_PREFIX, type RestorePorts, type RestoreRequest } from './restore.ts';
export { prepareTarget, restoreTree, type TreeItem } from './restore-tree.ts';
export { besideName } from './beside.ts';
export { entryAt, ReceiptIndex, toVersion, type KnownReceipt } from './timeline.ts';
