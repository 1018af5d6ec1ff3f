/** What a folder leaves out, and why a path is kept or not; and how its changes are noticed. */
import { EXIT, type ExitCode } from '../../contract/errors.ts';
import { ignorePattern } from '../../contract/ignore.ts';
import type { Folder, IgnoreReason, LinksMode, WatchMode } from '../../contract/models.ts';
import { messageEnglish } from '../../contract/reasons.ts';
import { failed, success, type Result } from '../../contract/result.ts';
import { ignoreLists, whyIgnored } from '../../engine/ignored.ts';
import { openHomeForReading } from '../../engine/home.ts';
import { findFolderHere, ownDirectories, setIgnore, setLinks, setWatching } from '../../engine/manage.ts';
import { change } from '../change.ts';
import { ended, usage, type Command, type Invocation } from '../command.ts';
import { reading } from '../homes.ts';
import { nameText } from '../output.ts';

const LINKS: readonly LinksMode[] = ['skip', 'follow'];
const LINKS_TEXT: Readonly<Record<LinksMode, string>> = {
  skip: 'links are left out; what was kept under them stays in the bucket',
  follow: 'links to what lies inside the folder are followed',
};
const MODES: readonly WatchMode[] = ['auto', 'events', 'polling'];

export const ignoreCommands: readonly Command[] = [
  {
    name: 'ignore why',
    usage: 'N REL',
    summary: 'whether a path is kept, else which rule or reason leaves it out',
    options: {},
    takes: [2, 2],
    run: (invocation) =>
      reading(invocation, async (home) => {
        const [name = '', path = ''] = invocation.positionals;
        const folder = findFolderHere(home.settings.folders, name);
        if (!folder.ok) return ended(invocation.output, folder.failure);
        const own = new Set(await ownDirectories(home));
        const why = await whyIgnored(folder.value, path, own);
        if (!why.ok) return ended(invocation.output, why.failure);
        invocation.output.line(why.value, inWords(why.value));
        return EXIT.done;
      }),
  },
  {
    name: 'ignore',
    usage: 'N [--add PATTERN | --remove PATTERN]',
    summary: 'what is not kept: the list of the folder, and the .cairnignore files that were found',
    options: { add: 'string', remove: 'string' },
    takes: [1, 1],
    run: async (invocation) => {
      const name = invocation.positionals[0] ?? '';
      const wanted = wantedChange(invocation);
      if (!wanted.ok) return ended(invocation.output, wanted.failure);
      return wanted.value === null ? show(invocation, name) : apply(invocation, name, wanted.value);
    },
  },
  {
    name: 'folder watch-mode',
    usage: 'N auto|events|polling',
    summary: 'how changes are noticed; auto polls where a network disk tells of none',
    options: {},
    takes: [2, 2],
    run: async (invocation) => {
      const [folder = '', word = ''] = invocation.positionals;
      const watching = MODES.find((mode) => mode === word);
      if (watching === undefined) {
        return ended(invocation.output, usage(`A folder is watched by auto, events or polling, not “${word}”.`));
      }
      const changed = await change(invocation, 'folder.watching', { folder, watching }, (home) =>
        setWatching(home, folder, watching),
      );
      if (!changed.ok) return ended(invocation.output, changed.failure);
      invocation.output.line(changed.value, `${nameText(changed.value.name)} is watched by: ${watching}.`);
      return EXIT.done;
    },
  },
  {
    name: 'folder links',
    usage: 'N skip|follow',
    summary: 'what becomes of links; they are followed only to what lies inside the folder',
    options: {},
    takes: [2, 2],
    run: async (invocation) => {
      const [folder = '', word = ''] = invocation.positionals;
      const links = LINKS.find((mode) => mode === word);
      if (links === undefined) return ended(invocation.output, usage(`Links are for skip or follow, not “${word}”.`));
      const changed = await change(invocation, 'folder.links', { folder, links }, (home) =>
        setLinks(home, folder, links),
      );
      if (!changed.ok) return ended(invocation.output, changed.failure);
      invocation.output.line(changed.value, `${nameText(changed.value.name)}: ${LINKS_TEXT[links]}.`);
      return EXIT.done;
    },
  },
];

