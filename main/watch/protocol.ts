/** What the thread that watches and the thread that asked for it tell each other. Plain values only. */
import type { Failure } from '../contract/errors.ts';
import type { RelPath } from '../contract/names.ts';

/** A folder to be watched. */
export interface WatchedFolder {
  readonly id: string;
  /** Absolute path. */
  readonly root: string;
  /** Absolute paths of files or directories in which nothing is watched, such as Cairn's home. */
  readonly ignoredPrefixes: readonly string[];
  /** For disks that tell nothing by themselves, such as network disks: looks at every file every few seconds. */
  readonly polling: boolean;
}

export type WatchNotice =
  /** Watching has begun. What happened before was not seen, so a whole scan is due. */
  | { readonly kind: 'ready'; readonly folder: string }
  /** Something happened in these directories, and they have been quiet since. */
  | { readonly kind: 'dirty'; readonly folder: string; readonly directories: readonly RelPath[] }
  /** More happened than can be told apart, or something may have been missed: a whole scan is due. */
  | { readonly kind: 'overflow'; readonly folder: string }
  /** How well the folder is watched. `watches`: directories under watch. */
  | { readonly kind: 'health'; readonly folder: string; readonly problem: Failure | null; readonly watches: number };

/** All times in milliseconds. */
export interface WatchTimes {
  /** How long a directory must have been quiet before it is told. */
  readonly quietMs: number;
  /** The longest that a busy directory is held back. */
  readonly limitMs: number;
  /** How often it is checked that a root is there and is the same. */
  readonly rootCheckMs: number;
  /** How often each file is looked at where a folder is polled. */
  readonly pollMs: number;
}

/** `ticket` tells one `add` of a folder from a later one of the same folder. */
export type ToWorker =
  | { readonly kind: 'add'; readonly ticket: number; readonly folder: WatchedFolder }
  | { readonly kind: 'remove'; readonly ticket: number };

export type FromWorker =
  | { readonly kind: 'notice'; readonly ticket: number; readonly notice: WatchNotice }
  | { readonly kind: 'log'; readonly line: string };
