import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeOfValue } from '../../../main/contract/json-place.ts';
import { checkPolicyText } from '../../../main/contract/policy.ts';

const faults = (text: string) =>
  checkPolicyText(text, new Date('2026-11-22T12:00:00Z')).faults.map(
    ({ path, place }) => `${path.join('.')} ${String(place?.line)}:${String(place?.column)}`,
  );

describe('the check of a policy’s text', () => {
  test('names all that is wrong at once, each with its place', () => {
    const text = `{
  "storageClass": "COLD",
  "tags": { "a": 1, "aws:b": "x" },
  "rules": [
    { "match": [], "set": {} },
    { "match": ["*.mp4"], "set": { "cacheControl": "", "requesterPays": true } }
  ]
}`;
    expect(faults(text)).toEqual([
      'storageClass 2:19',
      'tags.a 3:18',
      'tags.aws:b 3:30',
      'rules.0.match 5:16',
      'rules.1.set.cacheControl 6:52',
      'rules.1.set.requesterPays 6:73',
    ]);
  });

  test('an unknown field, a date that has passed, and no JSON at all', () => {
    expect(faults('{\n "colour": "red",\n "tint": 1 }')).toEqual(['colour 2:12', 'tint 3:10']);
    expect(faults('{"lock":{"mode":"GOVERNANCE","retainUntil":"2020-01-01"}}')).toEqual(['lock.retainUntil 1:44']);
    expect(faults('{\n"tags": }')).toEqual([' 2:9']);
    expect(faults('{"acl":"private","grants":{"read":[]}}')).toEqual(['grants 1:27']);
  });

  test('a missing value is placed at what should hold it', () => {
    expect(faults('{"encryption": {}}')).toEqual(['encryption.mode 1:16']);
  });

  test('nothing is wrong: the policy is there', () => {
    const text = '\ufeff{ "tags": { "a": "b" } }';
    expect(checkPolicyText(text)).toEqual({ policy: { tags: { a: 'b' } }, faults: [] });
  });
});

test('the place of any value of any JSON is where it begins', () => {
  type Path = (string | number)[];
  const pathsOf = (value: unknown, path: Path = []): Path[] =>
    typeof value === 'object' && value !== null
      ? [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, ...partOf(value, key)]))]
      : [path];
  const partOf = (holder: object, key: string): Path => [Array.isArray(holder) ? Number(key) : key];
  const at = (value: unknown, path: Path): unknown =>
    path.reduce<unknown>((inner, part) => (inner as Record<string | number, unknown>)[part], value);
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 1, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const lines = text.split('\n');
      for (const path of pathsOf(JSON.parse(text))) {
        const { line, column } = placeOfValue(text, path);
        const rest = [lines[line - 1]?.slice(column - 1) ?? '', ...lines.slice(line)].join('\n');
        const own = JSON.stringify(at(JSON.parse(text), path));
        expect(rest.replaceAll(/\s/g, '').startsWith(own.replaceAll(/\s/g, ''))).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
