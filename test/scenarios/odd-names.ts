/** Names that break programs. Out: files to make, each with what must become of it. */

export interface OddFile {
  /** Below the folder; a Buffer where it is not valid UTF-8. */
  readonly path: Buffer;
  /** The code of the reason where it cannot be kept; null: it must arrive, and come back under the same bytes. */
  readonly parked: string | null;
  /** What Cairn calls what it refuses: the file, or the directory above that was refused as a whole. */
  readonly shownAs: string;
}

const kept = (name: string): OddFile => ({ path: Buffer.from(name), parked: null, shownAs: name });
const parked = (code: string, path: Buffer, shownAs = path.toString('utf8')): OddFile => ({
  path,
  parked: code,
  shownAs,
});

const bytes = (...parts: readonly (string | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))));

/** A path of just so many bytes, in parts of 200. */
function pathOfBytes(length: number): string {
  const part = 'd'.repeat(200);
  let path = '';
  while (length - path.length > 201) path += `${part}/`;
  return path + 'f'.repeat(length - path.length);
}

const quoting = ['"', "'", '`', '%', '%41', '%2F', '+', 'a+b c', '#', '&', '?', ';', '=', '@', ':', '*', '|', '<', '>'];
const shell = ['\\', 'a\\b', '$HOME', '~', '~x', '!', '(', ')', '[a]', '{a,b}', '^', ',', '-', '--home', '-n', '*.txt'];
const dots = ['.hidden', '..x', '...', '.x.', 'ends in a dot.', 'ends in two..', '.\u200b'];
const spaces = [' ', '  ', ' leads', 'ends ', 'in  between', '\u00a0', '\u2003', '\ttab', 'ends in a tab\t'];
const control = [
  'a\nb',
  '\n',
  'ends\n',
  '\r',
  'a\r\nb',
  '\u0001',
  '\u001f',
  '\u007f',
  '\u0085',
  '\u2028',
  '\u001b[31mred',
];
const windows = ['CON', 'con.txt', 'NUL', 'aux.c', 'COM1', 'LPT9.log', 'C:', 'a:stream', 'PRN .x'];
const cases = ['Case', 'case', 'CASE', 'Folder/x', 'folder/x', 'FOLDER/X', 'ß', 'SS', 'ı', 'i', 'İ'];
const unicode = [
  '😀',
  '👩‍👩‍👧‍👦',
  '🇩🇪',
  '\u202egnp.exe',
  '\ufeffwith a mark',
  '\u200b',
  '漢字/かな',
  'שלום',
  'real \ufffd in its name',
  '\u{10ffff}',
  '\uffff',
  '．．',
  '‛％',
];
const composed = ['caf\u00e9', '\u00c5ngstr\u00f6m', '\ud55c\uae00', '\u1e9b\u0323'];
/** None of these is NFC: the key is another name, and the exact one must come back all the same. */
const decomposed = [
  'nai\u0308ve.txt',
  '\u1112\u1161\u11ab\u1100\u1173\u11af.txt',
  '\u212b is a letter',
  '\u2126 is one too',
  '\u0958 is composed, and yet not NFC',
  'o\u0308rdner/u\u0308ber/a\u0300.txt',
  'a\u0323\u0302 in any order \u0061\u0302\u0323',
];
const long = [
  'x'.repeat(255),
  `${'é'.repeat(127)}x`,
  `${'😀'.repeat(63)}abc`,
  'e\u0301'.repeat(85),
  pathOfBytes(1024),
  pathOfBytes(1023),
  // 1,026 bytes on disk, 1,024 as a key.
  `${pathOfBytes(1010)}/e\u0301e\u0301${'n'.repeat(9)}`,
];

const tooLong = [pathOfBytes(1025), `${'ü'.repeat(100)}/`.repeat(5) + 'ü'.repeat(20)];
const wideDecomposed = `${'o\u0308'.repeat(80)}/`.repeat(5) + 'o\u0308'.repeat(20);

export const oddFiles: readonly OddFile[] = [
  ...[...quoting, ...shell, ...dots, ...spaces, ...control, ...windows, ...cases, ...unicode].map(kept),
  ...[...composed, ...decomposed, ...long].map(kept),
  kept('same.txt'),
  kept('same.txt.d/same.txt'),
  kept('a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z'),

  // Two names, one key.
  parked('name-collides', Buffer.from('twin \u00e9')),
  parked('name-collides', Buffer.from('twin e\u0301')),
  parked('name-collides', Buffer.from('twins \u00f6/below.txt'), 'twins \u00f6'),
  parked('name-collides', Buffer.from('twins o\u0308/below.txt'), 'twins o\u0308'),

  // Keys are UTF-8.
  parked('name-not-utf8', bytes('latin caf', 0xe9)),
  parked('name-not-utf8', bytes('cut ', 0xc3)),
  parked('name-not-utf8', bytes('surrogate ', 0xed, 0xa0, 0x80)),
  parked('name-not-utf8', bytes('overlong ', 0xc0, 0xaf)),
  parked('name-not-utf8', bytes('folder ', 0xff, '/fine.txt'), 'folder \ufffd'),

  // Keys have at most 1,024 bytes, and all metadata together 2,048.
  ...tooLong.map((path) => parked('key-too-long', Buffer.from(path))),
  parked('metadata-too-large', Buffer.from(wideDecomposed)),
];
