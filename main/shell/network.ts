/**
 * Whether what goes over the network costs by its amount, as the system says. In: its own programs, since Electron tells
 * of none of this. Out: metered, unmetered, or that nothing here can tell.
 */
import type { Network } from '../contract/app-settings.ts';

/** Runs a program. Answers what it printed; null: it is not there, failed, or took too long. */
export type AskProgram = (program: string, words: readonly string[]) => Promise<string | null>;

/** So often it is looked while a pause depends on it, milliseconds. */
export const NETWORK_LOOK_MS = 120_000;

const MANAGER = 'org.freedesktop.NetworkManager';
const MANAGER_PATH = '/org/freedesktop/NetworkManager';
const GET = 'org.freedesktop.DBus.Properties.Get';

/** Whichever is there: of systemd, of GLib, of D-Bus itself. Each prints the number in a way of its own, and no other. */
const CLIENTS: readonly (readonly [program: string, ...words: readonly string[]])[] = [
  ['busctl', '--system', '--auto-start=no', 'get-property', MANAGER, MANAGER_PATH, MANAGER, 'Metered'],
  ['gdbus', 'call', '--system', '--dest', MANAGER, '--object-path', MANAGER_PATH, '--method', GET, MANAGER, 'Metered'],
  [
    ...(['dbus-send', '--system', '--print-reply=literal', `--dest=${MANAGER}`, MANAGER_PATH] as const),
    ...[GET, `string:${MANAGER}`, 'string:Metered'],
  ],
];

/** By NetworkManager: 1 is yes and 3 a guess of yes; all others count as no. (valadoc.org/libnm/NM.Metered.html) */
export async function linuxNetwork(ask: AskProgram): Promise<Network> {
  for (const [program, ...words] of CLIENTS) {
    const said = await ask(program, words);
    const number =
      said === null ? undefined : /^\(?<?(?:u|uint32|\s*variant\s+uint32) ([0-4])>?,?\)?\s*$/.exec(said)?.[1];
    if (number !== undefined) return number === '1' || number === '3' ? 'metered' : 'unmetered';
  }
  return 'untold';
}

/** WinRT, by the PowerShell that every Windows has; the newer one cannot read it. Prints for example `Fixed False False`. */
const POWERSHELL = [
  '$ErrorActionPreference = "Stop"',
  '[void][Windows.Networking.Connectivity.NetworkInformation, Windows.Networking.Connectivity, ContentType = WindowsRuntime]',
  '$profile = [Windows.Networking.Connectivity.NetworkInformation]::GetInternetConnectionProfile()',
  'if ($null -eq $profile) { "None False False" } else { $cost = $profile.GetConnectionCost(); "$($cost.NetworkCostType) $($cost.Roaming) $($cost.OverDataLimit)" }',
].join('; ');

/** @param systemRoot for example `C:\Windows`: by its full path no other program of that name is run. */
export async function windowsNetwork(ask: AskProgram, systemRoot: string): Promise<Network> {
  const program = `${systemRoot}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;
  const said = await ask(program, ['-NoProfile', '-NonInteractive', '-Command', POWERSHELL]);
  const [, cost, isRoaming, isOver] =
    /^(None|Unknown|Unrestricted|Fixed|Variable) (True|False) (True|False)\s*$/.exec(said ?? '') ?? [];
  if (cost === undefined) return 'untold';
  return cost === 'Fixed' || cost === 'Variable' || isRoaming === 'True' || isOver === 'True' ? 'metered' : 'unmetered';
}

export interface NetworkWatchOptions {
  readonly read: () => Promise<Network>;
  /** A pause depends on it. Where none does, it is looked at once at the start, and then only when that is asked. */
  readonly isWanted: () => boolean;
  /** To be called after each look. */
  readonly onLook: () => void;
}

/** Knows the network as of the last look. */
export class NetworkWatch {
  readonly #options: NetworkWatchOptions;
  #known: Network = 'untold';
  #timer: ReturnType<typeof setInterval> | null = null;
  #looking: Promise<void> | null = null;
  #isStopped = false;

  constructor(options: NetworkWatchOptions) {
    this.#options = options;
  }

  get now(): Network {
    return this.#known;
  }

  /** One look at a time. Where there is no answer any more the last one stands: a slow moment must not cost anybody money. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const read = await this.#options.read();
    if (read !== 'untold') this.#known = read;
    if (!this.#isStopped) this.#options.onLook();
  }

  /** To be called when the network may have changed. */
  lookIfWanted(): void {
    if (this.#options.isWanted()) void this.look();
  }

  /** To be called when the wish may have changed: begins or ends the regular looks. */
  refresh(): void {
    const isWanted = this.#options.isWanted() && !this.#isStopped;
    if (isWanted === (this.#timer !== null)) return;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = isWanted ? setInterval(() => void this.look(), NETWORK_LOOK_MS) : null;
    this.lookIfWanted();
  }

  stop(): void {
    this.#isStopped = true;
    this.refresh();
  }
}
