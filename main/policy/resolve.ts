/** In: a folder's policy and one file's path and size. Out: the fields that hold for that file, and what set each of them. Pure. */
import type { RelPath } from '../contract/names.ts';
import type { Policy, PolicyFields, PolicyRule } from '../contract/policy.ts';
import { matchesAny } from './match.ts';

/** The base, or the index of a rule, counted from 0. */
export type SetBy = 'base' | number;

/** The policy as it holds for one file. */
export interface ResolvedPolicy {
  readonly fields: PolicyFields;
  /**
   * For each field what set it. Of `tags` and `metadata`, which are merged by key: the last that had a part in it, and
   * beside it each key as `tags.KEY`.
   */
  readonly because: Readonly<Record<string, SetBy>>;
}

export interface FileFacts {
  readonly path: RelPath;
  /** Bytes. */
  readonly size: number;
}

/** True where the rule is meant for the file; its sizes are inclusive. */
export function ruleMatches(rule: PolicyRule, file: FileFacts): boolean {
  return (
    file.size >= (rule.minSize ?? 0) && file.size <= (rule.maxSize ?? Infinity) && matchesAny(rule.match, file.path)
  );
}

/** Lays the rules that match over the base, in their order: the last one wins, field by field. */
export function resolvePolicy(policy: Policy, file: FileFacts): ResolvedPolicy {
  const { rules = [], ...base } = policy;
  let resolved = overlay({ fields: {}, because: {} }, base, 'base');
  for (const [index, rule] of rules.entries()) {
    if (ruleMatches(rule, file)) resolved = overlay(resolved, rule.set, index);
  }
  return resolved;
}

/** S3 refuses the two together, so whichever comes later drops the other. */
const EXCLUDES: Readonly<Record<string, string>> = { acl: 'grants', grants: 'acl' };

function overlay(under: ResolvedPolicy, over: PolicyFields, by: SetBy): ResolvedPolicy {
  const fields = new Map<string, unknown>(Object.entries(under.fields));
  const because = new Map(Object.entries(under.because));
  for (const [name, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const excluded = EXCLUDES[name];
    if (excluded !== undefined) {
      fields.delete(excluded);
      because.delete(excluded);
    }
    because.set(name, by);
    if (name !== 'tags' && name !== 'metadata') {
      fields.set(name, value);
      continue;
    }
    const entries = over[name] ?? {};
    fields.set(name, { ...under.fields[name], ...entries });
    for (const key of Object.keys(entries)) because.set(`${name}.${key}`, by);
  }
  return { fields: Object.fromEntries(fields), because: Object.fromEntries(because) };
}
