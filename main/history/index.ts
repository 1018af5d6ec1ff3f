/** What was. In: receipts and the bucket's versions. Out: timelines, trees at a time, and files brought back. */
export {
  readTrees,
  readUntoldTimes,
  readVersions,
  type HistoryPorts,
  type PlacedEntry,
  type TreeAt,
  type TreesAt,
  type UntoldTimes,
} from './read.ts';
export {
  fetched,
  restoreVersion,
  writingFailed,
  type Fetched,
  type RestorePorts,
  type RestoreRequest,
} from './restore.ts';
export { choiceMark, choiceOf } from './chosen.ts';
export { holdRoot, type HeldRoot } from './held.ts';
export { replaceFile } from './replace.ts';
export { checkSpace, prepareTarget, restoreTree, type ItemResult, type TreeItem } from './restore-tree.ts';
export { bringItems, Writings, type Brought } from './bring-back.ts';
export { beginManifest, takeUpManifest, type Manifest, type Wish } from './manifest.ts';
export { PLAIN_TARGET, placesOf, usableName, type TargetTraits } from './places.ts';
export { probeTarget } from './probe-target.ts';
export { Slots } from './slots.ts';
export { TEMPORARY_PREFIX } from './temporary.ts';
export { besideName } from './beside.ts';
export { differencesOf, sampleOf, type KnownVersion } from './verify.ts';
export { digestOfVersion, digestsOfVersion } from './read-bytes.ts';
export { readPiece, type Piece } from './read-piece.ts';
export { pictureOf } from './picture.ts';
export { textOf } from './text.ts';
export { DirectoryWalk, SumWalk, type DirectoryPlace } from './by-directory.ts';
export { diffTrees } from './diff.ts';
export { KeyLife, ReceiptIndex, toVersion, type EntryAt, type KnownReceipt } from './timeline.ts';
