/**
 * Every class of error that a store may answer with: what a person reads, what becomes of the file, and that in the end
 * it is in the bucket once. A proxy gives the answers in the store's place, as S3 gives them.
 */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  expectHeld,
  expectOnce,
  expectParked,
  expectSaid,
  expectWellAgain,
  type Words,
} from '../support/proxy/stories.ts';
import { openWire } from '../support/proxy/wire.ts';
import { seededBytes } from '../support/world/disk.ts';

const FILE = 'a.txt';
const LARGE = 'large.bin';
const large = seededBytes(16 * 1024 * 1024 + 5, 'large');

beforeEach(() => {
  // Backoff takes this part of its limit: 200 ms, 400 ms, and so on, so that what happens in between can be seen.
  vi.spyOn(Math, 'random').mockReturnValue(0.4);
  return () => vi.restoreAllMocks();
});

describe('busy: it backs off and goes on by itself', () => {
  test.each([
    [503, 'SlowDown', 3],
    [503, 'ServiceUnavailable', 1],
    [500, 'InternalError', 1],
    [400, 'RequestTimeout', 1],
    [429, 'TooManyRequests', 2],
  ] as const)('%i %s', async (status, code, times) => {
    await using wire = await openWire();
    wire.faults.refuse('PutObject', status, code, times);
    await wire.world.write(FILE, 'one');
    const sync = await wire.settle();
    expectSaid(sync, {
      code: 'busy',
      message: `The store is busy (${String(status)} ${code}).`,
      hint: 'Nothing to do: Cairn waits and tries again.',
    });
    expect(wire.proxy.of('PutObject')).toHaveLength(times + 1);
    await expectOnce(wire, { [FILE]: ['one'] });
  });

  test('500 after the object was stored: it is found and adopted, not sent again', async () => {
    await using wire = await openWire();
    const then = { kind: 'answer', status: 500, code: 'InternalError' } as const;
    wire.faults.set('PutObject', { kind: 'after', then });
    wire.faults.set('CompleteMultipartUpload', { kind: 'after', then });
    await wire.world.write(FILE, 'one');
    await wire.world.write(LARGE, large);
    expectSaid(await wire.settle(), {
      code: 'busy',
      message: 'The store is busy (500 InternalError).',
      hint: 'Nothing to do: Cairn waits and tries again.',
    });
    expect(wire.proxy.of('PutObject')).toHaveLength(1);
    expect(wire.proxy.of('CompleteMultipartUpload')).toHaveLength(1);
    expect(
      wire.world
        .receipts()
        .map(({ path, proof }) => `${path} ${proof}`)
        .sort(),
    ).toEqual([`${FILE} adopted`, `${LARGE} adopted`]);
    await expectOnce(wire, { [FILE]: ['one'], [LARGE]: [large] });
  });

  test('a page in place of an answer is none, though it comes with 200', async () => {
    await using wire = await openWire();
    const body = '<html><body>Welcome to the hotel</body></html>';
    const page = { kind: 'answer', status: 200, body, headers: { 'content-type': 'text/html' } } as const;
    for (const operation of ['PutObject', 'CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload']) {
      wire.faults.set(operation, page);
    }
    await wire.world.write(FILE, 'one');
    await wire.world.write(LARGE, large);
    const sync = await wire.settle();
    expectSaid(sync, {
      code: 'store-answer',
      message: 'The store gave an answer that makes no sense here (200 without an ETag).',
      hint: 'Cairn tries again. If it stays, the endpoint may not be an S3 store.',
    });
    expect(wire.faults.areSpent).toBe(true);
    await expectOnce(wire, { [FILE]: ['one'], [LARGE]: [large] });
  });
});

describe('clock: it is said by how much it is off', () => {
  test('RequestTimeTooSkewed', async () => {
    await using wire = await openWire();
    const date = (): string => new Date(Date.now() + 3_600_000).toUTCString();
    const headers = { date: date() };
    wire.faults.set(() => true, { kind: 'answer', status: 403, code: 'RequestTimeTooSkewed', headers }, Infinity);
    await wire.world.write(FILE, 'one');
    const sync = await wire.sync();
    const [{ failure } = { failure: null }] = sync.failures;
    const seconds = Number(failure?.facts['seconds']);
    expect(seconds).toBeGreaterThan(3_500);
    expect(seconds).toBeLessThanOrEqual(3_601);
    expectHeld(wire, sync, FILE, {
      code: 'clock-skew',
      message: `This computer’s clock differs from the store’s by ${String(seconds)} seconds, so the store refuses every request.`,
      hint: 'Set the clock, best by network time.',
    });
    await expectWellAgain(wire, { [FILE]: ['one'] });
  });
});

