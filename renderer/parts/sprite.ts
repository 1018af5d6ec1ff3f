/** The drawings of the window. In: the SVG files of `assets`. Out: one hidden sprite in the page, whose symbols `Icon` uses. */
import icons from '../assets/icons.svg?raw';
import stones from '../assets/stones.svg?raw';

const states: Readonly<Record<string, string>> = import.meta.glob('../assets/{state,file,finding,mark}-*.svg', {
  query: '?raw',
  import: 'default',
  eager: true,
});

const SVG = 'http://www.w3.org/2000/svg';

function parsed(text: string): Element {
  // The sprite file hides itself by a style attribute, which the content security policy would report.
  return new DOMParser().parseFromString(text.replace(/ style="[^"]*"/, ''), 'image/svg+xml').documentElement;
}

/** A file that is one drawing, as a symbol; it keeps its strokes. */
function symbolOf(file: string, text: string): Element {
  const drawing = parsed(text);
  const symbol = document.createElementNS(SVG, 'symbol');
  symbol.id = `s-${/-([a-z]+)\.svg$/.exec(file)?.[1] ?? ''}`;
  for (const name of ['viewBox', 'fill', 'stroke-width', 'stroke-linecap', 'stroke-linejoin']) {
    const value = drawing.getAttribute(name);
    if (value !== null) symbol.setAttribute(name, value);
  }
  symbol.append(...drawing.childNodes);
  return symbol;
}

/** Puts every drawing into the page once. The ids of states begin with `s-`: `s-sync`, `s-tick`, `s-gone`. */
export function placeSprite(page: Document): void {
  const sprite = page.createElementNS(SVG, 'svg');
  sprite.setAttribute('class', 'unseen');
  sprite.setAttribute('aria-hidden', 'true');
  for (const sheet of [icons, stones]) sprite.append(...parsed(sheet).children);
  for (const [file, text] of Object.entries(states)) sprite.append(symbolOf(file, text));
  page.body.append(sprite);
}
