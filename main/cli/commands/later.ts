/** Commands whose rooms are not built yet: each says so, and changes nothing. */
import { failure } from '../../contract/errors.ts';
import { ended, type Command } from '../command.ts';

const later: readonly (readonly [name: string, usage: string, summary: string])[] = [
  ['folder attach', '--connection C --bucket B [--prefix P] [--name N]', 'browse and restore without a local folder'],
];

const anyOptions = {
  connection: 'string',
  bucket: 'string',
  prefix: 'string',
  name: 'string',
  from: 'string',
  to: 'string',
  'version-id': 'string',
  tier: 'string',
  sample: 'string',
  download: 'boolean',
  'dry-run': 'boolean',
} as const;

export const laterCommands: readonly Command[] = later.map(([name, usage, summary]) => ({
  name,
  usage,
  summary: `${summary} (not there yet)`,
  options: anyOptions,
  takes: [0, Number.MAX_SAFE_INTEGER],
  run: ({ output }) => Promise.resolve(ended(output, failure('not-there-yet', { what: `\`${name}\`` }))),
}));
