import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppSettingsReport } from '../../../main/contract/app-settings.ts';
import { calls } from '../../../main/contract/calls.ts';
import { success, type Result } from '../../../main/contract/result.ts';
import { dispatcher } from '../../../main/shell/dispatch.ts';

const info = { version: '1', platform: 'linux', home: '/h', user: '/u', locale: 'en' };
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
const KEY = { name: 'k', md5: 'm', origin: 'made', since: '', exportedAt: null, confirmedAt: null } as const;

function start(): {
  dispatch: (name: unknown, input: unknown) => Promise<Result<unknown>>;
  sent: unknown[];
  bugs: unknown[];
} {
  const sent: unknown[] = [];
  const bugs: unknown[] = [];
  const dispatch = dispatcher(
    {
      'app.info': () => success(info),
      'app.pickFolder': () => Promise.reject(new Error('no display')),
      'app.showOnDisk': () => success(null),
      'app.copyText': () => success(null),
      'app.startEngine': () => success(null),
      'app.settings': () => success(settings),
      'app.diagnostics': () => success(null),
      'app.updates': () => success({ kind: 'unlooked' }),
      'app.secretStore': () => success({ state: 'missing', backend: null, kept: [], unreadable: 0 }),
      'app.keepKeys': ({ name }) => success({ name }),
      'app.handKeys': ({ name }) => success({ name }),
      'app.forgetKeys': ({ name }) => success({ name }),
      'app.keyRing': () => success({ keys: [], unreadable: 0 }),
      'app.makeRingKey': () => success(KEY),
      'app.typeRingKey': () => success(KEY),
      'app.importRingKey': () => success(null),
      'app.exportRingKey': () => success(null),
      'app.confirmRingKey': () => success(KEY),
      'app.forgetRingKey': ({ name }) => success({ name }),
    },
    (name, input) => {
      sent.push([name, input]);
      return Promise.resolve(success('engine'));
    },
    (reference, error) => bugs.push([reference, error]),
  );
  return { dispatch, sent, bugs };
}

describe('a call of the window', () => {
  it('goes to the shell where its name begins with app, else to the engine', async () => {
    const { dispatch, sent } = start();
    expect(await dispatch('app.info', undefined)).toEqual(success(info));
    expect(await dispatch('folder.list', {})).toEqual(success('engine'));
    expect(sent).toEqual([['folder.list', {}]]);
  });

  it('that throws becomes an opaque reference', async () => {
    const { dispatch, bugs } = start();
    const answer = await dispatch('app.pickFolder', {});
    expect(answer).toMatchObject({ ok: false, failure: { code: 'internal' } });
    expect(JSON.stringify(answer)).not.toContain('display');
    expect(bugs.length).toBe(1);
  });

  it('of any shape is answered with a Result, and unknown names never reach the engine', async () => {
    const { dispatch, sent } = start();
    const names = fc.oneof(
      fc.anything(),
      fc.constantFrom(...Object.keys(calls), 'constructor', '__proto__', 'app.', 'app.x'),
    );
    await fc.assert(
      fc.asyncProperty(names, fc.anything(), async (name, input) => {
        const answer = await dispatch(name, input);
        expect(typeof answer.ok).toBe('boolean');
      }),
    );
    expect(sent.every((call) => Object.hasOwn(calls, String((call as unknown[])[0])))).toBe(true);
  });
});
