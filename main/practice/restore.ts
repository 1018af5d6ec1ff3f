/** RestoreObject, and whether an object of an archive class can be read now. */
import { bucketOf, type Call, emptyReply, httpTime, type Reply, type ReplyHeaders } from './call.ts';
import { readDocument } from './document.ts';
import type { ObjectVersion, Thaw } from './model.ts';
import { notImplemented, Refusal } from './refusal.ts';
import { findObject } from './versions.ts';
import { childrenOf, childText, expectOnly, parseXml } from './xml.ts';

/** Classes whose objects must be restored before they can be read, with the tiers in which that can be done. */
const TIERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['GLACIER', ['Expedited', 'Standard', 'Bulk']],
  ['DEEP_ARCHIVE', ['Standard', 'Bulk']],
]);
const DAY = 24 * 60 * 60 * 1000;

export type ThawState = 'none' | 'ongoing' | 'thawed';

/** How far a restore is at a time. */
export function thawState(thaw: Thaw | undefined, now: number): ThawState {
  if (thaw === undefined || now >= thaw.expires) return 'none';
  return now < thaw.ready ? 'ongoing' : 'thawed';
}

/** Whether a version's bytes can be read: it is in no archive, or there is a restored copy. */
export function isReadable(version: ObjectVersion, now: number): boolean {
  return !TIERS.has(version.fields.storageClass) || thawState(version.thaw, now) === 'thawed';
}

/** Refuses to read from an archive. */
export function checkReadable(version: ObjectVersion, now: number): void {
  if (isReadable(version, now)) return;
  throw new Refusal('InvalidObjectState', "The operation is not valid for the object's storage class", {
    details: { StorageClass: version.fields.storageClass },
  });
}

/** The header that tells how far a restore is. */
export function restoreHeader({ thaw }: ObjectVersion, now: number): ReplyHeaders {
  const state = thawState(thaw, now);
  if (thaw === undefined || state === 'none') return {};
  if (state === 'ongoing') return { 'x-amz-restore': 'ongoing-request="true"' };
  return { 'x-amz-restore': `ongoing-request="false", expiry-date="${httpTime(thaw.expires)}"` };
}

interface Wish {
  readonly days: number;
  readonly tier: string;
}

function parseWish(text: string): Wish {
  const document = parseXml(text, 'RestoreRequest');
  const unknown = document.children.find((child) => !['Days', 'GlacierJobParameters', 'Tier'].includes(child.name));
  if (unknown !== undefined) throw notImplemented(`${unknown.name} in a RestoreRequest`);
  const days = Number(childText(document, 'Days')?.trim());
  if (!Number.isInteger(days) || days < 1) {
    throw new Refusal('MalformedXML', 'A RestoreRequest has a number of days.');
  }
  const [parameters] = childrenOf(document, 'GlacierJobParameters');
  if (parameters !== undefined) expectOnly(parameters, ['Tier']);
  const tier = (parameters === undefined ? undefined : childText(parameters, 'Tier')) ?? childText(document, 'Tier');
  return { days, tier: tier?.trim() ?? 'Standard' };
}

/** The copy stays for whole days and until the next midnight, as in S3. */
function expiryOf(ready: number, days: number): number {
  return Math.ceil((ready + days * DAY) / DAY) * DAY;
}

export async function restoreObject(call: Call): Promise<Reply> {
  const { store, bucketName, key, now } = call;
  const find = (): ObjectVersion => findObject(bucketOf(call), key, call.query.get('versionId'));
  find();
  const { days, tier } = parseWish(await readDocument(call));
  return store.withKey(bucketName, key, async () => {
    const { versionId, thaw, fields } = find();
    const tiers = TIERS.get(fields.storageClass);
    if (tiers === undefined) {
      throw new Refusal('InvalidObjectState', "Restore is not allowed for the object's current storage class");
    }
    if (!tiers.includes(tier)) {
      throw new Refusal('InvalidArgument', `The tier ${tier} cannot be used with ${fields.storageClass}.`);
    }
    const state = thawState(thaw, now);
    if (state === 'ongoing') throw new Refusal('RestoreAlreadyInProgress', 'Object restore is already in progress');
    // A copy that is there already is only kept for longer or shorter.
    const ready = state === 'thawed' && thaw !== undefined ? thaw.ready : now + call.thawDelay;
    const expires = expiryOf(Math.max(ready, now), days);
    const changed = { thaw: { ready, expires } };
    await store.commit({ do: 'change-version', bucket: bucketName, key, versionId, changed });
    return emptyReply(state === 'thawed' ? 200 : 202);
  });
}
