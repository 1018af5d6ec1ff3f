/** A curve as a picture. In: lines of tools. Out: SVG, both axes logarithmic. */
import type { Line } from './curves.ts';

const WIDTH = 640;
const HEIGHT = 360;
const LEFT = 64;
const RIGHT = 120;
const TOP = 40;
const BOTTOM = 56;
const LINE_HEIGHT = 16;
const COLOURS = ['#0f766e', '#b45309', '#6d28d9', '#475569'];

/** Pure. @param title stands above. @param axis stands below. Every line has one dot at least; all numbers are above 0. */
export function asPicture(title: string, axis: string, lines: readonly Line[]): string {
  const dots = lines.flatMap((line) => line.dots);
  const xs = [...new Set(dots.map(({ x }) => x))].sort((a, b) => a - b);
  const across = scale(xs, LEFT, WIDTH - RIGHT);
  const ys = ticksFor(dots.map(({ seconds }) => seconds));
  const up = scale(ys, HEIGHT - BOTTOM, TOP);
  const grid = [
    ...ys.map(
      (y) =>
        `<path class="grid" d="M${LEFT} ${round(up(y))}H${WIDTH - RIGHT}"/>${text(LEFT - 8, up(y) + 4, `${number(y)} s`, 'end')}`,
    ),
    ...xs.map((x) => text(across(x), HEIGHT - BOTTOM + 20, number(x), 'middle')),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    '<style>.grid{stroke:#cbd5e1;fill:none}text{fill:var(--ink,#334155)}</style>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 22, title, 'start', 'bold'),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, axis, 'middle'),
    ...grid,
    ...lines.map(({ dots: own }, index) => drawn(own, colourOf(index), across, up)),
    ...named(lines, across, up),
    '</svg>',
    '',
  ].join('\n');
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '';
}

/** The tools' names, each where its line ends; where lines end in one place, one below the other. */
function named(lines: readonly Line[], across: (x: number) => number, up: (y: number) => number): readonly string[] {
  const ends = lines
    .map(({ tool, dots }, index) => ({
      tool,
      colour: colourOf(index),
      x: across(dots.at(-1)?.x ?? 1),
      y: up(dots.at(-1)?.seconds ?? 1),
    }))
    .sort((a, b) => a.y - b.y);
  let lowest = -Infinity;
  return ends.map(({ tool, colour, x, y }) => {
    lowest = Math.max(y, lowest + LINE_HEIGHT);
    return `<g style="--ink:${colour}">${text(x + 10, lowest + 4, tool, 'start')}</g>`;
  });
}

function drawn(dots: Line['dots'], colour: string, across: (x: number) => number, up: (y: number) => number): string {
  const places = dots.map(({ x, seconds }) => [round(across(x)), round(up(seconds))] as const);
  return [
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.map((place) => place.join(',')).join(' ')}"/>`,
    ...places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3.5" fill="${colour}"/>`),
  ].join('');
}

/** From the least to the most of the values, by their logarithm. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const least = Math.log(Math.min(...values));
  const span = Math.log(Math.max(...values)) - least || 1;
  return (value) => from + ((Math.log(value) - least) / span) * (to - from);
}

/** 1, 2 and 5 of each power of ten, from just below the values to just above. */
function ticksFor(values: readonly number[]): readonly number[] {
  const all = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** (power - 4))).flat();
  const first = all.findLastIndex((tick) => tick <= Math.min(...values));
  const last = all.findIndex((tick) => tick >= Math.max(...values));
  return all.slice(Math.max(0, first), Math.max(first + 2, last + 1));
}

function text(x: number, y: number, words: string, anchor: string, weight = 'normal'): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-weight="${weight}">${safe}</text>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
const number = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });
