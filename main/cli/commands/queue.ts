/** The queue and what slows it: order, pauses, least intervals, limits by the hour. */
import { EXIT } from '../../contract/errors.ts';
import { DAYS, LEAST_RATE, type Day, type Limits, type LimitRule } from '../../contract/limits.ts';
import type { Folder } from '../../contract/models.ts';
import { parseRelPath, type RelPath } from '../../contract/names.ts';
import { failed, success, type Result } from '../../contract/result.ts';
import type { OpenHome } from '../../engine/home.ts';
import { limitsOf, setLimits } from '../../engine/limits.ts';
import { findFolderHere, setLeastInterval } from '../../engine/manage.ts';
import { pauseFolders, resumeFolders } from '../../engine/pauses.ts';
import { forgetPath, sendFirst } from '../../engine/queue-changes.ts';
import { change } from '../change.ts';
import { ended, parseTime, usage, type Command, type Invocation } from '../command.ts';
import { reading } from '../homes.ts';
import { nameText, sizeText, timeText } from '../output.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const BYTES: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** `90s`, `30m`, `1h`, `2d`, or seconds. */
export function parseLength(text: string): Result<number> {
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?)([smhd])?$/i.exec(text.trim()) ?? [];
  const seconds = Math.round(Number(number) * (SECONDS[unit.toLowerCase()] ?? Number.NaN));
  return number === '' || !Number.isSafeInteger(seconds)
    ? failed(usage(`“${text}” is no length of time such as 90s, 30m, 1h or 2d.`))
    : success(seconds);
}

/** `500K`, `2M`, bytes; `none`: no limit. */
export function parseRate(text: string): Result<number | null> {
  if (text === 'none') return success(null);
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)([kmg])?$/i.exec(text.trim()) ?? [];
  const rate = Math.round(Number(number) * (BYTES[unit.toLowerCase()] ?? Number.NaN));
  return number === '' || !Number.isSafeInteger(rate) || rate < LEAST_RATE
    ? failed(usage(`“${text}” is no rate such as 500K or 2M (a second; at least ${LEAST_RATE} bytes), nor none.`))
    : success(rate);
}

/** When a pause ends, ISO 8601; null: nobody said. */
function endOfPause(invocation: Invocation): Result<string | null> {
  const length = invocation.text('for');
  const time = invocation.text('until');
  if (length !== undefined && time !== undefined) return failed(usage('Either --for or --until, not both.'));
  if (length !== undefined) {
    const seconds = parseLength(length);
    if (!seconds.ok) return seconds;
    const end = new Date(Date.now() + seconds.value * 1000);
    return Number.isNaN(end.getTime()) ? failed(usage(`--for ${length} is too long.`)) : success(end.toISOString());
  }
  if (time === undefined) return success(null);
  const end = parseTime(time);
  return end.ok ? success(end.value.toISOString()) : end;
}

function pauseText(folder: Folder): string {
  const until = folder.pausedUntil ?? null;
  const how = !folder.paused ? 'resumed' : until === null ? 'paused' : `paused until ${timeText(until)}`;
  return `${nameText(folder.name)} is ${how}.`;
}

function printFolders({ output }: Invocation, folders: readonly Folder[], nothing: string): void {
  for (const folder of folders) output.line(folder, pauseText(folder));
  if (folders.length === 0) output.say(nothing);
}

/** A command about one path of a folder. */
async function onPath<T extends object>(
  invocation: Invocation,
  name: 'queue.first' | 'queue.forget',
  here: (home: OpenHome, folder: Folder, path: RelPath) => Result<T>,
  text: (value: T) => string,
) {
  const [folder = '', rel = ''] = invocation.positionals;
  const path = parseRelPath(rel);
  if (path === null) return ended(invocation.output, usage(`“${rel}” is not a path below the folder.`));
  const changed = (await change(invocation, name, { folder, path }, (home) => {
    const found = findFolderHere(home.settings.folders, folder);
    return found.ok ? (here(home, found.value, path) as never) : found;
  })) as Result<T>;
  if (!changed.ok) return ended(invocation.output, changed.failure);
  invocation.output.line(changed.value, text(changed.value));
  return EXIT.done;
}

const rateText = (rate: number | null): string => (rate === null ? 'no limit' : `${sizeText(rate)} a second`);

function limitsText({ rules, default: otherwise }: Limits): string {
  const lines = rules.map(
    ({ from, to, days, bytesPerSecond }) =>
      `${from} to ${to}${days === undefined ? '' : ` on ${days.join(', ')}`}: ${rateText(bytesPerSecond)}`,
  );
  return [...lines, `${rules.length === 0 ? 'Always' : 'Else'}: ${rateText(otherwise)}`].join('\n');
}

/** The rule that a person typed; null: the rate of all hours without one. */
function wantedRule(invocation: Invocation, bytesPerSecond: number | null): Result<LimitRule | null> {
  const [from, to, days] = [invocation.text('from'), invocation.text('to'), invocation.text('days')];
  if (from === undefined && to === undefined) {
    return days === undefined ? success(null) : failed(usage('--days needs --from and --to.'));
  }
  if (from === undefined || to === undefined) return failed(usage('--from and --to go together.'));
  const wrong = [from, to].find((text) => !/^([01]\d|2[0-3]):[0-5]\d$/.test(text));
  if (wrong !== undefined) return failed(usage(`“${wrong}” is no time of the day such as 08:00.`));
  if (days === undefined) return success({ from, to, bytesPerSecond });
  const named = days.toLowerCase().split(',');
  const odd = named.find((day) => !DAYS.some((one) => one === day));
  return odd === undefined
    ? success({ from, to, days: named as Day[], bytesPerSecond })
    : failed(usage(`“${odd}” is no day; there is ${DAYS.join(', ')}.`));
}

