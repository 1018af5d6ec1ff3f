/** What the engine tells by codes, in the words of both languages: nothing is left out, and no fact is lost on the way. */
import { describe, expect, it } from 'vitest';
import {
  findingText,
  type FindingCode,
  type FindingFacts,
  type FindingSaid,
  type RuleAction,
  type RuleSaid,
} from '../../../main/contract/findings.ts';
import { failure } from '../../../main/contract/errors.ts';
import { reason } from '../../../main/contract/reasons.ts';
import { presets, type Feature } from '../../../main/contract/presets.ts';
import { ofStore } from '../../../main/engine/policy-limits.ts';
import { findingWords } from '../../../main/s3/finding-words.ts';
import { finding } from '../../../main/s3/finding.ts';
import { codesEnglish, codesGerman } from '../../../renderer/words/codes.ts';
import { findingsGerman } from '../../../renderer/words/findings.de.ts';
import { codesFor } from '../../../renderer/words/index.ts';

const DOES: readonly RuleAction[] = [
  { kind: 'removes-present', days: 11 },
  { kind: 'removes-present-from', date: '2031-01-12' },
  { kind: 'removes-markers' },
  { kind: 'moves-present', to: 'GLACIER', days: 13 },
  { kind: 'moves-present-from', to: 'GLACIER_IR', date: '2031-01-14' },
  { kind: 'moves-earlier', to: 'DEEP_ARCHIVE', days: 15 },
  { kind: 'removes-earlier', keep: { days: 16, newest: 17 } },
  { kind: 'aborts-uploads', days: 18 },
];
const rule: RuleSaid = { name: 'tidy', prefix: 'notes/', isForAll: false, isOn: false, does: DOES };
const rules = [rule];
const action = 's3:PutObjectTagging';
const answer = '400 InvalidRequest';

/** Facts for each code, every one of them told apart from all words. */
const FACTS: { readonly [Code in FindingCode]: FindingFacts[Code] } = {
  'versions-unknown': { action },
  'versions-kept': {},
  'versions-off': { isSuspended: true },
  'versions-unheard': {},
  'versions-lacking': { store: 'r2' },
  'lock-possible': {},
  'lock-default': { mode: 'COMPLIANCE', count: 7, unit: 'years' },
  'lock-proved': {},
  'lock-unknown': { action },
  'lock-lacking': {},
  'acls-count': { ownership: 'ObjectWriter' },
  'acls-off': {},
  'acls-refused': {},
  'encryption-none': {},
  'encryption-costly': {},
  'encryption-on': { algorithm: 'AES256' },
  'encryption-blocked': {},
  'public-read': {},
  'public-refused': {},
  'public-asked': {},
  'public-blocked': {},
  'public-possible': {},
  private: {},
  'asks-in-vain': { field: 'tags', store: 'b2', feature: 'tags' },
  'asks-class': { classes: ['GLACIER'], store: 'b2', known: ['STANDARD'] },
  'stale-unseen': { action },
  'stale-no-rules': { answer },
  'stale-removed': { rule },
  'stale-elements': { elements: ['OddElement'] },
  'stale-stay': {},
  'versions-for-a-time': { keep: { days: 31, newest: 32 } },
  'rule-removes-versions': { rules },
  'rule-removes-files': { rules, sendsAgain: true },
  'rule-archives': { rules },
  'nothing-removed': {},
  'uploads-none': {},
  'uploads-open': { count: 41, isMore: true, prefix: 'notes/', example: 'notes/x', days: 42 },
  'all-permitted': {},
  'action-missing': { action, on: 'bucket/notes/' },
  'put-refused': { action, answer },
  'put-refused-together': { answer },
  'put-denied-together': {},
  'multipart-refused': { answer },
  'md5-unchecked': { key: 'notes/probe' },
  'put-untried': { why: 'own-retention' },
  'probe-left': { uploadId: 'upload-1', key: 'notes/probe' },
  'settings-unseen': { actions: ['s3:GetBucketPolicyStatus'] },
  'clock-unknown': {},
  'clock-right': {},
  'clock-off': { seconds: 61, isBehind: true },
  'clock-wrong': { seconds: 999, isBehind: false, refusedAfter: 901 },
  'policy-unsendable': {
    cause: failure('policy-refused', { field: 'tags', answer: reason('tags-of-file', { tags: 51, most: 50 }) }),
  },
};
const codes = Object.keys(FACTS) as FindingCode[];
const said = (code: FindingCode): FindingSaid => ({ code, facts: FACTS[code] }) as FindingSaid;

/** Numbers, dates and names that stand in a text, whatever its language. */
const namesIn = (text: string): readonly string[] =>
  [...text.matchAll(/[\w./:-]*\d[\w./:-]*|\b[A-Z][A-Z_]+\b|s3:\w+|notes\/\w*|tidy|OddElement/g)]
    .map(([name]) => name.replace(/[.:]+$/, ''))
    .sort();

describe('a finding', () => {
  it.each(codes)('of the code %s says in German what it says in English', (code) => {
    const [english, german] = [findingText(findingWords, said(code)), findingText(findingsGerman, said(code))];
    for (const part of ['title', 'explanation'] as const) {
      expect(german[part]).toMatch(/\S/);
      expect(german[part]).not.toMatch(/undefined|null|\[object/);
      expect(english[part]).not.toMatch(/undefined|null|\[object/);
    }
    expect(german.title).not.toBe(english.title);
    const facts = (text: { title: string; explanation: string }) =>
      new Set(namesIn(`${text.title} ${text.explanation}`));
    expect([...facts(english)].filter((name) => !facts(german).has(name))).toEqual([]);
  });

  it('keeps the English of the engine where that is the language', () => {
    const known = finding('clock', 'problem', 'clock-off', FACTS['clock-off']);
    expect(codesFor('en-GB').finding(known)).toEqual({ title: known.title, explanation: known.explanation });
    expect(codesFor('de-AT').finding(known).title).toBe('Die Uhr geht ein wenig falsch');
  });
});

describe('what a store lacks', () => {
  const lacking = Object.values(presets).flatMap((preset) =>
    ofStore(preset).map((limit) => [preset.id, limit.lacks as Feature, limit] as const),
  );
  it.each(lacking)('as %s lacks %s is said in German', (store, _, limit) => {
    const [english, german] = [codesEnglish.limit(limit, store), codesGerman.limit(limit, store)];
    expect(german.startsWith(presets[store].name)).toBe(true);
    expect(german).not.toBe(english);
    expect(german).not.toContain('kann das nicht');
  });
  it('leaves a reason that is no lack of the store as it is', () => {
    const dropped = { field: 'tags', because: 'dropped', detail: 'a.txt', lacks: null } as const;
    expect(codesGerman.limit(dropped, 'aws')).toBe('a.txt');
  });
});
