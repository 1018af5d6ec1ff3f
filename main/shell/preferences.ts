/** How the app behaves. In: what a person sets. Out: theme, language, start with the computer and pauses, at once. */
import type { AppSettings, AppSettingsReport, Language, Network, Power, Theme } from '../contract/app-settings.ts';
import { success, type Result } from '../contract/result.ts';
import type { LoginStart } from './login-start.ts';
import type { MemoryFile } from './memory.ts';
import { wordsFor, type ShellWords } from './words.ts';

export interface PreferencesOptions {
  readonly memory: MemoryFile;
  readonly login: LoginStart;
  readonly power: () => Power;
  /** As of the last look. */
  readonly network: () => Network;
  /** The system's language. */
  readonly systemLocale: string;
  readonly setTheme: (theme: Theme) => void;
  /** Something that the tray or a pause depends on has changed. */
  readonly onChange: () => void;
}

/** What is left out, or undefined, stays as it is. */
export type SettingsChange = { readonly [Name in keyof AppSettings]?: AppSettings[Name] | undefined };

export interface Preferences {
  readonly report: () => AppSettingsReport;
  /** All of it, or nothing where the system refuses a part. */
  readonly change: (part: SettingsChange) => Result<AppSettingsReport>;
  /** For times and numbers: of the system where its language is the chosen one. */
  readonly locale: () => string;
  readonly words: () => ShellWords;
}

export function openPreferences(options: PreferencesOptions): Preferences {
  const { memory, login } = options;
  const report = (): AppSettingsReport => {
    const { theme, language, notifications, pauseOnBattery, pauseOnMetered, waiting } = memory.read();
    return {
      theme,
      language,
      notifications,
      pauseOnBattery,
      pauseOnMetered,
      startWithComputer: login.isOn(),
      cannotStart: login.cannot,
      power: options.power(),
      network: options.network(),
      waiting: waiting ?? [],
    };
  };
  const locale = (): string => localeOf(memory.read().language, options.systemLocale);
  options.setTheme(memory.read().theme);
  login.refresh();
  return {
    report,
    change({ startWithComputer, theme, language, notifications, pauseOnBattery, pauseOnMetered }) {
      if (startWithComputer !== undefined && startWithComputer !== login.isOn()) {
        const set = login.set(startWithComputer);
        if (!set.ok) return set;
      }
      const known = memory.read();
      memory.change({
        theme: theme ?? known.theme,
        language: language ?? known.language,
        notifications: notifications ?? known.notifications,
        pauseOnBattery: pauseOnBattery ?? known.pauseOnBattery,
        pauseOnMetered: pauseOnMetered ?? known.pauseOnMetered,
      });
      if (theme !== undefined) options.setTheme(theme);
      options.onChange();
      return success(report());
    },
    locale,
    words: () => wordsFor(locale()),
  };
}

/** A chosen language as the system writes it, where it is the same: `de-AT` for `de`. */
export function localeOf(chosen: Language, system: string): string {
  if (chosen === 'system' || system.toLowerCase().split('-')[0] === chosen) return system;
  return chosen === 'en' ? 'en-GB' : chosen;
}
