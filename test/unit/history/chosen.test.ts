import { expect, test } from 'vitest';
import { choiceMark, choiceOf } from '../../../main/history/index.ts';

test('a directory stands for all below it, a path for itself, and nothing for what only begins alike', () => {
  const choice = choiceOf(['d', 'e/one.txt']);
  const files = ['d', 'd/a', 'd/deep/er/b', 'dd', 'd.txt', 'e/one.txt', 'e/one.txt.bak', 'e/two.txt', 'f/d/a'];
  expect(files.filter((path) => choice.has(path))).toEqual(['d', 'd/a', 'd/deep/er/b', 'e/one.txt']);
  expect(choice.unmet()).toEqual([]);
});

test('what stands for no file is named, also below a directory that was chosen as well', () => {
  const choice = choiceOf(['d', 'd/a', 'd/wrong', 'nowhere']);
  for (const path of ['d/a', 'd/b']) choice.has(path);
  expect(choice.unmet()).toEqual(['d/wrong', 'nowhere']);
});

test('no choice is everything, and has no mark', () => {
  const choice = choiceOf(null);
  expect(choice.has('anything')).toBe(true);
  expect(choice.unmet()).toEqual([]);
  expect(choiceMark(null)).toBeNull();
});

test('the mark is that of the set of paths', () => {
  expect(choiceMark(['b', 'a', 'b'])).toBe(choiceMark(['a', 'b']));
  expect(choiceMark(['a,b'])).not.toBe(choiceMark(['a', 'b']));
  expect(choiceMark(['a'])).not.toBe(choiceMark(['a', 'b']));
});
