/**
 * The app. In: the switches `--home DIR` and `--hidden`, and a person. Out: the tray, the window, and an engine that
 * keeps the folders until the person quits. It joins the parts of this room and decides nothing about files.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { app, dialog, Menu, nativeImage, nativeTheme, Notification, powerMonitor, session } from 'electron';
import { failure, type Failure } from '../contract/errors.ts';
import { foldersHere } from '../contract/attached.ts';
import type { KeyUse, RingEntry } from '../contract/key-ring.ts';
import type { AnyFolder, Connection, Snapshot } from '../contract/models.ts';
import { assertNever, success, type Result } from '../contract/result.ts';
import { defaultHome } from '../engine/default-home.ts';
import { appCalls } from './app-calls.ts';
import {
  askWhere,
  isStartedBySystem,
  loginStart,
  networkNow,
  powerNow,
  registerLinks,
  versionsOfAll,
  watchPower,
} from './computer.ts';
import { writeDiagnostics } from './diagnostics.ts';
import { dispatcher } from './dispatch.ts';
import { engineEvent } from './engine-event.ts';
import { forkEngine } from './engine-fork.ts';
import { startEngineProcess, type EngineProcess, type EngineState } from './engine-process.ts';
import type { Handed } from './host-messages.ts';
import { serveCalls } from './ipc.ts';
import { KeyRing } from './key-ring.ts';
import { openKeychain } from './keychain.ts';
import { openLog } from './log.ts';
import { openMemory } from './memory.ts';
import type { NoticeText } from './notice-words.ts';
import { NetworkWatch } from './network.ts';
import { FollowLinks } from './follow-links.ts';
import { Notifier } from './notifier.ts';
import { offerUpdates } from './offer-updates.ts';
import { pausedUntil, startPause } from './pause.ts';
import { openPreferences } from './preferences.ts';
import { SecretFiles } from './secret-files.ts';
import { Secrets } from './secrets.ts';
import { closeApp, closeSession } from './security.ts';
import { readSwitches } from './switches.ts';
import type { MenuAction } from './tray-menu.ts';
import { startTray } from './tray.ts';
import type { Updates } from './updates.ts';
import { waitReasons, WaitingPause } from './waiting-pause.ts';
import { mainWindow } from './windows.ts';
import { wordsFor } from './words.ts';

/** `dist/`, where this file lies after the build. */
const dist = fileURLToPath(new URL('.', import.meta.url));
const switches = readSwitches(process.argv, process.env, process.cwd());
const home = switches.home ?? defaultHome(process.env, process.platform);
const log = openLog(home);

app.setName('Cairn');
// It names a library to load, which is for tests alone; the engine's process inherits this environment.
if (app.isPackaged) delete process.env['CAIRN_SQLITE_BINDING'];
closeApp(log);

/** True where this is the first Cairn of its home; another one has been told to come to the front. */
function isFirst(): boolean {
  const state = join(home, 'electron');
  mkdirSync(state, { recursive: true, mode: 0o700 });
  // The system's lock lies in this folder, so each home has its own.
  app.setPath('userData', state);
  return app.requestSingleInstanceLock({ hidden: switches.hidden, link: switches.link });
}

/** Until the app can follow them, links wait here: macOS hands one over before the app is ready. */
const early: string[] = [];
let follow = (link: string): void => {
  early.push(link);
};

function begin(): void {
  if (switches.link !== null) follow(switches.link);
  // macOS: a link was opened.
  app.on('open-url', (event, link) => {
    event.preventDefault();
    follow(link);
  });
  let first: boolean;
  try {
    first = isFirst();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    whenReady(() => giveUp(failure('home-read-only', { home, reason })));
    return;
  }
  if (first) whenReady(run);
  else app.exit(0);
}

