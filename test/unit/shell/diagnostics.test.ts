/** The diagnostics file: what it holds, and that no secret is in it, whatever the log and the settings hold. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AppSettingsReport } from '../../../main/contract/app-settings.ts';
import { openEngine } from '../../../main/engine/index.ts';
import { startPractice } from '../../../main/practice/index.ts';
import { writeDiagnostics, type DiagnosticsOptions } from '../../../main/shell/diagnostics.ts';
import { LEFT_OUT, scrubber } from '../../../main/shell/scrub.ts';
import { must, temporaryFolder } from '../store/support.ts';

const HELD = {
  id: 'AKIAIOSFODNN7EXAMPLE',
  key: randomBytes(30).toString('base64'),
  token: randomBytes(60).toString('base64'),
};

/** A home with a folder in the practice bucket, and a log that holds all that it must not. */
async function story() {
  const place = temporaryFolder();
  const home = join(place, 'home');
  const kept = join(place, 'Tax 2026');
  mkdirSync(kept);
  writeFileSync(join(kept, 'salary.txt'), 'a line of a file');
  const started = await startPractice({ directory: join(home, 'practice') });
  if (!started.ok) throw new Error(started.detail);
  const server = started.value;
  onTestFinished(() => server.stop());
  const engine = must(await openEngine({ home, practice: null, watch: false, log: () => undefined }));
  onTestFinished(() => engine.stop());
  const call = (name: string, input: unknown) => engine.call(name, input);
  const { endpoint, region } = server;
  const credentials = { kind: 'practice', directory: join(home, 'practice') };
  must(await call('connection.add', { name: 'vault', endpoint, region, pathStyle: true, credentials }));
  must(await call('folder.add', { path: kept, connection: 'vault', bucket: 'practice', prefix: 'money/' }));
  mkdirSync(join(home, 'logs'));
  const lines = [
    `signed with ${HELD.id} and ${HELD.key}`,
    `GET /practice?X-Amz-Signature=${'ab'.repeat(32)}&X-Amz-Security-Token=${encodeURIComponent(HELD.token)}`,
    `Authorization: AWS4-HMAC-SHA256 Credential=${HELD.id}/20261122, Signature=${'cd'.repeat(32)}`,
    `{"secretAccessKey":${JSON.stringify(HELD.key)},"sessionToken":"${HELD.token}"}`,
    `the practice server’s key is ${server.secretAccessKey}`,
    'the store at https://mara:hunter22@vault.lan:9000 did not answer',
    `“money/salary.txt” of Tax 2026 in ${kept}/salary.txt was read`,
  ];
  writeFileSync(join(home, 'logs', 'app.log'), lines.map((line) => `2026-11-22T14:00:00.000Z ${line}\n`).join(''));
  const settings: AppSettingsReport = {
    theme: 'system',
    language: 'system',
    notifications: true,
    pauseOnBattery: false,
    pauseOnMetered: false,
    startWithComputer: false,
    cannotStart: null,
    power: 'unknown',
    network: 'untold',
    waiting: [],
  };
  const file = join(place, 'out.json');
  const options: DiagnosticsOptions = {
    home,
    user: place,
    versions: { cairn: '0.1.0', node: process.versions.node },
    settings: () => settings,
    call,
    secrets: () => [HELD.key, HELD.token],
    environment: { AWS_SECRET_ACCESS_KEY: HELD.key, PATH: '/usr/bin' },
    ask: () => Promise.resolve(file),
    now: () => new Date('2026-11-22T14:30:00Z'),
  };
  return { options, file, server, kept };
}

describe('the diagnostics file', () => {
  test('says how this Cairn is, without a secret in any writing', async () => {
    const { options, file, server } = await story();
    expect(await writeDiagnostics(options, true)).toEqual({ ok: true, value: { path: file } });
    const text = readFileSync(file, 'utf8');
    const held = JSON.parse(text) as Record<string, never>;
    expect(held).toMatchObject({
      names: 'shown',
      versions: { cairn: '0.1.0' },
      engine: {
        connections: [{ name: 'vault', credentials: 'practice', state: 'ok' }],
        folders: [
          {
            name: 'Tax 2026',
            bucket: 'practice',
            prefix: 'money/',
            status: { parked: 0 },
            doctor: { store: 'practice' },
          },
        ],
        database: { damage: 'none' },
      },
    });
    expect(held['log']).toHaveLength(7);
    const secrets = { ...HELD, practice: server.secretAccessKey, password: 'hunter22' };
    for (const [what, secret] of Object.entries(secrets)) {
      for (const writing of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
        expect(text.includes(writing), what).toBe(false);
      }
    }
    expect(text).not.toMatch(/abab|cdcd/);
    expect(text).not.toContain('a line of a file');
  });

  test('and without a name, where that is wanted', async () => {
    const { options, file, kept } = await story();
    await writeDiagnostics(options, false);
    const text = readFileSync(file, 'utf8');
    for (const name of [kept, 'Tax 2026', 'salary', 'money', 'vault', 'vault.lan', options.user, 'mara']) {
      expect(text.includes(name), name).toBe(false);
    }
    expect(JSON.parse(text)).toMatchObject({
      names: 'left out',
      engine: { folders: [{ name: 'folder-1', bucket: 'bucket-1' }] },
    });
  });

  test('is written also while the engine does not run, and not where nobody chose a place', async () => {
    const { options, file } = await story();
    expect(await writeDiagnostics({ ...options, ask: () => Promise.resolve(null) }, true)).toEqual({
      ok: true,
      value: null,
    });
    const down = { ok: false as const, failure: { code: 'engine-down', message: 'It is down.' } as never };
    await writeDiagnostics({ ...options, call: () => Promise.resolve(down) }, true);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ engine: { code: 'engine-down' } });
    const nowhere = { ...options, ask: () => Promise.resolve(join(file, 'below', 'a.json')) };
    expect(await writeDiagnostics(nowhere, true)).toMatchObject({ ok: false, failure: { code: 'write-failed' } });
  });
});

test('the scrubber leaves what is no secret', () => {
  const scrub = scrubber({ secrets: ['short'], user: '/home/mara', names: null });
  const fair = [
    'sha1 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12',
    'a short word, and thesis/chapters/04-results.tex',
    'https://s3.eu-central-1.amazonaws.com/bucket',
  ];
  expect(scrub({ a: fair, b: 7, c: null })).toEqual({ a: fair, b: 7, c: null });
  expect(scrub('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY is a key')).toBe(`${LEFT_OUT} is a key`);
  expect(scrub('/home/mara/Documents')).toBe('~/Documents');
  const words = 'correct horse battery';
  const known = scrubber({ secrets: [words], user: '', names: null });
  for (const writing of [words, encodeURIComponent(words), Buffer.from(words).toString('hex')]) {
    expect(known(`it is ${writing}, they say`)).toBe(`it is ${LEFT_OUT}, they say`);
  }
  const nameless = scrubber({ secrets: [], user: '/home/mara', names: ['Tax 2026'] });
  expect(nameless('in Tax 2026 and at /home/mara/a.ts:12:5 (“b.txt”)')).toBe('in [name] and at [path]:12:5 (“…”)');
  expect(nameless('thesis/notes and 14:00:00.000Z')).toBe('[path] and 14:00:00.000Z');
});
