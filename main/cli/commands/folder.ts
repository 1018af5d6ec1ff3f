/** Folders of this computer and where they are kept. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EXIT, failure } from '../../contract/errors.ts';
import type { AnyFolder, FolderMatch } from '../../contract/models.ts';
import { parsePolicyText, type Policy, type PolicyFields } from '../../contract/policy.ts';
import { failed, success, type Result } from '../../contract/result.ts';
import { openClients, type Clients } from '../../engine/clients.ts';
import type { OpenHome } from '../../engine/home.ts';
import { addFolder, findFolder, removeFolder, setDeletes, setPaused, setPolicy } from '../../engine/manage.ts';
import { matchHere } from '../../engine/matches.ts';
import { change } from '../change.ts';
import { absolute, ended, required, usage, type Command, type Invocation } from '../command.ts';
import { reading } from '../homes.ts';
import { KEY_OPTION, ringFromStdin } from '../key-stdin.ts';
import { columns, nameText } from '../output.ts';
import { tellMatch } from './match-words.ts';

export async function readPolicyFile(invocation: Invocation, file: string): Promise<Result<Policy>> {
  const path = absolute(invocation, file);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return failed(failure('file-missing', { path, reason }));
  }
  const policy = parsePolicyText(text, new Date());
  return policy.ok ? success(withAbsoluteKeyFiles(policy.value, dirname(path))) : policy;
}

/** A key file is named relative to the policy file; in the settings it stands with its whole path. */
function withAbsoluteKeyFiles(policy: Policy, directory: string): Policy {
  const settle = <T extends PolicyFields>(fields: T): T =>
    fields.encryption?.keyFile === undefined
      ? fields
      : { ...fields, encryption: { ...fields.encryption, keyFile: resolve(directory, fields.encryption.keyFile) } };
  const base = settle(policy);
  return base.rules === undefined
    ? base
    : { ...base, rules: base.rules.map((rule) => ({ ...rule, set: settle(rule.set) })) };
}

function place(folder: AnyFolder): string {
  return `${folder.connection}: ${folder.bucket}/${nameText(folder.prefix)}`;
}

function describe(folder: AnyFolder): string[] {
  const { name, path } = folder;
  if (path !== null) return [nameText(name), nameText(path), place(folder), folder.paused ? 'paused' : ''];
  const { bringingBack } = folder;
  const state = bringingBack === null ? 'attached' : `being brought back to ${nameText(bringingBack.to)}`;
  return [nameText(name), '(not on this computer)', place(folder), state];
}

/** What the person typed for a new folder. */
async function wantedFolder(invocation: Invocation) {
  const connection = required(invocation, 'connection');
  if (!connection.ok) return connection;
  const bucket = required(invocation, 'bucket');
  if (!bucket.ok) return bucket;
  const deletes = invocation.text('deletes');
  if (deletes !== undefined && deletes !== 'keep' && deletes !== 'mark') {
    return failed(usage(`--deletes takes keep or mark, not “${deletes}”.`));
  }
  const file = invocation.text('policy');
  const policy = file === undefined ? success(undefined) : await readPolicyFile(invocation, file);
  if (!policy.ok) return policy;
  return success({
    path: absolute(invocation, invocation.positionals[0] ?? ''),
    connection: connection.value,
    bucket: bucket.value,
    prefix: invocation.text('prefix') ?? '',
    name: invocation.text('name'),
    deletes,
    policy: policy.value,
    adopt: invocation.flag('adopt'),
  } as const);
}

/** What asks the bucket, where no engine runs that could. */
export async function withClients<T>(home: OpenHome, work: (clients: Clients) => Promise<T>): Promise<T> {
  const clients = openClients(
    () => home.settings.connections,
    () => undefined,
  );
  try {
    return await work(clients);
  } finally {
    clients.close();
  }
}

function pausing(name: 'pause' | 'resume'): Command {
  return {
    name: `folder ${name}`,
    usage: 'N',
    summary: name === 'pause' ? 'send nothing of this folder until it is resumed' : 'go on',
    options: {},
    takes: [1, 1],
    run: async (invocation) => {
      const folder = invocation.positionals[0] ?? '';
      const paused = name === 'pause';
      const changed = await change(invocation, 'folder.pause', { folder, paused }, (home) =>
        setPaused(home, folder, paused),
      );
      if (!changed.ok) return ended(invocation.output, changed.failure);
      invocation.output.line(
        changed.value,
        `${nameText(changed.value.name)} is ${name === 'pause' ? 'paused' : 'resumed'}.`,
      );
      return EXIT.done;
    },
  };
}

