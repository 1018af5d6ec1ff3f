/** ACLs of objects: canned, by grants, as documents; and buckets that take none. */
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketOwnershipControlsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketOwnershipControlsCommand,
  GetObjectAclCommand,
  type Grant,
  HeadObjectCommand,
  type ObjectCannedACL,
  type ObjectOwnership,
  PutBucketOwnershipControlsCommand,
  PutObjectAclCommand,
  type PutObjectAclCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutPublicAccessBlockCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describe, expect } from 'vitest';
import { refused, suite } from './support.ts';

const { client, bucket, conforms } = suite('acl');

const ALL = 'http://acs.amazonaws.com/groups/global/AllUsers';
const SIGNED = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
const REFUSED = { name: 'AccessControlListNotSupported', status: 400 };

type Fields = Omit<PutObjectCommandInput, 'Bucket' | 'Key' | 'Body'>;

async function put(Bucket: string, fields: Fields = {}) {
  return client().send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'body', ...fields }));
}

async function setAcl(Bucket: string, fields: Omit<PutObjectAclCommandInput, 'Bucket' | 'Key'>) {
  return client().send(new PutObjectAclCommand({ Bucket, Key: 'k', ...fields }));
}

/** Who may do what; the owner by that word. */
async function aclOf(Bucket: string, VersionId?: string, Key = 'k') {
  const { Owner, Grants = [] } = await client().send(new GetObjectAclCommand({ Bucket, Key, VersionId }));
  const nameOf = ({ Grantee }: Grant): string | undefined =>
    Grantee?.Type === 'Group' ? Grantee.URI : Grantee?.ID === Owner?.ID ? 'owner' : Grantee?.ID;
  const grants = Grants.map((grant) => `${String(nameOf(grant))} ${String(grant.Permission)}`);
  return { owner: Owner?.ID ?? '', grants: grants.toSorted() };
}

const owner = 'owner FULL_CONTROL';
const CANNED: Readonly<Partial<Record<ObjectCannedACL, readonly string[]>>> = {
  private: [owner],
  'public-read': [`${ALL} READ`, owner],
  'public-read-write': [`${ALL} READ`, `${ALL} WRITE`, owner],
  'authenticated-read': [`${SIGNED} READ`, owner],
  'aws-exec-read': ['6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c READ', owner],
  'bucket-owner-read': [owner],
  'bucket-owner-full-control': [owner],
};

describe('a canned ACL', () => {
  for (const [name, grants] of Object.entries(CANNED)) {
    const ACL = name as ObjectCannedACL;
    conforms(`${name} of a put is kept`, async () => {
      const b = await bucket();
      await put(b, { ACL });
      expect((await aclOf(b)).grants).toEqual(grants);
    });
  }

  conforms('of a multipart upload is kept', async () => {
    const b = await bucket();
    const create = { Bucket: b, Key: 'k', ACL: 'public-read' } as const;
    const { UploadId } = await client().send(new CreateMultipartUploadCommand(create));
    const place = { Bucket: b, Key: 'k', UploadId };
    const part = await client().send(new UploadPartCommand({ ...place, PartNumber: 1, Body: 'part' }));
    const Parts = [{ PartNumber: 1, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 }];
    await client().send(new CompleteMultipartUploadCommand({ ...place, MultipartUpload: { Parts } }));
    expect((await aclOf(b)).grants).toEqual(CANNED['public-read']);
  });

  conforms('is given to a copy, and never taken from the source', async () => {
    const b = await bucket();
    await put(b, { ACL: 'public-read' });
    const CopySource = `${b}/k`;
    await client().send(new CopyObjectCommand({ Bucket: b, Key: 'plain', CopySource }));
    expect((await aclOf(b, undefined, 'plain')).grants).toEqual([owner]);
    await client().send(new CopyObjectCommand({ Bucket: b, Key: 'open', CopySource, ACL: 'authenticated-read' }));
    expect((await aclOf(b, undefined, 'open')).grants).toEqual(CANNED['authenticated-read']);
  });

  conforms('that is unknown is refused', async () => {
    const b = await bucket();
    const wrong = { ACL: 'no-such-acl' } as unknown as Fields;
    expect(await refused(put(b, wrong))).toEqual({ name: 'InvalidArgument', status: 400 });
  });

  conforms('without any the object is private', async () => {
    const b = await bucket();
    await put(b);
    expect((await aclOf(b)).grants).toEqual([owner]);
  });

  conforms('is set afterwards on one version only', async () => {
    const b = await bucket();
    const { VersionId } = await put(b);
    await put(b);
    await setAcl(b, { ACL: 'public-read', VersionId });
    expect((await aclOf(b, VersionId)).grants).toEqual(CANNED['public-read']);
    expect((await aclOf(b)).grants).toEqual([owner]);
    await setAcl(b, { ACL: 'private', VersionId });
    expect((await aclOf(b, VersionId)).grants).toEqual([owner]);
  });
});

