/** The icon in the tray. In: what is known and what a person may want. Out: icon, tooltip and menu, kept up to date. */
import { Menu, nativeImage, nativeTheme, Tray, type MenuItemConstructorOptions, type NativeImage } from 'electron';
import { assertNever } from '../contract/result.ts';
import { overallState } from './overall-state.ts';
import { trayPicture } from './tray-icon.ts';
import { stateSentence, trayMenu, type MenuAction, type MenuFacts, type MenuLine } from './tray-menu.ts';
import type { ShellWords } from './words.ts';

export interface TrayOptions {
  /** Gives the path of a picture. */
  readonly icon: (file: string) => string;
  /** In the language of the moment. */
  readonly words: () => ShellWords;
  readonly facts: () => MenuFacts;
  readonly act: (action: MenuAction) => void;
}

export interface TrayHandle {
  /** Something may have changed; it is shown soon. */
  readonly refresh: () => void;
  readonly stop: () => void;
}

/** At most two changes a second: numbers that race cannot be read. */
const CALM = 500;
/** A menu that has not said within this time that it was closed is taken for closed, milliseconds. */
const LONGEST_LOOK = 60_000;

export function startTray(options: TrayOptions): TrayHandle {
  const pictures = new Map<string, NativeImage>();
  const picture = (): { image: NativeImage; key: string } => {
    const facts = options.facts();
    const { file, isTemplate } = trayPicture(overallState(facts.engine, facts.snapshot), {
      platform: process.platform,
      desktop: process.env['XDG_CURRENT_DESKTOP'] ?? '',
      isDark: process.platform === 'linux' ? nativeTheme.shouldUseDarkColors : systemIsDark(),
    });
    const image = pictures.get(file) ?? nativeImage.createFromPath(options.icon(file));
    image.setTemplateImage(isTemplate);
    pictures.set(file, image);
    return { image, key: file };
  };

  let shownPicture = picture();
  const tray = new Tray(shownPicture.image);
  let shownMenu = '';
  let openedAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isStopped = false;

  const draw = (): void => {
    timer = null;
    const next = picture();
    if (next.key !== shownPicture.key) tray.setImage(next.image);
    shownPicture = next;
    // An open menu would close under the person's hand. (Panels of the old kind on Linux do not tell that it is open.)
    if (performance.now() - openedAt < LONGEST_LOOK) return;
    const facts = options.facts();
    const words = options.words();
    const lines = trayMenu(facts, words);
    const text = JSON.stringify(lines);
    if (text === shownMenu) return;
    shownMenu = text;
    tray.setToolTip(`Cairn: ${stateSentence(facts, words)}`);
    const menu = Menu.buildFromTemplate(lines.map((line) => itemOf(line, options.act)));
    menu.on('menu-will-show', () => {
      openedAt = performance.now();
    });
    menu.on('menu-will-close', () => {
      openedAt = Number.NEGATIVE_INFINITY;
      refresh();
    });
    tray.setContextMenu(menu);
  };
  const refresh = (): void => {
    if (!isStopped) timer ??= setTimeout(draw, CALM);
  };

  draw();
  // On macOS a click opens the menu; elsewhere the menu is on the other button.
  if (process.platform !== 'darwin') {
    tray.on('click', () => {
      options.act({ kind: 'open' });
    });
  }
  nativeTheme.on('updated', refresh);
  return {
    refresh,
    stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      nativeTheme.off('updated', refresh);
      tray.destroy();
    },
  };
}

/** Panels of macOS and Windows have a theme of their own. */
function systemIsDark(): boolean {
  return nativeTheme.shouldUseDarkColorsForSystemIntegratedUI;
}

function itemOf(line: MenuLine, act: (action: MenuAction) => void): MenuItemConstructorOptions {
  switch (line.kind) {
    case 'separator':
      return { type: 'separator' };
    case 'text':
      return { label: plain(line.label), enabled: false };
    case 'item':
      return {
        label: plain(line.label),
        click: () => {
          act(line.action);
        },
      };
    case 'submenu':
      return { label: plain(line.label), submenu: line.lines.map((one) => itemOf(one, act)) };
    default:
      return assertNever(line);
  }
}

/** One ampersand would underline the next letter. */
function plain(label: string): string {
  return label.replaceAll('&', '&&');
}
