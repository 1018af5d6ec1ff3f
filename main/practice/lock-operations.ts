/** The operations on object lock: a bucket's configuration, and retention and legal hold of a version. */
import { bucketOf, type Call, emptyReply, type Reply, xmlReply } from './call.ts';
import { changeSettings } from './change-settings.ts';
import { readDocument } from './document.ts';
import type { ObjectLock, ObjectVersion, Retention } from './model.ts';
import { checkNewRetention, parseLockMode, parseUntil } from './object-lock.ts';
import { Refusal } from './refusal.ts';
import type { DefaultRetention } from './settings-model.ts';
import { findObject } from './versions.ts';
import { childrenOf, childText, expectOnly, onlyChild, parseXml } from './xml.ts';

/** Longest default retention: a hundred years. */
const MAX_COUNT = { Days: 36_500, Years: 100 } as const;

function malformed(message: string): Refusal {
  return new Refusal('MalformedXML', message);
}

function parseDefault(text: string): DefaultRetention | undefined {
  const document = parseXml(text, 'ObjectLockConfiguration');
  expectOnly(document, ['ObjectLockEnabled', 'Rule']);
  if (childText(document, 'ObjectLockEnabled')?.trim() !== 'Enabled') {
    throw malformed('ObjectLockEnabled is Enabled.');
  }
  if (childrenOf(document, 'Rule').length === 0) return undefined;
  const usual = onlyChild(onlyChild(document, 'Rule'), 'DefaultRetention');
  expectOnly(usual, ['Mode', 'Days', 'Years']);
  const mode = parseLockMode(childText(usual, 'Mode'));
  const [first, ...others] = (['Days', 'Years'] as const).filter((unit) => childText(usual, unit) !== undefined);
  if (mode === undefined || first === undefined || others.length > 0) {
    throw malformed('A default retention has a mode and either days or years.');
  }
  const count = Number(childText(usual, first));
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT[first]) {
    throw new Refusal('InvalidArgument', 'Default retention period must be a positive integer value.');
  }
  return { mode, unit: first, count };
}

/** Sets the default retention, and turns object lock on in a bucket that was made without it. */
export async function putObjectLockConfiguration(call: Call): Promise<Reply> {
  bucketOf(call);
  const defaultRetention = parseDefault(await readDocument(call));
  await changeSettings(call, (settings, bucket) => {
    if (bucket.versioning !== 'Enabled') {
      throw new Refusal('InvalidBucketState', "Versioning must be 'Enabled' on the bucket to apply Object Lock.");
    }
    return { ...settings, lock: { defaultRetention } };
  });
  return emptyReply(200);
}

export function getObjectLockConfiguration(call: Call): Reply {
  const { lock } = bucketOf(call).settings;
  if (lock === undefined) {
    throw new Refusal(
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
    );
  }
  const usual = lock.defaultRetention;
  return xmlReply('ObjectLockConfiguration', [
    ['ObjectLockEnabled', 'Enabled'],
    [
      'Rule',
      usual === undefined
        ? undefined
        : [
            [
              'DefaultRetention',
              [
                ['Mode', usual.mode],
                [usual.unit, usual.count],
              ],
            ],
          ],
    ],
  ]);
}

function lockable(call: Call): ObjectVersion {
  const bucket = bucketOf(call);
  const version = findObject(bucket, call.key, call.query.get('versionId'));
  if (bucket.settings.lock === undefined) {
    throw new Refusal('InvalidRequest', 'Bucket is missing Object Lock Configuration');
  }
  return version;
}

function changeLock(call: Call, change: (lock: ObjectLock) => ObjectLock): Promise<Reply> {
  return call.store.withKey(call.bucketName, call.key, async () => {
    const { versionId, lock } = lockable(call);
    const changed = { lock: change(lock ?? {}) };
    await call.store.commit({ do: 'change-version', bucket: call.bucketName, key: call.key, versionId, changed });
    return emptyReply(200);
  });
}

/** An empty document takes the retention away. */
function parseRetention(text: string, now: number): Retention | undefined {
  const document = parseXml(text, 'Retention');
  expectOnly(document, ['Mode', 'RetainUntilDate']);
  if (document.children.length === 0) return undefined;
  const mode = parseLockMode(childText(document, 'Mode'));
  const until = childText(document, 'RetainUntilDate');
  if (mode === undefined || until === undefined) throw malformed('A retention has a mode and a date.');
  return { mode, until: parseUntil(until, now) };
}

export async function putObjectRetention(call: Call): Promise<Reply> {
  lockable(call);
  const retention = parseRetention(await readDocument(call), call.now);
  return changeLock(call, (lock) => {
    checkNewRetention(lock.retention, retention, call.headers, call.now);
    return { ...lock, retention };
  });
}

function noLock(): Refusal {
  return new Refusal('NoSuchObjectLockConfiguration', 'The specified object does not have a ObjectLock configuration');
}

export function getObjectRetention(call: Call): Reply {
  const { lock } = lockable(call);
  if (lock?.retention === undefined) throw noLock();
  return xmlReply('Retention', [
    ['Mode', lock.retention.mode],
    ['RetainUntilDate', new Date(lock.retention.until).toISOString()],
  ]);
}

export async function putObjectLegalHold(call: Call): Promise<Reply> {
  lockable(call);
  const document = parseXml(await readDocument(call), 'LegalHold');
  expectOnly(document, ['Status']);
  const status = childText(document, 'Status');
  if (status !== 'ON' && status !== 'OFF') throw malformed('A legal hold is ON or OFF.');
  return changeLock(call, (lock) => ({ ...lock, legalHold: status === 'ON' }));
}

export function getObjectLegalHold(call: Call): Reply {
  const { lock } = lockable(call);
  if (lock?.legalHold === undefined) throw noLock();
  return xmlReply('LegalHold', [['Status', lock.legalHold ? 'ON' : 'OFF']]);
}
