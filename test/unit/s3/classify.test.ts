import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure, FAILURE_CODES, type FailureCode } from '../../../main/contract/errors.ts';
import { classify, mayHaveStored, type Asked } from '../../../main/s3/classify.ts';

const asked: Asked = {
  operation: 'PutObject',
  connection: 'store',
  endpoint: 'https://s3.example.com',
  bucket: 'b',
  key: 'a.txt',
};

/** As the SDK throws what a store answered. */
function answered(code: string, status: number, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error('a message that must not count: AccessDenied'), {
    name: code,
    Code: code,
    $fault: 'client',
    $metadata: { httpStatusCode: status, attempts: 1 },
    $response: { statusCode: status, headers },
  });
}
/** As Node throws where no answer came. */
const network = (code: string): Error => Object.assign(new Error('x'), { code, errno: -1, syscall: 'connect' });
const codeOf = (error: unknown, change: Partial<Asked> = {}): FailureCode =>
  classify(error, { ...asked, ...change }).code;

describe('what a store answers', () => {
  test.each<[code: string, status: number, expected: FailureCode]>([
    // busy: back off
    ['SlowDown', 503, 'busy'],
    ['ServiceUnavailable', 503, 'busy'],
    ['InternalError', 500, 'busy'],
    ['RequestTimeout', 400, 'busy'],
    ['TooManyRequests', 429, 'busy'],
    ['SomethingNew', 429, 'busy'],
    ['SomethingNew', 500, 'busy'],
    ['SomethingNew', 502, 'busy'],
    ['SomethingNew', 503, 'busy'],
    ['SomethingNew', 504, 'busy'],
    // clock
    ['RequestTimeTooSkewed', 403, 'clock-skew'],
    // credentials
    ['InvalidAccessKeyId', 403, 'credentials-wrong'],
    ['SignatureDoesNotMatch', 403, 'credentials-wrong'],
    ['ExpiredToken', 400, 'session-ended'],
    ['BucketAlreadyOwnedByYou', 409, 'bucket-yours'],
    ['BucketAlreadyExists', 409, 'bucket-taken'],
    ['InvalidToken', 400, 'credentials-wrong'],
    // permission
    ['AccessDenied', 403, 'permission'],
    ['KMS.AccessDeniedException', 403, 'permission'],
    ['KMS.SomethingNew', 400, 'permission'],
    ['AccountProblem', 403, 'permission'],
    ['QuotaExceeded', 403, 'permission'],
    ['SomethingNew', 401, 'permission'],
    ['SomethingNew', 403, 'permission'],
    // policy
    ['InvalidStorageClass', 400, 'policy-refused'],
    ['AccessControlListNotSupported', 400, 'policy-refused'],
    ['InvalidTag', 400, 'policy-refused'],
    ['MetadataTooLarge', 400, 'policy-refused'],
    ['KMS.NotFoundException', 400, 'policy-refused'],
    ['KMS.DisabledException', 400, 'policy-refused'],
    ['InvalidArgument', 400, 'policy-refused'],
    ['NotImplemented', 501, 'not-supported'],
    ['SomethingNew', 501, 'not-supported'],
    // target
    ['NoSuchBucket', 404, 'bucket-missing'],
    ['InvalidBucketName', 400, 'bucket-missing'],
    ['PermanentRedirect', 301, 'wrong-region'],
    ['SomethingNew', 301, 'wrong-region'],
    ['SomethingNew', 307, 'wrong-region'],
    // race and conflict
    ['ConditionalRequestConflict', 409, 'race'],
    ['OperationAborted', 409, 'race'],
    ['SomethingNew', 409, 'race'],
    ['PreconditionFailed', 412, 'conflict'],
    ['SomethingNew', 412, 'conflict'],
    // uploads, archives, damage
    ['NoSuchUpload', 404, 'upload-gone'],
    ['InvalidPart', 400, 'upload-gone'],
    ['InvalidObjectState', 403, 'archived'],
    ['BadDigest', 400, 'damaged'],
    ['InvalidDigest', 400, 'damaged'],
    ['XAmzContentSHA256Mismatch', 400, 'damaged'],
    ['NoSuchKey', 404, 'object-missing'],
    ['NoSuchVersion', 404, 'object-missing'],
    ['SomethingNew', 404, 'object-missing'],
    ['MethodNotAllowed', 405, 'object-missing'],
    // and what makes no sense
    ['SomethingNew', 400, 'store-answer'],
    ['SomethingNew', 418, 'store-answer'],
    ['SomethingNew', 200, 'store-answer'],
  ])('%s with %i is %s', (code, status, expected) => {
    const cause = classify(answered(code, status), asked);
    expect(cause.code).toBe(expected);
    expect(cause.facts['status']).toBe(status);
    expect(cause.message).not.toMatch(/\{|undefined/);
    expect(`${cause.message}${cause.hint}`).not.toContain('must not count');
  });

  test.each<[status: number, name: string, key: string | undefined, expected: FailureCode]>([
    [404, 'NotFound', 'a.txt', 'object-missing'],
    [404, 'NotFound', undefined, 'bucket-missing'],
    [403, 'Forbidden', undefined, 'permission'],
    [403, 'UnknownError', 'a.txt', 'permission'],
    [400, 'BadRequest', 'a.txt', 'store-answer'],
    [301, '301', undefined, 'wrong-region'],
    [503, 'UnknownError', undefined, 'busy'],
    [500, 'UnknownError', 'a.txt', 'busy'],
  ])('a HEAD without a body goes by its status: %i %s', (status, name, key, expected) => {
    const error = Object.assign(new Error('UnknownError'), {
      name,
      $metadata: { httpStatusCode: status },
      $response: { statusCode: status, headers: {} },
    });
    expect(codeOf(error, { operation: key === undefined ? 'HeadBucket' : 'HeadObject', key })).toBe(expected);
  });

  test('an argument that a policy cannot have given is no fault of the policy', () => {
    expect(codeOf(answered('InvalidArgument', 400), { operation: 'ListObjectVersions', key: undefined })).toBe(
      'store-answer',
    );
  });

  test('a question that the store does not know, of a bucket, is no missing object', () => {
    expect(codeOf(answered('MethodNotAllowed', 405), { operation: 'ListObjectVersions', key: undefined })).toBe(
      'not-supported',
    );
  });

  test('sentences name the action and the place, the field, the region, the seconds', () => {
    expect(classify(answered('AccessDenied', 403), asked).facts).toMatchObject({
      action: 's3:PutObject',
      resource: 'b/a.txt',
    });
    expect(classify(answered('InvalidTag', 400), asked).facts).toMatchObject({ field: 'tags' });
    expect(classify(answered('X', 301, { 'x-amz-bucket-region': 'eu-west-1' }), asked).facts).toMatchObject({
      region: 'eu-west-1',
    });
    const there = new Date(Date.now() - 1_200_000).toUTCString();
    const skew = Number(classify(answered('RequestTimeTooSkewed', 403, { date: there }), asked).facts['seconds']);
    expect(Math.abs(skew - 1200)).toBeLessThan(5);
    expect(classify(answered('RequestTimeTooSkewed', 403, { date: 'yesterday' }), asked).facts['seconds']).toBe(
      'more than 900',
    );
  });
});

describe('where no answer came', () => {
  test.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EPROTO',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('%s is offline', (code) => {
    const cause = classify(network(code), asked);
    expect([cause.code, cause.facts['reason']]).toEqual(['offline', code]);
  });

  test('where every address of a name refused', () => {
    const error = Object.assign(new AggregateError([network('ECONNREFUSED'), network('ENETUNREACH')]), {
      name: 'AggregateError',
    });
    expect(classify(error, asked)).toMatchObject({ code: 'offline', facts: { reason: 'ECONNREFUSED' } });
  });

  test('where the reason lies one deeper', () => {
    expect(classify(new Error('x', { cause: network('ECONNRESET') }), asked).facts['reason']).toBe('ECONNRESET');
  });

  test('a connection that broke off while the answer came is no answer', () => {
    const error = Object.assign(network('ECONNRESET'), { $metadata: { httpStatusCode: 200 } });
    expect(codeOf(error)).toBe('offline');
  });

  test('time ran out', () => {
    expect(codeOf(Object.assign(new Error('x'), { name: 'TimeoutError' }))).toBe('offline');
  });

  test('stopped by us', () => {
    expect(codeOf(Object.assign(new Error('x'), { name: 'AbortError' }))).toBe('cancelled');
  });

  test('no credentials were found', () => {
    expect(codeOf(Object.assign(new Error('x'), { name: 'CredentialsProviderError' }))).toBe('credentials-missing');
    expect(codeOf(Object.assign(new Error('x'), { name: 'TokenProviderError' }))).toBe('credentials-missing');
  });

  test('what the SDK refuses to send is one file’s matter, and holds no store', () => {
    const refused = Object.assign(new TypeError('Invalid character in header content'), { code: 'ERR_INVALID_CHAR' });
    expect(classify(refused, asked)).toMatchObject({ code: 'internal', facts: { reference: 'ERR_INVALID_CHAR' } });
    expect(codeOf(new TypeError('x'))).toBe('internal');
    expect(mayHaveStored(classify(refused, asked))).toBe(false);
  });
});

