/** The limit of the hour: rules and the clock on the wall, and the bucket that all bodies share. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { LEAST_RATE, limitsSchema, localTime, rateAt, type Limits } from '../../../main/contract/limits.ts';
import { openLimitClock } from '../../../main/engine/limits.ts';
import { openClient } from '../../../main/s3/index.ts';
import { openBandwidth } from '../../../main/transfer/index.ts';
import { must } from '../store/support.ts';

const at = (text: string): ReturnType<typeof localTime> => localTime(new Date(text));
const limits = (rules: Limits['rules'], otherwise: number | null = null): Limits => ({ rules, default: otherwise });

describe('rules', () => {
  const office = { from: '08:00', to: '18:00', days: ['mon', 'tue', 'wed', 'thu', 'fri'], bytesPerSecond: 100_000 };
  const night = { from: '22:00', to: '06:00', days: ['fri'], bytesPerSecond: 5_000_000 };
  const known = limitsSchema.parse({ rules: [office, night], default: 400_000 });

  test.each([
    ['2026-11-23T07:59:59', 400_000], // a Monday
    ['2026-11-23T08:00:00', 100_000],
    ['2026-11-23T17:59:59', 100_000],
    ['2026-11-23T18:00:00', 400_000],
    ['2026-11-22T12:00:00', 400_000], // a Sunday
    ['2026-11-27T21:59:59', 400_000], // a Friday
    ['2026-11-27T22:00:00', 5_000_000],
    ['2026-11-28T05:59:59', 5_000_000], // over midnight it is the rule of the day before
    ['2026-11-28T06:00:00', 400_000],
    ['2026-11-27T03:00:00', 400_000],
  ])('%s: %d', (time, rate) => {
    expect(rateAt(known, at(time))).toBe(rate);
  });

  test('the first that holds counts; one that ends when it begins holds the whole day; none means the default', () => {
    const all = { from: '09:00', to: '09:00', bytesPerSecond: null };
    const first = limits([{ from: '10:00', to: '11:00', bytesPerSecond: 9000 }, all], 5000);
    expect(['2026-11-23T10:30', '2026-11-23T11:30', '2026-11-23T03:00'].map((time) => rateAt(first, at(time)))).toEqual(
      [9000, null, null],
    );
    expect(rateAt(limits([], 5000), at('2026-11-23T03:00'))).toBe(5000);
  });

  test('summer time: the hour on the wall counts, be it left out or there twice', () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Europe/Berlin';
    onTestFinished(() => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });
    const early = limits([{ from: '02:00', to: '03:00', bytesPerSecond: 9000 }]);
    const rates = (times: readonly string[]) => times.map((time) => rateAt(early, at(time)));
    expect(rates(['2026-03-29T00:59:00Z', '2026-03-29T01:00:00Z'])).toEqual([null, null]);
    expect(rates(['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:00:00Z'])).toEqual([9000, 9000, null]);
  });

  test.each([
    [{ rules: [{ ...office, from: '8:00' }], default: null }],
    [{ rules: [{ ...office, to: '24:00' }], default: null }],
    [{ rules: [{ ...office, days: [] }], default: null }],
    [{ rules: [{ ...office, days: ['monday'] }], default: null }],
    [{ rules: [{ ...office, bytesPerSecond: LEAST_RATE - 1 }], default: null }],
    [{ rules: [], default: 0 }],
    [{ rules: [{ ...office, more: 1 }], default: null }],
    [{ rules: [] }],
  ])('%j is refused', (wrong) => {
    expect(limitsSchema.safeParse(wrong).success).toBe(false);
  });
});

describe('with a clock of our own', () => {
  beforeEach(() => {
    vi.useFakeTimers({
      now: new Date('2026-11-23T07:59:30'),
      toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'],
    });
  });
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  /** Bytes that went out by now, of pieces that wait in a row. */
  function sender(bandwidth: ReturnType<typeof openBandwidth>, pieces: number, size: number) {
    let sent = 0;
    for (let index = 0; index < pieces; index += 1) {
      void bandwidth.take(size).then(() => {
        sent += size;
      });
    }
    return () => sent;
  }

  test('so much a second goes out, in the order of asking, whoever asks', async () => {
    const bandwidth = openBandwidth();
    bandwidth.setRate(10_000);
    const order: string[] = [];
    const takes = ['a', 'b', 'a', 'b', 'a'].map((name) => bandwidth.take(5_000).then(() => order.push(name)));
    const sent = sender(bandwidth, 100, 1000);
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(takes);
    expect(order).toEqual(['a', 'b', 'a', 'b', 'a']);
    expect(sent()).toBeGreaterThanOrEqual(72_000);
    expect(sent()).toBeLessThanOrEqual(80_000);
    bandwidth.setRate(null);
  });

  test('a rest is not saved up beyond a moment', async () => {
    const bandwidth = openBandwidth();
    bandwidth.setRate(10_000);
    await vi.advanceTimersByTimeAsync(3_600_000);
    const sent = sender(bandwidth, 100, 500);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent()).toBeLessThanOrEqual(13_500);
    bandwidth.setRate(null);
  });

  test('a change counts at once: a higher rate, and none at all', async () => {
    const bandwidth = openBandwidth();
    bandwidth.setRate(LEAST_RATE);
    const ahead = bandwidth.take(1_000_000);
    await vi.advanceTimersByTimeAsync(10);
    await ahead;
    const sent = sender(bandwidth, 200, 1000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent()).toBe(0);
    bandwidth.setRate(100_000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent()).toBeGreaterThan(60_000);
    bandwidth.setRate(null);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent()).toBe(200_000);
    expect(bandwidth.isLimited).toBe(false);
  });

  test('the hour’s limit comes and goes by itself, and without a rule no clock is looked at', async () => {
    let known = limits([]);
    const clock = openLimitClock(
      () => known,
      () => new Date(),
    );
    expect([clock.rate, vi.getTimerCount()]).toEqual([null, 0]);
    known = limits([{ from: '08:00', to: '08:02', bytesPerSecond: 50_000 }]);
    clock.look();
    expect(clock.rate).toBeNull();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(clock.rate).toBe(50_000);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(clock.rate).toBeNull();
    vi.setSystemTime(new Date('2026-11-24T08:00:30'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(clock.rate).toBe(50_000);
    clock.stop();
    expect(clock.rate).toBeNull();
  });
});

