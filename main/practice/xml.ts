/** XML of requests read and XML of answers written, both with whatever a key may hold. */
import { XMLParser } from 'fast-xml-parser';
import { Refusal } from './refusal.ts';

/** An element: its name, its text or children, and attributes as they are written; undefined content leaves it out. */
export type XmlNode = readonly [name: string, content: XmlContent, attributes?: string];
export type XmlContent = string | number | boolean | undefined | readonly XmlNode[];

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Escapes text. Control characters become numeric references: those beyond tab and newline are no XML 1.0, which is
 * why clients ask for encoding-type=url, but S3 writes them so too.
 */
export function escapeXml(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[&<>"\u0000-\u0009\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g, (letter) => {
    return NAMED[letter] ?? `&#x${letter.charCodeAt(0).toString(16).toUpperCase()};`;
  });
}

function write(node: XmlNode): string {
  const [name, content, attributes] = node;
  if (content === undefined) return '';
  const inner = typeof content === 'object' ? content.map(write).join('') : escapeXml(String(content));
  const start = attributes === undefined ? name : `${name} ${attributes}`;
  return inner === '' ? `<${start}/>` : `<${start}>${inner}</${name}>`;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A whole answer in S3's namespace. */
export function writeXml(name: string, children: readonly XmlNode[] | string): string {
  const inner = typeof children === 'string' ? escapeXml(children) : children.map(write).join('');
  return `${HEAD}<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${name}>`;
}

/** An error document, which S3 writes without a namespace. */
export function writeErrorXml(children: readonly XmlNode[]): string {
  return HEAD + write(['Error', children]);
}

/** A parsed element: its text and its children in order. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

// Entities are resolved here and not by the parser, which limits their number and drops control characters.
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
});

const ENTITY: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|([a-z]+));/g,
    (whole: string, hex: unknown, decimal: unknown, name: unknown) => {
      if (typeof name === 'string') {
        const letter = ENTITY[name];
        if (letter === undefined) throw malformed();
        return letter;
      }
      const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

function malformed(): Refusal {
  return new Refusal('MalformedXML', 'The XML you provided was not well-formed or did not validate.');
}

function toElement(name: string, content: unknown): XmlElement {
  const children: XmlElement[] = [];
  let text = '';
  for (const item of Array.isArray(content) ? (content as unknown[]) : []) {
    if (typeof item !== 'object' || item === null) continue;
    for (const [tag, value] of Object.entries(item)) {
      if (tag === '#text') text += unescapeXml(String(value));
      else if (tag !== ':@') children.push(toElement(tag, value));
    }
  }
  return { name, text, children };
}

/** Whether every element that is opened is closed in its turn: the parser itself takes documents that were cut short. */
function isBalanced(text: string): boolean {
  const open: string[] = [];
  const plain = text.replace(/<\?.*?\?>|<!--.*?-->|<!\[CDATA\[.*?\]\]>/gs, '');
  for (const [, slash, name = '', rest = ''] of plain.matchAll(/<(\/?)([^\s<>/]+)([^<>]*)>/g)) {
    if (slash === '/') {
      if (open.pop() !== name) return false;
    } else if (!rest.endsWith('/')) open.push(name);
  }
  return open.length === 0 && !/<[^>]*$/.test(plain);
}

/** Reads a request document whose root must be `root`; refuses anything else with MalformedXML. */
export function parseXml(text: string, root: string): XmlElement {
  if (text.includes('<!DOCTYPE') || !isBalanced(text)) throw malformed();
  let parsed: unknown;
  try {
    parsed = parser.parse(text);
  } catch {
    throw malformed();
  }
  const found = toElement('', parsed).children.find((child) => child.name === root);
  if (found === undefined) throw malformed();
  return found;
}

/** The text of the first child of that name, or undefined. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}

/** All children of that name. */
export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** Refuses children whose names are not listed: an unknown element could change the meaning. */
export function expectOnly(element: XmlElement, names: readonly string[]): void {
  if (element.children.some((child) => !names.includes(child.name))) throw malformed();
}

/** A parsed element as one to be written: what was stored is given back. */
export function toNode(element: XmlElement): XmlNode {
  return [element.name, element.children.length > 0 ? element.children.map(toNode) : element.text];
}

/** The one child of that name; refuses where there is none or more than one. */
export function onlyChild(element: XmlElement, name: string): XmlElement {
  const [child, ...others] = childrenOf(element, name);
  if (child === undefined || others.length > 0) throw malformed();
  return child;
}

/** Reads `true` or `false` in any case; refuses everything else. */
export function parseBoolean(text: string): boolean {
  const value = text.trim().toLowerCase();
  if (value !== 'true' && value !== 'false') throw malformed();
  return value === 'true';
}
