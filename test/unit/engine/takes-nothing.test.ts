/** A store that answers every question and takes no file: its disk is full, or nothing large gets through to it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openClients } from '../../../main/engine/clients.ts';
import { Engine } from '../../../main/engine/engine.ts';
import { openHome } from '../../../main/engine/home.ts';
import { addConnection, addFolder } from '../../../main/engine/manage.ts';
import { syncFolders } from '../../../main/engine/sync.ts';
import { startPractice } from '../../../main/practice/index.ts';
import { RecordingProxy } from '../../support/proxy/recording.ts';
import { must, temporaryFolder } from '../store/support.ts';

/** More than the second after which a probe is answered, less than five of them take: that often it has to go silent. */
const GIVE_UP_MS = 2_500;
/** Each time it goes silent takes a probe's second and more; a busy computer's too. */
const LONG = { timeout: 60_000 };

/** An engine with three files to send, on a way to the practice server that is played with. */
async function open() {
  const place = temporaryFolder();
  const served = join(place, 'served');
  const server = await startPractice({ directory: served, bucket: 'practice' });
  if (!server.ok) throw new Error(server.reason);
  onTestFinished(() => server.value.stop());
  const account = JSON.parse(readFileSync(join(served, 'practice.json'), 'utf8')) as { readonly endpoint: string };
  const proxy = await RecordingProxy.open(account.endpoint);
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const [directory, disk] = [join(place, 'way'), join(place, 'disk')];
  for (const one of [directory, disk]) mkdirSync(one);
  writeFileSync(join(directory, 'practice.json'), JSON.stringify({ ...account, endpoint: proxy.endpoint }));
  for (const name of ['a', 'b', 'c']) writeFileSync(join(disk, name), name);

  const home = must(openHome(join(place, 'home')));
  const clients = openClients(
    () => home.settings.connections,
    () => undefined,
  );
  const credentials = { kind: 'practice', directory } as const;
  must(addConnection(home, { name: 'c', endpoint: null, region: 'us-east-1', pathStyle: true, credentials }));
  const folder = must(
    await addFolder(home, clients, { path: disk, connection: 'c', bucket: 'practice', prefix: '', name: 'f' }),
  );
  clients.close();
  home.close();
  const engine = must(await Engine.open({ home: home.path, watch: false, log: () => undefined, quietMs: 0 }));
  onTestFinished(() => engine.stop());
  return { engine, folder, proxy };
}

test('is given up by a sync, which says that it does not answer; the files wait', LONG, async () => {
  const { engine, folder, proxy } = await open();
  proxy.faults.set('PutObject', { kind: 'reset', afterBytes: 0 }, Infinity);
  const report = await syncFolders(engine, [folder], { giveUpMs: GIVE_UP_MS, onReceipt: () => undefined });
  expect(report.failures).toMatchObject([{ folder: 'f', failure: { code: 'offline' } }]);
  expect(report.summary).toMatchObject({ puts: 0 });
  expect(engine.home.tables.jobs.counts(folder.id).waiting).toBe(3);
});

test('is not given up for a while in which one file after the other gets through', LONG, async () => {
  const { engine, folder, proxy } = await open();
  let asked = 0;
  proxy.faults.set(
    ({ operation }) => operation === 'PutObject' && (asked += 1) <= 9,
    { kind: 'reset', afterBytes: 0 },
    9,
  );
  const report = await syncFolders(engine, [folder], { giveUpMs: 60_000, onReceipt: () => undefined });
  expect(report.failures).toEqual([]);
  expect(engine.clients.barrenFor(folder.connection)).toBeNull();
  expect(report.summary).toMatchObject({ puts: 3 });
});