type Change = (before: readonly string[]) => Result<readonly string[]>;

/** Null: nothing is to be changed. */
function wantedChange(invocation: Invocation): Result<Change | null> {
  const add = invocation.text('add');
  const remove = invocation.text('remove');
  if (add !== undefined && remove !== undefined) return failed(usage('Give --add or --remove, not both.'));
  if (add !== undefined) {
    const parsed = ignorePattern.safeParse(add);
    if (!parsed.success) {
      const why = messageEnglish(parsed.error.issues[0]?.message ?? 'it cannot be read');
      return failed(usage(`“${add}” is no pattern: ${why}.`));
    }
    return success((before) => success([...before.filter((one) => one !== add), add]));
  }
  if (remove === undefined) return success(null);
  return success((before) =>
    before.includes(remove)
      ? success(before.filter((one) => one !== remove))
      : failed(usage(`“${remove}” is not in the list of the folder.`)),
  );
}

async function apply(invocation: Invocation, name: string, wanted: Change): Promise<ExitCode> {
  const before = patternsOf(invocation.home, name);
  if (!before.ok) return ended(invocation.output, before.failure);
  const ignore = wanted(before.value);
  if (!ignore.ok) return ended(invocation.output, ignore.failure);
  const input = { folder: name, ignore: [...ignore.value] };
  const changed = await change(invocation, 'folder.ignore', input, (home) => setIgnore(home, name, ignore.value));
  if (!changed.ok) return ended(invocation.output, changed.failure);
  invocation.output.line(changed.value, listText(changed.value));
  return EXIT.done;
}

function patternsOf(path: string, name: string): Result<readonly string[]> {
  const home = openHomeForReading(path);
  if (!home.ok) return home;
  try {
    const folder = findFolderHere(home.value.settings.folders, name);
    return folder.ok ? success(folder.value.ignore) : folder;
  } finally {
    home.value.close();
  }
}

function show(invocation: Invocation, name: string): Promise<ExitCode> {
  return reading(invocation, ({ settings, tables }) => {
    const folder = findFolderHere(settings.folders, name);
    if (!folder.ok) return ended(invocation.output, folder.failure);
    const lists = ignoreLists(folder.value, tables);
    const files = lists.files.map((file) => `.cairnignore file: ${nameText(file)}`);
    invocation.output.line(lists, [listText(folder.value), ...files].join('\n'));
    return EXIT.done;
  });
}

function listText({ name, ignore }: Folder): string {
  if (ignore.length === 0) return `${nameText(name)} has no list of its own.`;
  return `${nameText(name)} leaves out:\n${ignore.map((pattern) => `  ${nameText(pattern)}`).join('\n')}`;
}

const lists: Readonly<Record<string, string>> = {
  default: 'the default list',
  folder: 'the list of the folder',
};

function inWords({ path, reason, because, rule }: IgnoreReason): string {
  const what = nameText(path);
  const since = because === null ? '' : ` (by ${nameText(because)}, a folder above it)`;
  switch (reason) {
    case 'kept':
      return `${what} is not ignored.`;
    case 'missing':
      return `${what} is not ignored. Nothing is there now.`;
    case 'ignored': {
      if (rule === null) return `${what} is ignored${since}.`;
      const line = rule.line === null ? '' : `, line ${String(rule.line)}`;
      return `${what} is ignored${since}: ${nameText(rule.pattern)} in ${lists[rule.list] ?? nameText(rule.list)}${line}.`;
    }
    case 'home folder':
      return `${what} is skipped${since}: it belongs to Cairn itself.`;
    default:
      return `${what} is skipped${since}: ${reason === 'other' ? 'neither a file nor a folder' : reason}.`;
  }
}
