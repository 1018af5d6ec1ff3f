/**
 * Every call of the contract, asked in wrong ways made from its own schema, through the window. Each must be refused
 * and logged, and nothing may have changed: the folder that the wrong calls name is there, and kept.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { calls, type CallName } from '../../main/contract/calls.ts';
import { type Desk, openDesk } from './desk.ts';
import { keepNotes, makeScratch, type RunningApp, type Scratch, startApp } from './support.ts';

let desk: Desk;
let scratch: Scratch;
let app: RunningApp;
let page: Page;

beforeAll(async () => {
  desk = await openDesk();
  scratch = await makeScratch();
  app = await startApp(desk, scratch);
  page = await app.page();
  await keepNotes(app);
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await app.keepEvidence(task.name);
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
});

/** The part of JSON Schema that zod writes for the inputs of calls. */
interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Values that are there, so that a call that slips through would do something. */
const KNOWN: Readonly<Record<string, string>> = { folder: 'Notes', connection: 'practice', path: 'letter.txt' };
const HUGE = "'x'.repeat(1 << 20)";

/** A right value, as JavaScript. */
function right(schema: Schema, name: string): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices?.[0] !== undefined) return right(choices[0], name);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return JSON.stringify(schema.enum[0]);
  switch (schema.type) {
    case 'object':
      return object(rightFields(schema));
    case 'array':
      return `[${right(schema.items ?? {}, name)}]`;
    case 'boolean':
      return 'true';
    case 'integer':
    case 'number':
      return String(Math.max(1, schema.minimum ?? 1));
    case 'string':
      return JSON.stringify(KNOWN[name] ?? 'x');
    default:
      return 'null';
  }
}

function rightFields(schema: Schema): Record<string, string> {
  const fields = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name) ?? false);
  return Object.fromEntries(fields.map(([name, field]) => [name, right(field, name)]));
}

const object = (fields: Readonly<Record<string, string>>): string =>
  `{${Object.entries(fields)
    .map(([name, value]) => `${JSON.stringify(name)}: ${value}`)
    .join(', ')}}`;

/** Values that are wrong for the schema, as JavaScript. What takes anything has none. */
function wrong(schema: Schema): readonly string[] {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    const isNullable = choices.some((one) => one.type === 'null');
    const kinds = new Set(choices.map((one) => one.type));
    const others = Object.entries({ string: "'x'", integer: '7', boolean: 'true', object: "{ kind: 'nothing' }" });
    return [
      ...others.filter(([kind]) => !kinds.has(kind) || kind === 'object').map(([, value]) => value),
      ...(isNullable ? [] : ['null']),
      '[]',
    ];
  }
  if (schema.enum !== undefined || schema.const !== undefined)
    return ["'nothing'", '7', 'null', '{}', "['keep']", HUGE];
  switch (schema.type) {
    case 'object':
      return ['7', "'x'", '[]', 'null'];
    case 'array':
      return ["'x'", '{}', 'null', '[7]', '[[]]', `[${HUGE}]`, "Array(20000).fill('x')", "{ length: 1, 0: 'x' }"];
    case 'boolean':
      return ["'true'", '1', '0', 'null', '{}', '[]'];
    case 'integer':
    case 'number':
      return ["'1'", '1.5', 'NaN', 'Infinity', '-Infinity', 'null', '{}', '[]', '1n', '2 ** 60', 'true'];
    case 'string':
      return [
        '7',
        'true',
        'null',
        '[]',
        '{}',
        "['x']",
        "{ toString: () => 'x' }",
        'new Date()',
        'new Uint8Array(9)',
        '1n',
        ...(schema.maxLength === undefined ? [] : [HUGE]),
        ...((schema.minLength ?? 0) > 0 ? ["''"] : []),
      ];
    default:
      return [];
  }
}

