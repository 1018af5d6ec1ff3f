/** The tray's menu as plain data. In: what is known, the words, the time. Out: lines with actions. Pure. */
import { assertNever } from '../contract/result.ts';
import { baseName } from '../contract/names.ts';
import type { Snapshot } from '../contract/models.ts';
import type { EngineState } from './engine-process.ts';
import { causesOf, offlineConnections, overallState, type Cause } from './overall-state.ts';
import type { PauseLength } from './pause.ts';
import type { UpdateState } from './updates.ts';
import type { ShellWords } from './words.ts';

export type MenuAction =
  | { readonly kind: 'open' }
  | { readonly kind: 'show'; readonly folder: string; readonly path?: string }
  | { readonly kind: 'pause'; readonly length: PauseLength }
  | { readonly kind: 'resume' }
  | { readonly kind: 'update' }
  | { readonly kind: 'quit' };

export type MenuLine =
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'separator' }
  | { readonly kind: 'item'; readonly label: string; readonly action: MenuAction }
  | { readonly kind: 'submenu'; readonly label: string; readonly lines: readonly MenuLine[] };

export interface MenuFacts {
  readonly engine: EngineState;
  readonly snapshot: Snapshot | null;
  /** When a pause for an hour ends, ISO 8601; null where none runs. */
  readonly pausedUntil: string | null;
  readonly now: Date;
  /** Left out: this build does not look for newer releases. */
  readonly update?: UpdateState | undefined;
  /** For times and numbers; the words have their own language. */
  readonly locale: string;
  /** IANA name. Left out: this computer's. */
  readonly timeZone?: string;
}

/** How many of the last files the menu names, and how long a name may be before its middle is cut. */
const LAST_FILES = 5;
const LONGEST_NAME = 40;

const separator: MenuLine = { kind: 'separator' };

/** A failure comes first, then what is under way, the last files, and what a person can do. */
export function trayMenu(facts: MenuFacts, words: ShellWords): readonly MenuLine[] {
  const groups = [causeLines(facts, words), stateLines(facts, words), savedLines(facts, words)];
  const snapshot = facts.snapshot;
  if (facts.engine.kind === 'up' && snapshot !== null && snapshot.folders.length > 0) {
    groups.push(pauseLines(snapshot, words));
  }
  groups.push(updateLines(facts.update ?? { kind: 'none' }, words), openLines(snapshot, words), [
    { kind: 'item', label: words.quit, action: { kind: 'quit' } },
  ]);
  const filled = groups.filter((group) => group.length > 0);
  return filled.flatMap((group, index) => (index === 0 ? group : [separator, ...group]));
}

/** The state in one line, for the icon's tooltip and for a look at the whole. */
export function stateSentence(facts: MenuFacts, words: ShellWords): string {
  const first = [...causeLines(facts, words), ...stateLines(facts, words)][0];
  return first?.kind === 'text' ? first.label : words.inSync;
}

function causeLines(facts: MenuFacts, words: ShellWords): MenuLine[] {
  const { engine, snapshot } = facts;
  if (engine.kind === 'stopped') return [{ kind: 'text', label: words.engineStopped(engine.reference) }];
  if (engine.kind === 'refused') return [{ kind: 'text', label: words.failure(engine.failure).message }];
  if (engine.kind !== 'up' || snapshot === null) return [];
  const causes = causesOf(snapshot);
  if (causes.length === 0) return [];
  return [{ kind: 'text', label: words.attention(causes.length) }, ...causes.map((cause) => causeLine(cause, words))];
}

function causeLine(cause: Cause, words: ShellWords): MenuLine {
  switch (cause.kind) {
    case 'folder':
      return {
        kind: 'item',
        label: words.cause(shorten(cause.folder), cause.what, cause.files),
        action: { kind: 'show', folder: cause.folder },
      };
    case 'connection':
      return { kind: 'item', label: words.signIn(shorten(cause.connection)), action: { kind: 'open' } };
    default:
      return assertNever(cause);
  }
}

function stateLines(facts: MenuFacts, words: ShellWords): MenuLine[] {
  const { engine, snapshot } = facts;
  if (engine.kind === 'stopped' || engine.kind === 'refused') return [];
  if (engine.kind === 'down') return [{ kind: 'text', label: words.engineDown }];
  if (engine.kind === 'starting' || snapshot === null) return [{ kind: 'text', label: words.starting }];
  if (snapshot.folders.length === 0) return [{ kind: 'text', label: words.noFolder }];

  const lines: string[] = offlineConnections(snapshot).map((name) => words.offline(shorten(name)));
  const states = snapshot.folders.map((folder) => folder.state);
  if (states.includes('syncing') && snapshot.filesToGo > 0) {
    const files = new Intl.NumberFormat(facts.locale).format(snapshot.filesToGo);
    const left = snapshot.secondsLeft === null ? null : duration(snapshot.secondsLeft, words);
    lines.push(words.sending(files, left));
  } else if (states.includes('scanning') || states.includes('syncing')) {
    lines.push(words.looking);
  }
  const paused = states.filter((state) => state === 'paused').length;
  if (paused > 0) lines.push(pausedWords(facts, paused === states.length, paused, words));
  if (lines.length === 0 && overallState(engine, snapshot) === 'sync') lines.push(words.inSync);
  return lines.map((label) => ({ kind: 'text', label }));
}

