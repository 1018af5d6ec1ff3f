/** Operations to attempts. In: rows of work. Out: attempts, each settled by a value, through any crash. */
export { openQueue, type Queue, type QueueOptions } from './queue.ts';
export { backoffMs, decide, LONGEST_BACKOFF_MS, type Decision } from './decide.ts';
export type { Settlement } from './settlement.ts';
export type { Lane } from './lanes.ts';
export { openPace, type Pace } from './pace.ts';
export type { Turn } from './turns.ts';
