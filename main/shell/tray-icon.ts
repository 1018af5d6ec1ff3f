/** Which picture stands in the tray. In: the state, the system, its theme. Out: a file name and whether it is a template. Pure. */
import type { OverallState } from './overall-state.ts';

export interface PanelFacts {
  readonly platform: string;
  /** XDG_CURRENT_DESKTOP: names, joined by colons. */
  readonly desktop: string;
  readonly isDark: boolean;
}

export interface TrayPicture {
  readonly file: string;
  /** macOS colours it by itself. */
  readonly isTemplate: boolean;
}

/** Desktops whose panel is dark in the light theme too. */
const DARK_PANELS = ['GNOME', 'Unity', 'Pantheon', 'XFCE', 'X-Cinnamon'];

export function trayPicture(state: OverallState, panel: PanelFacts): TrayPicture {
  if (panel.platform === 'darwin') return { file: `tray-${state}-16.png`, isTemplate: true };
  const isDarkPanel =
    panel.isDark ||
    (panel.platform === 'linux' && panel.desktop.split(':').some((desktop) => DARK_PANELS.includes(desktop)));
  const size = panel.platform === 'win32' ? 16 : 22;
  return { file: `tray-${state}${isDarkPanel ? '-white' : ''}-${String(size)}.png`, isTemplate: false };
}
