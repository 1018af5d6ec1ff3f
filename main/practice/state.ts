/** Changes in, the state of all buckets out. Replaying the log and serving requests go through the same function. */
import { KeyIndex } from './key-order.ts';
import type { Bucket, Change, KeyEntry, Segment, Version } from './model.ts';

/** Told which segments came into use and which went out of it. */
export interface SegmentUse {
  retain(segments: readonly Segment[]): void;
  release(segments: readonly Segment[]): void;
}

function segmentsOf(version: Version): readonly Segment[] {
  return version.kind === 'object' ? version.segments : [];
}

/** All buckets with all that is in them. */
export class State {
  readonly buckets = new Map<string, Bucket>();
  readonly #use: SegmentUse;
  #sequence = 0;

  constructor(use: SegmentUse) {
    this.#use = use;
  }

  /** The sequence number for the next version. */
  nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /** Applies a change. One that no longer fits (its bucket or upload has gone) changes nothing; returns whether it did. */
  apply(change: Change): boolean {
    if (change.do === 'make-bucket') {
      if (this.buckets.has(change.bucket)) return false;
      this.buckets.set(change.bucket, {
        name: change.bucket,
        created: change.created,
        versioning: change.versioning,
        settings: change.settings ?? {},
        keys: new KeyIndex(),
        uploads: new Map(),
      });
      return true;
    }
    const bucket = this.buckets.get(change.bucket);
    if (bucket === undefined) return false;
    switch (change.do) {
      case 'drop-bucket':
        for (const upload of bucket.uploads.keys()) this.#dropUpload(bucket, upload);
        return this.buckets.delete(change.bucket);
      case 'set-versioning':
        bucket.versioning = change.versioning;
        return true;
      case 'set-settings':
        bucket.settings = change.settings;
        return true;
      case 'add-version':
        this.#addVersion(bucket, change.key, change.version);
        return true;
      case 'drop-version':
        return this.#dropVersion(bucket, change.key, change.versionId);
      case 'set-tags':
        return replaceVersion(bucket.keys.get(change.key), change.versionId, (version) =>
          version.kind === 'object' ? { ...version, tags: change.tags } : version,
        );
      case 'change-version':
        return replaceVersion(bucket.keys.get(change.key), change.versionId, (version) =>
          version.kind === 'object' ? { ...version, ...change.changed } : version,
        );
      case 'make-upload':
        bucket.uploads.set(change.upload.uploadId, { facts: change.upload, parts: new Map() });
        return true;
      case 'add-part': {
        const upload = bucket.uploads.get(change.uploadId);
        if (upload === undefined) return false;
        this.#use.retain(change.part.segments);
        const former = upload.parts.get(change.part.number);
        upload.parts.set(change.part.number, change.part);
        if (former !== undefined) this.#use.release(former.segments);
        return true;
      }
      case 'drop-upload':
        return this.#dropUpload(bucket, change.uploadId);
      case 'complete-upload':
        if (!bucket.uploads.has(change.uploadId)) return false;
        this.#addVersion(bucket, change.key, change.version);
        return this.#dropUpload(bucket, change.uploadId);
    }
  }

  /** The fewest changes that lead to this state, oldest versions first. */
  *changes(): Generator<Change, void> {
    for (const { name, created, versioning, settings, keys, uploads } of this.buckets.values()) {
      yield { do: 'make-bucket', bucket: name, created, versioning, settings };
      for (const { key, versions } of keys.all()) {
        for (const version of versions.toReversed()) yield { do: 'add-version', bucket: name, key, version };
      }
      for (const { facts, parts } of uploads.values()) {
        yield { do: 'make-upload', bucket: name, upload: facts };
        for (const part of parts.values()) {
          yield { do: 'add-part', bucket: name, uploadId: facts.uploadId, part };
        }
      }
    }
  }

  #addVersion(bucket: Bucket, key: string, version: Version): void {
    this.#sequence = Math.max(this.#sequence, version.sequence);
    this.#use.retain(segmentsOf(version));
    const entry = bucket.keys.get(key);
    if (entry === undefined) {
      bucket.keys.add({ key, versions: [version] });
      return;
    }
    const former =
      version.versionId === 'null' ? entry.versions.find((other) => other.versionId === 'null') : undefined;
    entry.versions = [version, ...entry.versions.filter((other) => other !== former)];
    if (former !== undefined) this.#use.release(segmentsOf(former));
  }

  #dropVersion(bucket: Bucket, key: string, versionId: string): boolean {
    const entry = bucket.keys.get(key);
    const gone = entry?.versions.find((version) => version.versionId === versionId);
    if (entry === undefined || gone === undefined) return false;
    entry.versions = entry.versions.filter((version) => version !== gone);
    if (entry.versions.length === 0) bucket.keys.remove(key);
    this.#use.release(segmentsOf(gone));
    return true;
  }

  #dropUpload(bucket: Bucket, uploadId: string): boolean {
    const upload = bucket.uploads.get(uploadId);
    if (upload === undefined) return false;
    bucket.uploads.delete(uploadId);
    for (const part of upload.parts.values()) this.#use.release(part.segments);
    return true;
  }
}

function replaceVersion(
  entry: KeyEntry | undefined,
  versionId: string,
  change: (version: Version) => Version,
): boolean {
  if (entry === undefined) return false;
  entry.versions = entry.versions.map((version) => (version.versionId === versionId ? change(version) : version));
  return true;
}
