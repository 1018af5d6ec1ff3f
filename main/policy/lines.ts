/** A request, line by line, each with what set it. In: a request and what set the fields of the policy. Out: lines. Pure. */
import type { PolicyExplanation } from '../contract/models.ts';
import type { RequestLine, SetBy } from '../contract/policy-answers.ts';
import { createMultipartOnlyTable, putObjectTable, type FieldRow } from './fields.ts';

const rows: Readonly<Record<string, FieldRow>> = { ...putObjectTable, ...createMultipartOnlyTable };

type Request = Pick<PolicyExplanation, 'input' | 'because'>;

/** Tags and metadata have a line for each entry. */
export function requestLines({ input, because }: Request): readonly RequestLine[] {
  return Object.entries(input).flatMap(([name, value]): RequestLine[] => {
    if (name === 'Tagging' && typeof value === 'string') {
      return entryLines(name, [...new URLSearchParams(value)], (key) => because[`tags.${key}`] ?? 'base');
    }
    if (name === 'Metadata' && typeof value === 'object' && value !== null) {
      return entryLines(name, Object.entries(value), (key) => because[`metadata.${key}`] ?? 'file');
    }
    return [{ name, value: textOf(value), by: setBy(name, because) }];
  });
}

function entryLines(
  name: string,
  entries: readonly (readonly [string, unknown])[],
  by: (key: string) => SetBy,
): RequestLine[] {
  return entries.map(([key, value], index) => ({
    name: index === 0 ? name : '',
    value: `${key}=${textOf(value)}`,
    by: by(key),
  }));
}

function setBy(name: string, because: Request['because']): SetBy {
  const source = rows[name]?.source;
  if (source === undefined || 'leftOut' in source) return 'auto';
  if ('from' in source) return name === 'Bucket' || name === 'Key' ? 'folder' : 'file';
  // Without a word of the policy the default is Cairn’s own.
  return because[source.policy.split('.')[0] ?? ''] ?? 'auto';
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  return JSON.stringify(value);
}
