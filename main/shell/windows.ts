/** The one window. In: where its files lie, and what to show. Out: a window that can be opened, closed and spoken to. */
import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { EventName, Events } from '../contract/events.ts';
import { type Held, HeldEvents } from './held-events.ts';
import type { MemoryFile } from './memory.ts';
import { INDEX } from './renderer-files.ts';
import { afterCrash } from './restart-policy.ts';
import { LEAST_SIZE, placeWindow } from './window-place.ts';

export interface MainWindow {
  /** Opens the window or brings it to the front. */
  readonly open: () => void;
  /** The same, and asks it to show a place, as soon as its page can hear. */
  readonly show: (place: Events['show']) => void;
  /** Says nothing where no window is open: a new one asks for what it needs. */
  readonly send: <Name extends EventName>(name: Name, payload: Events[Name]) => void;
  readonly current: () => BrowserWindow | null;
  /** Closes it without a word about the tray. */
  readonly destroy: () => void;
}

export interface MainWindowOptions {
  readonly preload: string;
  /** Picture of the window on Linux and Windows. */
  readonly icon: string;
  readonly memory: MemoryFile;
  readonly log: (line: string) => void;
  /** The page can hear events now. */
  readonly onLoaded: () => void;
  /** The person closed it. */
  readonly onClosed: () => void;
}

/** The colours of the content's surface and of its text, so that nothing flashes before the page is drawn. */
const SURFACE = { light: '#fbfbfa', dark: '#1b1e1f' } as const;
const SYMBOLS = { light: '#4a5152', dark: '#b4bbba' } as const;
const TITLE_HEIGHT = 44;
/** A burst of moves and sizes is remembered once, this many milliseconds after its last. */
const PLACE_QUIET = 500;

export function mainWindow(options: MainWindowOptions): MainWindow {
  let window: BrowserWindow | null = null;
  let isLoaded = false;
  let wish: Events['show'] | null = null;
  let held = new HeldEvents();

  const create = (): BrowserWindow => {
    const last = options.memory.read().window;
    const areas = screen.getAllDisplays().map((display) => display.workArea);
    const made = new BrowserWindow({
      ...placeWindow(last, areas),
      minWidth: LEAST_SIZE.width,
      minHeight: LEAST_SIZE.height,
      title: 'Cairn',
      icon: options.icon,
      show: false,
      backgroundColor: SURFACE[theme()],
      titleBarStyle: 'hidden',
      titleBarOverlay: overlay(),
      webPreferences: {
        preload: options.preload,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        webviewTag: false,
        webSecurity: true,
        // Would fetch dictionaries from the network.
        spellcheck: false,
      },
    });
    if (last?.maximized === true) made.maximize();
    made.once('ready-to-show', () => {
      made.show();
    });
    // A new document, not another place of the one that is there, whose address changes with it.
    made.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) forget();
    });
    made.webContents.on('render-process-gone', forget);
    made.webContents.on('did-finish-load', () => {
      isLoaded = true;
      options.onLoaded();
      if (wish !== null) send('show', wish);
      wish = null;
    });
    tellWhenSeen(made, () => {
      if (window === made && isLoaded) for (const event of held.take()) made.webContents.send('cairn:event', ...event);
    });
    rememberPlace(made, options.memory);
    loadAgainAfterCrash(made, options.log);
    made.on('closed', () => {
      if (window !== made) return;
      window = null;
      forget();
      options.onClosed();
    });
    made.loadURL(INDEX).catch((error: unknown) => {
      options.log(`the window could not load its page: ${String(error)}`);
    });
    return made;
  };

  const open = (): void => {
    if (window === null) {
      window = create();
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };

  const send = <Name extends EventName>(name: Name, payload: Events[Name]): void => {
    if (window === null || !isLoaded) return;
    if (!isSeen(window) && held.hold([name, payload] as Held)) return;
    window.webContents.send('cairn:event', name, payload);
  };
  /** A page that is not there any more, or not yet, asks for all by itself. */
  const forget = (): void => {
    isLoaded = false;
    held = new HeldEvents();
  };

  nativeTheme.on('updated', () => {
    if (window === null) return;
    window.setBackgroundColor(SURFACE[theme()]);
    if (process.platform !== 'darwin') window.setTitleBarOverlay(overlay());
  });

  return {
    open,
    show(place) {
      open();
      if (isLoaded) send('show', place);
      else wish = place;
    },
    send,
    current: () => window,
    destroy() {
      const last = window;
      window = null;
      last?.destroy();
    },
  };
}

const isSeen = (window: BrowserWindow): boolean => window.isVisible() && !window.isMinimized();

/** With each sign that the window came into sight: systems differ in which they give. */
function tellWhenSeen(window: BrowserWindow, tell: () => void): void {
  window.on('show', tell);
  window.on('restore', tell);
  window.on('focus', tell);
}

function theme(): 'light' | 'dark' {
  return nativeTheme.shouldUseDarkColors ? 'dark' : 'light';
}

function overlay(): { color: string; symbolColor: string; height: number } {
  return { color: SURFACE[theme()], symbolColor: SYMBOLS[theme()], height: TITLE_HEIGHT };
}

function rememberPlace(window: BrowserWindow, memory: MemoryFile): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const remember = (): void => {
    clearTimeout(timer);
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    memory.change({ window: { ...window.getNormalBounds(), maximized: window.isMaximized() } });
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(remember, PLACE_QUIET);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('close', remember);
  window.on('closed', () => {
    clearTimeout(timer);
  });
}

/** A page that crashed is loaded again, with the same patience as the engine; after too many it is closed. */
function loadAgainAfterCrash(window: BrowserWindow, log: (line: string) => void): void {
  let crashes: readonly number[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  window.webContents.on('render-process-gone', (_, details) => {
    if (details.reason === 'clean-exit') return;
    const verdict = afterCrash(crashes, performance.now());
    crashes = verdict.crashes;
    log(`the window’s page ended (${details.reason}, ${String(details.exitCode)})`);
    if (verdict.decision.kind === 'stay-down') {
      window.destroy();
      return;
    }
    timer = setTimeout(() => {
      window.webContents.reload();
    }, verdict.decision.after);
  });
  window.on('closed', () => {
    clearTimeout(timer);
  });
}
