/** A folder in; its buckets out, with changes that are durable once they are answered. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Appender } from './appender.ts';
import { Blobs } from './blobs.ts';
import { compactPacks } from './compact.ts';
import { makeFolder } from './folders.ts';
import { encodeLine, openLog, readLog, rewriteLog } from './log.ts';
import type { Bucket, Change } from './model.ts';
import { Refusal } from './refusal.ts';
import { State } from './state.ts';

/** Lines that a log may hold beyond twice what is needed before it is written anew at the start. */
const SLACK_LINES = 1000;

/** Letters in ascending order, without those that are easily confused. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SEQUENCE_LETTERS = 10;

/** A VersionId that nobody can guess and that sorts by `sequence`, so that a listing can go on after one that went. */
export function makeVersionId(sequence: number): string {
  let text = '';
  for (let rest = sequence, at = 0; at < SEQUENCE_LETTERS; at += 1, rest = Math.floor(rest / 32)) {
    text = (LETTERS[rest % 32] ?? '') + text;
  }
  return text + Array.from(randomBytes(22), (byte) => LETTERS[byte % 32] ?? '').join('');
}

/** The sequence inside a VersionId; undefined for one that this server never gave. */
export function sequenceOf(versionId: string): number | undefined {
  if (!/^[0-9A-HJKMNP-TV-Z]{32}$/.test(versionId)) return undefined;
  return Array.from(versionId.slice(0, SEQUENCE_LETTERS)).reduce(
    (sum, letter) => sum * 32 + LETTERS.indexOf(letter),
    0,
  );
}

export class Store {
  readonly blobs: Blobs;
  readonly state: State;
  readonly #log: Appender;
  readonly #locks = new Map<string, Promise<void>>();
  /** Changes on their way into the log, by bucket. */
  readonly #pending = new Map<string, number>();
  readonly #closing = new Set<string>();

  private constructor(blobs: Blobs, state: State, log: Appender) {
    this.blobs = blobs;
    this.state = state;
    this.#log = log;
  }

  /** Opens the store in a folder, making it where it is missing. Throws where the folder cannot be used. */
  static async open(folder: string): Promise<Store> {
    await makeFolder(folder);
    const blobs = new Blobs(join(folder, 'data'));
    const state = new State(blobs);
    const path = join(folder, 'log');
    const { lines, goodLength } = await readLog(path, (change) => state.apply(change));
    const compacted = await compactPacks(state, blobs);
    if (compacted !== undefined) {
      await rewriteLog(folder, path, compacted);
      await blobs.close();
      return Store.open(folder);
    }
    let needed = 0;
    for (const change of state.changes()) needed += change.do === 'set-tags' ? 0 : 1;
    const length = lines > 2 * needed + SLACK_LINES ? await rewriteLog(folder, path, state.changes()) : goodLength;
    await blobs.sweep();
    return new Store(blobs, state, await openLog(path, length));
  }

  /** The bucket of that name; refuses with NoSuchBucket. */
  bucket(name: string): Bucket {
    const bucket = this.#closing.has(name) ? undefined : this.state.buckets.get(name);
    if (bucket === undefined) {
      throw new Refusal('NoSuchBucket', 'The specified bucket does not exist', { details: { BucketName: name } });
    }
    return bucket;
  }

  /** Makes a change durable and then visible. False where it no longer fitted, such as a part of a gone upload. */
  async commit(change: Change): Promise<boolean> {
    let fitted = false;
    this.#pending.set(change.bucket, (this.#pending.get(change.bucket) ?? 0) + 1);
    try {
      await this.#log.append(encodeLine(change), () => {
        fitted = this.state.apply(change);
      });
    } finally {
      const left = (this.#pending.get(change.bucket) ?? 0) - 1;
      if (left > 0) this.#pending.set(change.bucket, left);
      else this.#pending.delete(change.bucket);
    }
    return fitted;
  }

  /** Removes a bucket in which nothing is, and into which nothing is on its way. */
  async dropBucket(name: string): Promise<void> {
    const bucket = this.bucket(name);
    if (bucket.keys.size > 0 || bucket.uploads.size > 0 || this.#pending.has(name)) {
      throw new Refusal('BucketNotEmpty', 'The bucket you tried to delete is not empty', {
        details: { BucketName: name },
      });
    }
    this.#closing.add(name);
    try {
      await this.commit({ do: 'drop-bucket', bucket: name });
    } finally {
      this.#closing.delete(name);
    }
  }

  /** Runs `work` while no other work on the same key runs: what it finds stays true until its change is visible. */
  async withKey<T>(bucket: string, key: string, work: () => Promise<T>): Promise<T> {
    const name = `${bucket}/${key}`;
    const before = this.#locks.get(name);
    let free: () => void = () => undefined;
    const mine = new Promise<void>((resolve) => {
      free = resolve;
    });
    this.#locks.set(name, mine);
    try {
      await before;
      return await work();
    } finally {
      if (this.#locks.get(name) === mine) this.#locks.delete(name);
      free();
    }
  }

  /** Waits for what is under way and closes all files. */
  async close(): Promise<void> {
    await this.#log.close();
    await this.blobs.close();
  }
}
