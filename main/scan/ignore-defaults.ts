/**
 * The files that every folder leaves out: what programs put down for a moment, or for themselves.
 * In: a name. Out: the pattern that it falls under, or null. Asked for every name of a scan, so it is one look per name.
 *
 * Left out of the list on purpose, so that they are kept:
 * - `4913`: vim makes a file of that number to see whether it may write, and removes it within a moment, long before a
 *   file has been quiet for long enough to be sent; but a person may well have a file of that name.
 * - `*~`, `*.bak`, `*.tmp`, `*.download`: too many people keep things under such names.
 * - `*.swp` without a dot before it: vim's begin with one, while SolidWorks keeps its macros in `*.swp`.
 * - `._*`: they hold what a Mac knows of a file beside its bytes.
 */

interface DefaultPattern {
  readonly pattern: string;
  /** Matches the whole name. */
  readonly source: string;
  readonly whose: string;
}

const TEMPORARIES: readonly DefaultPattern[] = [
  { pattern: '*.part', source: '.*\\.part', whose: 'downloads of Firefox, KDE, curl and others' },
  { pattern: '*.crdownload', source: '.*\\.crdownload', whose: 'downloads of Chrome and Edge' },
  { pattern: '~$*', source: '~\\$.*', whose: 'Microsoft Office, a document that is open' },
  { pattern: '~*.tmp', source: '~.*\\.tmp', whose: 'Microsoft Office, while it saves' },
  { pattern: '.~lock.*#', source: '\\.~lock\\..*#', whose: 'LibreOffice, a document that is open' },
  { pattern: '.*.sw[nop]', source: '\\..*\\.sw[nop]', whose: 'vim, a file that is open' },
  { pattern: '.sw[nop]', source: '\\.sw[nop]', whose: 'vim, a text without a name yet' },
  { pattern: '.*.kate-swp', source: '\\..*\\.kate-swp', whose: 'Kate, a file that is open' },
  { pattern: '.#*', source: '\\.#.*', whose: 'Emacs, a file that is open' },
  { pattern: '#*#', source: '#.*#', whose: 'Emacs, what is not saved yet' },
  { pattern: '.goutputstream-*', source: '\\.goutputstream-.*', whose: 'GNOME, while it saves' },
  { pattern: '.fuse_hidden*', source: '\\.fuse_hidden.*', whose: 'FUSE, a deleted file that is still open' },
  { pattern: '.nfs*', source: '\\.nfs[0-9a-f]{16,}', whose: 'NFS, a deleted file that is still open' },
  { pattern: '.DS_Store', source: '\\.DS_Store', whose: 'the Finder' },
  { pattern: 'Thumbs.db', source: '[Tt]humbs\\.db', whose: 'Windows, small pictures' },
  { pattern: 'desktop.ini', source: '[Dd]esktop\\.ini', whose: 'Windows, how a folder looks' },
];

/** Cairn's own, while it writes a restored file or directory. */
export const RESTORE_TEMPORARY_PREFIX = '.cairn-restore-';
const OWN_PATTERN = `${RESTORE_TEMPORARY_PREFIX}*`;

/** The list as a person reads it. */
export const DEFAULT_PATTERNS: readonly string[] = [...TEMPORARIES.map(({ pattern }) => pattern), OWN_PATTERN];

// One regular expression of all; `s` since a name may hold a line break. Only the rare name that it takes is looked at again.
const ANY = new RegExp(`^(?:${TEMPORARIES.map(({ source }) => source).join('|')})$`, 's');
const EACH = TEMPORARIES.map(({ pattern, source }) => ({ pattern, expression: new RegExp(`^(?:${source})$`, 's') }));

/**
 * The pattern of the default list that has `name` ignored; null where there is none.
 * All but Cairn's own are names of files: a directory called `trip.part` may hold anything, and is kept.
 */
export function defaultPatternFor(name: string, isDirectory: boolean): string | null {
  if (name.startsWith(RESTORE_TEMPORARY_PREFIX)) return OWN_PATTERN;
  if (isDirectory || !ANY.test(name)) return null;
  return EACH.find(({ expression }) => expression.test(name))?.pattern ?? null;
}
