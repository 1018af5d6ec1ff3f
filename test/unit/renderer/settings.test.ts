import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppSettingsReport } from '../../../main/contract/app-settings.ts';
import { failure } from '../../../main/contract/errors.ts';
import { limitsSchema, type Limits as Kept } from '../../../main/contract/limits.ts';
import type { Connection } from '../../../main/contract/models.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { AppSettings } from '../../../renderer/state/app-settings.svelte.ts';
import { Connections } from '../../../renderer/state/connections.svelte.ts';
import { checkDraft, draftOf, rateOf, withRule } from '../../../renderer/state/limits-draft.ts';
import { Limits } from '../../../renderer/state/limits.svelte.ts';
import { format, speak, tagOf, words } from '../../../renderer/words/index.ts';
import { FakeBridge, FakeVisibility } from './fake-bridge.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(100);

const OFFICE: Kept = {
  rules: [
    { from: '08:00', to: '18:00', days: ['mon', 'fri'], bytesPerSecond: 512_000 },
    { from: '22:00', to: '06:00', bytesPerSecond: null },
  ],
  default: 5 * 1024 ** 2,
};

describe('limits that are typed', () => {
  it('come back as they were, whatever they are', () => {
    for (const limits of [
      OFFICE,
      { rules: [], default: null },
      { rules: [], default: 4096 },
      { rules: [], default: 1.5 * 1024 ** 2 },
    ]) {
      const checked = checkDraft(draftOf(limits)).limits;
      expect(checked).toEqual(limits);
      expect(limitsSchema.safeParse(checked).success).toBe(true);
    }
  });

  it('are a number with a point or a comma, or nothing for no limit', () => {
    expect(rateOf({ text: ' 1,5 ', unit: 'MB' })).toEqual({ rate: 1_572_864 });
    expect(rateOf({ text: '', unit: 'MB' })).toEqual({ rate: null });
    expect(rateOf({ text: '3', unit: 'KB' })).toEqual({ problem: 'too-small' });
    for (const text of ['fast', '-5', '1.5.5', '1e9', '0x10']) {
      expect(rateOf({ text, unit: 'KB' }), text).toEqual({ problem: 'no-number' });
    }
  });

  it('are refused with the reason, line by line', () => {
    const draft = withRule(withRule(withRule({ rules: [], always: { text: 'x', unit: 'KB' } })));
    const [first, second, third] = draft.rules;
    if (first === undefined || second === undefined || third === undefined) throw new Error('there are three');
    const rules = [
      { ...first, from: '24:00' },
      { ...second, days: [] },
      { ...third, from: '8:00' },
    ];
    const checked = checkDraft({ ...draft, rules });
    expect(checked).toMatchObject({ limits: null, always: 'no-number' });
    expect([...checked.rules]).toEqual([
      [first.key, 'no-time'],
      [second.key, 'no-day'],
    ]);
    expect(
      checkDraft({ rules: [{ ...third, from: '8:00' }], always: { text: '', unit: 'KB' } }).limits?.rules[0]?.from,
    ).toBe('08:00');
  });
});

describe('the limits that count', () => {
  it('are read, changed and saved; the rate of now follows the clock', async () => {
    let kept = OFFICE;
    let now = new Date(2026, 10, 23, 9, 0); // a Monday
    const bridge = new FakeBridge({
      'settings.limits': ({ limits }) => {
        kept = (limits as Kept | undefined) ?? kept;
        return success(kept);
      },
    });
    const limits = new Limits(bridge, new FakeVisibility(), () => now);
    const stop = limits.start();
    await settled();
    expect([limits.rate, limits.isChanged]).toEqual([512_000, false]);
    now = new Date(2026, 10, 23, 23, 0);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(limits.rate).toBeNull();
    limits.setAlways({ text: '2', unit: 'MB' });
    limits.removeRule(0);
    expect(limits.isChanged).toBe(true);
    limits.putBack();
    expect(limits.isChanged).toBe(false);
    limits.removeRule(1);
    await limits.save();
    expect(kept.rules.length).toBe(1);
    expect(limits.isChanged).toBe(false);
    limits.setAlways({ text: 'x', unit: 'MB' });
    await limits.save();
    expect(bridge.count('settings.limits')).toBe(2);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the app’s own settings', () => {
  const report: AppSettingsReport = {
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

  it('are changed by a call, and a language is told to whoever draws', async () => {
    const heard: string[] = [];
    const bridge = new FakeBridge({
      'app.settings': ({ change }) => success({ ...report, language: change?.language ?? report.language }),
      'app.updates': ({ act }) => success(act === 'look' ? { kind: 'available', version: '2.0' } : { kind: 'none' }),
    });
    const app = new AppSettings(bridge);
    app.onLanguage((language) => heard.push(language));
    await app.read();
    await app.change({ language: 'de' });
    await app.askUpdates('look');
    expect([heard, app.report?.language, app.updates]).toEqual([
      ['system', 'de'],
      'de',
      { kind: 'available', version: '2.0' },
    ]);
    bridge.answers['app.settings'] = () => failed(failure('write-failed', { path: '/c', reason: 'EACCES' }));
    await app.change({ startWithComputer: true });
    expect([app.failure?.code, app.report?.language]).toEqual(['write-failed', 'de']);
  });

  it('make the window speak another language', () => {
    const before = words.app.overview;
    speak(tagOf('de', 'en-US'));
    expect([words.app.overview, format.locale]).toEqual(['Übersicht', 'de']);
    speak(tagOf('en', 'en-US'));
    expect([words.app.overview, format.locale]).toEqual([before, 'en-US']);
    expect([tagOf('en', 'de-AT'), tagOf('system', 'fr')]).toEqual(['en-GB', 'fr']);
  });
});

describe('the connections', () => {
  const store: Connection = {
    name: 'store',
    endpoint: null,
    region: 'eu-central-1',
    pathStyle: false,
    credentials: { kind: 'default' },
  };

  it('are tested one by one, and removed', async () => {
    let list = [store];
    const bridge = new FakeBridge({
      'connection.list': () => success(list),
      'connection.test': () => failed(failure('offline', { endpoint: 'e', reason: 'refused' })),
      'connection.remove': () => {
        list = [];
        return success(store);
      },
    });
    const connections = new Connections(bridge);
    const stop = connections.start();
    await settled();
    const testing = connections.test('store');
    expect(connections.tested('store')).toEqual({ kind: 'busy' });
    await connections.test('store');
    await testing;
    expect(connections.tested('store')).toMatchObject({ kind: 'failed', failure: { code: 'offline' } });
    expect(bridge.count('connection.test')).toBe(1);
    expect(await connections.remove('store')).toBe(true);
    expect(connections.list).toEqual([]);
    stop();
    expect(bridge.listeners('folders')).toBe(0);
  });
});
