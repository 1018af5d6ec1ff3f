/**
 * Keys that the app keeps, with a real keychain: they are there after a restart, a folder goes on with them, and nothing
 * but the keychain's ciphertext holds them. Without a keychain nothing is kept, and that is said.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type PracticeServer, startPractice } from '../../main/practice/index.ts';
import { type Desk, openDesk, openSession } from './desk.ts';
import { expectNothingLeft, makeScratch, processesOf, type RunningApp, type Scratch, startApp } from './support.ts';

let desk: Desk;
let scratch: Scratch;
let server: PracticeServer;
const running: RunningApp[] = [];

beforeAll(async () => {
  desk = await openDesk();
  scratch = await makeScratch();
  const started = await startPractice({ directory: join(scratch.root, 'practice') });
  if (!started.ok) throw new Error(started.detail);
  server = started.value;
});

afterAll(async () => {
  for (const app of running) await app[Symbol.asyncDispose]();
  await server.stop();
  await scratch[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
});

async function open(from: Scratch, at: Desk, ...words: readonly string[]): Promise<RunningApp> {
  const app = await startApp(at, from, ...words);
  running.push(app);
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await app.keepEvidence(task.name);
  });
  return app;
}

const keysOf = (name: string) => ({
  name,
  accessKeyId: server.accessKeyId,
  secretAccessKey: server.secretAccessKey,
});
async function add(app: RunningApp, name: string, kind: 'app' | 'ask'): Promise<void> {
  const { endpoint, region } = server;
  const added = await app.call('connection.add', { name, endpoint, region, pathStyle: true, credentials: { kind } });
  expect(added).toMatchObject({ ok: true });
}

/**
 * A key of the ring by the screen, which says what is due for it. In: the answer to the dialog that shows the key.
 * @returns the key, as the system's dialog shows it once.
 */
async function makeInWindow(app: RunningApp, name: string, answer: string, due: string): Promise<string> {
  const page = await app.page();
  await app.electron.evaluate(({ dialog }, button) => {
    dialog.showMessageBox = (...words: unknown[]) => {
      const asked = words.at(-1) as { readonly detail: string; readonly buttons: readonly string[] };
      Object.assign(globalThis, { shownKey: asked.detail });
      return Promise.resolve({ response: asked.buttons.indexOf(button), checkboxChecked: false });
    };
  }, answer);
  await page.getByTestId('nav-settings').click();
  await page.getByTestId('ring-make').click();
  await page.getByTestId('ring-name').fill(name);
  await page.getByTestId('dialog-yes').click();
  const row = page.locator(`[data-testid="ring-key"][data-name="${name}"]`);
  expect(await row.innerText()).toContain(due);
  const shown = await app.electron.evaluate(() => String((globalThis as { shownKey?: unknown }).shownKey));
  expect(shown).toMatch(/^[A-Za-z0-9+/]{43}=\n\n/);
  return shown.split('\n')[0] ?? '';
}

/** Types a key in, and says that it is kept elsewhere. */
async function typeInWindow(app: RunningApp, name: string, key: string): Promise<void> {
  const page = await app.page();
  await page.getByTestId('ring-type').click();
  await page.getByTestId('ring-name').fill(name);
  await page.getByTestId('ring-typed').fill(key.slice(1));
  expect(await page.getByTestId('dialog-yes').isDisabled()).toBe(true);
  await app.picture('key-typed');
  await page.getByTestId('ring-typed').fill(key);
  await page.getByTestId('dialog-yes').click();
  const row = page.locator(`[data-testid="ring-key"][data-name="${name}"]`);
  await row.getByTestId('ring-confirm').click();
  await page.getByTestId('dialog-yes').click();
  await expect.poll(() => row.innerText()).toContain('A policy may name it');
  await row.scrollIntoViewIfNeeded();
  await app.picture('key-ring');
  // Nothing of it stays in the page.
  expect(await page.evaluate<string>('document.documentElement.outerHTML')).not.toContain(key);
}

/** A session of its own with an open keychain, whose files lie in the scratch. */
async function openKeychain(): Promise<Desk> {
  const data = join(scratch.root, 'user', 'keyrings');
  await mkdir(data, { recursive: true });
  const places = { HOME: join(scratch.root, 'user'), XDG_DATA_HOME: data };
  const begin = 'printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null';
  return openSession(desk, begin, places);
}

/** The one file that holds it by right: the practice server's own. That it is found shows that the search finds. */
const byRight = (): readonly string[] => [join(scratch.root, 'practice', 'practice.json')];