export const folderCommands: readonly Command[] = [
  {
    name: 'folder add',
    usage:
      'PATH --connection C --bucket B [--prefix P] [--policy FILE] [--name N] [--deletes keep|mark] [--adopt] [--key-stdin KEY]',
    summary:
      'keep a folder; nothing is sent before `sync` or `watch`; --adopt begins where something lies already, and does not send what is equal',
    options: {
      connection: 'string',
      bucket: 'string',
      prefix: 'string',
      policy: 'string',
      name: 'string',
      deletes: 'string',
      adopt: 'boolean',
      ...KEY_OPTION,
    },
    takes: [1, 1],
    run: async (invocation) => {
      const wanted = await wantedFolder(invocation);
      if (!wanted.ok) return ended(invocation.output, wanted.failure);
      const ring = await ringFromStdin(invocation);
      if (!ring.ok) return ended(invocation.output, ring.failure);
      // Where something lay there already it is compared at once; by an engine that runs, before its first scan.
      let match: Result<FolderMatch> | null = null;
      const added = await change(invocation, 'folder.add', wanted.value, (home) =>
        withClients(home, async (clients) => {
          const { signal } = invocation;
          const folder = await addFolder(home, clients, wanted.value, { signal, ring: ring.value });
          const isDue = folder.ok && home.tables.looks.matchDue(folder.value.id) !== null;
          if (isDue) match = await matchHere(home, clients, folder.value, signal, ring.value);
          return folder;
        }),
      );
      if (!added.ok) return ended(invocation.output, added.failure);
      invocation.output.line(
        added.value,
        `Added ${nameText(added.value.name)}: ${added.value.path} to ${place(added.value)}`,
      );
      return tellMatch(invocation, added.value.name, match);
    },
  },
  {
    name: 'folder list',
    usage: '',
    summary: 'the folders',
    options: {},
    takes: [0, 0],
    run: (invocation) =>
      reading(invocation, ({ settings }) => {
        const texts = columns(settings.folders.map(describe));
        for (const [index, folder] of settings.folders.entries()) invocation.output.line(folder, texts[index] ?? '');
        if (settings.folders.length === 0) invocation.output.say('No folder yet. Add one with `cairn folder add`.');
        return EXIT.done;
      }),
  },
  {
    name: 'folder show',
    usage: 'N',
    summary: 'all that is set for a folder',
    options: {},
    takes: [1, 1],
    run: (invocation) =>
      reading(invocation, ({ settings }) => {
        const folder = findFolder(settings.folders, invocation.positionals[0] ?? '');
        if (!folder.ok) return ended(invocation.output, folder.failure);
        invocation.output.line(folder.value, JSON.stringify(folder.value, null, 2));
        return EXIT.done;
      }),
  },
  {
    name: 'folder deletes',
    usage: 'N keep|mark',
    summary: 'what becomes of a removed file in the bucket: it stays as it is, or gets a delete marker on top',
    options: {},
    takes: [2, 2],
    run: async (invocation) => {
      const [folder = '', deletes = ''] = invocation.positionals;
      if (deletes !== 'keep' && deletes !== 'mark') {
        return ended(invocation.output, usage(`\`folder deletes\` takes keep or mark, not “${deletes}”.`));
      }
      const changed = await change(invocation, 'folder.deletes', { folder, deletes }, (home) =>
        withClients(home, (clients) => setDeletes(home, clients, folder, deletes)),
      );
      if (!changed.ok) return ended(invocation.output, changed.failure);
      const { name } = changed.value;
      const what = deletes === 'mark' ? 'get a delete marker in the bucket' : 'stay in the bucket as they are';
      invocation.output.line(changed.value, `Files that are removed from ${nameText(name)} ${what}.`);
      return EXIT.done;
    },
  },
  pausing('pause'),
  pausing('resume'),
  {
    name: 'folder remove',
    usage: 'N',
    summary: 'forget a folder; the bucket is not touched',
    options: {},
    takes: [1, 1],
    run: async (invocation) => {
      const folder = invocation.positionals[0] ?? '';
      const removed = await change(invocation, 'folder.remove', { folder }, (home) => removeFolder(home, folder));
      if (!removed.ok) return ended(invocation.output, removed.failure);
      const { name, bucket, prefix } = removed.value;
      invocation.output.line(removed.value, `Removed ${nameText(name)}. All in ${bucket}/${nameText(prefix)} stays.`);
      return EXIT.done;
    },
  },
  {
    name: 'folder policy',
    usage: 'N [--set FILE [--key-stdin KEY]]',
    summary: 'show the policy, or give a new one; it counts from the next upload on',
    options: { set: 'string', ...KEY_OPTION },
    takes: [1, 1],
    run: async (invocation) => {
      const name = invocation.positionals[0] ?? '';
      const file = invocation.text('set');
      if (file === undefined) {
        return reading(invocation, ({ settings }) => {
          const folder = findFolder(settings.folders, name);
          if (!folder.ok) return ended(invocation.output, folder.failure);
          invocation.output.line(folder.value.policy, JSON.stringify(folder.value.policy, null, 2));
          return EXIT.done;
        });
      }
      const policy = await readPolicyFile(invocation, file);
      if (!policy.ok) return ended(invocation.output, policy.failure);
      const input = { folder: name, policy: policy.value };
      const ring = await ringFromStdin(invocation);
      if (!ring.ok) return ended(invocation.output, ring.failure);
      const changed = await change(invocation, 'folder.policy', input, (home) =>
        setPolicy(home, name, policy.value, ring.value),
      );
      if (!changed.ok) return ended(invocation.output, changed.failure);
      invocation.output.line(
        changed.value,
        `Policy ${changed.value.policyVersion} of ${nameText(name)} counts from the next upload on.`,
      );
      return EXIT.done;
    },
  },
];
