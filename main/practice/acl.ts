/**
 * Canned ACLs, grant headers and ACL documents in; lists of grants out, and back.
 *
 * Grants are kept and told, and never evaluated: whoever has the server's key may do everything, and nobody else gets
 * in, not even where an ACL says that all may read.
 */
import type { Headers } from './authenticate.ts';
import { OWNER_ID, ownerNode } from './call.ts';
import type { Bucket, Grant, Permission } from './model.ts';
import { Refusal } from './refusal.ts';
import { childrenOf, childText, expectOnly, onlyChild, type XmlElement, type XmlNode } from './xml.ts';

const GROUPS = 'http://acs.amazonaws.com/groups/';
const ALL_USERS = `${GROUPS}global/AllUsers`;
const AUTHENTICATED_USERS = `${GROUPS}global/AuthenticatedUsers`;
const KNOWN_GROUPS = [ALL_USERS, AUTHENTICATED_USERS, `${GROUPS}s3/LogDelivery`];
/** The canonical id under which Amazon EC2 reads what aws-exec-read grants it. */
const EC2_ID = '6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c';
/** Most grants of one ACL. */
const MAX_GRANTS = 100;

const OWNER_ALONE: readonly Grant[] = [{ grantee: { id: OWNER_ID }, permission: 'FULL_CONTROL' }];

function withOwner(grantee: Grant['grantee'], ...permissions: readonly Permission[]): readonly Grant[] {
  return [...OWNER_ALONE, ...permissions.map((permission) => ({ grantee, permission }))];
}

/** What each canned ACL grants. The owner of an object is here always that of its bucket. */
const CANNED: ReadonlyMap<string, readonly Grant[]> = new Map([
  ['private', OWNER_ALONE],
  ['public-read', withOwner({ uri: ALL_USERS }, 'READ')],
  ['public-read-write', withOwner({ uri: ALL_USERS }, 'READ', 'WRITE')],
  ['authenticated-read', withOwner({ uri: AUTHENTICATED_USERS }, 'READ')],
  ['aws-exec-read', withOwner({ id: EC2_ID }, 'READ')],
  ['bucket-owner-read', OWNER_ALONE],
  ['bucket-owner-full-control', OWNER_ALONE],
]);

const GRANT_PERMISSIONS: ReadonlyMap<string, Permission> = new Map([
  ['x-amz-grant-full-control', 'FULL_CONTROL'],
  ['x-amz-grant-read', 'READ'],
  ['x-amz-grant-read-acp', 'READ_ACP'],
  ['x-amz-grant-write-acp', 'WRITE_ACP'],
]);

/** The headers that give an object its ACL. */
export const ACL_HEADERS: readonly string[] = ['x-amz-acl', ...GRANT_PERMISSIONS.keys()];

function invalid(message: string, name: string, value: string): Refusal {
  return new Refusal('InvalidArgument', message, { details: { ArgumentName: name, ArgumentValue: value } });
}

/** A grantee by the name of its kind. Any account that could be is taken, as there is none to ask. */
function granteeOf(kind: string, value: string): Grant['grantee'] {
  switch (kind.toLowerCase()) {
    case 'id':
      if (!/^[0-9a-f]{64}$/.test(value)) throw invalid('Invalid id', 'CanonicalUser/ID', value);
      return { id: value };
    case 'uri':
      if (!KNOWN_GROUPS.includes(value)) throw invalid('Invalid group uri', 'Group/URI', value);
      return { uri: value };
    case 'emailaddress':
      throw new Refusal(
        'UnresolvableGrantByEmailAddress',
        'The email address you provided does not match any account on record.',
      );
    default:
      throw invalid('Argument format not recognized', 'x-amz-grant', `${kind}=${value}`);
  }
}

function parseGrantHeader(text: string, permission: Permission): readonly Grant[] {
  return text.split(',').map((item) => {
    const match = /^\s*([A-Za-z]+)\s*=\s*(?:"([^"]*)"|([^"]*?))\s*$/.exec(item);
    if (match === null) throw invalid('Argument format not recognized', 'x-amz-grant', item);
    return { permission, grantee: granteeOf(match[1] ?? '', match[2] ?? match[3] ?? '') };
  });
}

function checkCount(grants: readonly Grant[]): readonly Grant[] {
  if (grants.length <= MAX_GRANTS) return grants;
  throw new Refusal('MalformedACLError', 'An ACL holds at most a hundred grants.');
}

