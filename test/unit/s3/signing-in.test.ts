/**
 * Profiles that sign in by a role, a single sign-on or a program, with the SDK's own providers against servers of this
 * computer in place of Amazon's: what they hand out opens the store, and what they refuse is told with its way out.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openClient } from '../../../main/s3/index.ts';
import { startPractice, type PracticeServer } from '../../../main/practice/index.ts';
import type { Failure } from '../../../main/contract/errors.ts';
import { must, temporaryFolder } from '../store/support.ts';

const ROLE = 'arn:aws:iam::123456789012:role/backup';
const SOON = new Date(Date.now() + 3_600_000).toISOString();
/** An address at which nothing listens. */
const NOBODY = 'http://127.0.0.1:1';
const SIGN_ON = `[profile work]\nsso_session = company\nsso_account_id = 123456789012\nsso_role_name = Backup\nregion = us-east-1
[sso-session company]\nsso_start_url = https://company.invalid/start\nsso_region = us-east-1\n`;
const LONG_AGO = '2026-01-01T00:00:00Z';

interface Asked {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let home: string;
let store: PracticeServer;

beforeEach(async () => {
  home = temporaryFolder();
  const started = await startPractice({ directory: join(home, 'practice') });
  if (!started.ok) throw new Error(started.detail);
  store = started.value;
  vi.stubEnv('HOME', home);
  vi.stubEnv('AWS_CONFIG_FILE', join(home, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(home, 'credentials'));
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await store.stop();
  });
});

/** A server in place of one of Amazon's: what it was asked, and where it is. */
async function inPlaceOf(
  answer: (asked: Asked) => { status: number; body: string },
): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      const one = { url: request.url ?? '', headers: request.headers, body };
      asked.push(one);
      const { status, body: said } = answer(one);
      response.writeHead(status, { 'content-type': said.startsWith('{') ? 'application/json' : 'text/xml' }).end(said);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, asked };
}

/** What the store answers to one who signs in by a profile: its buckets, or why not. */
async function bucketsBy(profile: string): Promise<readonly (string | undefined)[] | Failure> {
  const { endpoint, region } = store;
  const connection = {
    name: 'store',
    endpoint,
    region,
    pathStyle: true,
    credentials: { kind: 'profile', profile },
  } as const;
  const client = must(await openClient(connection));
  try {
    const answer = await client.send('ListBuckets', {});
    return answer.ok ? (answer.value.Buckets ?? []).map(({ Name }) => Name) : answer.failure;
  } finally {
    client.close();
  }
}

const configure = (config: string, keys = ''): void => {
  writeFileSync(join(home, 'config'), config);
  writeFileSync(join(home, 'credentials'), keys);
};
/** As `aws sso login` leaves it. */
const leaveToken = (session: string, expiresAt: string): void => {
  const cache = join(home, '.aws', 'sso', 'cache');
  mkdirSync(cache, { recursive: true });
  const name = createHash('sha1').update(session).digest('hex');
  writeFileSync(
    join(cache, `${name}.json`),
    JSON.stringify({ accessToken: 'a-token', expiresAt, region: 'us-east-1' }),
  );
};

