/** Profiles as they lie on a person's computer: which there are, how each signs in, and that no secret is told. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listProfiles } from '../../../main/s3/index.ts';
import { temporaryFolder } from '../store/support.ts';

const CONFIG = `
[default]
region = eu-central-1

# a comment
[profile "with spaces"]
credential_process = /opt/keys --password hunter2
  nested = region

[profile work]
sso_session = company
sso_account_id = 123456789012
region = eu-west-1 ; the office

[sso-session company]
sso_start_url = https://company.example/start
region = us-east-2

[profile old-sso]
sso_start_url = https://old.example/start

[profile deploy]
role_arn = arn:aws:iam::123456789012:role/backup
source_profile = default

[profile pod]
role_arn = arn:aws:iam::123456789012:role/pod
web_identity_token_file = /var/token
`;
const KEYS = `[default]\r\naws_access_key_id = AKIADEFAULT\r\naws_secret_access_key = hush-hush\r\n
[only-keys]
AWS_ACCESS_KEY_ID=AKIAONLY
aws_secret_access_key=hush-hush
aws_session_token=hush-hush
`;

test('are found in both files, each with its way to sign in, and nothing secret is told', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'c'), CONFIG);
  writeFileSync(join(folder, 'k'), KEYS);
  const found = await listProfiles({
    AWS_CONFIG_FILE: join(folder, 'c'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'k'),
  });
  expect(found).toEqual([
    { name: 'default', kind: 'keys', region: 'eu-central-1', note: null },
    { name: 'deploy', kind: 'role', region: null, note: 'arn:aws:iam::123456789012:role/backup' },
    { name: 'old-sso', kind: 'sso', region: null, note: 'https://old.example/start' },
    { name: 'only-keys', kind: 'keys', region: null, note: null },
    { name: 'pod', kind: 'other', region: null, note: null },
    { name: 'with spaces', kind: 'process', region: null, note: null },
    { name: 'work', kind: 'sso', region: 'eu-west-1', note: 'company' },
  ]);
  expect(JSON.stringify(found)).not.toMatch(/hush|hunter2|AKIA/);
});

test('lie in the person’s own folder where nothing else is said; without any files there are none', async () => {
  const home = temporaryFolder();
  expect(await listProfiles({ HOME: home })).toEqual([]);
  mkdirSync(join(home, '.aws'));
  writeFileSync(join(home, '.aws', 'credentials'), KEYS);
  expect((await listProfiles({ HOME: home })).map(({ name }) => name)).toEqual(['default', 'only-keys']);
  expect((await listProfiles({ HOME: home, AWS_SHARED_CREDENTIALS_FILE: '~/none' })).length).toBe(0);
});