test('a paced body arrives byte for byte, under the signature and the checksum of the whole, no faster than it may', async () => {
  const bodies: { readonly sha256: string; readonly claimed: unknown; readonly length: unknown }[] = [];
  const server = createServer((request, response) => {
    const hash = createHash('sha256');
    request.on('data', (piece: Buffer) => hash.update(piece));
    request.on('end', () => {
      const claimed = request.headers['x-amz-content-sha256'];
      bodies.push({ sha256: hash.digest('hex'), claimed, length: request.headers['content-length'] });
      response.writeHead(200, { etag: '"e"' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const bandwidth = openBandwidth();
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const connection = {
    name: 'c',
    endpoint,
    region: 'us-east-1',
    pathStyle: true,
    credentials: { kind: 'default' },
  } as const;
  const client = must(await openClient(connection, undefined, bandwidth));
  onTestFinished(() => {
    client.close();
  });
  const body = Buffer.alloc(300_000, 'cairn');
  const sha256 = createHash('sha256').update(body).digest('hex');
  const put = async (): Promise<number> => {
    const begun = performance.now();
    expect((await client.send('PutObject', { Bucket: 'b', Key: 'k', Body: body })).ok).toBe(true);
    return performance.now() - begun;
  };
  await put();
  bandwidth.setRate(600_000);
  expect(await put()).toBeGreaterThan(200);
  bandwidth.setRate(LEAST_RATE);
  const slow = put();
  bandwidth.setRate(null);
  await slow;
  expect(bodies).toEqual(Array.from({ length: 3 }, () => ({ sha256, claimed: sha256, length: '300000' })));
});
