/** Numbers as a person reads them. In: bytes, counts, seconds, ISO times. Out: text by the rules of a locale. */

/** What formatting depends on; fixed in tests. */
export interface FormatSettings {
  readonly locale: string;
  /** An IANA name; left out: the zone of this computer. */
  readonly timeZone?: string | undefined;
  readonly now: () => Date;
  readonly words: {
    readonly today: string;
    readonly yesterday: string;
    readonly seconds: (value: string) => string;
    readonly minutes: (value: string) => string;
    readonly hours: (value: string) => string;
    readonly days: (value: string) => string;
  };
}

export type Formatter = ReturnType<typeof formatter>;

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;
const STEP = 1024;
/** A unit changes only well past its limit, so that a value near it does not flicker between two units. Bytes do not. */
const SLACK = 1.1;
const DAY = 86_400_000;

function unitOf(bytes: number): number {
  let unit = 0;
  let value = Math.abs(bytes);
  while (value >= STEP * (unit === 0 ? 1 : SLACK) && unit < UNITS.length - 1) {
    value /= STEP;
    unit += 1;
  }
  return unit;
}

/** Makes the formatters of one locale, time zone and clock. */
export function formatter(settings: FormatSettings) {
  const { locale, timeZone, words } = settings;
  const zone = timeZone === undefined ? {} : { timeZone };
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const loose = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const firm = new Intl.NumberFormat(locale, { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
  const percentage = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const dates = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, ...zone, hourCycle: 'h23' });
  const hourMinute = dates({ hour: '2-digit', minute: '2-digit' });
  const hourMinuteSecond = dates({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const weekdayOnly = dates({ weekday: 'short' });
  const weekdayDay = dates({ weekday: 'short', day: 'numeric', month: 'short' });
  const dayOnly = dates({ day: 'numeric', month: 'short' });
  const dayYear = dates({ day: 'numeric', month: 'short', year: 'numeric' });
  const weekdayYear = dates({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
  const writtenDay = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const calendar = new Intl.DateTimeFormat('en-CA', { ...zone, year: 'numeric', month: '2-digit', day: '2-digit' });

  /** Whole days between two times, by the calendar of the zone; 0 is the same day. */
  const daysBetween = (then: Date, now: Date): number =>
    Math.round((Date.parse(calendar.format(now)) - Date.parse(calendar.format(then))) / DAY);
  const sameYear = (then: Date, now: Date): boolean =>
    calendar.format(then).slice(0, 4) === calendar.format(now).slice(0, 4);
  /** German and others end an abbreviated weekday or month with a full stop, which a narrow column does without. */
  const bare = (text: string): string => text.replace(/(?<=\p{L})\.(?=,|\s|$)/gu, '');

  const size = (bytes: number): string => {
    const unit = unitOf(bytes);
    const value = bytes / STEP ** unit;
    const text = Math.abs(value) >= 1000 ? whole.format(value) : loose.format(value);
    return `${text} ${UNITS[unit] ?? ''}`;
  };

  /** A code that is no currency is written after the number. */
  const inCurrency = (amount: number, currency: string, digits: Intl.NumberFormatOptions): string => {
    if (!/^[A-Z]{3}$/i.test(currency)) return `${new Intl.NumberFormat(locale, digits).format(amount)} ${currency}`;
    const money = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
    return new Intl.NumberFormat(locale, { ...money, ...digits }).format(amount);
  };

  return {
    locale,

    /** Three significant figures: `61.2 KB`, `142 KB`, `4.1 GB`. Units are steps of 1,024. */
    size,

    /** The same with a fixed number of figures, for values that change while they are read: `24.1 MB/s`. */
    rate(bytesPerSecond: number): string {
      const unit = unitOf(bytesPerSecond);
      const value = bytesPerSecond / STEP ** unit;
      const text = unit === 0 || value >= 1000 ? whole.format(value) : firm.format(value);
      return `${text} ${UNITS[unit] ?? ''}/s`;
    },

    /** A difference with its sign: `+1.1 KB`, `−6.3 KB`, `±0 B`. */
    difference(bytes: number): string {
      if (bytes === 0) return '±0 B';
      return `${bytes > 0 ? '+' : '−'}${size(Math.abs(bytes))}`;
    },

    /** A whole number with its separators: `1,142`. */
    count: (value: number): string => whole.format(value),

    /** A share between 0 and 1: `33 %` in German, `33%` in English. Never 100 before it is. */
    percent: (share: number): string => percentage.format(share < 1 ? Math.min(share, 0.99) : 1),

    /** A sum of money: `$6.09`; what is less than the smallest coin, but something, `< $0.01`. */
    money(amount: number, currency: string): string {
      const isTiny = amount > 0 && amount < 0.005;
      const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
      return `${isTiny ? '<\u00a0' : ''}${inCurrency(isTiny ? 0.01 : amount, currency, digits)}`;
    },

    /** What one unit costs, as exactly as price lists have it: `$0.0135`. */
    price: (amount: number, currency: string): string =>
      inCurrency(amount, currency, { minimumFractionDigits: 2, maximumFractionDigits: 5 }),

    /** `14:29`, with `seconds` `14:29:41`. */
    clock: (iso: string, seconds = false): string => (seconds ? hourMinuteSecond : hourMinute).format(new Date(iso)),

    /** For a narrow column: `Today, 14:29`, `Yesterday, 22:16`, `Wed 18 Nov`, `2 Jun`, `2 Jun 2025`. */
    day(iso: string): string {
      const then = new Date(iso);
      const now = settings.now();
      const days = daysBetween(then, now);
      if (days === 0) return `${words.today}, ${hourMinute.format(then)}`;
      if (days === 1) return `${words.yesterday}, ${hourMinute.format(then)}`;
      if (days > 1 && days < 7) return bare(weekdayDay.format(then));
      return bare((sameYear(then, now) ? dayOnly : dayYear).format(then));
    },

    /** To the minute, whatever the day: `Today, 14:29`, `Mon 4 May, 08:15`. */
    moment(iso: string): string {
      const then = new Date(iso);
      const now = settings.now();
      const days = daysBetween(then, now);
      const time = hourMinute.format(then);
      if (days === 0) return `${words.today}, ${time}`;
      if (days === 1) return `${words.yesterday}, ${time}`;
      return `${bare((sameYear(then, now) ? weekdayDay : weekdayYear).format(then))}, ${time}`;
    },

    /** The same within a sentence, where no capital begins it: `today, 14:29`. */
    said(iso: string): string {
      const text = this.moment(iso);
      const days = daysBetween(new Date(iso), settings.now());
      return days === 0 || days === 1 ? text.toLocaleLowerCase(locale) : text;
    },

    /** A day that is written as `2025-06-01`, whatever the zone: `1 Jun 2025`. What is written otherwise stays as it is. */
    date: (day: string): string =>
      /^\d{4}-\d{2}-\d{2}$/.test(day) ? bare(writtenDay.format(new Date(`${day}T00:00:00Z`))) : day,

    /** As short as can be: `14:31` today, `Fri` within the week, else the day. */
    brief(iso: string): string {
      const then = new Date(iso);
      const now = settings.now();
      const days = daysBetween(then, now);
      if (days === 0) return hourMinute.format(then);
      if (days > 0 && days < 7) return bare(weekdayOnly.format(then));
      return bare((sameYear(then, now) ? dayOnly : dayYear).format(then));
    },

    /** Rounded as far as anybody needs: `48 s`, `9 min`, `1 h 20 min`, `2 d 3 h`. */
    duration(seconds: number): string {
      const total = Math.max(0, Math.round(seconds));
      if (total < 60) return words.seconds(whole.format(total));
      const minutes = Math.round(total / 60);
      if (minutes < 60) return words.minutes(whole.format(minutes));
      if (minutes < 24 * 60) {
        const fives = Math.round(minutes / 5) * 5;
        const rest = fives % 60;
        const hours = words.hours(whole.format(Math.floor(fives / 60)));
        return rest === 0 ? hours : `${hours} ${words.minutes(whole.format(rest))}`;
      }
      const hoursInAll = Math.round(minutes / 60);
      const rest = hoursInAll % 24;
      const days = words.days(whole.format(Math.floor(hoursInAll / 24)));
      return rest === 0 ? days : `${days} ${words.hours(whole.format(rest))}`;
    },
  };
}
