/** Who is measured. In: a store, a directory, a bucket. Out: the command that sends, and the one that brings back. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { root } from '../support/paths.ts';
import { run } from '../support/processes.ts';
import type { Place } from './ground.ts';
import type { Command } from './measure.ts';

export interface Task {
  readonly place: Place;
  readonly bucket: string;
  /** What is sent. */
  readonly directory: string;
  /** Empty, and the tool's own for this task: its settings and state. */
  readonly scratch: string;
}

export interface Tool {
  readonly name: string;
  /** What it says of itself; null: it is not there. */
  readonly version: string | null;
  /** Settings that it needs before it can be started; not measured. */
  readonly prepare: (task: Task) => Promise<void>;
  readonly up: (task: Task) => Command;
  readonly down: (task: Task, to: string) => Command;
}

const CLI = join(root, 'dist/cli.js');
const FOLDER = 'bench';

/** What every tool may see of the environment. */
function environment(also: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH = '', LANG = 'C.UTF-8' } = process.env;
  return { PATH: [join(root, 'node_modules/.bin'), PATH].join(delimiter), LANG, ...also };
}

function awsEnvironment({ place, scratch }: Task): NodeJS.ProcessEnv {
  return environment({
    HOME: scratch,
    AWS_ACCESS_KEY_ID: place.accessKeyId,
    AWS_SECRET_ACCESS_KEY: place.secretAccessKey,
    AWS_DEFAULT_REGION: place.region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  });
}

export function cairnCommand(task: Task, ...words: readonly string[]): Command {
  const home = join(task.scratch, 'home');
  return { program: process.execPath, words: [CLI, '--home', home, '--json', ...words], env: awsEnvironment(task) };
}

/** By default settings. */
export const cairn: Tool = {
  name: 'cairn',
  version: 'this checkout',
  async prepare(task) {
    const { endpoint, region } = task.place;
    const steps = [
      ['connection', 'add', 'store', '--endpoint', endpoint, '--region', region, '--path-style'],
      ['folder', 'add', task.directory, '--connection', 'store', '--bucket', task.bucket, '--name', FOLDER],
    ];
    for (const words of steps) {
      const { program, words: all, env } = cairnCommand(task, ...words);
      const ended = await run(program, all, { env });
      if (ended.code !== 0) throw new Error(`cairn ${words.join(' ')}: ${ended.stdout}${ended.stderr}`);
    }
  },
  up: (task) => cairnCommand(task, 'sync'),
  down: (task, to) => cairnCommand(task, 'restore', FOLDER, '--at', new Date().toISOString(), '--to', to),
};

/** @param transfers how many at once; null: by its default settings. @param version null: it is not there. */
export function rclone(transfers: number | null, version: string | null): Tool {
  const command = (task: Task, from: string, to: string): Command => ({
    program: 'rclone',
    words: [
      ...['--config', join(task.scratch, 'rclone.conf'), 'copy', from, to],
      ...(transfers === null ? [] : ['--transfers', String(transfers), '--checkers', String(transfers)]),
    ],
    env: environment({ HOME: task.scratch }),
  });
  return {
    name: transfers === null ? 'rclone' : `rclone ${String(transfers)}`,
    version,
    prepare: ({ place, scratch }) =>
      writeFile(
        join(scratch, 'rclone.conf'),
        [
          '[s]',
          'type = s3',
          'provider = Other',
          `endpoint = ${place.endpoint}`,
          `region = ${place.region}`,
          `access_key_id = ${place.accessKeyId}`,
          `secret_access_key = ${place.secretAccessKey}`,
          'no_check_bucket = true',
          '',
        ].join('\n'),
      ),
    up: (task) => command(task, task.directory, `s:${task.bucket}`),
    down: (task, to) => command(task, `s:${task.bucket}`, to),
  };
}

/** Debian's own, since another of the name may come first on the path. */
const AWS = '/usr/bin/aws';

function awsCli(version: string | null): Tool {
  const command = (task: Task, from: string, to: string): Command => ({
    program: AWS,
    words: ['--endpoint-url', task.place.endpoint, 's3', 'sync', '--only-show-errors', from, to],
    env: awsEnvironment(task),
  });
  return {
    name: 'aws cli',
    version,
    prepare: () => Promise.resolve(),
    up: (task) => command(task, task.directory, `s3://${task.bucket}`),
    down: (task, to) => command(task, `s3://${task.bucket}`, to),
  };
}

function s3cmd(version: string | null): Tool {
  const command = (task: Task, from: string, to: string): Command => ({
    program: 's3cmd',
    words: ['-c', join(task.scratch, 's3cfg'), 'sync', '--no-progress', '-q', from, to],
    env: environment({ HOME: task.scratch }),
  });
  return {
    name: 's3cmd',
    version,
    prepare: ({ place, scratch }) => {
      const { host } = new URL(place.endpoint);
      const lines = [
        ...['[default]', `access_key = ${place.accessKeyId}`, `secret_key = ${place.secretAccessKey}`],
        ...[`host_base = ${host}`, `host_bucket = ${host}`, 'use_https = False', `bucket_location = ${place.region}`],
      ];
      return writeFile(join(scratch, 's3cfg'), `${lines.join('\n')}\n`);
    },
    up: (task) => command(task, `${task.directory}/`, `s3://${task.bucket}/`),
    down: (task, to) => command(task, `s3://${task.bucket}/`, `${to}/`),
  };
}

/** All that could be measured here; those that are not installed have no version. */
export async function findTools(): Promise<readonly Tool[]> {
  const [rcloneSays, awsSays, s3cmdSays] = await Promise.all([
    versionOf('rclone', ['version'], /rclone v?(\S+)/),
    existsSync(AWS) ? versionOf(AWS, ['--version'], /aws-cli\/(\S+)/) : null,
    versionOf('s3cmd', ['--version'], /version (\S+)/),
  ]);
  return [
    cairn,
    rclone(null, rcloneSays),
    rclone(16, rcloneSays),
    rclone(32, rcloneSays),
    awsCli(awsSays),
    s3cmd(s3cmdSays),
  ];
}

async function versionOf(program: string, words: readonly string[], pattern: RegExp): Promise<string | null> {
  const ended = await run(program, words);
  return ended.code === 0 ? (pattern.exec(ended.stdout + ended.stderr)?.[1] ?? 'unknown') : null;
}

/** A task of a tool, with a scratch folder of its own, ready to be started. */
export async function prepare(tool: Tool, task: Task): Promise<Task> {
  await mkdir(task.scratch, { recursive: true });
  await tool.prepare(task);
  return task;
}
