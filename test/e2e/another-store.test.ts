/**
 * A store that is given by its address and a profile, as a person with an account elsewhere begins: a folder is dropped
 * onto the window, the rest is chosen, and the first saved file gets its VersionId.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { startPractice } from '../../main/practice/index.ts';
import { type Desk, openDesk } from './desk.ts';
import { makeScratch, type RunningApp, type Scratch, startApp } from './support.ts';

let desk: Desk;
let scratch: Scratch;
let store: { endpoint: string; stop(): Promise<void> };
let app: RunningApp;
let page: Page;

beforeAll(async () => {
  desk = await openDesk();
  scratch = await makeScratch();
  // To the app it is a server like any other: it gets an address and a profile, and not the server's folder.
  const directory = join(scratch.root, 'elsewhere');
  const started = await startPractice({ directory, bucket: 'their-papers' });
  if (!started.ok) throw new Error(started.reason);
  const said = JSON.parse(await readFile(join(directory, 'practice.json'), 'utf8')) as Record<string, string>;
  store = { endpoint: said['endpoint'] ?? '', stop: () => started.value.stop() };
  // Where the AWS command line looks by itself, in the home folder that the app is given.
  await mkdir(join(scratch.root, 'user', '.aws'));
  await writeFile(
    join(scratch.root, 'user', '.aws', 'credentials'),
    `[elsewhere]\naws_access_key_id = ${said['accessKeyId'] ?? ''}\naws_secret_access_key = ${said['secretAccessKey'] ?? ''}\n`,
  );
  await writeFile(
    join(scratch.root, 'user', '.aws', 'config'),
    '[profile work]\nsso_session = company\n[sso-session company]\nsso_start_url = https://company.invalid/start\n' +
      '[profile deploy]\nrole_arn = arn:aws:iam::123456789012:role/backup\nsource_profile = elsewhere\n',
  );
  app = await startApp(desk, scratch);
  page = await app.page();
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await app.keepEvidence(task.name);
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await store.stop();
  await scratch[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
});

it('a folder that is dropped onto the window opens its step', async () => {
  await page.getByTestId('add-folder').waitFor();
  const devtools = await page.context().newCDPSession(page);
  const drag = (type: 'dragEnter' | 'dragOver' | 'drop'): Promise<unknown> =>
    devtools.send('Input.dispatchDragEvent', {
      type,
      x: 400,
      y: 300,
      data: { items: [], files: [scratch.folder], dragOperationsMask: 1 },
    });
  await drag('dragEnter');
  await drag('dragOver');
  await page.getByTestId('drop-here').waitFor();
  await app.picture('add-dragged-over');
  await drag('drop');
  await page.getByTestId('drop-here').waitFor({ state: 'detached' });
  await expect.poll(() => page.getByTestId('add-path').inputValue()).toBe(scratch.folder);
  await page.locator('[data-testid="add-measured"][data-files="0"]').waitFor();
});

it('every kind of store is offered, and practice', async () => {
  await page.getByTestId('add-next').click();
  for (const store of ['aws', 'minio', 'ceph', 'r2', 'b2', 'wasabi', 'other']) {
    await page.getByTestId(`add-store-${store}`).waitFor();
  }
  await page.getByTestId('add-practice').waitFor();
});

it('store, profile and bucket are chosen, and the first saved file gets its VersionId', async () => {
  await page.getByTestId('add-store-other').click();
  await page.getByTestId('add-endpoint').fill(store.endpoint);
  await app.picture('add-where');
  await page.getByTestId('add-next').click();
  // Each with how it signs in: by a single sign-on, by a role, by keys that stand in the file.
  await page.getByTestId('add-profile-work').getByText('company').waitFor();
  await page.getByTestId('add-profile-deploy').getByText('role/backup').waitFor();
  await page.getByTestId('add-profile-elsewhere').click();
  await app.picture('add-who');
  await page.getByTestId('add-next').click();
  await page.getByTestId('add-bucket-their-papers').waitFor();
  await page.locator('[data-testid="add-versioning"][data-versioning="enabled"]').waitFor();
  await page.getByTestId('add-next').click();
  await page.locator('[data-testid="add-finding"][data-id="versioning"]').waitFor();
  expect(await app.call('folder.list', {})).toEqual({ ok: true, value: [] });
  await page.getByTestId('add-start').click();
  await page.locator('[data-testid="folder-state"][data-state="idle"]').waitFor();
  await writeFile(join(scratch.folder, 'letter.txt'), 'Dear Ada,\n');
  await page.locator('[data-testid="file-row"][data-path="letter.txt"][data-state="sync"]').waitFor();
  const told = await app.call('versions.list', { folder: 'Notes', path: 'letter.txt' });
  expect(told.ok && told.value.map((version) => version.versionId)).toEqual([expect.stringMatching(/\S{8,}/)]);
});

it('steps that are left leave no connection behind', async () => {
  const before = await app.call('connection.list', {});
  await page.getByTestId('nav-overview').click();
  await page.getByTestId('add-folder').click();
  await page.getByTestId('add-store-other').click();
  await page.getByTestId('add-endpoint').fill(store.endpoint);
  await page.getByTestId('add-next').click();
  await page.getByTestId('add-profile-elsewhere').click();
  await page.getByTestId('add-next').click();
  await page.getByTestId('add-prefix').waitFor();
  const made = await app.call('connection.list', {});
  expect(made.ok && before.ok && made.value.length - before.value.length).toBe(1);
  await page.getByTestId('add-cancel').click();
  await page.getByTestId('dialog-yes').click();
  await page.getByTestId('folder-card-Notes').waitFor();
  await expect.poll(() => app.call('connection.list', {})).toEqual(before);
});

it('on another computer the same place is browsed without a folder, and then brought to one', async () => {
  const connections = await app.call('connection.list', {});
  const name = (connections.ok && connections.value[0]?.name) || '';
  expect(await app.call('folder.remove', { folder: 'Notes' })).toMatchObject({ ok: true });
  await page.getByTestId('nav-overview').click();
  await page.getByTestId('add-folder').click();
  await page.getByTestId(`add-connection-${name}`).click();
  await page.getByTestId('add-next').click();
  await page.getByTestId('add-bucket-their-papers').click();
  await page.getByTestId('add-prefix').fill('Notes');
  await page.locator('[data-testid="add-versioning"][data-versioning="enabled"]').waitFor();
  await page.getByTestId('add-next').click();
  await page.getByTestId('add-attach').click();
  await page.locator('[data-testid="folder-state"][data-state="attached"]').waitFor();
  await page.locator('[data-testid="then-row"][data-path="letter.txt"]').waitFor();
  await app.picture('attached');

  const to = join(scratch.root, 'brought');
  await app.answerPicker(to);
  await page.getByTestId('bring-here').click();
  await page.locator('[data-testid="folder-state"][data-state="idle"]').waitFor();
  expect(await readFile(join(to, 'letter.txt'), 'utf8')).toBe('Dear Ada,\n');
  await page.getByTestId('tab-files').click();
  await page.locator('[data-testid="file-row"][data-path="letter.txt"][data-state="sync"]').waitFor();
  const told = await app.call('versions.list', { folder: 'Notes', path: 'letter.txt' });
  expect(told.ok && told.value.length, 'nothing was sent again').toBe(1);
  expect(app.complaints).toEqual([]);
});