function whenReady(next: () => void | Promise<void>): void {
  app
    .whenReady()
    .then(next)
    .catch((error: unknown) => {
      log(`the app could not begin: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      app.exit(1);
    });
}

/** Says in a dialog why Cairn cannot work here, and ends. */
async function giveUp(why: Failure): Promise<void> {
  log(`cannot start: ${why.code}`);
  // Whoever ends the app while the dialog stands need not answer it.
  app.on('before-quit', () => {
    app.exit(1);
  });
  process.stderr.write(`${why.message} ${why.hint}\n`);
  const words = wordsFor(app.getLocale());
  const { message, hint } = words.failure(why);
  await dialog.showMessageBox({
    type: 'error',
    title: 'Cairn',
    message: words.cannotStart,
    detail: `${message}\n${hint}`,
  });
  app.exit(1);
}

/** The keychain may wait for a person; the engine does so for this long, milliseconds. What comes later is handed over then. */
const KEYCHAIN_PATIENCE = 3_000;

async function run(): Promise<void> {
  const keychain = openKeychain();
  const files = new SecretFiles(home, keychain);
  const hand = (message: Handed): void => {
    handOver?.(message);
  };
  const secrets = new Secrets({ files, keychain, hand });
  const ring = new KeyRing({ files, hand, now: () => new Date() });
  const loadSecrets = async (): Promise<void> => {
    await secrets.load();
    await ring.load();
  };
  let handOver: EngineProcess['hand'] | null = null;
  if (files.isAny) await Promise.race([loadSecrets(), sleep(KEYCHAIN_PATIENCE)]);
  const memory = openMemory(join(home, 'electron', 'shell.json'), log);
  const preferences = openPreferences({
    memory,
    login: loginStart(home === defaultHome({ ...process.env, CAIRN_HOME: '' }, process.platform) ? null : home),
    power: powerNow,
    network: () => network.now,
    systemLocale: app.getLocale(),
    setTheme: (theme) => {
      nativeTheme.themeSource = theme;
    },
    onChange: () => {
      tray.refresh();
      network.refresh();
      void waiting.look();
    },
  });
  let snapshot: Snapshot | null = null;
  let isEnding = false;
  let updates: Updates | null = null;

  closeSession(session.defaultSession, join(dist, 'renderer'), log);
  setApplicationMenu();

  const window = mainWindow({
    preload: join(dist, 'preload.cjs'),
    icon: iconPath('app.png'),
    memory,
    log,
    onLoaded: () => {
      tellOfEngine(engine.state());
    },
    onClosed: () => {
      if (!isEnding) explainClosing();
    },
  });

  const engine = startEngineProcess({
    start: () => forkEngine(join(dist, 'engine.js'), home, log),
    greeting: () => [...secrets.greeting(), ring.message()],
    onEvent: (message) => {
      if (message.event === 'status') {
        // A store that answers again may do so over another network.
        if (isOffline(snapshot) && !isOffline(message.payload)) network.lookIfWanted();
        snapshot = message.payload;
        notifier.hearStatus(snapshot);
      }
      if (message.event === 'back') notifier.tell([{ kind: 'back', ...message.payload }]);
      window.send(message.event, message.payload);
      if (message.event === 'status' || message.event === 'folders') tray.refresh();
      // A person may have resumed what waits.
      if (message.event === 'folders') void waiting.look();
      // Connections that the command line removed have no keys any more.
      if (message.event === 'folders') secrets.forgetGone();
    },
    onState: (state) => {
      // The first state comes while the parts are still being joined; they ask for it when they begin.
      queueMicrotask(() => {
        engineChanged(state);
      });
    },
    reference: () => `E-${randomBytes(4).toString('hex').toUpperCase()}`,
    log,
  });
  handOver = engine.hand;
  const callEngine: EngineProcess['call'] = async (name, input) => {
    const answer = await engine.call(name, input);
    if (answer.ok) notifier.hearAnswer(name, input, answer.value);
    // Keys without their connection are of no use to anybody.
    if (answer.ok && name === 'connection.remove') secrets.forget((answer.value as Connection).name);
    return answer;
  };

  const notifier = new Notifier({
    isWanted: () => memory.read().notifications,
    isSeen: () => window.current()?.isFocused() === true,
    locale: preferences.locale,
    show: showNotice,
    open: (place) => {
      if (place === null) window.open();
      else window.show(place);
    },
    now: Date.now,
  });

  const keyUse = async ({ name, md5 }: RingEntry): Promise<Result<KeyUse>> =>
    (await engine.call('encryption.keyUse', { name, md5 })) as Result<KeyUse>;
  const folders = async (): Promise<Result<readonly AnyFolder[]>> =>
    (await engine.call('folder.list', {})) as Result<readonly AnyFolder[]>;
  const links = new FollowLinks({ folders, show: window.show, log });
  const pause = startPause({
    memory,
    pause: (input) => engine.call('queue.pause', input),
    resume: (input) => engine.call('queue.resume', input),
    log,
  });

  const waiting = new WaitingPause({
    reasons: () => waitReasons({ ...memory.read(), power: powerNow(), network: network.now }),
    waiting: () => memory.read().waiting,
    remember: (folders) => {
      memory.change({ waiting: folders });
    },
    folders: async () => {
      const known = await folders();
      return known.ok ? success(foldersHere(known.value)) : known;
    },
    pause: (folder) => engine.call('queue.pause', { folder }),
    resume: (folder) => engine.call('queue.resume', { folder }),
    log,
  });
  const network = new NetworkWatch({
    read: networkNow,
    isWanted: () => memory.read().pauseOnMetered,
    onLook: () => void waiting.look(),
  });
  void network.look();
  network.refresh();
  const stopPower = watchPower(() => void waiting.look());

  const tray = startTray({
    icon: iconPath,
    words: preferences.words,
    facts: () => ({
      engine: engine.state(),
      snapshot,
      pausedUntil: pausedUntil(snapshot),
      now: new Date(),
      locale: preferences.locale(),
      update: updates?.state(),
    }),
    act,
  });

  const diagnose = (names: boolean) =>
    writeDiagnostics(
      {
        home,
        user: app.getPath('home'),
        versions: versionsOfAll(),
        settings: preferences.report,
        call: engine.call,
        secrets: () => secrets.values(),
        environment: process.env,
        ask: (name) => askWhere(window.current(), join(app.getPath('documents'), name)),
        now: () => new Date(),
      },
      names,
    );
  const stopCalls = serveCalls(
    window,
    dispatcher(
      appCalls({
        ...{ home, window: window.current, folders, secrets, ring, keyUse, preferences, diagnose },
        updates: () => updates,
        startEngine: engine.startAgain,
      }),
      callEngine,
      (reference, error) => {
        log(`${reference}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      },
    ),
    log,
  );

  function engineChanged(state: EngineState): void {
    if (isEnding) return;
    tellOfEngine(state);
    tray.refresh();
    if (state.kind !== 'up') notifier.hearEnd();
    if (state.kind === 'refused') notifier.tell([{ kind: 'home', code: state.failure.code }]);
    if (state.kind === 'up') {
      pause.handOver();
      void waiting.look();
      askForSnapshot();
      links.goOn().catch(fatal);
    } else if (state.kind === 'refused' && state.failure.code === 'home-locked') {
      isEnding = true;
      window.destroy();
      tray.stop();
      engine.stop().then(() => giveUp(state.failure), fatal);
    }
  }

  function tellOfEngine(state: EngineState): void {
    const event = engineEvent(state);
    if (event !== null) window.send('engine', event);
  }

  function askForSnapshot(): void {
    engine.call('status.snapshot', {}).then((answer) => {
      if (answer.ok) snapshot = answer.value as Snapshot;
      tray.refresh();
    }, fatal);
  }

  function act(action: MenuAction): void {
    switch (action.kind) {
      case 'open':
        window.open();
        return;
      case 'show': {
        const { folder, path } = action;
        window.show(path === undefined ? { folder } : { folder, path });
        return;
      }
      case 'pause':
        pause.pause(action.length).then(tray.refresh, fatal);
        return;
      case 'resume':
        pause.resume().then(tray.refresh, fatal);
        return;
      case 'update':
        updates?.choose().catch(fatal);
        return;
      case 'quit':
        app.quit();
        return;
      default:
        assertNever(action);
    }
  }

  function explainClosing(): void {
    const { closeExplained, notifications } = memory.read();
    if (closeExplained || !notifications) return;
    memory.change({ closeExplained: true });
    const { closedTitle, closedBody } = preferences.words();
    showNotice({ title: closedTitle, body: closedBody }, window.open);
  }

  async function putAway(): Promise<void> {
    isEnding = true;
    updates?.stop();
    stopPower();
    network.stop();
    stopCalls();
    window.destroy();
    await engine.stop();
    tray.stop();
  }

  async function end(): Promise<void> {
    await putAway();
    log('quit');
    app.exit(0);
  }

  app.on('second-instance', (_, __, ___, other) => {
    const told = typeof other === 'object' && other !== null ? other : {};
    if ('link' in told && typeof told.link === 'string') follow(told.link);
    else if (!('hidden' in told && told.hidden === true)) window.open();
  });
  // macOS: a click on the dock.
  app.on('activate', window.open);
  // Closing the last window leaves the tray; without this listener Electron would quit.
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (isEnding) return;
    isEnding = true;
    end().catch(fatal);
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      app.quit();
    });
  }
  powerMonitor.on('resume', () => {
    network.lookIfWanted();
    // No event told of what another computer, or this one while it fell asleep, changed. A failure is the engine's to tell.
    engine.call('folder.scanAll', {}).catch(fatal);
  });
  powerMonitor.on('unlock-screen', () => {
    // With the screen, many systems unlock the keychain.
    if (secrets.isWaiting || ring.isWaiting) loadSecrets().catch(fatal);
  });
  offerUpdates({ words: preferences.words, putAway, onChange: tray.refresh, log }).then((offered) => {
    if (isEnding) offered?.stop();
    else updates = offered;
  }, fatal);

  log(`start, ${app.getVersion()}`);
  if (!switches.hidden && !isStartedBySystem()) window.open();
  registerLinks();
  follow = (link) => {
    links.follow(link).catch(fatal);
  };
  for (const link of early) follow(link);
}

const isOffline = (snapshot: Snapshot | null): boolean =>
  snapshot?.folders.some(({ state }) => state === 'offline') === true;

/** In `dist/icons`, or where the sources keep them. */
function iconPath(file: string): string {
  const built = join(dist, 'icons', file);
  return existsSync(built) ? built : join(dist, '..', 'main', 'shell', 'icons', file);
}

/** Notices that nobody has closed: one that is collected as garbage cannot be clicked. */
const shownNotices = new Set<Notification>();

function showNotice(text: NoticeText, onClick: () => void): void {
  if (!Notification.isSupported()) return;
  const notice = new Notification({ ...text, icon: nativeImage.createFromPath(iconPath('app.png')) });
  shownNotices.add(notice);
  notice.on('click', onClick);
  notice.on('close', () => shownNotices.delete(notice));
  notice.show();
}

/** macOS needs a menu for copy and paste to work; elsewhere the window has none. */
function setApplicationMenu(): void {
  const menu = Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }]);
  Menu.setApplicationMenu(process.platform === 'darwin' ? menu : null);
}

function fatal(error: unknown): void {
  log(`a fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  app.exit(1);
}

begin();
