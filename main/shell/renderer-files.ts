/** Which file answers an address of the window. In: an `app://cairn/…` address. Out: a path below one folder, or nothing. */
import { extname, resolve, sep } from 'node:path';

export const SCHEME = 'app';
export const ORIGIN = 'app://cairn';
export const INDEX = `${ORIGIN}/index.html`;

/**
 * Nothing but the window’s own files: no inline script or style, no frame, no form, no other host.
 * `data:` is allowed for pictures alone, which hold no script there.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** A file that may be served, and the headers it goes with. */
export interface RendererFile {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * @param root absolute path of the folder with the window's files.
 * @returns null for another host, a path that leaves the folder, or a kind of file that the window does not have.
 */
export function rendererFile(root: string, address: string): RendererFile | null {
  const path = pathOf(address);
  if (path === null) return null;
  const file = resolve(root, `.${path === '/' ? '/index.html' : path}`);
  const type = TYPES[extname(file).toLowerCase()];
  if (type === undefined || !file.startsWith(root + sep)) return null;
  return {
    path: file,
    headers: {
      'content-type': type,
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
    },
  };
}

/** True for pages of the window itself. */
export function isOwnAddress(address: string): boolean {
  return pathOf(address) !== null;
}

/** The decoded path of one of our own addresses. */
function pathOf(address: string): string | null {
  try {
    const url = new URL(address);
    if (url.protocol !== `${SCHEME}:` || url.host !== 'cairn' || url.username + url.password !== '') return null;
    const path = decodeURIComponent(url.pathname);
    return path.includes('\0') || path.includes('\\') ? null : path;
  } catch {
    return null;
  }
}