/** Wrong inputs of one call, as JavaScript. */
function wrongInputs(schema: Schema): readonly string[] {
  const fair = rightFields(schema);
  const needed = Object.keys(fair);
  const whole = ['7', "'x'", '[]', 'true', '1n', HUGE, '[{}]', 'Symbol.iterator', '(() => 1)'];
  const strange = ['extra', 'constructor', 'prototype', 'hasOwnProperty', 'toString', '0', ''].map((name) =>
    object({ ...fair, [name]: '1' }),
  );
  const missing = needed.map((name) =>
    object(Object.fromEntries(Object.entries(fair).filter(([key]) => key !== name))),
  );
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    wrong(field).map((value) => object({ ...fair, [name]: value })),
  );
  // What is needed must be the input's own, and no prototype's.
  const inherited =
    needed.length === 0
      ? []
      : [
          'null',
          'undefined',
          '{}',
          'new Map()',
          'new Error()',
          'document',
          `Object.create(${object(fair)})`,
          `JSON.parse('{"__proto__": ' + JSON.stringify(${object(fair)}) + '}')`,
        ];
  return [...whole, ...strange, ...missing, ...fields, ...inherited];
}

/** What came of calls that should be refused, where they were not. */
async function notRefused(name: string, inputs: readonly string[]): Promise<readonly string[]> {
  const words = `(async () => {
    const bad = [];
    for (const make of [${inputs.map((input) => `() => (${input})`).join(',\n')}]) {
      const say = (what) => bad.push(make.toString().slice(0, 120) + ': ' + what);
      let answer;
      try { answer = await window.cairn.call(${name}, make()); }
      catch (error) {
        // What cannot pass the bridge between the page and the preload script is refused there.
        if (!/could not be cloned|circular|not supported/i.test(error.message)) say('threw ' + error.message);
        continue;
      }
      if (typeof answer !== 'object' || typeof answer.ok !== 'boolean') say('no Result');
      else if (answer.ok) say('was done');
      else if (answer.failure.code !== 'bad-input') say(answer.failure.code);
    }
    return bad;
  })()`;
  return page.evaluate<readonly string[]>(words);
}

/** All that a call could have changed: settings, folders, what waits, and the files of home and folder. */
async function state(): Promise<unknown> {
  const files = await readdir(scratch.root, { recursive: true });
  return {
    config: await readFile(join(scratch.home, 'config.json'), 'utf8'),
    folders: await app.call('folder.list', {}),
    connections: await app.call('connection.list', {}),
    queue: await app.call('queue.list', {}),
    activity: await app.call('activity.list', {}),
    // Chromium's own files come and go.
    files: files.filter((path) => !/^(home\/(electron|logs)|user)\//.test(path)).sort(),
  };
}

describe('every call of the contract', () => {
  it.each(Object.keys(calls) as CallName[])(
    '%s refuses what has the wrong shape, and changes nothing',
    async (name) => {
      const before = await state();
      const schema = z.toJSONSchema(calls[name].input, { io: 'input' }) as Schema;
      const inputs = wrongInputs(schema);
      expect(inputs.length).toBeGreaterThan(15);
      expect(await notRefused(JSON.stringify(name), inputs)).toEqual([]);
      expect(await state()).toEqual(before);
      expect(await app.log()).toContain(`refused: ${JSON.stringify(name)}`);
    },
  );

  it('has a name: all others are refused', async () => {
    const before = await state();
    const names = [
      ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', ' ', 'app.', 'app.nothing', 'folder.nothing'],
      ...['folder.list ', 'Folder.list', 'folder.list\0', 'app.info/../folder.remove', 'app.__proto__', '\u202efolder'],
    ].map((name) => JSON.stringify(name));
    for (const name of [...names, HUGE, '7', 'null', 'undefined', '{}', "['folder.list']", '1n']) {
      expect(await notRefused(name, ['{}', 'undefined', "{ folder: 'Notes' }"])).toEqual([]);
    }
    expect(await state()).toEqual(before);
    expect(await app.log()).toContain('refused: "__proto__"');
  });

  it('leaves no mark on what all objects share, and the folder is kept as before', async () => {
    const inherited = await app.electron.evaluate(() => Object.keys(Object.prototype));
    expect(inherited).toEqual([]);
    expect(await app.call('folder.scan', { folder: 'Notes' })).toEqual({ ok: true, value: null });
    expect(await app.log()).not.toMatch(/engine crash|a fault/);
  });
});
