import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { EXIT, failure, type ExitCode } from '../../../main/contract/errors.ts';
import { countOption, parseTime, worstExit, type Invocation } from '../../../main/cli/command.ts';
import { commands } from '../../../main/cli/commands/index.ts';
import { helpText } from '../../../main/cli/help.ts';
import { columns, nameText, openOutput, sizeText, timeText } from '../../../main/cli/output.ts';
import { root } from '../../support/paths.ts';
import { codeOf, must } from '../store/support.ts';

describe('times that a person types', () => {
  test.each<[string, string]>([
    ['2026-03-01T14:30:00Z', '2026-03-01T14:30:00.000Z'],
    ['2026-03-01T14:30Z', '2026-03-01T14:30:00.000Z'],
    ['2026-03-01 14:30:00Z', '2026-03-01T14:30:00.000Z'],
    ['2026-03-01T14:30:00.123Z', '2026-03-01T14:30:00.123Z'],
    ['2026-03-01T14:30:00+02:00', '2026-03-01T12:30:00.000Z'],
    ['2026-03-01T14:30:00-0530', '2026-03-01T20:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(must(parseTime(text)).toISOString()).toBe(expected);
  });

  test.each([
    '',
    'now',
    'yesterday',
    '2026',
    '2026-03',
    '03/01/2026',
    '2026-13-01',
    '2026-00-10',
    '2026-03-00',
    '2026-03-32',
    '2026-02-30',
    '2026-02-29',
    '2025-04-31T10:00Z',
    '2026-03-01T25:00',
    '2026-03-01T14:60',
    '2026-03-01T14:30:61Z',
    '2026-03-01T14',
    '2026-03-01T14:30Zulu',
    ' 2026-03-01',
    '2026-03-01T14:30:00+25:00',
    '1741000000',
    '20260301',
  ])('“%s” is none', (text) => {
    expect(codeOf(parseTime(text))).toBe('usage');
  });

  test('without a zone it is the local one, a date alone too, on both sides of summer time', () => {
    const script = `
      import { parseTime } from ${JSON.stringify(join(root, 'main/cli/command.ts'))};
      for (const text of ['2026-01-15', '2026-07-15', '2026-01-15T12:00', '2026-07-15 12:00:00', '2026-01-15T12:00Z']) {
        const time = parseTime(text);
        console.log(time.ok ? time.value.toISOString() : time.failure.code);
      }`;
    const under = (zone: string): string[] =>
      spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', script], {
        encoding: 'utf8',
        env: { ...process.env, TZ: zone },
      })
        .stdout.trim()
        .split('\n');
    expect(under('America/New_York')).toEqual([
      '2026-01-15T05:00:00.000Z',
      '2026-07-15T04:00:00.000Z',
      '2026-01-15T17:00:00.000Z',
      '2026-07-15T16:00:00.000Z',
      '2026-01-15T12:00:00.000Z',
    ]);
    expect(under('UTC')[0]).toBe('2026-01-15T00:00:00.000Z');
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['ok', 'usage']).toContain(codeOf(parseTime(text)));
      }),
    );
  });
});

test('of several exit codes: wrong use, then 1, then 4, then 3', () => {
  const all: ExitCode[] = [EXIT.done, EXIT.attention, EXIT.missing, EXIT.failure, EXIT.usage];
  expect(worstExit([])).toBe(0);
  for (const [index, code] of all.entries()) {
    fc.assert(
      fc.property(fc.shuffledSubarray(all.slice(0, index + 1)), (codes) => {
        expect(worstExit([...codes, code])).toBe(code);
      }),
    );
  }
});

test('counts are whole numbers of at least 1', () => {
  const count = (text: string | undefined) => {
    const invocation: Partial<Invocation> = { text: () => text };
    return countOption(invocation as Invocation, 'limit', 7);
  };
  expect(must(count(undefined))).toBe(7);
  expect(must(count('12'))).toBe(12);
  for (const text of ['0', '-1', '1.5', 'x', '', '1e99', '9007199254740993', ' '])
    expect(codeOf(count(text))).toBe('usage');
});