describe('values of any shape', () => {
  test('never make it throw, and always give a failure of the table', () => {
    const hostile = fc.oneof(
      fc.anything(),
      fc.record(
        {
          name: fc.oneof(fc.string(), fc.anything()),
          code: fc.anything(),
          Code: fc.oneof(
            fc.constantFrom('constructor', 'toString', '__proto__', 'hasOwnProperty', ''),
            fc.string(),
            fc.anything(),
          ),
          cause: fc.anything(),
          errors: fc.anything(),
          $metadata: fc.oneof(fc.record({ httpStatusCode: fc.oneof(fc.integer(), fc.anything()) }), fc.anything()),
          $response: fc.oneof(fc.record({ statusCode: fc.integer(), headers: fc.anything() }), fc.anything()),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(hostile, (error) => {
        const cause = classify(error, asked);
        expect(FAILURE_CODES).toContain(cause.code);
        expect(typeof cause.message).toBe('string');
        expect(typeof mayHaveStored(cause)).toBe('boolean');
      }),
      { numRuns: 1000 },
    );
  });

  test.each([[null], [undefined], ['text'], [7], [Symbol('x')], [[]], [new Error('x')]])(
    '%s is offline: no status was seen',
    (error) => {
      expect(codeOf(error)).toBe('offline');
    },
  );

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])(
    'a store that calls its error %s is taken by its status',
    (code) => {
      expect(codeOf(answered(code, 400))).toBe('store-answer');
      expect(codeOf(answered(code, 503))).toBe('busy');
    },
  );
});

