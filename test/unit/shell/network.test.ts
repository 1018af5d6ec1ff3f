/** Whether the network is metered: what the system's programs say, and when they are asked. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Network } from '../../../main/contract/app-settings.ts';
import { linuxNetwork, NETWORK_LOOK_MS, NetworkWatch, windowsNetwork } from '../../../main/shell/network.ts';

/** Programs that print something; all others are not there. */
function asking(printed: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const ask = (program: string): Promise<string | null> => {
    asked.push(program);
    return Promise.resolve(printed[program] ?? null);
  };
  return { ask, asked };
}

describe('on Linux', () => {
  it.each<[number, Network]>([
    [0, 'unmetered'],
    [1, 'metered'],
    [2, 'unmetered'],
    [3, 'metered'],
    [4, 'unmetered'],
  ])('NetworkManager’s %i is read in the writing of each program', async (number, network) => {
    const value = String(number);
    const writings = {
      busctl: `u ${value}\n`,
      gdbus: `(<uint32 ${value}>,)\n`,
      'dbus-send': `   variant       uint32 ${value}\n`,
    };
    for (const [program, printed] of Object.entries(writings)) {
      expect(await linuxNetwork(asking({ [program]: printed }).ask)).toBe(network);
    }
  });

  it('the first program that answers is enough, and none of them means that nothing tells', async () => {
    const { ask, asked } = asking({ busctl: 'u 4\n', gdbus: '(<uint32 1>,)\n' });
    expect(await linuxNetwork(ask)).toBe('unmetered');
    expect(asked).toEqual(['busctl']);
    const strange = asking({ busctl: '', gdbus: '(<uint32 9>,)', 'dbus-send': 'Error org.freedesktop.DBus.Error 1' });
    expect(await linuxNetwork(strange.ask)).toBe('untold');
    expect(strange.asked).toEqual(['busctl', 'gdbus', 'dbus-send']);
  });
});

describe('on Windows', () => {
  const program = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';
  it.each<[string, Network]>([
    ['Unrestricted False False\r\n', 'unmetered'],
    ['Unknown False False\r\n', 'unmetered'],
    ['None False False\r\n', 'unmetered'],
    ['Fixed False False\r\n', 'metered'],
    ['Variable False False\r\n', 'metered'],
    ['Unrestricted True False\r\n', 'metered'],
    ['Unrestricted False True\r\n', 'metered'],
    ['Unable to find type\r\n', 'untold'],
    ['', 'untold'],
  ])('%j of the connection’s cost is read', async (printed, network) => {
    expect(await windowsNetwork(asking({ [program]: printed }).ask, 'C:\\Windows')).toBe(network);
  });
});

describe('the watch', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  function start(isWanted: boolean) {
    const told = { answer: 'metered' as Network, isWanted, looks: 0, heard: 0 };
    const watch = new NetworkWatch({
      read: () => {
        told.looks += 1;
        return Promise.resolve(told.answer);
      },
      isWanted: () => told.isWanted,
      onLook: () => (told.heard += 1),
    });
    return { told, watch };
  }

  it('looks every two minutes while a pause depends on it, and else not at all', async () => {
    const { told, watch } = start(false);
    watch.refresh();
    watch.lookIfWanted();
    await vi.advanceTimersByTimeAsync(10 * NETWORK_LOOK_MS);
    expect([told.looks, vi.getTimerCount()]).toEqual([0, 0]);
    told.isWanted = true;
    watch.refresh();
    watch.refresh();
    await vi.advanceTimersByTimeAsync(3 * NETWORK_LOOK_MS);
    expect([told.looks, told.heard, watch.now]).toEqual([4, 4, 'metered']);
    told.isWanted = false;
    watch.refresh();
    await vi.advanceTimersByTimeAsync(10 * NETWORK_LOOK_MS);
    expect(told.looks).toBe(4);
  });

  it('keeps the last answer where there is none any more, and tells nobody after its end', async () => {
    const { told, watch } = start(true);
    expect(watch.now).toBe('untold');
    await Promise.all([watch.look(), watch.look()]);
    told.answer = 'untold';
    await watch.look();
    expect([told.looks, watch.now]).toEqual([2, 'metered']);
    const last = watch.look();
    watch.stop();
    watch.refresh();
    await last;
    expect(told.heard).toBe(2);
  });
});
