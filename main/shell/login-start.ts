/** Starts with the computer, by the system's own way. In: the person's word. Out: the system told, or why it cannot be. */
import type { CannotStart } from '../contract/app-settings.ts';
import { failure } from '../contract/errors.ts';
import { reason, systemReason, type Reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { autostartFile, isAutostartOn, setAutostart } from './autostart.ts';

/** What Electron does on macOS and Windows. */
export interface LoginItems {
  readonly isOn: (words: readonly string[]) => boolean;
  readonly set: (isOn: boolean, words: readonly string[]) => void;
}

export interface LoginStartOptions {
  readonly platform: string;
  readonly isPackaged: boolean;
  /** The program as the system should start it. */
  readonly program: string;
  /** Null: the platform's own place. */
  readonly home: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The person's own folder. */
  readonly user: string;
  readonly items: LoginItems;
}

export interface LoginStart {
  readonly cannot: CannotStart | null;
  readonly isOn: () => boolean;
  readonly set: (isOn: boolean) => Result<null>;
  /** Where it is on, names the program anew: an update may have brought it another name. */
  readonly refresh: () => void;
}

export function openLoginStart(options: LoginStartOptions): LoginStart {
  const { platform, home, items } = options;
  const words = ['--hidden', ...(home === null ? [] : ['--home', home])];
  const file = autostartFile(options.environment, options.user, home);
  const cannot = whyNot(options);
  const isOn = (): boolean => cannot === null && (platform === 'linux' ? isAutostartOn(file) : items.isOn(words));
  const set = (wanted: boolean): Result<null> => {
    if (cannot !== null) return failed(failure('start-not-possible', { reason: REASONS[cannot] }));
    try {
      if (platform === 'linux') setAutostart(file, wanted ? [options.program, ...words] : null);
      else items.set(wanted, words);
      return success(null);
    } catch (error) {
      const why = systemReason(error);
      return failed(failure('write-failed', { path: file, reason: why }));
    }
  };
  return {
    cannot,
    isOn,
    set,
    refresh: () => {
      if (isOn()) set(true);
    },
  };
}

const REASONS: Readonly<Record<CannotStart, Reason>> = {
  'not-installed': reason('from-sources'),
  'other-home': reason('usual-home-alone'),
};

/** macOS hands a program that it starts no words, so that none could name another home. */
function whyNot({ isPackaged, platform, home }: LoginStartOptions): CannotStart | null {
  if (!isPackaged) return 'not-installed';
  return platform === 'darwin' && home !== null ? 'other-home' : null;
}
