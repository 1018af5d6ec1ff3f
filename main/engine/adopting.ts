/**
 * Takes what lies in the bucket for known, where it is proved to be what lies on disk. In: a folder that was added to a
 * prefix with something in it, or whose database was lost. Out: journal rows with receipts, and the counts.
 *
 * A file with a row is not sent again. One that is not proved equal loses its row, so that the scan which follows queues
 * it. Rows of files that are not on disk stay as they are: whether these are gone is for two scans to say.
 */
import type { Folder, FolderMatch } from '../contract/models.ts';
import type { RelPath } from '../contract/names.ts';
import { success, type Result } from '../contract/result.ts';
import { commonFields } from '../policy/request.ts';
import { withCommonFields, type StoreClient } from '../s3/index.ts';
import { idOfVersion, openScratch, type MatchWhy, type Scratch, type WriteTables } from '../store/index.ts';
import type { NewReceipt } from '../store/types.ts';
import { matchPrefix, type EqualFile } from './matching.ts';
import type { Ring } from './ring.ts';

export interface AdoptOptions {
  readonly forbidden: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
  /** Left out: nobody handed customer keys over. */
  readonly ring?: Ring;
  readonly now: () => Date;
}

/** Files that are written down in one transaction. */
const TOGETHER = 200;
/** An object that was not sent by us was sent under none of the folder's policies. */
const NO_POLICY = 0;

/** Compares and writes down. What was written before it was broken off stays, and the comparison stays due. */
export async function adoptFolder(
  folder: Folder,
  client: StoreClient,
  tables: WriteTables,
  options: AdoptOptions,
): Promise<Result<FolderMatch>> {
  const why = tables.looks.matchDue(folder.id) ?? 'asked';
  const listing = openScratch();
  try {
    const writer = new Writer(folder, tables, options.now);
    const matched = await matchPrefix(
      {
        root: folder.path,
        bucket: folder.bucket,
        prefix: folder.prefix,
        policy: folder.policy,
        ignore: folder.ignore,
        links: folder.links ?? 'skip',
        client: withCommonFields(client, commonFields(folder.policy)),
      },
      listing,
      {
        forbidden: options.forbidden,
        signal: options.signal,
        ring: options.ring,
        sha256Of: (path, version) => receiptOf(tables, folder.id, path, version)?.sha256 ?? null,
        onEqual: (file) => {
          writer.equal(file);
        },
        onOther: (path) => {
          writer.other(path);
        },
      },
    );
    writer.flush();
    if (!matched.ok) return matched;
    if (why !== 'asked') await noteBefore(folder.id, listing, tables);
    tables.now(() => {
      tables.looks.clearMatchDue(folder.id);
      tables.activity.add({
        at: options.now().toISOString(),
        folder: folder.id,
        kind: 'matched',
        code: why,
        path: null,
        detail: detailOf(matched.value, why),
      });
    });
    return success(matched.value);
  } finally {
    listing.close();
  }
}

function detailOf(match: FolderMatch, why: MatchWhy): Record<string, string | number> {
  const { equal, different, onlyHere, onlyThere, unproved, requests } = match;
  const begun = why === 'added' ? 'What was there already' : 'Disk and bucket';
  const message = `${begun}: ${equal.files} equal, ${different.files} different, ${onlyHere.files} only here, ${onlyThere.files} only there`;
  return {
    message,
    equal: equal.files,
    different: different.files,
    onlyHere: onlyHere.files,
    onlyThere: onlyThere.files,
    unproved,
    requests,
  };
}

type Version = EqualFile['version'];

/** The receipt of an upload that explains a version of a path. */
function receiptOf(tables: WriteTables, folder: string, path: RelPath, version: Version) {
  const id = idOfVersion(version.versionId, version.etag);
  const explains = ({ operation, versionId, etag }: NewReceipt): boolean =>
    operation !== 'gone' && operation !== 'delete' && operation !== 'break' && idOfVersion(versionId, etag) === id;
  return tables.receipts.ofPath(folder, path).find(explains) ?? null;
}

/** Writes what was found, many files in one transaction. */
class Writer {
  readonly #folder: Folder;
  readonly #tables: WriteTables;
  readonly #now: () => Date;
  /** What an upload under way writes down meanwhile is newer than the listing. */
  readonly #upToSeq: number;
  #equal: EqualFile[] = [];
  #other: RelPath[] = [];

  constructor(folder: Folder, tables: WriteTables, now: () => Date) {
    this.#folder = folder;
    this.#tables = tables;
    this.#now = now;
    this.#upToSeq = tables.receipts.lastSeq();
  }

  equal(file: EqualFile): void {
    this.#equal.push(file);
    if (this.#equal.length >= TOGETHER) this.flush();
  }

  other(path: RelPath): void {
    this.#other.push(path);
    if (this.#other.length >= TOGETHER) this.flush();
  }

  flush(): void {
    if (this.#equal.length + this.#other.length === 0) return;
    const equal = this.#equal;
    const other = this.#other;
    this.#equal = [];
    this.#other = [];
    const { journal } = this.#tables;
    this.#tables.now(() => {
      const isOld = (path: RelPath): boolean => (journal.find(this.#folder.id, path)?.receiptSeq ?? 0) <= this.#upToSeq;
      for (const path of other) if (isOld(path)) journal.remove(this.#folder.id, path);
      for (const file of equal) if (isOld(file.path)) this.#write(file);
    });
  }

  #write(file: EqualFile): void {
    const { path, key, stat, sha256, version } = file;
    const { id } = this.#folder;
    const { receipts, journal } = this.#tables;
    const receipt = receiptOf(this.#tables, id, path, version) ?? receipts.append(id, this.#receipt(file));
    journal.put({
      folder: id,
      path,
      stat,
      sha256,
      key,
      versionId: version.versionId,
      etag: version.etag,
      policyVersion: receipt.policyVersion,
      receiptSeq: receipt.seq,
    });
  }

  #receipt({ path, key, stat, sha256, version, proof, head }: EqualFile): NewReceipt {
    const at = this.#now().toISOString();
    const listed = {
      ETag: version.etag,
      VersionId: version.versionId,
      Size: version.size,
      LastModified: version.lastModified,
    };
    const keyMd5 = head?.['SSECustomerKeyMD5'];
    const encryption = head?.['ServerSideEncryption'];
    return {
      folder: this.#folder.name,
      path,
      key,
      operation: 'adopt',
      versionId: version.versionId,
      etag: version.etag,
      size: stat.size,
      sha256,
      checksum: null,
      proof,
      storageClass: version.storageClass,
      serverSideEncryption: typeof encryption === 'string' ? encryption : null,
      // What a restore must know: under which customer key it lies.
      request: typeof keyMd5 === 'string' ? { SSECustomerKeyMD5: keyMd5 } : {},
      response: head ?? listed,
      fields: {},
      dropped: [],
      policyVersion: NO_POLICY,
      seenAt: at,
      startedAt: at,
      finishedAt: at,
    };
  }
}

/** What was there before stays known as that: no receipt will ever explain it. */
async function noteBefore(folder: string, listing: Scratch, tables: WriteTables): Promise<void> {
  for (const page of listing.pages()) {
    await tables.commit(() => {
      tables.looks.addBefore(
        folder,
        page.map(({ key, versionId, etag }) => ({ key, version: idOfVersion(versionId, etag) })),
      );
    });
  }
}