describe('a role', () => {
  const config = `[profile deploy]\nrole_arn = ${ROLE}\nsource_profile = base\nregion = us-east-1\n`;
  const keys = '[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = base-secret\n';
  const taken = (): string => `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
    <Credentials><AccessKeyId>${store.accessKeyId}</AccessKeyId><SecretAccessKey>${store.secretAccessKey}</SecretAccessKey>
    <SessionToken>t</SessionToken><Expiration>${SOON}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

  test('is taken with the keys of its source, and what it gets opens the store', async () => {
    configure(config, keys);
    const sts = await inPlaceOf(() => ({ status: 200, body: taken() }));
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.url);
    expect(await bucketsBy('deploy')).toEqual([store.bucket]);
    expect(sts.asked).toHaveLength(1);
    expect(sts.asked[0]?.headers.authorization).toContain('Credential=AKIABASE/');
    expect(new URLSearchParams(sts.asked[0]?.body).get('RoleArn')).toBe(ROLE);
  });

  // The SDK reads where to ask from the environment's profile, whichever profile signs in.
  test('is taken at the server that the environment’s profile names in its services', async () => {
    vi.stubEnv('AWS_PROFILE', 'deploy');
    const sts = await inPlaceOf(() => ({ status: 200, body: taken() }));
    configure(`${config}services = near\n[services near]\nsts =\n  endpoint_url = ${sts.url}\n`, keys);
    expect(await bucketsBy('deploy')).toEqual([store.bucket]);
    expect(sts.asked).toHaveLength(1);
  });

  test('that may not be taken is told as that, and not as a refusal of the store', async () => {
    configure(config, keys);
    const refusal =
      '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>';
    const sts = await inPlaceOf(() => ({ status: 403, body: refusal }));
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.url);
    const told = await bucketsBy('deploy');
    expect(told).toMatchObject({
      code: 'profile-silent',
      class: 'credentials',
      facts: { reason: 'role: 403 AccessDenied' },
    });
  });

  test('whose source is a single sign-on that ran out names the profile that is to sign in', async () => {
    configure(`${config.replace('base', 'work')}\n${SIGN_ON}`);
    leaveToken('company', LONG_AGO);
    expect(await bucketsBy('deploy')).toMatchObject({
      code: 'sign-on-ended',
      hint: expect.stringMatching(/Run `aws sso login --profile work`/) as string,
    });
  });

  test('waits where nobody answers who could give it', async () => {
    configure(config, keys);
    vi.stubEnv('AWS_ENDPOINT_URL_STS', NOBODY);
    expect(await bucketsBy('deploy')).toMatchObject({ code: 'offline', facts: { endpoint: '127.0.0.1:1' } });
  });
});

describe('a single sign-on', () => {
  const way = /Run `aws sso login --profile work`/;

  test('that was signed in to hands out keys, and they open the store', async () => {
    configure(SIGN_ON);
    leaveToken('company', SOON);
    const { accessKeyId, secretAccessKey } = store;
    const roleCredentials = { accessKeyId, secretAccessKey, sessionToken: 't', expiration: Date.parse(SOON) };
    const portal = await inPlaceOf(() => ({ status: 200, body: JSON.stringify({ roleCredentials }) }));
    vi.stubEnv('AWS_ENDPOINT_URL_SSO', portal.url);
    expect(await bucketsBy('work')).toEqual([store.bucket]);
    expect(portal.asked.map(({ url }) => url)).toEqual([expect.stringContaining('role_name=Backup')]);
    expect(portal.asked[0]?.headers['x-amz-sso_bearer_token']).toBe('a-token');
  });

  test('that ran out says which command begins another, and asks nobody', async () => {
    configure(SIGN_ON);
    leaveToken('company', LONG_AGO);
    const portal = await inPlaceOf(() => ({ status: 500, body: '{}' }));
    vi.stubEnv('AWS_ENDPOINT_URL_SSO', portal.url);
    expect(await bucketsBy('work')).toMatchObject({
      code: 'sign-on-ended',
      hint: expect.stringMatching(way) as string,
    });
    expect(portal.asked).toEqual([]);
  });

  test('that was ended elsewhere says the same', async () => {
    configure(SIGN_ON);
    leaveToken('company', SOON);
    const portal = await inPlaceOf(() => ({ status: 401, body: '{"message":"Session token not found or invalid"}' }));
    vi.stubEnv('AWS_ENDPOINT_URL_SSO', portal.url);
    expect(await bucketsBy('work')).toMatchObject({
      code: 'sign-on-ended',
      hint: expect.stringMatching(way) as string,
    });
    expect(portal.asked).not.toEqual([]);
  });

  test('waits where the portal does not answer, or not now: nobody need sign in for that', async () => {
    configure(SIGN_ON);
    leaveToken('company', SOON);
    vi.stubEnv('AWS_ENDPOINT_URL_SSO', NOBODY);
    expect(await bucketsBy('work')).toMatchObject({ code: 'offline', facts: { endpoint: '127.0.0.1:1' } });
    const portal = await inPlaceOf(() => ({ status: 503, body: '{}' }));
    vi.stubEnv('AWS_ENDPOINT_URL_SSO', portal.url);
    expect(await bucketsBy('work')).toMatchObject({ code: 'offline', facts: { reason: '503' } });
  });

  test('that gives no such role is told as that, since to sign in again would not help', async () => {
    configure(SIGN_ON);
    leaveToken('company', SOON);
    const portal = await inPlaceOf(() => ({ status: 403, body: '{"message":"No access"}' }));
    vi.stubEnv('AWS_ENDPOINT_URL_SSO', portal.url);
    expect(await bucketsBy('work')).toMatchObject({ code: 'profile-silent', facts: { reason: 'sso: 403' } });
  });

  test('that nobody signed in to says the same', async () => {
    configure(SIGN_ON);
    expect(await bucketsBy('work')).toMatchObject({
      code: 'sign-on-ended',
      hint: expect.stringMatching(way) as string,
    });
  });
});

describe('a program', () => {
  const profileOf = (program: string): string =>
    `[profile tool]\ncredential_process = "${process.execPath}" "${program}"\n`;

  test('that hands out keys is run, and they open the store', async () => {
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = store;
    const program = join(home, 'keys.cjs');
    writeFileSync(program, `console.log('${JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey })}')`);
    configure(profileOf(program));
    expect(await bucketsBy('tool')).toEqual([store.bucket]);
  });

  test('that fails is told by the name of its profile', async () => {
    configure(profileOf(join(home, 'none.cjs')));
    expect(await bucketsBy('tool')).toMatchObject({
      code: 'profile-silent',
      hint: expect.stringContaining('--profile tool') as string,
    });
  });
});
