import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFromEngine, readToEngine } from '../../../main/shell/host-messages.ts';

describe('messages between shell and engine', () => {
  it('pass as they were sent', () => {
    const call = { kind: 'call', id: 3, name: 'folder.list', input: { a: 1 } } as const;
    expect(readToEngine(call)).toEqual(call);
    expect(readToEngine({ kind: 'stop' })).toEqual({ kind: 'stop' });
    const keys = { kind: 'keys', connection: 'a', keys: { accessKeyId: 'x', secretAccessKey: 'y' } } as const;
    expect(readToEngine(keys)).toEqual(keys);
    expect(readToEngine({ ...keys, keys: null })).toEqual({ ...keys, keys: null });
    const event = { kind: 'event', event: 'folders', payload: {} } as const;
    expect(readFromEngine(event)).toEqual(event);
    expect(readFromEngine({ kind: 'opened', failure: null })).toEqual({ kind: 'opened', failure: null });
  });

  it('of any other shape are refused', () => {
    expect(readToEngine({ kind: 'call', id: '3', name: 'x' })).toBeNull();
    expect(readToEngine({ kind: 'keys', connection: 'a', keys: { accessKeyId: 'x' } })).toBeNull();
    expect(readFromEngine({ kind: 'opened' })).toBeNull();
    expect(readFromEngine({ kind: 'event', event: 'toString', payload: {} })).toBeNull();
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(readToEngine(value)).toBeNull();
        expect(readFromEngine(value)).toBeNull();
      }),
    );
  });
});
