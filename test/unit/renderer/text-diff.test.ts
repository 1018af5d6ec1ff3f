import { expect, it } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { Preview } from '../../../main/contract/preview.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { Comparing, DISK, NONE } from '../../../renderer/state/comparing.svelte.ts';
import { diffTexts, linesOf, MOST_ROWS, type DiffLine, type TextDiff } from '../../../renderer/state/text-diff.ts';
import { FakeBridge } from './fake-bridge.ts';

const SIGNS = { same: ' ', removed: '-', added: '+' } as const;
const half = (line: DiffLine | null): string =>
  line === null
    ? ''
    : `${String(line.number)}${SIGNS[line.kind]}${line.parts.map(({ text, differs }) => (differs ? `[${text}]` : text)).join('')}`;
const drawn = (diff: TextDiff): readonly string[] =>
  diff.kind !== 'rows'
    ? [diff.kind]
    : diff.rows.map((row) =>
        row.kind === 'fold' ? `… ${String(row.lines)}` : `${half(row.left)} | ${half(row.right)}`,
      );

it('sets lines beside one another, and marks the words that differ', () => {
  const diff = diffTexts('title\nthe old horse\ngone for good\nend\n', 'title\nthe new horse\nend\nappended\n');
  expect(drawn(diff)).toEqual([
    '1 title | 1 title',
    '2-the [old] horse | 2+the [new] horse',
    '3-gone for good | ',
    '4 end | 3 end',
    ' | 4+appended',
  ]);
  expect(diff).toMatchObject({ removed: 2, added: 2, more: 0 });
});

it('leaves out what is equal and far away', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${String(index + 1)}`);
  const after = lines.with(14, 'something else entirely');
  expect(drawn(diffTexts(lines.join('\n'), after.join('\r\n')))).toEqual([
    '… 11',
    ...[12, 13, 14].map((n) => `${String(n)} line ${String(n)} | ${String(n)} line ${String(n)}`),
    '15-line 15 | 15+something else entirely',
    ...[16, 17, 18].map((n) => `${String(n)} line ${String(n)} | ${String(n)} line ${String(n)}`),
    '… 12',
  ]);
  expect(drawn(diffTexts('a\nb\nc', 'a\nb\nc'))).toEqual(['… 3']);
  expect(diffTexts('', '')).toMatchObject({ rows: [], removed: 0, added: 0 });
});

it('is bounded in rows and in time, whatever the texts', () => {
  const many = Array.from({ length: 5000 }, (_, index) => String(index)).join('\n');
  expect(diffTexts('', many)).toMatchObject({ added: 5000, more: 5000 - MOST_ROWS });
  const noise = (seed: number): string =>
    Array.from({ length: 120_000 }, (_, index) => String((index * seed) % 65_537)).join('\n');
  const began = performance.now();
  expect(diffTexts(noise(7919), noise(104_729)).kind).toBe('too-different');
  expect(performance.now() - began).toBeLessThan(5000);
});

it('takes every kind of line end for one', () => {
  expect(linesOf('a\r\nb\rc\nd')).toEqual(['a', 'b', 'c', 'd']);
  expect(linesOf('a\n\n')).toEqual(['a', '']);
  expect(linesOf('')).toEqual([]);
});

const text = (of: string): Preview => ({
  ...{ kind: 'text', text: of, encoding: 'utf-8', size: of.length, shown: of.length, proved: true },
});
const version = (versionId: string) => ({ what: 'version', versionId, at: null }) as const;

it('looks at both sides, and compares them where both are texts', async () => {
  const bridge = new FakeBridge({
    'versions.preview': ({ versionId }) =>
      versionId === 'lost' ? failed(failure('archived', { key: 'a' })) : success(text(versionId ?? 'disk')),
  });
  const comparing = new Comparing(bridge);
  const where = { folder: 'Thesis', path: 'a.txt' };
  await comparing.show({ ...where, left: version('v1'), right: DISK });
  expect(comparing.diff === null ? null : drawn(comparing.diff)).toEqual(['1-v1 | 1+disk']);
  await comparing.show({ ...where, left: version('lost'), right: DISK });
  expect(comparing.left).toMatchObject({ kind: 'failed', failure: { code: 'archived' } });
  expect(comparing.diff).toBeNull();
  await comparing.show({ ...where, left: NONE, right: DISK });
  expect(comparing.left).toEqual({ kind: 'nothing' });
  comparing.close();
  expect(comparing.open).toBeNull();
});

it('forgets a look that was overtaken, though its answer comes last', async () => {
  const bridge = new FakeBridge({ 'versions.preview': ({ versionId }) => success(text(versionId ?? 'disk')) });
  let answerFirst = (): void => undefined;
  const late = new Promise<void>((resolve) => {
    answerFirst = resolve;
  });
  const comparing = new Comparing({
    on: bridge.on.bind(bridge),
    pathOf: bridge.pathOf.bind(bridge),
    call: async (name, input) => {
      const answer = await bridge.call(name, input);
      if ((input as { readonly versionId?: string }).versionId === 'v1') await late;
      return answer;
    },
  });
  const where = { folder: 'Thesis', path: 'a.txt', right: null };
  const first = comparing.show({ ...where, left: version('v1') });
  await comparing.show({ ...where, left: version('v2') });
  answerFirst();
  await first;
  expect(comparing.left).toMatchObject({ preview: { text: 'v2' } });
});
