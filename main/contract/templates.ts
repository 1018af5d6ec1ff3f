/**
 * Policies to begin with. In: a template, a kind of store, and what was seen of a bucket. Out: the policy, and what stands
 * against it there. Pure.
 */
import type { BucketFacts } from './begin.ts';
import type { Policy } from './policy.ts';
import type { Feature, Preset } from './presets.ts';

export const TEMPLATES = ['everyday', 'archive', 'compliance', 'website', 'own'] as const;
export type TemplateId = (typeof TEMPLATES)[number];

/** Seven years, the longest that laws on accounts commonly ask for. */
export const COMPLIANCE_DAYS = 2557;
/** Smaller objects are paid for as if they had so many bytes in GLACIER_IR, so they stay in STANDARD. */
const WORTH_ARCHIVING = 128 * 1024;

/** `own` is what the person gives, so it has none here. */
export const templatePolicies: Readonly<Record<Exclude<TemplateId, 'own'>, Policy>> = {
  everyday: {},
  archive: { rules: [{ minSize: WORTH_ARCHIVING, set: { storageClass: 'GLACIER_IR' } }] },
  compliance: { lock: { mode: 'COMPLIANCE', retainDays: COMPLIANCE_DAYS } },
  website: {
    acl: 'public-read',
    contentType: 'auto',
    cacheControl: 'public, max-age=300',
    rules: [
      {
        match: ['*.css', '*.js', '*.woff2', '*.png', '*.jpg', '*.jpeg', '*.webp', '*.avif', '*.gif', '*.svg'],
        set: { cacheControl: 'public, max-age=86400' },
      },
    ],
  },
};

/** Why a template cannot be had. `store`: its kind of store, with the reason; the others: the bucket. */
export type TemplateObstacle =
  | { readonly kind: 'store'; readonly feature: Feature | 'class'; readonly reason: string }
  | { readonly kind: 'lock-off' }
  | { readonly kind: 'acls-off' }
  | { readonly kind: 'public-blocked' };

const needs: Readonly<Partial<Record<TemplateId, Feature>>> = { compliance: 'lock', website: 'acl' };

/** @param facts null: the bucket has not been looked at, so that only the kind of store speaks against it. */
export function obstacleOf(template: TemplateId, store: Preset, facts: BucketFacts | null): TemplateObstacle | null {
  const feature = needs[template];
  const reason = feature === undefined ? undefined : store.lacks[feature];
  if (feature !== undefined && reason !== undefined) return { kind: 'store', feature, reason };
  if (template === 'archive' && !store.storageClasses.includes('GLACIER_IR')) {
    return { kind: 'store', feature: 'class', reason: `has the classes ${store.storageClasses.join(', ')}` };
  }
  if (template === 'compliance' && facts?.lock === false) return { kind: 'lock-off' };
  if (template === 'website' && facts?.acls === false) return { kind: 'acls-off' };
  return template === 'website' && facts?.blocksPublic === true ? { kind: 'public-blocked' } : null;
}
