/** The lock headers of a write, the bucket's default and the time in; a version's lock out, and whether it may go. */
import type { Headers } from './authenticate.ts';
import { present, type ReplyHeaders } from './call.ts';
import type { Bucket, ObjectLock, Retention, Version } from './model.ts';
import { Refusal } from './refusal.ts';
import type { DefaultRetention, LockMode } from './settings-model.ts';

const MODE = 'x-amz-object-lock-mode';
const UNTIL = 'x-amz-object-lock-retain-until-date';
const HOLD = 'x-amz-object-lock-legal-hold';
/** The headers of writes that lock what they write. */
export const LOCK_HEADERS: readonly string[] = [MODE, UNTIL, HOLD];
/** The header that lets a retention in governance mode be shortened, and its versions be deleted. */
export const BYPASS_HEADER = 'x-amz-bypass-governance-retention';

const DAY = 24 * 60 * 60 * 1000;

function invalid(name: string, value: string, message: string): Refusal {
  return new Refusal('InvalidArgument', message, { details: { ArgumentName: name, ArgumentValue: value } });
}

/** Reads a mode; undefined for anything else. */
export function parseLockMode(text: string | undefined): LockMode | undefined {
  return text === 'GOVERNANCE' || text === 'COMPLIANCE' ? text : undefined;
}

/** Reads an ISO 8601 date that must lie in the future. Milliseconds. */
export function parseUntil(text: string, now: number): number {
  const until = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(until)) throw invalid(UNTIL, text, 'The retain until date must be provided in ISO 8601 format');
  if (until <= now) throw invalid(UNTIL, text, 'The retain until date must be in the future!');
  return until;
}

/** The lock that headers ask for; undefined where they ask for none. Refuses one in a bucket without object lock. */
export function parseLockHeaders(headers: Headers, bucket: Bucket, now: number): ObjectLock | undefined {
  const [mode, until, hold] = LOCK_HEADERS.map((name) => headers.get(name));
  if (mode === undefined && until === undefined && hold === undefined) return undefined;
  if (bucket.settings.lock === undefined) {
    throw new Refusal('InvalidRequest', 'Bucket is missing Object Lock Configuration');
  }
  if (hold !== undefined && hold !== 'ON' && hold !== 'OFF') {
    throw invalid(HOLD, hold, 'Legal Hold must be either of ON or OFF');
  }
  return {
    retention: parseRetentionHeaders(mode, until, now),
    legalHold: hold === undefined ? undefined : hold === 'ON',
  };
}

function parseRetentionHeaders(
  mode: string | undefined,
  until: string | undefined,
  now: number,
): Retention | undefined {
  if (mode === undefined && until === undefined) return undefined;
  if (mode === undefined || until === undefined) {
    throw invalid(
      mode === undefined ? MODE : UNTIL,
      '',
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
    );
  }
  const known = parseLockMode(mode);
  if (known === undefined) throw invalid(MODE, mode, 'Unknown wormMode directive.');
  return { mode: known, until: parseUntil(until, now) };
}

function defaultUntil({ unit, count }: DefaultRetention, now: number): number {
  if (unit === 'Days') return now + count * DAY;
  const date = new Date(now);
  date.setUTCFullYear(date.getUTCFullYear() + count);
  return date.getTime();
}

/** The lock of a new version: what was asked, with the bucket's default where no retention was. */
export function lockOfNew(asked: ObjectLock | undefined, bucket: Bucket, now: number): ObjectLock | undefined {
  const usual = bucket.settings.lock?.defaultRetention;
  if (usual === undefined || asked?.retention !== undefined) return asked;
  return { ...asked, retention: { mode: usual.mode, until: defaultUntil(usual, now) } };
}

/** Refuses a body that would be locked and brings no digest that proves it whole. */
export function checkLockedBody(asked: ObjectLock | undefined, bucket: Bucket, isProved: boolean): void {
  const locks = asked !== undefined || bucket.settings.lock?.defaultRetention !== undefined;
  if (!locks || isProved) return;
  throw new Refusal(
    'InvalidRequest',
    'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
  );
}

/** Whether headers ask to get around a retention in governance mode. Every user here may. */
export function bypasses(headers: Headers): boolean {
  return headers.get(BYPASS_HEADER)?.toLowerCase() === 'true';
}

/** Refuses to delete a version that is held or retained. */
export function checkDeletable(version: Version, headers: Headers, now: number): void {
  if (version.kind !== 'object') return;
  const { retention, legalHold } = version.lock ?? {};
  const isRetained = retention !== undefined && retention.until > now;
  const mayPass = retention?.mode === 'GOVERNANCE' && bypasses(headers);
  if (legalHold === true || (isRetained && !mayPass)) {
    throw new Refusal('AccessDenied', 'Access Denied because object protected by object lock.');
  }
}

/**
 * Refuses a retention that would weaken the one in force. In compliance mode it can only be made longer; in governance
 * mode anything else needs the bypass header.
 */
export function checkNewRetention(
  current: Retention | undefined,
  wanted: Retention | undefined,
  headers: Headers,
  now: number,
): void {
  if (current === undefined || current.until <= now) return;
  const isLonger = wanted?.mode === current.mode && wanted.until >= current.until;
  if (isLonger || (current.mode === 'GOVERNANCE' && bypasses(headers))) return;
  throw new Refusal('AccessDenied', 'Access Denied because object protected by object lock.');
}

/** The headers that tell of a version's lock. */
export function lockHeaders(lock: ObjectLock | undefined): ReplyHeaders {
  const { retention, legalHold } = lock ?? {};
  return present({
    [MODE]: retention?.mode,
    [UNTIL]: retention === undefined ? undefined : new Date(retention.until).toISOString(),
    [HOLD]: legalHold === undefined ? undefined : legalHold ? 'ON' : 'OFF',
  });
}