describe('whether S3 may have stored what was sent', () => {
  test.each<[string, unknown, boolean]>([
    ['refused', network('ECONNREFUSED'), false],
    ['no such name', network('ENOTFOUND'), false],
    ['no way there', network('EHOSTUNREACH'), false],
    ['broken off', network('ECONNRESET'), true],
    ['no answer in time', network('ETIMEDOUT'), true],
    ['no answer in time, as the SDK says it', Object.assign(new Error('x'), { name: 'TimeoutError' }), true],
    ['stopped by us', Object.assign(new Error('x'), { name: 'AbortError' }), true],
    ['500', answered('InternalError', 500), true],
    ['502', answered('X', 502), true],
    ['504', answered('X', 504), true],
    ['503', answered('SlowDown', 503), false],
    ['429', answered('X', 429), false],
    ['400 RequestTimeout: the body did not come', answered('RequestTimeout', 400), false],
    ['403', answered('AccessDenied', 403), false],
    ['wrong key', answered('InvalidAccessKeyId', 403), false],
    ['no bucket', answered('NoSuchBucket', 404), false],
    ['412', answered('PreconditionFailed', 412), false],
    ['409', answered('OperationAborted', 409), false],
    ['501', answered('NotImplemented', 501), false],
    ['an answer that makes no sense', answered('X', 200), true],
    ['a checksum that was refused, or did not come back', answered('BadDigest', 400), true],
  ])('%s', (_, error, expected) => {
    expect(mayHaveStored(classify(error, asked))).toBe(expected);
  });

  test('of failures that arose here, none but those of the way there', () => {
    const codes = FAILURE_CODES.filter((code) => mayHaveStored(failure(code)));
    expect(codes.toSorted()).toEqual(['cancelled', 'damaged', 'offline', 'store-answer']);
  });
});
