/** One provider a connection: what it remembers, for how long, and what it says where there is nothing to give. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { Connection, CredentialSource } from '../../../main/contract/models.ts';
import { openSignIn } from '../../../main/s3/index.ts';
import { temporaryFolder } from '../store/support.ts';

const connection = (credentials: CredentialSource): Connection => ({
  name: 'store',
  endpoint: null,
  region: 'us-east-1',
  pathStyle: false,
  credentials,
});
const keys = (word: string, leftMs?: number) => ({
  accessKeyId: word,
  secretAccessKey: 's',
  ...(leftMs === undefined ? {} : { expiration: new Date(Date.now() + leftMs) }),
});

test('keys are asked for once, also by many at a time, until they are to be forgotten', async () => {
  const asked = vi.fn(() => Promise.resolve(keys(`k${String(asked.mock.calls.length)}`)));
  const signIn = openSignIn(connection({ kind: 'default' }), null, () => asked);
  const all = await Promise.all([signIn.provide(), signIn.provide(), signIn.provide()]);
  expect(all.map((one) => one.accessKeyId)).toEqual(['k1', 'k1', 'k1']);
  expect((await signIn.provide()).accessKeyId).toBe('k1');
  signIn.forget();
  expect((await signIn.provide()).accessKeyId).toBe('k2');
  expect(signIn.provide).toHaveProperty('memoized', true);
});

test('an answer that was asked for before it was to be forgotten is not kept', async () => {
  let answer: (value: ReturnType<typeof keys>) => void = () => undefined;
  const answers = [new Promise<ReturnType<typeof keys>>((resolve) => (answer = resolve)), Promise.resolve(keys('new'))];
  const signIn = openSignIn(
    connection({ kind: 'default' }),
    null,
    () => () => answers.shift() ?? Promise.reject(new Error()),
  );
  const first = signIn.provide();
  signIn.forget();
  expect((await signIn.provide()).accessKeyId).toBe('new');
  answer(keys('old'));
  expect((await first).accessKeyId).toBe('old');
  expect((await signIn.provide()).accessKeyId).toBe('new');
});

test('keys that end soon are asked for anew, and serve as long as they can where that fails', async () => {
  const answers = [keys('soon', 60_000), null, keys('later', 3_600_000)];
  const asked = vi.fn(() => {
    const next = answers.shift();
    return next == null ? Promise.reject(new Error('not now')) : Promise.resolve(next);
  });
  const signIn = openSignIn(connection({ kind: 'default' }), null, () => asked);
  expect((await signIn.provide()).accessKeyId).toBe('soon');
  expect((await signIn.provide()).accessKeyId).toBe('soon');
  expect((await signIn.provide()).accessKeyId).toBe('later');
  expect((await signIn.provide()).accessKeyId).toBe('later');
  expect(asked).toHaveBeenCalledTimes(3);
});

test('what nobody handed over is missed by name: asked for, not kept, or held by the app alone', async () => {
  const missed = async (kind: 'app' | 'ask', hasVault: boolean): Promise<unknown> =>
    openSignIn(connection({ kind }), hasVault ? () => null : null)
      .provide()
      .catch((error: unknown) => (error as { failure: { code: string } }).failure.code);
  expect(await missed('ask', true)).toBe('keys-asked');
  expect(await missed('app', true)).toBe('keys-not-kept');
  expect(await missed('app', false)).toBe('secret-in-app');
  expect(await missed('ask', false)).toBe('secret-in-app');
});

test('a session that ran out names the command that begins another, by the kind of the profile', async () => {
  const config = join(temporaryFolder(), 'config');
  writeFileSync(config, '[profile work]\nsso_session = x\n[profile tool]\ncredential_process = none\n');
  vi.stubEnv('AWS_CONFIG_FILE', config);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(config, 'none'));
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const said = async (profile: string, code: 'session-ended' | 'credentials-missing' | 'offline'): Promise<string> => {
    const signIn = openSignIn(connection({ kind: 'profile', profile }), null);
    const { code: as, hint } = await signIn.explain(failure(code, { connection: 'store', answer: '400 ExpiredToken' }));
    return `${as}: ${hint}`;
  };
  expect(await said('work', 'session-ended')).toMatch(/^sign-on-ended: Run `aws sso login --profile work`/);
  expect(await said('work', 'credentials-missing')).toMatch(/^sign-on-ended: /);
  expect(await said('tool', 'session-ended')).toMatch(/^session-ended: /);
  expect(await said('tool', 'credentials-missing')).toMatch(/^profile-silent: .*--profile tool/);
  expect(await said('nobody', 'credentials-missing')).toMatch(/^profile-silent: /);
  expect(await said('work', 'offline')).toMatch(/^offline: /);
});
