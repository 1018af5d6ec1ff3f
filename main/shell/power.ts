/** Where the computer's power comes from. In: the system. Out: battery, mains, or unknown. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Power } from '../contract/app-settings.ts';

/** Linux tells it in files, which Electron does not read. */
export const LINUX_SUPPLIES = '/sys/class/power_supply';

/**
 * By the kernel's list of supplies. What feeds the computer from outside is of type `Mains` or `USB`; batteries of mice and
 * the like have the scope `Device`. (https://docs.kernel.org/power/power_supply_class.html)
 */
export function linuxPower(directory: string): Power {
  const supplies = names(directory).map((name) => ({
    type: field(directory, name, 'type'),
    scope: field(directory, name, 'scope'),
    isOnline: field(directory, name, 'online') === '1',
    status: field(directory, name, 'status'),
  }));
  const batteries = supplies.filter(({ type, scope }) => type === 'Battery' && scope !== 'Device');
  if (batteries.length === 0) return 'unknown';
  if (supplies.some(({ type, isOnline }) => (type === 'Mains' || type === 'USB') && isOnline)) return 'mains';
  return batteries.some(({ status }) => status === 'Discharging') ? 'battery' : 'mains';
}

function names(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function field(directory: string, name: string, which: string): string | null {
  try {
    return readFileSync(join(directory, name, which), 'utf8').trim();
  } catch {
    return null;
  }
}