describe('grants', () => {
  conforms('by headers of a put are kept', async () => {
    const b = await bucket();
    await put(b);
    const id = (await aclOf(b)).owner;
    await put(b, {
      GrantFullControl: `id="${id}"`,
      GrantRead: `uri="${ALL}", uri="${SIGNED}"`,
      GrantReadACP: `uri=${ALL}`,
      GrantWriteACP: `uri="${SIGNED}"`,
    });
    expect((await aclOf(b)).grants).toEqual([
      `${ALL} READ`,
      `${ALL} READ_ACP`,
      `${SIGNED} READ`,
      `${SIGNED} WRITE_ACP`,
      owner,
    ]);
  });

  conforms('by headers are all that there is: the owner is not added', async () => {
    const b = await bucket();
    await put(b, { GrantRead: `uri="${ALL}"` });
    expect((await aclOf(b)).grants).toEqual([`${ALL} READ`]);
  });

  conforms('by headers are set afterwards', async () => {
    const b = await bucket();
    await put(b);
    const id = (await aclOf(b)).owner;
    await setAcl(b, { GrantFullControl: `id=${id}`, GrantRead: `uri="${SIGNED}"` });
    expect((await aclOf(b)).grants).toEqual([`${SIGNED} READ`, owner]);
  });

  conforms('by a document are set and told', async () => {
    const b = await bucket();
    await put(b);
    const id = (await aclOf(b)).owner;
    const AccessControlPolicy = {
      Owner: { ID: id },
      Grants: [
        { Grantee: { Type: 'CanonicalUser', ID: id }, Permission: 'FULL_CONTROL' },
        { Grantee: { Type: 'Group', URI: ALL }, Permission: 'READ_ACP' },
      ],
    } as const satisfies PutObjectAclCommandInput['AccessControlPolicy'];
    await setAcl(b, { AccessControlPolicy: { ...AccessControlPolicy, Grants: [...AccessControlPolicy.Grants] } });
    expect((await aclOf(b)).grants).toEqual([`${ALL} READ_ACP`, owner]);
  });

  conforms('and a canned ACL exclude one another', async () => {
    const b = await bucket();
    const both = put(b, { ACL: 'private', GrantRead: `uri="${ALL}"` });
    expect(await refused(both)).toEqual({ name: 'InvalidRequest', status: 400 });
  });

  conforms('to an unknown group or account are refused', async () => {
    const b = await bucket();
    const invalid = { name: 'InvalidArgument', status: 400 };
    expect(await refused(put(b, { GrantRead: 'uri="http://acs.amazonaws.com/groups/none"' }))).toEqual(invalid);
    expect(await refused(put(b, { GrantRead: 'id="nobody"' }))).toEqual(invalid);
    const mail = put(b, { GrantRead: 'emailAddress="nobody@example.com"' });
    expect(await refused(mail)).toEqual({ name: 'UnresolvableGrantByEmailAddress', status: 400 });
  });

  conforms('in a document without an owner, or without a permission, are refused', async () => {
    const b = await bucket();
    await put(b);
    expect((await refused(setAcl(b, { AccessControlPolicy: { Grants: [] } }))).status).toBe(400);
    const id = (await aclOf(b)).owner;
    const Grants: Grant[] = [{ Grantee: { Type: 'CanonicalUser', ID: id } }];
    expect((await refused(setAcl(b, { AccessControlPolicy: { Owner: { ID: id }, Grants } }))).status).toBe(400);
  });
});

