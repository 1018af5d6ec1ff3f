/** Bucket and record held against one another: a look that only tells, and the record made again. */
import { EXIT, type ExitCode } from '../../contract/errors.ts';
import type { Folder, FolderMatch, PrefixLook } from '../../contract/models.ts';
import type { Result } from '../../contract/result.ts';
import type { OpenHome } from '../../engine/home.ts';
import { inspectFolder } from '../../engine/inspect.ts';
import { openFolderListing } from '../../engine/listings.ts';
import { findFolderHere } from '../../engine/manage.ts';
import { matchHere } from '../../engine/matches.ts';
import { reopenHome, type Reopened } from '../../engine/rebuild.ts';
import { change } from '../change.ts';
import { ended, usage, worstExit, type Command, type Invocation } from '../command.ts';
import { reading } from '../homes.ts';
import { nameText, timeText } from '../output.ts';
import { withClients } from './folder.ts';
import { tellMatch } from './match-words.ts';
import { namedFolders } from './sync-words.ts';

/** Waits for an engine that has the home, or does it here. */
async function inspect(invocation: Invocation): Promise<ExitCode> {
  const folder = invocation.positionals[0] ?? '';
  const looked = await change(invocation, 'folder.inspect', { folder }, (home) =>
    inspectHere(home, folder, invocation),
  );
  if (!looked.ok) return ended(invocation.output, looked.failure);
  invocation.output.line(looked.value, lookText(looked.value));
  return EXIT.done;
}

async function inspectHere(home: OpenHome, name: string, { signal }: Invocation): Promise<Result<PrefixLook>> {
  const folder = findFolderHere(home.settings.folders, name);
  if (!folder.ok) return folder;
  return withClients(home, async (clients) => {
    const client = await clients.get(folder.value.connection);
    if (!client.ok) return client;
    const listing = openFolderListing(home, folder.value, false);
    try {
      return await inspectFolder(folder.value, client.value, home.tables, listing, { signal, now: () => new Date() });
    } finally {
      listing.close();
    }
  });
}

function lookText(look: PrefixLook): string {
  const name = (what: string, { count, examples }: PrefixLook['missing']): string[] =>
    count === 0 ? [] : [`${count} ${what}: ${examples.map(nameText).join(', ')}`];
  return [
    `${look.versions} versions in the bucket at ${timeText(look.at)}, ${look.before} of them from before; ${look.requests} requests.`,
    ...name('that no receipt explains', look.unexplained),
    ...name('that receipts know and that are gone', look.missing),
    ...(look.queuedAgain === 0
      ? []
      : [`${look.queuedAgain} files are in the bucket no more; the next sync sends them again.`]),
  ].join('\n');
}

async function rebuild(invocation: Invocation): Promise<ExitCode> {
  const { output, positionals } = invocation;
  const isAll = invocation.flag('all');
  if (isAll === positionals.length > 0) return ended(output, usage('Name folders, or give --all.'));
  const opened = reopenHome(invocation.home, new Date());
  if (opened.ok) {
    const { home } = opened.value;
    try {
      return await rebuildHere(opened.value, invocation);
    } finally {
      home.close();
    }
  }
  if (opened.failure.code !== 'home-locked') return ended(output, opened.failure);
  return reading(invocation, async ({ settings }) => {
    const folders = namedFolders(settings.folders, positionals);
    if (!folders.ok) return ended(output, folders.failure);
    const codes: ExitCode[] = [];
    for (const { name } of folders.value) {
      // The engine may have ended by now: then it is done here.
      const matched = await change(invocation, 'folder.rebuild', { folder: name }, (home) => {
        const found = findFolderHere(home.settings.folders, name);
        return found.ok ? matchOne(home, found.value, invocation) : found;
      });
      codes.push(tellMatch(invocation, name, matched));
    }
    return worstExit(codes);
  });
}

function matchOne(home: OpenHome, folder: Folder, { signal }: Invocation): Promise<Result<FolderMatch>> {
  return withClients(home, (clients) => matchHere(home, clients, folder, signal));
}

async function rebuildHere({ home, renewed }: Reopened, invocation: Invocation): Promise<ExitCode> {
  const { output } = invocation;
  if (renewed !== null) {
    const { aside, backupDay, receipts } = renewed;
    const kept = aside === null ? 'The database was not there.' : `The former database lies in ${aside}.`;
    const taken =
      backupDay === null
        ? 'No backup could be read: times and files that were gone are no longer known.'
        : `${receipts} receipts were taken over from the backup of ${backupDay}.`;
    output.line({ renewed }, `${kept} ${taken}`);
  }
  const folders = namedFolders(home.settings.folders, invocation.positionals);
  if (!folders.ok) return ended(output, folders.failure);
  const codes: ExitCode[] = [];
  for (const folder of folders.value) {
    if (folders.value.length > 1) output.say(`${nameText(folder.name)}:`);
    codes.push(tellMatch(invocation, folder.name, await matchOne(home, folder, invocation)));
  }
  const others = home.settings.folders.filter(({ id }) => home.tables.looks.matchDue(id) !== null);
  if (others.length > 0) {
    output.say(`Compared before they are next sent: ${others.map(({ name }) => nameText(name)).join(', ')}.`);
  }
  return worstExit(codes);
}

export const matchCommands: readonly Command[] = [
  {
    name: 'folder look',
    usage: 'N',
    summary:
      'hold the bucket’s versions against the receipts: which are not ours, which are gone; `watch` does it daily',
    options: {},
    takes: [1, 1],
    run: inspect,
  },
  {
    name: 'rebuild',
    usage: 'N...|--all',
    summary: 'make the record again from bucket and disk, also where the database is damaged or lost; nothing is sent',
    options: { all: 'boolean' },
    takes: [0, Number.MAX_SAFE_INTEGER],
    run: rebuild,
  },
];
