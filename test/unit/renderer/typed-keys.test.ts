import { describe, expect, it } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { CredentialSource } from '../../../main/contract/models.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { TypedKeys } from '../../../renderer/state/typed-keys.svelte.ts';
import { FakeBridge } from './fake-bridge.ts';

const stored = { reachable: true, endpoint: 'e', buckets: [], bucket: null } as const;

async function open(kind: CredentialSource['kind']): Promise<{ bridge: FakeBridge; keys: TypedKeys }> {
  const bridge = new FakeBridge({
    'connection.list': () =>
      success([
        { name: 'nas', endpoint: 'e', region: 'r', pathStyle: true, credentials: { kind } as CredentialSource },
      ]),
    'connection.test': () => success(stored),
    'app.keepKeys': ({ name }) => success({ name }),
    'app.handKeys': ({ name }) => success({ name }),
  });
  const keys = new TypedKeys('nas', bridge);
  await keys.open();
  keys.accessKeyId = ' id ';
  keys.secretAccessKey = 'secret';
  return { bridge, keys };
}

describe('keys that are typed', () => {
  it('are kept or only handed over, as the connection says, and dropped here once the store takes them', async () => {
    for (const [kind, name] of [
      ['app', 'app.keepKeys'],
      ['ask', 'app.handKeys'],
    ] as const) {
      const { bridge, keys } = await open(kind);
      expect(keys.isKept).toBe(kind === 'app');
      expect(await keys.save()).toBe(true);
      expect(bridge.made.slice(1)).toEqual([
        { name, input: { name: 'nas', accessKeyId: 'id', secretAccessKey: 'secret' } },
        { name: 'connection.test', input: { connection: 'nas' } },
      ]);
      expect([keys.accessKeyId, keys.secretAccessKey, keys.sessionToken]).toEqual(['', '', '']);
    }
  });

  it('stay where the store refuses them, so that a slip can be mended', async () => {
    const { bridge, keys } = await open('ask');
    bridge.answers['connection.test'] = () => failed(failure('keys-refused', { connection: 'nas', answer: '403' }));
    expect(await keys.save()).toBe(false);
    expect(keys.failure?.code).toBe('keys-refused');
    expect(keys.secretAccessKey).toBe('secret');
  });

  it('serve until the end where there is no keychain, but not before a person was told', async () => {
    const { bridge, keys } = await open('app');
    bridge.answers['app.keepKeys'] = () => failed(failure('keychain-missing', { backend: 'basic_text' }));
    expect(await keys.save()).toBe(false);
    expect(keys.failure?.code).toBe('keychain-missing');
    expect(bridge.count('app.handKeys')).toBe(0);
    expect(keys.isKept).toBe(false);
    expect(await keys.save()).toBe(true);
    expect(bridge.count('app.handKeys')).toBe(1);
  });

  it('are not sent before they are whole', async () => {
    const { bridge, keys } = await open('ask');
    keys.secretAccessKey = '  ';
    expect(await keys.save()).toBe(false);
    expect(bridge.made).toHaveLength(1);
  });
});