describe('who owns what is written', () => {
  async function own(Bucket: string, ObjectOwnership: ObjectOwnership): Promise<void> {
    const OwnershipControls = { Rules: [{ ObjectOwnership }] };
    await client().send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
  }

  async function controls(Bucket: string): Promise<ObjectOwnership | undefined> {
    const answer = await client().send(new GetBucketOwnershipControlsCommand({ Bucket }));
    return answer.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
  }

  conforms('is set, told and removed', async () => {
    const b = await bucket();
    for (const setting of ['ObjectWriter', 'BucketOwnerPreferred', 'BucketOwnerEnforced'] as const) {
      await own(b, setting);
      expect(await controls(b)).toBe(setting);
    }
    await client().send(new DeleteBucketOwnershipControlsCommand({ Bucket: b }));
    expect(await refused(controls(b))).toEqual({ name: 'OwnershipControlsNotFoundError', status: 404 });
  });

  conforms('is set when the bucket is made', async () => {
    const b = await bucket('never', { ObjectOwnership: 'BucketOwnerEnforced' });
    expect(await controls(b)).toBe('BucketOwnerEnforced');
    expect(await refused(put(b, { ACL: 'public-read' }))).toEqual(REFUSED);
  });

  conforms('BucketOwnerEnforced takes no ACL but bucket-owner-full-control', async () => {
    const b = await bucket();
    await own(b, 'BucketOwnerEnforced');
    for (const ACL of Object.keys(CANNED) as ObjectCannedACL[]) {
      if (ACL === 'bucket-owner-full-control') continue;
      expect(await refused(put(b, { ACL })), ACL).toEqual(REFUSED);
    }
    expect(await refused(put(b, { GrantRead: `uri="${ALL}"` }))).toEqual(REFUSED);
    expect((await refused(client().send(new HeadObjectCommand({ Bucket: b, Key: 'k' })))).status).toBe(404);
    await put(b, { ACL: 'bucket-owner-full-control' });
    await put(b);
    const create = { Bucket: b, Key: 'k', ACL: 'public-read' } as const;
    expect(await refused(client().send(new CreateMultipartUploadCommand(create)))).toEqual(REFUSED);
    const copy = { Bucket: b, Key: 'l', CopySource: `${b}/k`, ACL: 'public-read' } as const;
    expect(await refused(client().send(new CopyObjectCommand(copy)))).toEqual(REFUSED);
  });

  conforms('BucketOwnerEnforced changes no ACL and shows the owner alone', async () => {
    const b = await bucket();
    await put(b, { ACL: 'public-read' });
    await own(b, 'BucketOwnerEnforced');
    expect((await aclOf(b)).grants).toEqual([owner]);
    expect(await refused(setAcl(b, { ACL: 'private' }))).toEqual(REFUSED);
    await own(b, 'ObjectWriter');
    expect((await aclOf(b)).grants).toEqual(CANNED['public-read']);
  });
});

conforms('public ACLs are refused where the bucket blocks them', async () => {
  const b = await bucket();
  const PublicAccessBlockConfiguration = { BlockPublicAcls: true };
  await client().send(new PutPublicAccessBlockCommand({ Bucket: b, PublicAccessBlockConfiguration }));
  expect(await refused(put(b, { ACL: 'public-read' }))).toEqual({ name: 'AccessDenied', status: 403 });
  await put(b, { ACL: 'private' });
  expect(await refused(setAcl(b, { ACL: 'authenticated-read' }))).toEqual({ name: 'AccessDenied', status: 403 });
  await client().send(new DeletePublicAccessBlockCommand({ Bucket: b }));
  await put(b, { ACL: 'public-read' });
});