/** Where the secret lies, in any plain writing: files of the scratch, command lines and environments of the app. */
async function exposedAt(secret: string | Buffer): Promise<readonly string[]> {
  const bytes = Buffer.from(secret);
  const needles = [bytes, ...(['base64', 'hex'] as const).map((coding) => Buffer.from(bytes.toString(coding)))];
  const holds = (content: Buffer): boolean => needles.some((needle) => content.includes(needle));
  const found: string[] = [];
  for (const entry of await readdir(scratch.root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if (holds(await readFile(path).catch(() => Buffer.alloc(0)))) found.push(path);
  }
  for (const [id = ''] of (await processesOf(scratch)).map((line) => line.split(' '))) {
    for (const file of ['cmdline', 'environ']) {
      if (holds(await readFile(`/proc/${id}/${file}`).catch(() => Buffer.alloc(0)))) found.push(`${id} ${file}`);
    }
  }
  return found;
}

const md5Of = (key: Buffer): string => createHash('md5').update(key).digest('base64');

const isLinux = process.platform === 'linux';
const hasKeychain = isLinux && existsSync('/usr/bin/gnome-keyring-daemon');

describe('keys that are typed into the app', () => {
  it.runIf(hasKeychain)(
    'are kept by the keychain, serve after a restart, and lie nowhere in clear',
    { timeout: 120_000 },
    async () => {
      await using keychain = await openKeychain();
      const first = await open(scratch, keychain, '--password-store=gnome-libsecret');
      expect(await first.call('app.secretStore', {})).toMatchObject({ ok: true, value: { state: 'ok' } });
      expect(await first.call('app.keepKeys', keysOf('mine'))).toEqual({ ok: true, value: { name: 'mine' } });
      await add(first, 'mine', 'app');
      expect(await first.call('connection.test', { connection: 'mine' })).toMatchObject({
        ok: true,
        value: { buckets: [server.bucket] },
      });
      const made = await makeInWindow(first, 'photos', 'Later', 'write its recovery copy first');
      const copied = await makeInWindow(first, 'copied', 'Copy the key', 'say first that its recovery copy is kept');
      expect(await first.electron.evaluate(({ clipboard }) => clipboard.readText())).toBe(copied);
      const typed = randomBytes(32);
      await typeInWindow(first, 'scans', typed.toString('hex'));
      const place = { path: scratch.folder, connection: 'mine', bucket: server.bucket, prefix: 'kept', name: 'Notes' };
      expect(await first.call('folder.add', place)).toMatchObject({ ok: true });
      expect(await first.quit()).toMatchObject({ code: 0 });
      await expectNothingLeft(scratch);

      await writeFile(join(scratch.folder, 'letter.txt'), 'one');
      const second = await open(scratch, keychain, '--password-store=gnome-libsecret');
      await expect
        .poll(() => second.call('versions.list', { folder: 'Notes', path: 'letter.txt' }), { timeout: 20_000 })
        .toMatchObject({ ok: true, value: [{ deleteMarker: false }] });
      expect(await second.call('app.keyRing', {})).toMatchObject({
        ok: true,
        value: { keys: [{ name: 'copied' }, { name: 'photos' }, { name: 'scans', md5: md5Of(typed) }] },
      });
      expect(await exposedAt(server.secretAccessKey)).toEqual(byRight());
      for (const key of [typed, Buffer.from(made, 'base64'), Buffer.from(copied, 'base64')])
        expect(await exposedAt(key)).toEqual([]);
      expect((await readdir(join(scratch.home, 'secrets'))).length).toBe(4);

      // Without its keys the connection asks, and types them in the window bring the folder on.
      expect(await second.call('app.forgetKeys', { name: 'mine' })).toMatchObject({ ok: true });
      await writeFile(join(scratch.folder, 'letter.txt'), 'two');
      const page = await second.page();
      await page.getByTestId('remedy-keys').click();
      await page.getByTestId('keys-id').fill(server.accessKeyId);
      await page.getByTestId('keys-secret').fill(server.secretAccessKey);
      await second.picture('keys-asked');
      await page.getByTestId('dialog-yes').click();
      await expect
        .poll(() => second.call('versions.list', { folder: 'Notes', path: 'letter.txt' }), { timeout: 20_000 })
        .toMatchObject({ value: [{ isLatest: true }, { isLatest: false }] });
      await expect.poll(() => page.getByTestId('remedy-keys').count()).toBe(0);
      expect(await exposedAt(server.secretAccessKey)).toEqual(byRight());
      expect(second.complaints).toEqual([]);
      expect(await second.quit()).toMatchObject({ code: 0 });
    },
  );

  it.runIf(isLinux)('are not kept where there is only a password that everybody knows', async () => {
    await using other = await makeScratch();
    const app = await open(other, desk, '--password-store=basic');
    expect(await app.call('app.secretStore', {})).toMatchObject({ ok: true, value: { state: 'basic' } });
    const kept = await app.call('app.keepKeys', keysOf('mine'));
    expect(kept).toMatchObject({ ok: false, failure: { code: 'keychain-missing' } });
    expect(await readdir(other.home)).not.toContain('secrets');
    const page = await app.page();
    await page.getByTestId('nav-settings').click();
    expect(await page.getByTestId('ring-shut').innerText()).toContain('a password that everybody knows');
    expect(await page.getByTestId('ring-make').isDisabled()).toBe(true);
    // Asked for at each start they serve all the same.
    await add(app, 'mine', 'ask');
    expect(await app.call('connection.test', { connection: 'mine' })).toMatchObject({
      failure: { code: 'keys-asked' },
    });
    expect(await app.call('app.handKeys', keysOf('mine'))).toMatchObject({ ok: true });
    expect(await app.call('connection.test', { connection: 'mine' })).toMatchObject({ ok: true });
    expect(await app.quit()).toMatchObject({ code: 0 });
  });
});
