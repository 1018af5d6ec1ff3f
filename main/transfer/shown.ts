/** Holds what a store shows of an object against what was asked for. Pure. */
import type { Fields } from './types.ts';

/** Fields that HEAD gives back under the same name, to be compared as they are. */
const PLAIN = new Set([
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentLength',
  'ContentType',
  'WebsiteRedirectLocation',
  'ObjectLockMode',
  'ObjectLockLegalHoldStatus',
  'ServerSideEncryption',
  'SSECustomerAlgorithm',
  'SSECustomerKeyMD5',
  'BucketKeyEnabled',
]);

/** What an object has of which HEAD says nothing. */
const SAID_BY_SILENCE: Fields = { BucketKeyEnabled: false, ObjectLockLegalHoldStatus: 'OFF' };

/**
 * Of the named fields those that a HEAD can show, each with whether it is there as asked.
 * @param head the answer to HeadObject, under the SDK's names.
 */
export function compareHead(names: readonly string[], request: Fields, head: Fields): Map<string, boolean> {
  const found = new Map<string, boolean>();
  for (const name of names) {
    const isKept = compareOne(name, request[name], head);
    if (isKept !== null) found.set(name, isKept);
  }
  return found;
}

/** Null: HEAD does not show this field. */
function compareOne(name: string, asked: unknown, head: Fields): boolean | null {
  if (PLAIN.has(name)) return (head[name] ?? SAID_BY_SILENCE[name]) === asked;
  switch (name) {
    case 'MpuObjectSize':
      return head['ContentLength'] === asked;
    case 'StorageClass':
      return (head['StorageClass'] ?? 'STANDARD') === asked;
    case 'Metadata':
      return containsAll(head['Metadata'], asked);
    case 'SSEKMSKeyId':
      return typeof head[name] === 'string' && isSameKmsKey(head[name], String(asked));
    case 'Expires':
      return isSameSecond(head['ExpiresString'] ?? head['Expires'], asked);
    case 'ObjectLockRetainUntilDate':
      return isSameSecond(head[name], asked);
    default:
      // A checksum that the store does not give back is unproved, not dropped: the ETag may have shown the bytes.
      return null;
  }
}

function containsAll(shown: unknown, asked: unknown): boolean {
  const there = (shown ?? {}) as Readonly<Record<string, string>>;
  return Object.entries((asked ?? {}) as Readonly<Record<string, string>>).every(
    ([name, value]) => there[name] === value,
  );
}

/** A KMS key is asked for by id, alias or ARN and shown as its ARN; behind an alias the id cannot be told. */
export function isSameKmsKey(shown: string, asked: string): boolean {
  return shown === asked || shown.endsWith(`/${asked}`) || asked.includes('alias/');
}

function isSameSecond(shown: unknown, asked: unknown): boolean {
  const second = (value: unknown): number =>
    Math.floor((value instanceof Date ? value.getTime() : Date.parse(String(value))) / 1000);
  return second(shown) === second(asked);
}

export function compareTags(
  asked: unknown,
  shown: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
): boolean {
  const wanted = new Map(new URLSearchParams(String(asked)));
  return shown.length === wanted.size && shown.every(({ Key, Value }) => wanted.get(Key ?? '') === Value);
}

interface ShownAcl {
  readonly Owner?: { readonly ID?: string | undefined } | undefined;
  readonly Grants?:
    | readonly {
        readonly Grantee?:
          | {
              readonly ID?: string | undefined;
              readonly URI?: string | undefined;
              readonly EmailAddress?: string | undefined;
            }
          | undefined;
        readonly Permission?: string | undefined;
      }[]
    | undefined;
}

const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';
const ANY_ACCOUNT = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';

/** What a canned ACL gives beside the owner's own rights; of the others only the owner of the bucket would know. */
const cannedGrants: Readonly<Record<string, readonly string[]>> = {
  private: [],
  'public-read': [`READ ${ALL_USERS}`],
  'public-read-write': [`READ ${ALL_USERS}`, `WRITE ${ALL_USERS}`],
  'authenticated-read': [`READ ${ANY_ACCOUNT}`],
};

const grantPermissions: Readonly<Record<string, string>> = {
  GrantFullControl: 'FULL_CONTROL',
  GrantRead: 'READ',
  GrantReadACP: 'READ_ACP',
  GrantWriteACP: 'WRITE_ACP',
};

/** Of `ACL` and the grants that were asked for, whether the object shows them. */
export function compareAcl(request: Fields, acl: ShownAcl): Map<string, boolean> {
  const shown = new Set(
    (acl.Grants ?? []).flatMap(({ Grantee, Permission }) =>
      [Grantee?.ID, Grantee?.URI, Grantee?.EmailAddress].flatMap((who) =>
        who === undefined ? [] : [`${Permission ?? ''} ${who}`],
      ),
    ),
  );
  const found = new Map<string, boolean>();
  const canned = request['ACL'];
  if (typeof canned === 'string') {
    const expected = cannedGrants[canned];
    const owner = acl.Owner?.ID ?? '';
    const others = [...shown].filter((grant) => !grant.endsWith(` ${owner}`));
    if (expected !== undefined) {
      found.set('ACL', expected.length === others.length && expected.every((grant) => shown.has(grant)));
    }
  }
  for (const [name, permission] of Object.entries(grantPermissions)) {
    const asked = request[name];
    if (typeof asked !== 'string') continue;
    const isThere = granteesOf(asked).map(({ kind, who }) =>
      // An address is shown as the id of its account, which only S3 can tell.
      kind === 'emailAddress' ? null : shown.has(`${permission} ${who}`),
    );
    if (isThere.includes(false)) found.set(name, false);
    else if (!isThere.includes(null)) found.set(name, true);
  }
  return found;
}

function granteesOf(text: string): { readonly kind: string; readonly who: string }[] {
  const matches = text.matchAll(/(?:^|, )(id|uri|emailAddress)="?([^",]+)"?/g);
  return [...matches].map(([, kind = '', who = '']) => ({ kind, who }));
}