/** The grants that headers ask for; undefined where they ask for none. */
export function parseAclHeaders(headers: Headers): readonly Grant[] | undefined {
  const canned = headers.get('x-amz-acl');
  const given = [...GRANT_PERMISSIONS].filter(([name]) => headers.has(name));
  if (canned === undefined) {
    if (given.length === 0) return undefined;
    return checkCount(given.flatMap(([name, permission]) => parseGrantHeader(headers.get(name) ?? '', permission)));
  }
  if (given.length > 0) {
    throw new Refusal('InvalidRequest', 'Specifying both Canned ACLs and Header Grants is not allowed');
  }
  const grants = CANNED.get(canned);
  if (grants === undefined) throw invalid('The canned ACL is not known.', 'x-amz-acl', canned);
  return grants;
}

const PERMISSIONS: readonly Permission[] = ['FULL_CONTROL', 'READ', 'READ_ACP', 'WRITE', 'WRITE_ACP'];

function parseGrant(element: XmlElement): Grant {
  expectOnly(element, ['Grantee', 'Permission']);
  const grantee = onlyChild(element, 'Grantee');
  const permission = PERMISSIONS.find((name) => name === childText(element, 'Permission')?.trim());
  // The attribute xsi:type only repeats what the children tell.
  const kinds = [
    ['id', 'ID'],
    ['uri', 'URI'],
    ['emailaddress', 'EmailAddress'],
  ] as const;
  const [kind, ...others] = kinds.filter(([, name]) => childText(grantee, name) !== undefined);
  if (kind === undefined || others.length > 0 || permission === undefined) {
    throw new Refusal('MalformedACLError', 'A grant has one grantee and a permission.');
  }
  return { permission, grantee: granteeOf(kind[0], childText(grantee, kind[1])?.trim() ?? '') };
}

/** Reads an AccessControlPolicy document. */
export function parseAclDocument(document: XmlElement): readonly Grant[] {
  expectOnly(document, ['Owner', 'AccessControlList']);
  const [owner] = childrenOf(document, 'Owner');
  const ownerId = owner === undefined ? undefined : childText(owner, 'ID');
  if (ownerId === undefined) throw new Refusal('MalformedACLError', 'An ACL names the owner.');
  if (ownerId !== OWNER_ID) throw new Refusal('AccessDenied', 'Access Denied');
  const list = onlyChild(document, 'AccessControlList');
  expectOnly(list, ['Grant']);
  return checkCount(childrenOf(list, 'Grant').map(parseGrant));
}

function isOwner({ grantee }: Grant): boolean {
  return 'id' in grantee && grantee.id === OWNER_ID;
}

/** Refuses grants that the bucket does not take: any for others where ACLs are off, public ones where these are blocked. */
export function checkGrants(bucket: Bucket, grants: readonly Grant[] | undefined, canned: string | undefined): void {
  if (grants === undefined) return;
  if (bucket.settings.ownership === 'BucketOwnerEnforced') {
    const isBucketOwners =
      canned === undefined
        ? grants.every((grant) => isOwner(grant) && grant.permission === 'FULL_CONTROL')
        : canned === 'bucket-owner-full-control';
    if (!isBucketOwners) throw aclsAreOff();
  }
  const isPublic = grants.some(
    ({ grantee }) => 'uri' in grantee && [ALL_USERS, AUTHENTICATED_USERS].includes(grantee.uri),
  );
  if (isPublic && bucket.settings.publicAccess?.BlockPublicAcls === true) {
    throw new Refusal('AccessDenied', 'Access Denied');
  }
}

export function aclsAreOff(): Refusal {
  return new Refusal('AccessControlListNotSupported', 'The bucket does not allow ACLs');
}

const SCHEMA = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

function grantNode({ grantee, permission }: Grant): XmlNode {
  const isGroup = 'uri' in grantee;
  const type = `${SCHEMA} xsi:type="${isGroup ? 'Group' : 'CanonicalUser'}"`;
  return [
    'Grant',
    [
      ['Grantee', [isGroup ? ['URI', grantee.uri] : ['ID', grantee.id]], type],
      ['Permission', permission],
    ],
  ];
}

/** The content of an AccessControlPolicy document. Where ACLs are off, it shows the owner alone. */
export function aclNodes(bucket: Bucket, grants: readonly Grant[] | undefined): readonly XmlNode[] {
  const shown = bucket.settings.ownership === 'BucketOwnerEnforced' ? OWNER_ALONE : (grants ?? OWNER_ALONE);
  return [ownerNode('Owner'), ['AccessControlList', shown.map(grantNode)]];
}
