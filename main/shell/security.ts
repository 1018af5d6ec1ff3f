/** What no page may do in this app. In: the app and its session. Out: both closed: no permission, no other page, no network. */
import { app, net, protocol, type Session, type WebContents } from 'electron';
import { pathToFileURL } from 'node:url';
import { isOwnAddress, rendererFile, SCHEME } from './renderer-files.ts';

/** Must be called before the app is ready. */
export function closeApp(log: (line: string) => void): void {
  // Where somebody started Electron with --no-sandbox (root on Linux has no other way), this call would take the switch
  // from every child, and none could start; the window asks for its own sandbox all the same.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
  app.on('web-contents-created', (_, contents) => {
    closeContents(contents, log);
  });
}

/** @param root absolute path of the folder with the window's files, served as `app://cairn/…`. */
export function closeSession(session: Session, root: string, log: (line: string) => void): void {
  session.setPermissionRequestHandler((_, permission, answer) => {
    log(`the permission ${permission} was refused`);
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => {
    event.preventDefault();
  });
  // The window has no business on any network: the engine's process has its own.
  session.webRequest.onBeforeRequest((details, answer) => {
    const isOurs = details.url.startsWith('devtools:') || details.url.startsWith('data:') || isOwnAddress(details.url);
    if (!isOurs) log(`the window asked for ${details.url.slice(0, 200)}, which was refused`);
    answer({ cancel: !isOurs });
  });
  session.protocol.handle(SCHEME, async (request) => {
    const file = request.method === 'GET' ? rendererFile(root, request.url) : null;
    if (file === null) return new Response('not found', { status: 404 });
    try {
      const body = await net.fetch(pathToFileURL(file.path).href, { bypassCustomProtocolHandlers: true });
      return new Response(body.body, { headers: file.headers });
    } catch {
      return new Response('not found', { status: 404 });
    }
  });
}

function closeContents(contents: WebContents, log: (line: string) => void): void {
  const refuse = (event: Electron.Event, address: string): void => {
    if (isOwnAddress(address)) return;
    log(`the way to ${address.slice(0, 200)} was refused`);
    event.preventDefault();
  };
  contents.on('will-navigate', (event) => {
    refuse(event, event.url);
  });
  contents.on('will-frame-navigate', (event) => {
    refuse(event, event.url);
  });
  contents.on('will-redirect', (event) => {
    refuse(event, event.url);
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
