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
import { failure, saidOf, type FailureCode } from '../../../main/contract/errors.ts';
import type { Activity } from '../../../main/contract/models.ts';
import { PRACTICE_NAME } from '../../../main/contract/names.ts';
import { reason } from '../../../main/contract/reasons.ts';
import { presets, type Feature } from '../../../main/contract/presets.ts';
import { ofStore } from '../../../main/engine/policy-limits.ts';
import { findingWords } from '../../../main/s3/finding-words.ts';
import { finding } from '../../../main/s3/finding.ts';
import { inWords } from '../../../main/s3/rule-words.ts';
import { codesEnglish, codesGerman } from '../../../renderer/words/codes.ts';
import { findingsGerman } from '../../../renderer/words/findings.de.ts';
import { codesFor } from '../../../renderer/words/index.ts';
import { englishIn } from '../../support/in-english.ts';

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

describe('a failure', () => {
  const told = failure('key-file-unusable', { path: '/k', reason: reason('key-file-no-key') });
  it('is said in the language of the window, one fact of it too', () => {
    expect(codesEnglish.failure(told)).toEqual({ message: told.message, hint: told.hint });
    expect(codesEnglish.fact(told, 'reason')).toBe('it holds no key of 256 bits, as 32 bytes or as their Base64');
    expect(codesGerman.failure(told).message).toBe(
      'Der Kundenschlüssel in /k ist nicht zu verwenden: darin ist kein Schlüssel von 256 Bit, weder als 32 Bytes noch als deren Base64.',
    );
    expect(codesGerman.fact(told, 'reason')).toBe(
      'darin ist kein Schlüssel von 256 Bit, weder als 32 Bytes noch als deren Base64',
    );
    expect(codesGerman.fact(told, 'path')).toBe('/k');
    expect(codesGerman.fact(told, 'nothing')).toBeNull();
  });
  it('of another release, whose code is not known here, keeps its sentences', () => {
    const strange = { ...told, code: 'from-elsewhere' as FailureCode };
    expect(codesGerman.failure(strange)).toEqual({ message: told.message, hint: told.hint });
  });
});

describe('a difference of settings', () => {
  it('has the same lines in German, each with its sign, its rule and its numbers', () => {
    const changed = inWords([
      { sign: '-', kind: 'versioning', value: 'suspended' },
      ...(['-', '+'] as const).map((sign) => ({ sign, kind: 'rule', rule }) as const),
    ]);
    const [english, german] = [codesEnglish.difference(changed), codesGerman.difference(changed)];
    expect(english).toEqual(changed.difference);
    expect(german.map((line) => line.slice(0, 2))).toEqual(english.map((line) => line.slice(0, 2)));
    expect(german[0]).toBe('- Versionierung: ausgesetzt');
    for (const [at, line] of german.entries()) {
      expect(englishIn(line)).toEqual([]);
      expect(line).not.toBe(english[at]);
      expect(namesIn(line)).toEqual(namesIn(english[at] ?? ''));
    }
  });
});

describe('a row of the activity', () => {
  const row = (part: Partial<Activity>): Activity => ({
    ...{
      seq: 1,
      at: '2026-11-22T12:00:00.000Z',
      folder: 'f',
      path: null,
      kind: 'problem',
      code: 'offline',
      detail: {},
    },
    ...part,
  });
  it('is said from what the failure was, else by its code alone', () => {
    const cause = failure('offline', { endpoint: 'http://nas', reason: reason('no-answer') });
    const told = row({ detail: { message: cause.message }, said: saidOf(cause) });
    expect(codesEnglish.happened(told)).toBe('http://nas does not answer (no answer).');
    expect(codesGerman.happened(told)).toBe('http://nas antwortet nicht (keine Antwort).');
    // Written by an earlier release: its sentence is English.
    expect(codesGerman.happened(row({ detail: { message: cause.message } }))).toBeNull();
  });
  it('counts what was compared and found', () => {
    const counts = { equal: 21, different: 22, onlyHere: 23, onlyThere: 24 };
    const compared = codesGerman.happened(row({ kind: 'matched', code: 'added', detail: counts }));
    expect(compared).toBe('Was schon da war: 21 gleich, 22 anders, 23 nur hier, 24 nur dort');
    const found = row({ kind: 'unexplained', code: 'unexplained', detail: { count: 31, example: 'a.zip' } });
    expect(codesGerman.happened(found)).toContain('31 Versionen');
    expect(codesGerman.happened(found)).toContain('a.zip');
    const again = row({ kind: 'unexplained', code: 'missing', detail: { count: 41 } });
    expect(codesGerman.happened(again)).toContain('41 Dateien');
  });
});

describe('a connection', () => {
  it('keeps the name that a person gave; the one that we gave has one in each language', () => {
    expect(codesGerman.connection('NAS')).toBe('NAS');
    expect(codesEnglish.connection(PRACTICE_NAME)).toBe(PRACTICE_NAME);
    expect(codesGerman.connection(PRACTICE_NAME)).toBe('Dieser Computer');
  });
});
