/** Joins policy, names and tables into what a transfer needs. In: a folder. Out: its ports. */
import { randomUUID } from 'node:crypto';
import type { Folder, Receipt } from '../contract/models.ts';
import { success, type Result } from '../contract/result.ts';
import {
  checksumOf,
  checksumTypeOf,
  commonFields,
  createMultipartFields,
  putObjectFields,
  type RequestFacts as PolicyFacts,
} from '../policy/request.ts';
import type { PolicyFields } from '../contract/policy.ts';
import { secretByMd5, secretOfFields } from './customer-keys.ts';
import type { Ring } from './ring.ts';
import { openFieldProofs, type FirstLooks } from './field-proofs.ts';
import { policyChanges } from '../policy/changes.ts';
import { resolvePolicy } from '../policy/resolve.ts';
import { withCommonFields, type StoreClient } from '../s3/index.ts';
import { exactName, keyOf } from '../scan/names.ts';
import { tooEarly } from './least-interval.ts';
import { recordStored, type WriteTables } from '../store/index.ts';
import type {
  DeletePorts,
  Memory,
  PreparedRequest,
  Reader,
  RequestFacts,
  TransferPorts,
  TransferStep,
} from '../transfer/index.ts';

export interface PortsContext {
  readonly ring: Ring;
  readonly tables: WriteTables;
  readonly memory: Memory;
  readonly reader: Reader;
  readonly looks: FirstLooks;
  readonly quietMs: number;
  readonly now: () => Date;
  readonly onBytes: (folder: string, count: number) => void;
  /** Cairn is ending: nothing more begins. */
  readonly isEnding: () => boolean;
  readonly deletesOf: (folder: Folder, client: StoreClient) => DeletePorts;
  /** A former attempt turned out to be stored; the job that looked for it goes on. */
  readonly onAdopted: (folder: string, receipt: Receipt) => void;
  readonly onStep: (step: TransferStep) => void;
}

export function transferPorts(folder: Folder, client: StoreClient, context: PortsContext): TransferPorts {
  const { tables } = context;
  const capabilities = () => tables.folders.capabilities(folder.connection, folder.bucket);
  const prepare = (
    make: typeof putObjectFields | typeof createMultipartFields,
    facts: RequestFacts,
  ): Result<PreparedRequest> => {
    const { fields } = resolvePolicy(folder.policy, { path: facts.path, size: facts.stat.size });
    const made = make(fields, policyFacts(folder, facts));
    if (!made.ok) return made;
    const algorithm = made.value.ChecksumAlgorithm;
    const secret = secretOfFields(fields, context.ring);
    if (!secret.ok) return secret;
    // The MD5 names the key in intents and receipts; the key itself goes along at the last moment only.
    const named = 'SSECustomerKeyMD5' in secret.value ? { SSECustomerKeyMD5: secret.value['SSECustomerKeyMD5'] } : {};
    return success({
      fields: { ...made.value, ...named },
      algorithm,
      checksumType: checksumTypeOf(algorithm),
      contentMd5: contentMd5Mode(fields),
      secret: secret.value,
    });
  };
  return {
    client: withCommonFields(client, commonFields(folder.policy)),
    bucket: folder.bucket,
    folder: folder.id,
    folderName: folder.name,
    root: folder.path,
    links: folder.links ?? 'skip',
    policyVersion: folder.policyVersion,
    keyOf: (path) => keyOf(folder.prefix, path),
    putRequest: (facts) => prepare(putObjectFields, facts),
    multipartRequest: (facts) => prepare(createMultipartFields, facts),
    secretOf: (request) => secretByMd5(folder.policy, request['SSECustomerKeyMD5'], context.ring),
    algorithm: (path, size) => checksumOf(resolvePolicy(folder.policy, { path, size }).fields),
    contentMd5: (path, size) => contentMd5Mode(resolvePolicy(folder.policy, { path, size }).fields),
    receiptOf: (row) => tables.receipts.find(row.receiptSeq),
    guardsOverwrites: folder.policy.guardOverwrites ?? ['off', 'suspended'].includes(capabilities().versioning),
    changesSince: (path, size, version) => {
      const before = tables.folders.policy(folder.id, version) ?? {};
      const file = { path, size };
      return policyChanges(
        resolvePolicy(before, file).fields,
        resolvePolicy(folder.policy, file).fields,
        context.now(),
      );
    },
    deletes: context.deletesOf(folder, client),
    fieldProofs: openFieldProofs(folder, tables, context.looks, context.now, Math.random),
    journalRow: (path) => tables.journal.find(folder.id, path),
    attempts: tables.attempts,
    commit: (work) => tables.commit(work),
    recordAdopted: async (receipt, journal) => {
      const attemptId = attemptOf(receipt.request);
      const written = await tables.commit(() => recordStored(tables, receipt, journal, attemptId));
      context.onAdopted(folder.id, written);
    },
    capabilities,
    learn: (learnt) => {
      const known = capabilities();
      if (JSON.stringify(known) === JSON.stringify(learnt)) return;
      tables.now(() => {
        tables.folders.setCapabilities(folder.connection, folder.bucket, learnt, context.now().toISOString());
      });
    },
    memory: context.memory,
    reader: context.reader,
    now: context.now,
    newAttemptId: randomUUID,
    quietMs: context.quietMs,
    onBytes: (count) => {
      context.onBytes(folder.id, count);
    },
    tooEarly: (job) => tooEarly(folder, job, tables, context.now().getTime()),
    isEnding: context.isEnding,
    onStep: context.onStep,
  };
}

function contentMd5Mode({ contentMd5 }: PolicyFields): PreparedRequest['contentMd5'] {
  if (contentMd5 === undefined || contentMd5 === 'auto') return 'auto';
  return contentMd5 ? 'always' : 'never';
}

function policyFacts(folder: Folder, facts: RequestFacts): PolicyFacts {
  return {
    bucket: folder.bucket,
    key: facts.key,
    path: facts.path,
    now: facts.now,
    mtimeNs: BigInt(facts.stat.mtimeNs),
    mode: process.platform === 'win32' ? null : facts.stat.mode,
    attemptId: facts.attemptId,
    exactName: exactName(facts.path),
    sha256: facts.sha256,
  };
}

function attemptOf(request: Readonly<Record<string, unknown>>): string | null {
  const metadata = request['Metadata'] as Readonly<Record<string, string>> | undefined;
  return metadata?.['cairn-attempt'] ?? null;
}
