/** A pause on a metered network, as a real NetworkManager tells of it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureNetworkManager, startNetworkManager } from '../support/testbed/network-manager.ts';
import { type Desk, openDesk } from './desk.ts';
import { keepNotes, makeScratch, type RunningApp, type Scratch, startApp } from './support.ts';

const networks = process.platform === 'linux' ? await ensureNetworkManager() : { missing: 'this is no Linux' };
if ('missing' in networks) console.error(`NOT RUN: ${networks.missing}`);

let desk: Desk;
let scratch: Scratch;

beforeAll(async () => {
  desk = await openDesk();
  scratch = await makeScratch();
});
afterAll(async () => {
  await scratch[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
});

async function stateOf(app: RunningApp): Promise<string | undefined> {
  const known = await app.call('status.snapshot', {});
  return known.ok ? known.value.folders[0]?.state : undefined;
}

/** The computer wakes up: so that the test need not wait for the next look. */
async function wake(app: RunningApp): Promise<void> {
  await app.electron.evaluate(({ powerMonitor }) => {
    powerMonitor.emit('resume');
  });
}

describe.runIf('folder' in networks)('a pause on a metered network', () => {
  it('folders wait while the network is metered, and go on by themselves when it is not', async () => {
    await using manager = await startNetworkManager('folder' in networks ? networks.folder : '');
    await using app = await startApp({ ...desk, env: { ...desk.env, ...manager.env } }, scratch);
    const page = await app.page();
    await page.getByTestId('overview').waitFor();
    await keepNotes(app);
    await expect.poll(() => stateOf(app)).toBe('idle');
    await expect.poll(() => app.call('app.settings', {})).toMatchObject({ value: { network: 'unmetered' } });
    await page.getByTestId('nav-settings').click();
    const toggle = page.getByTestId('settings-metered');
    await toggle.click();
    await expect
      .poll(() => app.call('app.settings', {}))
      .toMatchObject({ value: { pauseOnMetered: true, waiting: [] } });

    await manager.setMetered('yes');
    await wake(app);
    await expect.poll(() => stateOf(app)).toBe('paused');
    expect(await app.call('app.settings', {})).toMatchObject({ value: { network: 'metered', waiting: ['Notes'] } });
    await writeFile(join(scratch.folder, 'letter.txt'), 'one');
    // Read anew, as whoever opens them sees them.
    await page.getByTestId('nav-overview').click();
    await page.getByTestId('nav-settings').click();
    await expect
      .poll(() => page.locator('#metered-text').innerText())
      .toBe('1 folder waits for a network that is not metered.');
    await toggle.scrollIntoViewIfNeeded();
    await app.picture('settings-metered');
    const unsent = await app.call('versions.list', { folder: 'Notes', path: 'letter.txt' });
    expect(unsent).toMatchObject({ ok: false, failure: { code: 'unknown-path' } });

    await manager.setMetered('no');
    await wake(app);
    await expect
      .poll(() => app.call('versions.list', { folder: 'Notes', path: 'letter.txt' }), { timeout: 20_000 })
      .toMatchObject({ ok: true, value: [{ deleteMarker: false }] });
    expect(await app.call('app.settings', {})).toMatchObject({ value: { network: 'unmetered', waiting: [] } });
    expect(app.complaints).toEqual([]);
  });

  it('cannot be chosen where nothing tells of networks, and says so in its place', async () => {
    await using other = await makeScratch();
    const nowhere = {
      ...desk,
      env: { ...desk.env, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(other.root, 'no bus')}` },
    };
    await using app = await startApp(nowhere, other);
    const page = await app.page();
    await page.getByTestId('nav-settings').click();
    expect(await page.getByTestId('settings-metered').isDisabled()).toBe(true);
    expect(await page.locator('#metered-text').innerText()).toContain('Nothing on this computer tells');
    expect(await app.call('app.settings', {})).toMatchObject({ value: { network: 'untold' } });
  });
});
