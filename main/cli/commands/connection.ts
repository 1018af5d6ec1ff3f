/** Stores and how to sign in. */
import { EXIT } from '../../contract/errors.ts';
import type { Connection, CredentialSource } from '../../contract/models.ts';
import type { ConnectionTest } from '../../contract/credential-calls.ts';
import type { Result } from '../../contract/result.ts';
import { askEngine } from '../../engine/ask.ts';
import { addConnection, findConnection, removeConnection } from '../../engine/manage.ts';
import { testConnection } from '../../engine/probe.ts';
import { absolute, ended, usage, type Command, type Invocation } from '../command.ts';
import { ANSWER_MS, change, resultOf } from '../change.ts';
import { reading } from '../homes.ts';
import { columns, nameText } from '../output.ts';

function describe(connection: Connection): string {
  const { credentials } = connection;
  const where =
    credentials.kind === 'practice'
      ? `practice bucket in ${credentials.directory}`
      : (connection.endpoint ?? 'Amazon S3');
  const who = {
    profile: 'profile' in credentials ? `profile ${credentials.profile}` : '',
    default: 'AWS default chain',
    app: 'keys kept by the app',
    ask: 'keys typed into the app',
    practice: '',
  }[credentials.kind];
  return [where, connection.region, who].filter((part) => part !== '').join(', ');
}

function wanted(invocation: Invocation, name: string): Connection | string {
  const practice = invocation.text('practice');
  const profile = invocation.text('profile');
  const endpoint = invocation.text('endpoint');
  if (practice !== undefined && (profile !== undefined || endpoint !== undefined)) {
    return '--practice stands alone: endpoint and key come from the practice server’s folder.';
  }
  const credentials: CredentialSource =
    practice !== undefined
      ? { kind: 'practice', directory: absolute(invocation, practice) }
      : profile !== undefined
        ? { kind: 'profile', profile }
        : { kind: 'default' };
  return {
    name,
    endpoint: endpoint ?? null,
    region: invocation.text('region') ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1',
    pathStyle: invocation.flag('path-style') || practice !== undefined,
    credentials,
  };
}

/** Keys that only the app holds serve where it runs: there its engine asks the store. */
async function testThere({ home, signal }: Invocation, connection: Connection): Promise<Result<ConnectionTest>> {
  const { kind } = connection.credentials;
  if (kind !== 'app' && kind !== 'ask') return testConnection(connection);
  const asked = await askEngine(
    home,
    'connection.test',
    { connection: connection.name },
    { patienceMs: ANSWER_MS, signal },
  );
  return asked.kind === 'nobody' ? testConnection(connection) : resultOf(asked, home);
}

export const connectionCommands: readonly Command[] = [
  {
    name: 'connection add',
    usage: 'NAME [--endpoint URL] [--region R] [--path-style] [--profile P] [--practice DIR]',
    summary: 'name a store; keys come from the AWS default chain, a profile or a practice server, never from here',
    options: { endpoint: 'string', region: 'string', 'path-style': 'boolean', profile: 'string', practice: 'string' },
    takes: [1, 1],
    run: async (invocation) => {
      const connection = wanted(invocation, invocation.positionals[0] ?? '');
      if (typeof connection === 'string') return ended(invocation.output, usage(connection));
      const added = await change(invocation, 'connection.add', connection, (home) => addConnection(home, connection));
      if (!added.ok) return ended(invocation.output, added.failure);
      invocation.output.line(added.value, `Added ${nameText(added.value.name)}: ${describe(added.value)}`);
      return EXIT.done;
    },
  },
  {
    name: 'connection list',
    usage: '',
    summary: 'the connections',
    options: {},
    takes: [0, 0],
    run: (invocation) =>
      reading(invocation, ({ settings }) => {
        const texts = columns(settings.connections.map((one) => [nameText(one.name), describe(one)]));
        for (const [index, connection] of settings.connections.entries()) {
          invocation.output.line(connection, texts[index] ?? '');
        }
        if (settings.connections.length === 0) {
          invocation.output.say('No connection yet. Add one with `cairn connection add`.');
        }
        return EXIT.done;
      }),
  },
  {
    name: 'connection test',
    usage: 'NAME',
    summary: 'ask the store for its buckets',
    options: {},
    takes: [1, 1],
    run: (invocation) =>
      reading(invocation, async ({ settings }) => {
        const connection = findConnection(settings.connections, invocation.positionals[0] ?? '');
        if (!connection.ok) return ended(invocation.output, connection.failure);
        const tested = await testThere(invocation, connection.value);
        if (!tested.ok) return ended(invocation.output, tested.failure);
        const { buckets } = tested.value;
        const seen =
          buckets === null
            ? 'It may not list buckets, which Cairn does not need.'
            : `Buckets: ${buckets.join(', ') || 'none'}.`;
        invocation.output.line(
          { name: connection.value.name, ok: true, ...tested.value },
          `${nameText(connection.value.name)} answers. ${seen}`,
        );
        return EXIT.done;
      }),
  },
  {
    name: 'connection remove',
    usage: 'NAME',
    summary: 'forget a connection that no folder uses',
    options: {},
    takes: [1, 1],
    run: async (invocation) => {
      const connection = invocation.positionals[0] ?? '';
      const removed = await change(invocation, 'connection.remove', { connection }, (home) =>
        removeConnection(home, null, connection),
      );
      if (!removed.ok) return ended(invocation.output, removed.failure);
      invocation.output.line(removed.value, `Removed ${nameText(removed.value.name)}.`);
      return EXIT.done;
    },
  },
];
