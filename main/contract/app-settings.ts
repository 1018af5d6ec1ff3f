/** How the app itself behaves, as a person chose it. The shell keeps it, for each home by itself. */
import { z } from 'zod';
import { answers, call } from './call.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export const LANGUAGES = ['system', 'en', 'de'] as const;
export type Theme = (typeof THEMES)[number];
export type Language = (typeof LANGUAGES)[number];

export interface AppSettings {
  readonly theme: Theme;
  readonly language: Language;
  readonly notifications: boolean;
  readonly pauseOnBattery: boolean;
  /** On a network that costs by what is sent. */
  readonly pauseOnMetered: boolean;
  /** The system starts Cairn, without its window, when the person signs in to the computer. */
  readonly startWithComputer: boolean;
}

/** Where the computer's power comes from; `unknown`: it has no battery, or does not tell. */
export type Power = 'battery' | 'mains' | 'unknown';

/** Whether what is sent costs by its amount; `untold`: nothing on this computer tells. */
export type Network = 'metered' | 'unmetered' | 'untold';

/** `not-installed`: this Cairn runs from its sources. `other-home`: this system cannot start it on another home. */
export type CannotStart = 'not-installed' | 'other-home';

export interface AppSettingsReport extends AppSettings {
  /** Why the system cannot start this Cairn by itself; null: it can. */
  readonly cannotStart: CannotStart | null;
  readonly power: Power;
  /** As of the last look. */
  readonly network: Network;
  /** Folders that wait for the mains, or for a network that is not metered. */
  readonly waiting: readonly string[];
}

/** Newer releases: `unlooked` where this build does not look for any. */
export type UpdatesReport =
  | { readonly kind: 'unlooked' }
  | { readonly kind: 'none' }
  | { readonly kind: 'available'; readonly version: string }
  | { readonly kind: 'downloading'; readonly version: string };

export const appSettingsCalls = {
  /** What is set; with `change` that is set first, and counts at once. */
  'app.settings': call(
    z.strictObject({
      change: z
        .strictObject({
          theme: z.enum(THEMES),
          language: z.enum(LANGUAGES),
          notifications: z.boolean(),
          pauseOnBattery: z.boolean(),
          pauseOnMetered: z.boolean(),
          startWithComputer: z.boolean(),
        })
        .partial()
        .optional(),
    }),
    answers<AppSettingsReport>(),
  ),
  /** Whether there is a newer release; with `act` it is looked for now, or installed after a question. */
  'app.updates': call(z.strictObject({ act: z.enum(['look', 'install']).optional() }), answers<UpdatesReport>()),
} as const;