describe('credentials: the connection is held, and the file keeps its place', () => {
  test.each([
    [403, 'InvalidAccessKeyId'],
    [403, 'SignatureDoesNotMatch'],
  ] as const)('%i %s', async (status, code) => {
    await using wire = await openWire();
    wire.faults.refuse(() => true, status, code, Infinity);
    await wire.world.write(FILE, 'one');
    const sync = await wire.sync();
    const words = {
      code: 'credentials-wrong',
      message: `The store does not accept the credentials of “store” (${String(status)} ${code}).`,
      hint: 'Sign in again, or check the profile or the environment; then run the command again.',
    };
    expectSaid(sync, words);
    expectHeld(wire, sync, FILE, words);
    await expectWellAgain(wire, { [FILE]: ['one'] });
  });
});

describe('a session that ran out: the same, with the way to another', () => {
  test.each(['ExpiredToken', 'TokenRefreshRequired'] as const)('400 %s', async (code) => {
    await using wire = await openWire();
    wire.faults.refuse(() => true, 400, code, Infinity);
    await wire.world.write(FILE, 'one');
    const sync = await wire.sync();
    const words = {
      code: 'session-ended',
      message: `The session of “store” has run out (400 ${code}).`,
      hint: 'Fetch new session keys as you did for these; once the profile or the app has them, Cairn goes on by itself. What is saved meanwhile is kept and sent then.',
    };
    expectSaid(sync, words);
    expectHeld(wire, sync, FILE, words);
    await expectWellAgain(wire, { [FILE]: ['one'] });
  });
});

describe('credentials that are refused for one file alone', () => {
  test('are not taken for a KMS key where the policy asks for none', async () => {
    await using wire = await openWire();
    wire.faults.refuse('PutObject', 400, 'InvalidToken');
    await wire.world.write(FILE, 'one');
    expectHeld(wire, await wire.sync(), FILE, {
      code: 'credentials-wrong',
      message: 'The store does not accept the credentials of “store” (400 InvalidToken).',
      hint: 'Sign in again, or check the profile or the environment; then run the command again.',
    });
    await expectWellAgain(wire, { [FILE]: ['one'] });
  });
});

/** Parked, with the words; a retry after the cause is gone stores it. */
async function parks(status: number, code: string, times: number, wordsIn: (bucket: string) => Words): Promise<void> {
  await using wire = await openWire();
  wire.faults.refuse('PutObject', status, code, times);
  await wire.world.write(FILE, 'one');
  const words = wordsIn(wire.world.bucket.name);
  expectSaid(await wire.sync(), words);
  expect(wire.proxy.of('PutObject')).toHaveLength(times);
  expectParked(wire, FILE, words);
  // What is parked waits for a person, and costs no request.
  wire.proxy.forget();
  await wire.sync();
  expect(wire.proxy.of('PutObject')).toEqual([]);
  await expectWellAgain(wire, { [FILE]: ['one'] });
}

describe('permission: parked, with the action that is missing', () => {
  test.each([
    [403, 'AccessDenied'],
    [403, 'AccountProblem'],
    [403, 'QuotaExceeded'],
    [400, 'KMS.AccessDeniedException'],
    [403, 'AllAccessDisabled'],
  ] as const)('%i %s', (status, code) =>
    parks(status, code, 1, (bucket) => ({
      code: 'permission',
      message: `The store refuses s3:PutObject on ${bucket}/${FILE} (${String(status)} ${code}).`,
      hint: 'Allow s3:PutObject for these credentials, then retry.',
    })),
  );
});

describe('policy: parked, with the field of the policy', () => {
  test.each([
    ['InvalidStorageClass', 'storageClass'],
    ['AccessControlListNotSupported', 'acl'],
    ['InvalidTag', 'tags'],
    ['MetadataTooLarge', 'metadata'],
    ['InvalidEncryptionAlgorithmError', 'encryption.mode'],
    ['KMS.NotFoundException', 'encryption.keyId'],
    ['KMS.DisabledException', 'encryption.keyId'],
    ['KMS.KMSInvalidStateException', 'encryption.keyId'],
    ['InvalidArgument', 'one of its fields'],
  ] as const)('%s: %s', (code, field) =>
    parks(400, code, 1, () => ({
      code: 'policy-refused',
      message: `The store refuses what the policy asks for in ${field} (400 ${code}).`,
      hint: `Change ${field} in the folder’s policy, then retry.`,
    })),
  );

  test('NotImplemented', () =>
    parks(501, 'NotImplemented', 1, () => ({
      code: 'not-supported',
      message: 'The store cannot do this (501 NotImplemented).',
      hint: 'Change the folder’s policy, or use a store that can.',
    })));
});

