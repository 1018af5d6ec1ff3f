/** What the command line prints. In: values. Out: one JSON object a line, or text for a person. */
import type { Failure } from '../contract/errors.ts';

export interface Output {
  readonly json: boolean;
  /** One object: as JSON, or as the text that stands for it. */
  line(value: object, text: string): void;
  /** Text for a person alone. */
  say(text: string): void;
  /** What went wrong: on stdout as JSON, else on stderr. */
  fail(cause: Failure): void;
  /** Never on stdout. */
  log(text: string): void;
}

/**
 * What a terminal may obey, or a reader take for something else: control characters, and formatting ones such as those
 * that turn the direction of the text. The two joiners stay: they belong to names in Persian and to emoji.
 */
const POWER = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Each such character as a word for it; sentences hold names of files, and these hold anything. */
function harmless(text: string): string {
  return text.replace(new RegExp(POWER, 'gu'), (found) => {
    const known: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' };
    return known[found] ?? `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** The same for a text of more than one line. */
function lines(text: string): string {
  return text.split('\n').map(harmless).join('\n');
}

export function openOutput(json: boolean): Output {
  const out = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const err = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  return {
    json,
    line(value, text) {
      out(json ? JSON.stringify(value) : lines(text));
    },
    say(text) {
      if (!json) out(lines(text));
    },
    fail({ code, message, hint }) {
      if (json) out(JSON.stringify({ error: { code, message, hint } }));
      else err(`${harmless(message)}\n${harmless(hint)}`);
    },
    log(text) {
      err(lines(text));
    },
  };
}

const units = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;
const STEP = 1024;

/** A size with three significant figures, in units of 1,024 bytes, as the window shows them. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would be shown as 1000: it belongs to the next unit.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= STEP;
    unit += 1;
  }
  const shown = unit === 0 ? String(value) : value >= 100 ? value.toFixed(0) : value.toPrecision(3);
  return `${shown} ${units[unit] ?? 'bytes'}`;
}

/** Local time, to the second. */
export function timeText(iso: string | null): string {
  if (iso === null) return '–';
  const date = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  );
}

/** A name that may hold anything, on one line of a terminal and without power over it. */
export function nameText(name: string): string {
  return POWER.test(name) ? `"${harmless(name).replaceAll('"', '\\"')}"` : name;
}

/** Cells under one another, each column as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