describe('names on a terminal', () => {
  test.each<[string, string]>([
    ['plain name.txt', 'plain name.txt'],
    ['日本 😀 é', '日本 😀 é'],
    ['👨\u200d👩\u200d👧', '👨\u200d👩\u200d👧'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['a"b', 'a"b'],
    ['a\nb', '"a\\nb"'],
    ['a\tb', '"a\\tb"'],
    ['\u001b[2J', '"\\u{1b}[2J"'],
    ['\u009b2J', '"\\u{9b}2J"'],
    ['\u007f', '"\\u{7f}"'],
    ['txt.\u202egpj', '"txt.\\u{202e}gpj"'],
    ['a\u2028b', '"a\\u{2028}b"'],
    ['\u0000', '"\\u{0}"'],
    ['"\n', '"\\"\\n"'],
  ])('%j', (name, expected) => {
    expect(nameText(name)).toBe(expected);
  });

  test('property: whatever a name holds, none of its characters has power over the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(nameText(name).replace(/[\u200c\u200d]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is printed', () => {
  function printed(json: boolean, work: (output: ReturnType<typeof openOutput>) => void): { out: string; err: string } {
    const seen = { out: '', err: '' };
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      seen.out += String(text);
      return true;
    });
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      seen.err += String(text);
      return true;
    });
    try {
      work(openOutput(json));
    } finally {
      vi.restoreAllMocks();
    }
    return seen;
  }
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('as JSON: objects and errors on stdout, one a line; logs on stderr; texts for people nowhere', () => {
    const { out, err } = printed(true, (output) => {
      output.line({ a: 'x\ny' }, 'text');
      output.say('for a person');
      output.log('a log');
      output.fail(failure('unknown-folder', { name: 'N' }));
    });
    const [first, second, ...rest] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(first).toEqual({ a: 'x\ny' });
    expect(second).toEqual({
      error: {
        code: 'unknown-folder',
        message: 'No folder is called “N”.',
        hint: expect.stringContaining('folder list') as string,
      },
    });
    expect(rest).toEqual([]);
    expect(err).toBe('a log\n');
  });

  test('for a person: texts on stdout, errors and logs on stderr, and no name has power in any of them', () => {
    const { out, err } = printed(false, (output) => {
      output.line({ a: 1 }, 'text \u001b[31m');
      output.say('two\nlines');
      output.log('log \u009b');
      output.fail(failure('file-changing', { path: 'a\u001b]0;title\u0007\nb' }));
    });
    expect(out).toBe('text \\u{1b}[31m\ntwo\nlines\n');
    expect(err.split('\n')[0]).toBe('log \\u{9b}');
    expect(err.split('\n')[1]).toBe('“a\\u{1b}]0;title\\u{7}\\nb” keeps changing while it is read.');
    expect(err.split('\n')).toHaveLength(4);
  });
});

describe('tables and numbers', () => {
  test('columns stand under one another, without blanks at the end', () => {
    expect(
      columns([
        ['a', 'bb', 'c'],
        ['aaa', 'b', ''],
        ['x', '', ''],
      ]),
    ).toEqual(['a    bb  c', 'aaa  b', 'x']);
    expect(columns([])).toEqual([]);
    expect(columns([['only']])).toEqual(['only']);
  });

  test('sizes never show four digits before a unit, nor lose bytes', () => {
    expect(sizeText(0)).toBe('0 bytes');
    expect(sizeText(999)).toBe('999 bytes');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 - 1 }), (bytes) => {
        expect(sizeText(bytes)).toMatch(/^(\d{1,3}|\d\.\d{1,2}|\d\d\.\d) (bytes|KB|MB|GB|TB)$/);
      }),
    );
  });

  test('times are local, to the second', () => {
    expect(timeText(new Date(2026, 2, 1, 4, 5, 6).toISOString())).toBe('2026-03-01 04:05:06');
    expect(timeText(null)).toBe('–');
  });
});

describe('help', () => {
  test('names every command once, with what it takes', () => {
    const text = helpText(commands);
    for (const { name, usage, summary } of commands) {
      expect(text.split('\n').filter((line) => line.startsWith(`  ${name} ${usage}`.trimEnd()))).not.toEqual([]);
      expect(text).toContain(summary);
    }
    expect(new Set(commands.map((command) => command.name)).size).toBe(commands.length);
  });

  test('the options that a usage names are those that the command knows', () => {
    for (const { name, usage, options } of commands) {
      const named = [...usage.matchAll(/--([a-z-]+)/g)].map((found) => found[1] ?? '');
      expect([name, ...named.filter((option) => !Object.hasOwn(options, option))]).toEqual([name]);
    }
  });
});
