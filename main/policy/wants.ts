/** In: a policy. Out: what it asks for anywhere, its base and all its rules taken together. Pure. */
import type { Policy, PolicyFields } from '../contract/policy.ts';

export interface PolicyWants {
  readonly acls: readonly string[];
  readonly grants: boolean;
  readonly tags: boolean;
  readonly retention: boolean;
  readonly legalHold: boolean;
  readonly lock: boolean;
  /** Modes of encryption. */
  readonly encryption: readonly string[];
  /** Keys of KMS by id, alias or ARN. */
  readonly kmsKeys: readonly string[];
  /** KMS is asked for somewhere without a key: then it is the bucket's own key, or AWS's. */
  readonly kmsWithoutKey: boolean;
  readonly classes: readonly string[];
  readonly redirect: boolean;
  readonly requesterPays: boolean;
  readonly expectedOwner: boolean;
  readonly guardOverwrites: boolean;
}

export function wantsOf(policy: Policy): PolicyWants {
  const { rules = [], ...base } = policy;
  const all: readonly PolicyFields[] = [base, ...rules.map((rule) => rule.set)];
  const distinct = (values: readonly (string | undefined)[]): string[] => [
    ...new Set(values.filter((value) => value !== undefined)),
  ];
  const kms = all.flatMap(({ encryption }) => (encryption?.mode.startsWith('aws:kms') === true ? [encryption] : []));
  const retention = all.some(({ lock }) => lock?.retainDays !== undefined || lock?.retainUntil !== undefined);
  const legalHold = all.some(({ lock }) => lock?.legalHold !== undefined);
  return {
    acls: distinct(all.map((fields) => fields.acl)),
    grants: all.some(({ grants }) =>
      Object.values(grants ?? {}).some((grantees) => grantees !== undefined && grantees.length > 0),
    ),
    tags: all.some(({ tags }) => Object.keys(tags ?? {}).length > 0),
    retention,
    legalHold,
    lock: retention || legalHold,
    encryption: distinct(all.map((fields) => fields.encryption?.mode)),
    kmsKeys: distinct(kms.map((encryption) => encryption.keyId)),
    kmsWithoutKey: kms.some((encryption) => encryption.keyId === undefined),
    classes: distinct(all.map((fields) => fields.storageClass)),
    redirect: all.some((fields) => fields.redirect !== undefined),
    requesterPays: base.requesterPays === true,
    expectedOwner: base.expectedBucketOwner !== undefined,
    guardOverwrites: base.guardOverwrites === true,
  };
}

/** All rules laid over the base: an upload that carries something of each field that any file's upload carries. */
export function unionOf(policy: Policy): PolicyFields {
  const { rules = [], ...base } = policy;
  return rules.reduce<PolicyFields>((fields, rule) => {
    const { acl, grants, ...rest } = { ...fields, ...rule.set };
    // S3 refuses the two together; the later of them holds.
    const access = rule.set.grants !== undefined ? { grants } : rule.set.acl !== undefined ? { acl } : { acl, grants };
    const given = Object.fromEntries(Object.entries(access).filter(([, value]) => value !== undefined));
    return { ...rest, ...given, tags: fields.tags ?? rule.set.tags ?? {} };
  }, base);
}
