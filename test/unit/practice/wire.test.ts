import { describe, expect, it } from 'vitest';
import { ChunkDecoder } from '../../../main/practice/chunked.ts';
import { listingEncode, percentDecode, uriEncode } from '../../../main/practice/encoding.ts';
import { parseRange } from '../../../main/practice/ranges.ts';
import { parseTarget } from '../../../main/practice/request.ts';
import { parseTagHeader } from '../../../main/practice/tags.ts';
import { childText, childrenOf, escapeXml, expectOnly, parseXml, writeXml } from '../../../main/practice/xml.ts';

describe('request targets', () => {
  it('keep dots, slashes and whatever else a key holds', () => {
    const { bucket, key, path, query } = parseTarget('/b/a/../..//c%2F%25+%C3%BC%0A?versionId=x%2By&tagging');
    expect({ bucket, key, path }).toEqual({ bucket: 'b', key: 'a/../..//c/%+ü\n', path: '/b/a/../..//c/%+ü\n' });
    expect([...query]).toEqual([
      ['versionId', 'x+y'],
      ['tagging', ''],
    ]);
  });

  it('name a bucket, or nothing', () => {
    expect(parseTarget('/b')).toMatchObject({ bucket: 'b', key: '' });
    expect(parseTarget('/b/')).toMatchObject({ bucket: 'b', key: '' });
    expect(parseTarget('/b//')).toMatchObject({ bucket: 'b', key: '/' });
    expect(parseTarget('/')).toMatchObject({ bucket: '', key: '' });
  });

  it('are refused where they are no UTF-8, broken, relative or ambiguous', () => {
    for (const raw of ['/b/%FF', '/b/%4', '/b/%zz', 'http://x/b', '*', '/b?a=1&a=2']) {
      expect(() => parseTarget(raw), raw).toThrow();
    }
  });
});

describe('percent encoding', () => {
  it('goes there and back for any text', () => {
    for (const text of ['', 'a b+c', "!'()*~", 'é\u{1F600}\u0000', '%41', 'a/b']) {
      expect(percentDecode(uriEncode(text, false), false)).toBe(text);
      expect(percentDecode(listingEncode(text), true)).toBe(text);
    }
    expect(uriEncode('a/b c*~', true)).toBe('a/b%20c%2A~');
    expect(listingEncode('a/b c+*')).toBe('a/b+c%2B*');
  });
});

describe('XML', () => {
  it('escapes what markup and line ends would swallow', () => {
    expect(escapeXml('a&<>"\r\n\u0001é')).toBe('a&amp;&lt;&gt;&quot;&#xD;\n&#x1;é');
  });

  it('reads back what it writes, whatever the text', () => {
    for (const text of [' a ', '&amp;', '<Key>', '\r\n\t', '\u0001', 'ü\u{1F600}', ']]>']) {
      const document = parseXml(writeXml('Root', [['A', [['Key', text]]]]), 'Root');
      expect(childText(childrenOf(document, 'A')[0] ?? document, 'Key')).toBe(text);
    }
  });

  it('refuses other roots, broken documents, document types and unknown elements', () => {
    for (const text of ['', '<Other/>', '<Root>', '<!DOCTYPE x><Root/>', '<Root>&what;</Root>']) {
      expect(() => parseXml(text, 'Root'), text).toThrow('not well-formed');
    }
    expect(() => {
      expectOnly(parseXml('<Root><A/></Root>', 'Root'), ['B']);
    }).toThrow();
  });
});

describe('ranges', () => {
  it('mean bytes from a start, up to an end, or the last ones', () => {
    expect(parseRange('bytes=0-9', 100)).toEqual({ start: 0, end: 10 });
    expect(parseRange('bytes=90-', 100)).toEqual({ start: 90, end: 100 });
    expect(parseRange('bytes=90-1000', 100)).toEqual({ start: 90, end: 100 });
    expect(parseRange('bytes=-10', 100)).toEqual({ start: 90, end: 100 });
    expect(parseRange('bytes=-1000', 100)).toEqual({ start: 0, end: 100 });
  });

  it('mean the whole where they cannot be read', () => {
    for (const text of [undefined, 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=0-1,3-4', 'lines=1-2']) {
      expect(parseRange(text, 100), text ?? 'none').toBeUndefined();
    }
  });

  it('are refused where no byte is meant', () => {
    for (const [text, size] of [
      ['bytes=100-', 100],
      ['bytes=-0', 100],
      ['bytes=0-', 0],
      ['bytes=-5', 0],
    ] as const) {
      expect(() => parseRange(text, size), text).toThrow('not satisfiable');
    }
  });
});

describe('aws-chunked without signatures', () => {
  const body = Buffer.from('3\r\nabc\r\n2;x\r\n', 'latin1');
  const good = Buffer.from('3\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n');

  it('decodes the same however the bytes are cut', () => {
    for (let size = 1; size <= good.length; size += 1) {
      const decoder = new ChunkDecoder(undefined, true);
      const out: Buffer[] = [];
      for (let at = 0; at < good.length; at += size) {
        const piece = Buffer.from(good.subarray(at, at + size));
        out.push(...decoder.push(piece).map((plain) => Buffer.from(plain)));
        piece.fill(0);
      }
      decoder.end();
      expect(Buffer.concat(out).toString()).toBe('abcde');
      expect(decoder.trailer.get('x-amz-checksum-crc32')).toBe('AAAAAA==');
    }
  });

  it('refuses a body that ends early, overlong lines, and bytes that are no chunk', () => {
    for (const cut of [0, 5, 8, 10, 17]) {
      const decoder = new ChunkDecoder(undefined, true);
      decoder.push(good.subarray(0, cut));
      expect(() => {
        decoder.end();
      }, String(cut)).toThrow('ended before');
    }
    expect(() => new ChunkDecoder(undefined, true).push(body)).toThrow('size of a chunk');
    expect(() => new ChunkDecoder(undefined, true).push(Buffer.alloc(5000, '1'))).toThrow('too long');
    expect(() => new ChunkDecoder(undefined, true).push(Buffer.from('1\r\nabc\r\n'))).toThrow('longer than it says');
    expect(() => new ChunkDecoder(undefined, false).push(good)).toThrow('after the last chunk');
  });
});

describe('tags in a header', () => {
  it('are read like a query', () => {
    expect(parseTagHeader('a=1&b=x+y%2B%C3%BC&c')).toEqual([
      ['a', '1'],
      ['b', 'x y+ü'],
      ['c', ''],
    ]);
    expect(parseTagHeader(undefined)).toEqual([]);
  });

  it('are refused beyond the limits', () => {
    const many = Array.from({ length: 11 }, (_, at) => `k${String(at)}=v`).join('&');
    for (const text of [many, 'a=1&a=2', '=v', `${'k'.repeat(129)}=v`, `k=${'v'.repeat(257)}`, 'aws:x=1', 'a=%3C']) {
      expect(() => parseTagHeader(text), text).toThrow();
    }
    expect(parseTagHeader(`${'k'.repeat(128)}=${'v'.repeat(256)}`)).toHaveLength(1);
  });
});
