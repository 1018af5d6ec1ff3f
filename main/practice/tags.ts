/** Tags as header or document in, a checked list out. */
import { percentDecode } from './encoding.ts';
import type { Tags } from './model.ts';
import { Refusal } from './refusal.ts';
import { childrenOf, childText, parseXml, type XmlNode } from './xml.ts';

/** Letters of any script, digits, spaces and `+ - = . _ : / @`, as S3 allows. */
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

function checked(tags: Tags): Tags {
  const refuse = (message: string): Refusal => new Refusal('InvalidTag', message);
  if (tags.length > 10) throw refuse('Object tags cannot be greater than 10');
  if (new Set(tags.map(([key]) => key)).size < tags.length)
    throw refuse('Cannot provide multiple Tags with the same key');
  for (const [key, value] of tags) {
    if (key === '' || [...key].length > 128 || !ALLOWED.test(key))
      throw refuse('The TagKey you have provided is invalid');
    if (key.startsWith('aws:')) throw refuse('System tags cannot be added or updated by the requester');
    if ([...value].length > 256 || !ALLOWED.test(value)) throw refuse('The TagValue you have provided is invalid');
  }
  return tags;
}

/** Reads `x-amz-tagging`, which is written like a query. */
export function parseTagHeader(text: string | undefined): Tags {
  const items = (text ?? '').split('&').filter((item) => item !== '');
  return checked(
    items.map((item) => {
      const equals = item.indexOf('=');
      const key = percentDecode(equals === -1 ? item : item.slice(0, equals), true);
      const value = percentDecode(equals === -1 ? '' : item.slice(equals + 1), true);
      if (key === undefined || value === undefined) {
        throw new Refusal('InvalidArgument', "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded.");
      }
      return [key, value] as const;
    }),
  );
}

/** Reads a Tagging document. */
export function parseTagDocument(text: string): Tags {
  const sets = childrenOf(parseXml(text, 'Tagging'), 'TagSet');
  const [set] = sets;
  if (set === undefined || sets.length > 1) throw new Refusal('MalformedXML', 'A Tagging document has one TagSet.');
  return checked(
    childrenOf(set, 'Tag').map((tag) => {
      const key = childText(tag, 'Key');
      const value = childText(tag, 'Value');
      if (key === undefined || value === undefined) throw new Refusal('MalformedXML', 'A Tag has a Key and a Value.');
      return [key, value] as const;
    }),
  );
}

/** The content of a Tagging document. */
export function tagNodes(tags: Tags): XmlNode[] {
  const nodes = tags.map(([key, value]): XmlNode => [
    'Tag',
    [
      ['Key', key],
      ['Value', value],
    ],
  ]);
  return [['TagSet', nodes]];
}
