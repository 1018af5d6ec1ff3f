/** Decides. In: what is on disk and what the journal claims. Out: operations, as data. No clock, no I/O, no randomness. */
export { planDirectory, planLostDirectory, toFileStat, type DirectoryPlan } from './directory.ts';
export { planUnchanged } from './unchanged.ts';
export { BRAKE_LIMITS, isMassReplacement, judgeDeletes, type BrakeLimits } from './brake.ts';
export { noteAbsence, PROOF_GAP_MS, type Absence, type AbsenceVerdict } from './absence.ts';
export { inodesToAsk, MOVED, withSources } from './moves.ts';
export { digestListing, lostDirectories, type ListedDirectory } from './lost.ts';