/** A rule of the same hours and days is replaced; others stay. */
function withRule(limits: Limits, rule: LimitRule): Limits {
  const same = (one: LimitRule): boolean =>
    one.from === rule.from && one.to === rule.to && String(one.days) === String(rule.days);
  const at = limits.rules.findIndex(same);
  const rules = at < 0 ? [...limits.rules, rule] : limits.rules.map((one, index) => (index === at ? rule : one));
  return { ...limits, rules };
}

async function writeLimits(invocation: Invocation, wanted: (known: Limits) => Limits) {
  const known = await change(invocation, 'settings.limits', {}, (home) => success(limitsOf(home)));
  if (!known.ok) return ended(invocation.output, known.failure);
  const { rules, default: otherwise } = wanted(known.value);
  const limits = { rules: rules.map(plainRule), default: otherwise };
  const written = await change(invocation, 'settings.limits', { limits }, (home) => setLimits(home, limits));
  if (!written.ok) return ended(invocation.output, written.failure);
  invocation.output.line(written.value, limitsText(written.value));
  return EXIT.done;
}

const plainRule = ({ days, ...rule }: LimitRule) => (days === undefined ? rule : { ...rule, days: [...days] });

export const queueCommands: readonly Command[] = [
  {
    name: 'queue first',
    usage: 'N REL',
    summary: 'send one path before all others, whatever it waits for',
    options: {},
    takes: [2, 2],
    run: (invocation) =>
      onPath(
        invocation,
        'queue.first',
        (home, folder, path) => sendFirst(folder, path, home.tables),
        ({ path }) => `${nameText(path)} goes first.`,
      ),
  },
  {
    name: 'forget',
    usage: 'N REL',
    summary: 'take a path out of the queue; it is not looked for again until the file changes',
    options: {},
    takes: [2, 2],
    run: (invocation) =>
      onPath(
        invocation,
        'queue.forget',
        (home, folder, path) => forgetPath(folder, path, home.tables),
        ({ path, settling }) =>
          settling
            ? `${nameText(path)} is not sent any more; an attempt of before is looked for first.`
            : `${nameText(path)} is out of the queue.`,
      ),
  },
  {
    name: 'pause',
    usage: '[N] [--for 1h | --until TIME]',
    summary: 'send nothing of one folder, or of any, until the time is over or it is resumed',
    options: { for: 'string', until: 'string' },
    takes: [0, 1],
    run: async (invocation) => {
      const [folder] = invocation.positionals;
      const end = endOfPause(invocation);
      if (!end.ok) return ended(invocation.output, end.failure);
      const until = end.value ?? undefined;
      const changed = await change(invocation, 'queue.pause', { folder, until }, (home) =>
        pauseFolders(home, folder, end.value, Date.now()),
      );
      if (!changed.ok) return ended(invocation.output, changed.failure);
      printFolders(invocation, changed.value, 'There is nothing to pause.');
      return EXIT.done;
    },
  },
  {
    name: 'resume',
    usage: '[N]',
    summary: 'go on with one folder, or with all',
    options: {},
    takes: [0, 1],
    run: async (invocation) => {
      const [folder] = invocation.positionals;
      const changed = await change(invocation, 'queue.resume', { folder }, (home) => resumeFolders(home, folder));
      if (!changed.ok) return ended(invocation.output, changed.failure);
      printFolders(invocation, changed.value, 'Nothing was paused.');
      return EXIT.done;
    },
  },
  {
    name: 'folder interval',
    usage: 'N SECONDS',
    summary: 'the least time between two versions of one file (seconds, or 30m, 1h …); 0: every saved content is one',
    options: {},
    takes: [2, 2],
    run: async (invocation) => {
      const [folder = '', text = ''] = invocation.positionals;
      const length = parseLength(text);
      if (!length.ok) return ended(invocation.output, length.failure);
      const seconds = length.value;
      if (seconds > 31_536_000) return ended(invocation.output, usage('The longest interval is a year.'));
      const changed = await change(invocation, 'folder.interval', { folder, seconds }, (home) =>
        setLeastInterval(home, folder, seconds),
      );
      if (!changed.ok) return ended(invocation.output, changed.failure);
      const how =
        seconds === 0 ? 'Every saved content becomes a version' : `At least ${seconds} s between two versions`;
      invocation.output.line(changed.value, `${how} of one file in ${nameText(folder)}.`);
      return EXIT.done;
    },
  },
  {
    name: 'limit show',
    usage: '',
    summary: 'how much may go out at which hour',
    options: {},
    takes: [0, 0],
    run: (invocation) =>
      reading(invocation, (home) => {
        const limits = limitsOf(home);
        invocation.output.line(limits, limitsText(limits));
        return EXIT.done;
      }),
  },
  {
    name: 'limit set',
    usage: 'RATE|none [--from 08:00 --to 18:00 [--days mon,tue…]]',
    summary: 'let so much out a second (500K, 2M), always or in these hours of the local time',
    options: { from: 'string', to: 'string', days: 'string' },
    takes: [1, 1],
    run: async (invocation) => {
      const rate = parseRate(invocation.positionals[0] ?? '');
      if (!rate.ok) return ended(invocation.output, rate.failure);
      const rule = wantedRule(invocation, rate.value);
      if (!rule.ok) return ended(invocation.output, rule.failure);
      const { value } = rule;
      return writeLimits(invocation, (known) =>
        value === null ? { ...known, default: rate.value } : withRule(known, value),
      );
    },
  },
  {
    name: 'limit off',
    usage: '',
    summary: 'no limit at any hour',
    options: {},
    takes: [0, 0],
    run: (invocation) => writeLimits(invocation, () => ({ rules: [], default: null })),
  },
];
