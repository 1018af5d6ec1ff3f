/** Percent-encoding as S3 does it, apart from URL classes, which would rewrite `..` and `//` in keys. */

const UNRESERVED = /^[A-Za-z0-9\-._~]$/;
const encodedByte: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const letter = String.fromCharCode(byte);
  return UNRESERVED.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});

/** Encodes every byte of the UTF-8 form but `A-Za-z0-9-._~`, and `/` where `keepSlash`: the form that is signed. */
export function uriEncode(text: string, keepSlash: boolean): string {
  if (/^[A-Za-z0-9\-._~]*$/.test(text)) return text;
  let encoded = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    encoded += byte === 0x2f && keepSlash ? '/' : (encodedByte[byte] ?? '');
  }
  return encoded;
}

/** The form of keys in listings with `encoding-type=url`: like a form's, a space is `+`, and `/` and `*` stay. */
export function listingEncode(text: string): string {
  return uriEncode(text, true).replaceAll('%20', '+').replaceAll('%2A', '*').replaceAll('~', '%7E');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes percent-encoded UTF-8, with `+` as a space only where `plusIsSpace` (queries, not paths).
 * Returns undefined where an escape is broken or the bytes are not UTF-8.
 */
export function percentDecode(text: string, plusIsSpace: boolean): string | undefined {
  const source = plusIsSpace ? text.replaceAll('+', ' ') : text;
  if (/^[\x20-\x24\x26-\x7e]*$/.test(source)) return source;
  const raw = Buffer.from(source, 'latin1');
  const bytes = Buffer.allocUnsafe(raw.length);
  let length = 0;
  for (let at = 0; at < raw.length; at += 1) {
    let byte = raw[at] ?? 0;
    if (byte === 0x25) {
      const digits = source.slice(at + 1, at + 3);
      if (!/^[0-9A-Fa-f]{2}$/.test(digits)) return undefined;
      byte = Number.parseInt(digits, 16);
      at += 2;
    }
    bytes[length] = byte;
    length += 1;
  }
  try {
    return utf8.decode(bytes.subarray(0, length));
  } catch {
    return undefined;
  }
}