describe('target: the folder waits', () => {
  test('PermanentRedirect names the right region, by header', async () => {
    await using wire = await openWire();
    const headers = { 'x-amz-bucket-region': 'eu-west-3' };
    wire.faults.set('PutObject', { kind: 'answer', status: 301, code: 'PermanentRedirect', headers }, Infinity);
    await wire.world.write(FILE, 'one');
    expectHeld(wire, await wire.sync(), FILE, {
      code: 'wrong-region',
      message: `The bucket “${wire.world.bucket.name}” lives in another region (eu-west-3).`,
      hint: 'Add the connection again with --region eu-west-3.',
    });
    await expectWellAgain(wire, { [FILE]: ['one'] });
  });

  test('AuthorizationHeaderMalformed names the right region, in its document', async () => {
    await using wire = await openWire();
    const details = { Region: 'ap-south-1' };
    const code = 'AuthorizationHeaderMalformed';
    wire.faults.set('PutObject', { kind: 'answer', status: 400, code, details }, Infinity);
    await wire.world.write(FILE, 'one');
    expectHeld(wire, await wire.sync(), FILE, {
      code: 'wrong-region',
      message: `The bucket “${wire.world.bucket.name}” lives in another region (ap-south-1).`,
      hint: 'Add the connection again with --region ap-south-1.',
    });
    await expectWellAgain(wire, { [FILE]: ['one'] });
  });
});

describe('race: it looks and tries again by itself', () => {
  test.each(['ConditionalRequestConflict', 'OperationAborted'])('409 %s', async (code) => {
    await using wire = await openWire();
    wire.faults.refuse('PutObject', 409, code, 2);
    await wire.world.write(FILE, 'one');
    expectSaid(await wire.settle(), {
      code: 'race',
      message: `Another write to the same key was under way (409 ${code}).`,
      hint: 'Nothing to do: Cairn looks and tries again.',
    });
    expect(wire.proxy.of('PutObject')).toHaveLength(3);
    await expectOnce(wire, { [FILE]: ['one'] });
  });
});

describe('conflict: parked, and a person decides', () => {
  test('412 PreconditionFailed', () =>
    parks(412, 'PreconditionFailed', 1, () => ({
      code: 'conflict',
      message: `Another program wrote “${FILE}” in the bucket meanwhile.`,
      hint: 'Both versions are kept. Retry to put yours on top.',
    })));
});

describe('upload gone: it begins anew', () => {
  test.each([
    ['UploadPart', 404, 'NoSuchUpload'],
    ['CompleteMultipartUpload', 404, 'NoSuchUpload'],
    ['CompleteMultipartUpload', 400, 'InvalidPart'],
    ['CompleteMultipartUpload', 400, 'InvalidPartOrder'],
  ] as const)('%s: %i %s', async (operation, status, code) => {
    await using wire = await openWire();
    const isSecond = ({ query }: { readonly query: URLSearchParams }): boolean =>
      operation !== 'UploadPart' || query.get('partNumber') === '2';
    wire.faults.refuse((request) => request.operation === operation && isSecond(request), status, code);
    await wire.world.write(LARGE, large);
    expectSaid(await wire.settle(), {
      code: 'upload-gone',
      message: `The store no longer knows the upload under way for “${LARGE}”.`,
      hint: 'Nothing to do: Cairn begins it anew.',
    });
    expect(wire.proxy.of('CreateMultipartUpload')).toHaveLength(2);
    await expectOnce(wire, { [LARGE]: [large] });
  });
});

describe('damaged: read and sent again twice, then parked', () => {
  const words = (code: string): Words => ({
    code: 'damaged',
    message: `The bytes of “${FILE}” did not arrive as they were read (400 ${code}).`,
    hint: 'Cairn reads and sends again. Where that fails too, this computer’s disk or memory may be failing.',
  });

  test.each(['BadDigest', 'InvalidDigest', 'XAmzContentSHA256Mismatch'])('%s three times', (code) =>
    parks(400, code, 3, () => words(code)),
  );

  test('BadDigest twice', async () => {
    await using wire = await openWire();
    wire.faults.refuse('PutObject', 400, 'BadDigest', 2);
    await wire.world.write(FILE, 'one');
    expectSaid(await wire.settle(), words('BadDigest'));
    await expectOnce(wire, { [FILE]: ['one'] });
  });

  test('BadDigest of a part: the upload goes on with it', async () => {
    await using wire = await openWire();
    wire.faults.refuse('UploadPart', 400, 'BadDigest', 1);
    await wire.world.write(LARGE, large);
    expectSaid(await wire.settle(), {
      ...words('BadDigest'),
      message: words('BadDigest').message.replace(FILE, LARGE),
    });
    expect(wire.proxy.of('CreateMultipartUpload')).toHaveLength(1);
    await expectOnce(wire, { [LARGE]: [large] });
  });
});
