/** Failures in German: every code has sentences of its own, they name what the English ones name, and nothing is left of those. */
import { describe, expect, it } from 'vitest';
import { failure, FAILURE_CODES, sentencesEnglish, type FailureSaid } from '../../../main/contract/errors.ts';
import { failureGerman, reasonGerman, reasonsGerman, sentencesGerman } from '../../../main/contract/german/index.ts';
import { checkPolicyText } from '../../../main/contract/policy.ts';
import { lackOf, presets } from '../../../main/contract/presets.ts';
import {
  messageEnglish,
  messageOf,
  reason,
  reasonEnglish,
  reasonOfMessage,
  reasonsEnglish,
  type Reason,
  type ReasonCode,
} from '../../../main/contract/reasons.ts';
import { registrar } from '../../../main/contract/registrar.ts';
import { success } from '../../../main/contract/result.ts';
import { englishIn } from '../../support/in-english.ts';

const CODES = Object.keys(reasonsEnglish) as ReasonCode[];
/** What an operating system, a store or a command line goes by stays as it is in any language. */
const TERMS =
  /`[^`]*`|\{\w+\}|--[a-z-]+|AWS_\w+|[a-z]+\.[a-z_.]*_watches|encryption\.\w+|https?:\/\/\S+|\b[a-z]+[A-Z]\w+\b/g;
const termsIn = (text: string): readonly string[] => [...new Set(text.match(TERMS) ?? [])].sort();
const gapsIn = (text: string): readonly string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

describe('a failure', () => {
  it.each(FAILURE_CODES)('%s has a message and a way out in German, with the same facts and commands', (code) => {
    const [english, german] = [sentencesEnglish[code], sentencesGerman[code]];
    for (const part of ['message', 'hint'] as const) {
      expect(termsIn(german[part]), part).toEqual(termsIn(english[part]));
      expect(englishIn(german[part]), part).toEqual([]);
    }
    // Sentences that are made of facts alone are the same in both.
    const isMade = (text: string): boolean => text.replace(/\{\w+\}/g, '').replace(/[\s:.]/g, '') === '';
    for (const part of ['message', 'hint'] as const) {
      if (!isMade(english[part])) expect(german[part], part).not.toBe(english[part]);
    }
  });

  it('is filled with the facts of the case, the same as in English', () => {
    const told = failure('permission', { action: 's3:PutObject', resource: 'b/k', answer: '403 AccessDenied' });
    expect(failureGerman(told).message).toBe('Der Speicher verweigert s3:PutObject auf b/k (403 AccessDenied).');
    expect(told.message).toBe('The store refuses s3:PutObject on b/k (403 AccessDenied).');
  });

  it('says a reason of ours in its language, and what the system says as it was said', () => {
    const ours = failure('file-unreadable', { path: 'a.txt', reason: reason('no-right') });
    expect(ours.message).toBe('“a.txt” cannot be read (permission denied).');
    expect(ours.facts['reason']).toBe('permission denied');
    expect(failureGerman(ours).message).toBe('„a.txt“ ist nicht lesbar (das Recht dazu fehlt).');
    const systems = failure('file-unreadable', { path: 'a.txt', reason: 'EXDEV' });
    expect(systems.reasons).toBeUndefined();
    expect(failureGerman(systems).message).toBe('„a.txt“ ist nicht lesbar (EXDEV).');
  });

  it('crosses processes as text, with its reasons', () => {
    const told = failure('home-damaged', {
      ...{ home: '/h', reason: reason('database-empty') },
      also: reason('good-copy', { day: '2026-11-01', path: '/h/backup/x' }),
    });
    const there = JSON.parse(JSON.stringify(told)) as FailureSaid;
    expect(failureGerman(there)).toEqual(failureGerman(told));
    expect(told.hint.endsWith(' A good copy of the database, of 2026-11-01, lies in /h/backup/x.')).toBe(true);
    expect(
      failureGerman(there).hint.endsWith(' Eine gute Kopie der Datenbank vom 2026-11-01 liegt in /h/backup/x.'),
    ).toBe(true);
  });

  it('leaves a dash where a fact is missing', () => {
    expect(failureGerman({ code: 'permission', facts: {} }).message).toBe('Der Speicher verweigert – auf – (–).');
  });
});

describe('a reason', () => {
  it.each(CODES)('%s has words in German, with the same facts', (code) => {
    const [english, german] = [reasonsEnglish[code], reasonsGerman[code]];
    expect(german).toMatch(/\S/);
    // Names and sentences of kinds of stores are found by other facts than they are written with.
    if (code === 'store' || code === 'lacks') return;
    expect(gapsIn(german)).toEqual(gapsIn(english));
    expect(englishIn(german)).toEqual([]);
    if (code !== 'store-lacks') expect(german).not.toBe(english);
  });

  it('travels through a schema as its message', () => {
    const told = reason('one-of', { values: 'a, b' });
    expect(reasonOfMessage(messageOf('one-of', { values: 'a, b' }))).toEqual(told);
    expect(messageEnglish(messageOf('one-of', { values: 'a, b' }))).toBe('it must be one of a, b');
    expect(reasonOfMessage('what the schema says itself')).toBe('what the schema says itself');
  });

  it('is what a refused call carries', async () => {
    const call = registrar({ 'folder.pause': () => success(null as never) }, () => undefined);
    const refused = await call('folder.pause', { folder: 7, paused: true });
    if (refused.ok) throw new Error('it was taken');
    expect(refused.failure.message).toBe('folder: it must be a text in quotes.');
    expect(failureGerman(refused.failure).message).toBe('folder: hier muss ein Text in Anführungszeichen stehen.');
  });

  it('may hold another one', () => {
    const kind = reason('class-without-versions', { kind: reason('directory-buckets') });
    expect(reasonEnglish(kind)).toBe('it belongs to directory buckets, and those keep no versions');
    expect(reasonGerman(kind)).toBe('das gehört zu Verzeichnis-Buckets, und die behalten keine Versionen');
  });

  it('says what a kind of store lacks', () => {
    const lack = lackOf(presets.r2, 'tags');
    expect(lack).not.toBeNull();
    expect(reasonEnglish(lack as Reason)).toBe('has no tags on objects');
    expect(reasonGerman(lack as Reason)).toBe('hat keine Tags an Objekten');
    expect(lackOf(presets.aws, 'tags')).toBeNull();
  });
});

describe('a policy with faults', () => {
  /** One of each kind: by the schema's own checks, by ours, by both fields together, and no JSON at all. */
  const WRONG: readonly (readonly [text: string, german: string])[] = [
    ['{ "storageClass": "COLD" }', 'storageClass: möglich sind STANDARD'],
    ['{ "storageClass": "EXPRESS_ONEZONE" }', 'storageClass: das gehört zu Verzeichnis-Buckets'],
    ['{ "cacheControl": "max-age=60 " }', 'cacheControl: hier dürfen nur druckbare ASCII-Zeichen stehen'],
    ['{ "cacheControl": 7 }', 'cacheControl: hier muss ein Text in Anführungszeichen stehen'],
    ['{ "tags": { "aws:x": "y" } }', 'tags.aws:x: Namen, die mit aws: beginnen'],
    ['{ "tags": 7 }', 'tags: hier muss ein Objekt aus Namen und Texten stehen'],
    ['{ "colour": "red" }', 'colour: ein solches Feld gibt es nicht'],
    [
      '{ "rules": [{ "set": { "requesterPays": true } }] }',
      'rules.0.set.requesterPays: das gilt für den ganzen Ordner',
    ],
    ['{ "acl": "private", "grants": {} }', 'grants: das schließt acl aus'],
    ['{ "lock": { "retainDays": 0, "mode": "GOVERNANCE" } }', 'lock.retainDays: das muss mindestens 1 sein'],
    ['{ "lock": { "retainDays": 5 } }', 'lock.mode: eine Aufbewahrung braucht eine Art'],
    ['{ "encryption": {} }', 'encryption.mode: möglich sind AES256'],
    ['{ "rules": [{}] }', 'rules.0.set: das fehlt'],
    ['{ "expires": { "at": "soon" } }', 'expires.at: das muss ein Datum wie'],
    ['{ "a" 1 }', 'Regeln: das ist kein gültiges JSON, ab Zeile 1, Spalte 7'],
  ];
  it.each(WRONG)('is told in German: %s', (text, german) => {
    const [first] = checkPolicyText(text, new Date('2026-11-22T12:00:00Z')).faults;
    if (first === undefined) throw new Error('nothing is wrong with it');
    const said = failureGerman(first.failure);
    expect(said.message).toContain(`Die Regeln sind nicht zu verwenden. ${german}`);
    expect(said.hint).toMatch(/^(Gut wäre|Dort können stehen)/);
    expect(englishIn(`${said.message} ${said.hint}`)).toEqual([]);
    expect(first.failure.message).toMatch(/^The policy cannot be used\. /);
    expect(first.failure.hint).toMatch(/^(A good value|Fields that can stand there)/);
  });
});
