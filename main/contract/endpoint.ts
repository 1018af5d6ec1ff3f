/** What a typed address of a store is worth. In: text. Out: whether it is one, and whether others could listen. Pure. */

export type EndpointVerdict =
  /** `isClear`: it goes over http beyond this computer and its own network, so that others can read along. */
  | { readonly kind: 'ok'; readonly isClear: boolean }
  /** It still holds a part of the pattern, such as `HOST`, that is to be replaced. */
  | { readonly kind: 'pattern'; readonly part: string }
  /** A user or a password in it would lie in the settings in clear. */
  | { readonly kind: 'secret' }
  | { readonly kind: 'wrong' };

const PATTERN = /\b(HOST|PORT|ACCOUNT|REGION)\b/;

export function judgeEndpoint(text: string): EndpointVerdict {
  const part = PATTERN.exec(text)?.[1];
  if (part !== undefined) return { kind: 'pattern', part };
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') {
    return { kind: 'wrong' };
  }
  if (url.username !== '' || url.password !== '') return { kind: 'secret' };
  return { kind: 'ok', isClear: url.protocol === 'http:' && !isPrivateHost(url.hostname) };
}

/** Names without a dot, and those that RFC 6762, RFC 8375 and ICANN keep for networks of one's own. */
const PRIVATE_NAME = /^[^.]+$|(^|\.)localhost$|\.(local|lan|home|internal|home\.arpa)$/;

/** Whether a host is this computer or lies in a network of one's own. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.toLowerCase();
  if (host.startsWith('[')) return /^\[(::1|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)\]$/.test(host);
  const parts = host.split('.').map(Number);
  if (parts.length === 4 && parts.every((part) => Number.isInteger(part))) {
    const [a = 0, b = 0] = parts;
    if (a === 10 || a === 127) return true;
    return (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 169 && b === 254);
  }
  return PRIVATE_NAME.test(host);
}
