import { describe, expect, it } from 'vitest';
import { formatter } from '../../../renderer/format.ts';
import { de } from '../../../renderer/words/de.ts';
import { en } from '../../../renderer/words/en.ts';

// A Sunday.
const now = (): Date => new Date('2026-11-22T14:32:10Z');
const english = formatter({ locale: 'en-GB', timeZone: 'UTC', now, words: en.time });
const german = formatter({ locale: 'de-DE', timeZone: 'UTC', now, words: de.time });
const KB = 1024;
const MB = 1024 ** 2;
const GB = 1024 ** 3;

describe('money', () => {
  it('has its coins, and never shows something as nothing', () => {
    expect([6.09, 0, 0.004, 0.005, 1234.5].map((amount) => english.money(amount, 'USD'))).toEqual([
      '$6.09',
      '$0.00',
      '<\u00a0$0.01',
      '$0.01',
      '$1,234.50',
    ]);
    expect(german.money(6.09, 'EUR')).toBe('6,09\u00a0€');
    expect(english.money(6.09, 'stones'), 'a table of one’s own may name anything').toBe('6.09 stones');
  });
  it('has every figure of a price list', () => {
    expect([0.0135, 0.00099, 0.023].map((amount) => english.price(amount, 'USD'))).toEqual([
      '$0.0135',
      '$0.00099',
      '$0.023',
    ]);
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [1024, '1 KB'],
    [145_408, '142 KB'],
    [61.2 * KB, '61.2 KB'],
    [4.1 * GB, '4.1 GB'],
    [1.38 * 1024 * GB, '1.38 TB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(english.size(bytes)).toBe(text);
  });

  it('changes the unit only well past its limit', () => {
    expect(english.size(1.05 * MB)).toBe('1,075 KB');
    expect(english.size(1.1 * MB)).toBe('1.1 MB');
  });

  it('keeps the same number of figures where a value changes while it is read', () => {
    expect(english.rate(24 * MB)).toBe('24.0 MB/s');
    expect(english.rate(24.13 * MB)).toBe('24.1 MB/s');
    expect(english.rate(0)).toBe('0 B/s');
    expect(german.rate(24.13 * MB)).toBe('24,1 MB/s');
  });

  it('writes differences with their sign', () => {
    expect(english.difference(1126)).toBe('+1.1 KB');
    expect(english.difference(-6451)).toBe('−6.3 KB');
    expect(english.difference(0)).toBe('±0 B');
  });
});

describe('numbers', () => {
  it('follows the locale', () => {
    expect(english.count(158_487)).toBe('158,487');
    expect(german.count(158_487)).toBe('158.487');
  });

  it('is never complete before it is', () => {
    expect(english.percent(0.999)).toBe('99%');
    expect(english.percent(1)).toBe('100%');
    expect(english.percent(0.333)).toBe('33%');
  });
});

describe('days', () => {
  it.each([
    ['2026-11-22T14:29:41Z', 'Today, 14:29'],
    ['2026-11-22T00:00:00Z', 'Today, 00:00'],
    ['2026-11-21T23:59:59Z', 'Yesterday, 23:59'],
    ['2026-11-18T10:00:00Z', 'Wed 18 Nov'],
    ['2026-11-09T10:00:00Z', '9 Nov'],
    ['2026-06-02T10:00:00Z', '2 Jun'],
    ['2025-06-02T10:00:00Z', '2 Jun 2025'],
  ])('writes %s as %s', (iso, text) => {
    expect(english.day(iso).replace('Wed, ', 'Wed ')).toBe(text);
  });

  it('counts days by the calendar of the time zone', () => {
    const tokyo = formatter({ locale: 'en-GB', timeZone: 'Asia/Tokyo', now, words: en.time });
    // In Tokyo it is 23:32 on the 22nd; this moment was 00:10 of the same day there.
    expect(tokyo.day('2026-11-21T15:10:00Z')).toBe('Today, 00:10');
    expect(tokyo.day('2026-11-21T14:50:00Z')).toBe('Yesterday, 23:50');
  });

  it('speaks German', () => {
    expect(german.day('2026-11-22T14:29:41Z')).toBe('Heute, 14:29');
    expect(german.day('2026-11-18T10:00:00Z')).toBe('Mi, 18. Nov');
    expect(german.moment('2026-05-04T08:15:00Z')).toBe('Mo, 4. Mai, 08:15');
  });

  it('always gives the minute of a moment', () => {
    expect(english.moment('2026-05-04T08:15:00Z').replace('Mon, ', 'Mon ')).toBe('Mon 4 May, 08:15');
    expect(english.moment('2026-11-21T22:16:00Z')).toBe('Yesterday, 22:16');
  });

  it('begins with no capital within a sentence, where it is no name', () => {
    expect(english.said('2026-11-22T14:29:41Z')).toBe('today, 14:29');
    expect(german.said('2026-11-21T22:16:00Z')).toBe('gestern, 22:16');
    expect(german.said('2026-05-04T08:15:00Z')).toBe('Mo, 4. Mai, 08:15');
  });

  it('writes a written day by the locale, in every zone the same, and leaves other words alone', () => {
    const apia = formatter({ locale: 'en-GB', timeZone: 'Pacific/Niue', now, words: en.time });
    expect(apia.date('2025-06-01')).toBe('1 Jun 2025');
    expect(german.date('2025-06-01')).toBe('1. Juni 2025');
    expect(english.date('last summer')).toBe('last summer');
  });

  it('is brief where there is little room', () => {
    expect(english.brief('2026-11-22T14:31:00Z')).toBe('14:31');
    expect(english.brief('2026-11-20T09:00:00Z')).toBe('Fri');
    expect(english.brief('2026-06-02T10:00:00Z')).toBe('2 Jun');
    expect(english.clock('2026-11-22T14:29:41Z', true)).toBe('14:29:41');
  });
});

describe('durations', () => {
  it.each([
    [0, '0 s'],
    [48, '48 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [545, '9 min'],
    [3590, '1 h'],
    [4750, '1 h 20 min'],
    [7200, '2 h'],
    [26 * 3600, '1 d 2 h'],
    [48 * 3600, '2 d'],
  ])('rounds %d s to %s', (seconds, text) => {
    expect(english.duration(seconds)).toBe(text);
  });
});