function pausedWords(facts: MenuFacts, isEvery: boolean, folders: number, words: ShellWords): string {
  if (!isEvery) return words.somePaused(folders);
  return facts.pausedUntil === null ? words.paused : words.pausedUntil(clock(new Date(facts.pausedUntil), facts));
}

function savedLines(facts: MenuFacts, words: ShellWords): MenuLine[] {
  const saved = (facts.snapshot?.lastSaved ?? []).slice(0, LAST_FILES);
  if (saved.length === 0) return [];
  const lines = saved.map(({ folder, path, at }): MenuLine => {
    const label = `${shorten(baseName(path))}  ${clock(new Date(at), facts)}`;
    return { kind: 'item', label, action: { kind: 'show', folder, path } };
  });
  return [{ kind: 'text', label: words.lastSaved }, ...lines];
}

function pauseLines(snapshot: Snapshot, words: ShellWords): MenuLine[] {
  const lines: MenuLine[] = [];
  if (snapshot.folders.some((folder) => folder.state === 'paused')) {
    lines.push({ kind: 'item', label: words.resume, action: { kind: 'resume' } });
  }
  if (snapshot.folders.some((folder) => folder.state !== 'paused')) {
    lines.push(
      { kind: 'item', label: words.pauseForAnHour, action: { kind: 'pause', length: 'hour' } },
      { kind: 'item', label: words.pauseUntilTomorrow, action: { kind: 'pause', length: 'until-tomorrow' } },
      { kind: 'item', label: words.pauseUntilResumed, action: { kind: 'pause', length: 'until-resumed' } },
    );
  }
  return lines;
}

function updateLines(update: UpdateState, words: ShellWords): MenuLine[] {
  switch (update.kind) {
    case 'none':
      return [];
    case 'available':
      return [{ kind: 'item', label: words.update(update.version), action: { kind: 'update' } }];
    case 'downloading':
      return [{ kind: 'text', label: words.updating(update.version) }];
    default:
      return assertNever(update);
  }
}

function openLines(snapshot: Snapshot | null, words: ShellWords): MenuLine[] {
  const lines: MenuLine[] = [{ kind: 'item', label: words.open, action: { kind: 'open' } }];
  const folders = (snapshot?.folders ?? []).map(({ folder }): MenuLine => ({
    kind: 'item',
    label: shorten(folder),
    action: { kind: 'show', folder },
  }));
  if (folders.length > 0) lines.push({ kind: 'submenu', label: words.openFolder, lines: folders });
  return lines;
}

/** Cuts the middle out of a long name, so that its ending stays. */
export function shorten(name: string): string {
  const letters = Array.from(new Intl.Segmenter().segment(name), (part) => part.segment);
  if (letters.length <= LONGEST_NAME) return name;
  const tail = 12;
  return `${letters.slice(0, LONGEST_NAME - tail - 1).join('')}…${letters.slice(-tail).join('')}`;
}

/** The time of day, or the day where it was another one. */
function clock(time: Date, facts: MenuFacts): string {
  const zone = facts.timeZone === undefined ? {} : { timeZone: facts.timeZone };
  const day = new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', ...zone });
  const isToday = day.format(time) === day.format(facts.now);
  const style = isToday
    ? ({ hour: '2-digit', minute: '2-digit' } as const)
    : ({ day: 'numeric', month: 'short' } as const);
  return new Intl.DateTimeFormat(facts.locale, { ...style, ...zone }).format(time);
}

/** A rounded time left: 48 s, 9 min, 1 h 20 min. */
export function duration(seconds: number, words: ShellWords): string {
  const { seconds: s, minutes: min, hours: h } = words.about;
  if (seconds < 60) return `${String(Math.max(1, Math.round(seconds)))} ${s}`;
  if (seconds < 3_570) return `${String(Math.round(seconds / 60))} ${min}`;
  const tens = Math.round(seconds / 600);
  const hours = Math.floor(tens / 6);
  const rest = (tens % 6) * 10;
  return rest === 0 ? `${String(hours)} ${h}` : `${String(hours)} ${h} ${String(rest)} ${min}`;
}
