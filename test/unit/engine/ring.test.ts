/** A folder under a key of the ring, against the practice server: sent, read back, checked, copied, and without the key. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { CallInput, CallName, CallOutput } from '../../../main/contract/calls.ts';
import type { RingKey } from '../../../main/contract/key-ring.ts';
import type { Result } from '../../../main/contract/result.ts';
import { Engine } from '../../../main/engine/engine.ts';
import { Vault } from '../../../main/engine/index.ts';
import { openPracticeServers } from '../../../main/engine/practice.ts';
import { serve } from '../../../main/engine/serve.ts';
import { startPractice, type PracticeServer } from '../../../main/practice/index.ts';
import { codeOf, must, temporaryFolder } from '../store/support.ts';

let server: PracticeServer;
let place: string;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'cairn-ring-'));
  const started = await startPractice({ directory: join(place, 'practice') });
  if (!started.ok) throw new Error(started.detail);
  server = started.value;
});
afterAll(async () => {
  await server.stop();
  rmSync(place, { recursive: true, force: true });
});

function ringKey(name: string, confirmed = true): RingKey {
  const key = randomBytes(32);
  return { name, key: key.toString('base64'), md5: createHash('md5').update(key).digest('base64'), confirmed };
}

async function open(home = temporaryFolder()) {
  const vault = new Vault();
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const engine = must(await Engine.open({ home, watch: false, log, vault, proofGapMs: 100, quietMs: 20 }));
  const served = await serve(engine, openPracticeServers(null), log);
  onTestFinished(async () => {
    await served.stop();
    await engine.stop();
  });
  const call = async <Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>> =>
    (await served.call(name, input)) as never;
  must(
    await call('connection.add', {
      name: 'store',
      endpoint: null,
      region: server.region,
      pathStyle: true,
      credentials: { kind: 'practice', directory: join(place, 'practice') },
    }),
  );
  engine.start();
  const path = temporaryFolder();
  const add = (policy: unknown, prefix: string) =>
    call('folder.add', { path, connection: 'store', bucket: server.bucket, prefix, name: 'Papers', policy });
  const sync = async () => must(await call('folder.sync', { folders: ['Papers'] }));
  return { vault, call, path, add, sync, lines };
}
const under = (keyRef: string) => ({ encryption: { mode: 'customer', keyRef } });

test('a policy may name a key once its recovery copy is kept, and no sooner', async () => {
  const { vault, call, add } = await open();
  const key = ringKey('photos', false);
  expect(codeOf(await add(under('photos'), 'a'))).toBe('ring-key-missing');
  vault.setRing([key]);
  expect(codeOf(await add(under('photos'), 'a'))).toBe('ring-key-unconfirmed');
  const inRule = { rules: [{ match: ['*.jpg'], set: under('photos') }] };
  expect(codeOf(await add(inRule, 'a'))).toBe('ring-key-unconfirmed');
  vault.setRing([{ ...key, confirmed: true }]);
  must(await add(under('photos'), 'a'));
  const text = JSON.stringify({ ...under('photos'), rules: [{ match: ['*.jpg'], set: under('others') }] });
  expect(must(await call('policy.check', { folder: 'Papers', text })).faults).toMatchObject([
    { path: ['rules', 0, 'set', 'encryption', 'keyRef'], failure: { code: 'ring-key-missing' } },
  ]);
  expect(codeOf(await call('folder.policy', { folder: 'Papers', policy: under('others') }))).toBe('ring-key-missing');
});

test('what is sent under it is checked, restored, moved and explained by it, and by nothing without it', async () => {
  const { vault, call, path, add, sync, lines } = await open();
  const key = ringKey('photos');
  vault.setRing([key]);
  must(await add(under('photos'), 'whole'));
  writeFileSync(join(path, 'small.txt'), 'small');
  const large = randomBytes(17 * 1024 * 1024);
  writeFileSync(join(path, 'large.bin'), large);
  expect((await sync()).failures).toEqual([]);
  renameSync(join(path, 'large.bin'), join(path, 'moved.bin'));
  expect((await sync()).failures).toEqual([]);

  const verified = must(await call('folder.verify', { folder: 'Papers', download: true, task: 't' }));
  expect(verified).toMatchObject({ checked: 2, ok: 2 });
  const to = join(temporaryFolder(), 'back');
  must(
    await call('history.restore', {
      folder: 'Papers',
      directory: '',
      at: new Date().toISOString(),
      to,
      task: 'r',
    }),
  );
  expect(readFileSync(join(to, 'small.txt'), 'utf8')).toBe('small');
  expect(readFileSync(join(to, 'moved.bin')).equals(large)).toBe(true);
  const policy = { ...under('photos'), storageClass: 'STANDARD_IA' };
  const explained = must(await call('policy.explain', { folder: 'Papers', path: 'small.txt', policy }));
  expect(explained.lines).toContainEqual({ name: 'SSECustomerKeyMD5', value: key.md5, by: 'base' });
  expect(must(await call('policy.cost', { folder: 'Papers', policy })).after).toContainEqual(
    expect.objectContaining({ storageClass: 'STANDARD_IA', files: 2 }),
  );
  const use = must(await call('encryption.keyUse', { name: 'photos', md5: key.md5 }));
  expect(use.folders).toEqual(['Papers']);
  expect(use.receipts).toBeGreaterThanOrEqual(3);
  expect(must(await call('encryption.keyUse', { name: 'x', md5: ringKey('x').md5 }))).toEqual({
    folders: [],
    receipts: 0,
  });

  // Another key under the same name reads nothing of it; what was sent before is found by its MD5.
  const next = ringKey('photos');
  vault.setRing([next]);
  const unread = must(await call('folder.verify', { folder: 'Papers', download: false, task: 't' }));
  expect(unread).toMatchObject({ checked: 2, ok: 0, unread: 2 });
  vault.setRing([next, { ...key, name: 'photos before' }]);
  expect(must(await call('folder.verify', { folder: 'Papers', download: false, task: 't' }))).toMatchObject({ ok: 2 });

  const said = JSON.stringify([explained, verified, must(await call('status.snapshot', {})), lines]);
  expect(said).not.toContain(key.key);
});

test('while the key is not there the folder waits, and goes on by itself once it is', async () => {
  const { vault, call, path, add, sync } = await open();
  const key = ringKey('photos');
  vault.setRing([key]);
  must(await add(under('photos'), 'waits'));
  vault.setRing([]);
  writeFileSync(join(path, 'a.txt'), 'one');
  expect((await sync()).failures).toMatchObject([{ failure: { code: 'ring-key-missing' } }]);
  // A claim in the very transaction that writes the refusal down begins one attempt more, which ends the same way.
  await vi.waitFor(async () => {
    expect(must(await call('queue.list', {}))).toMatchObject([{ path: 'a.txt', state: 'waiting' }]);
  });
  vault.setRing([key]);
  await vi.waitFor(async () => {
    expect(must(await call('queue.list', {}))).toEqual([]);
  }, 5_000);
});
