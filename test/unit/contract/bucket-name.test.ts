import { describe, expect, test } from 'vitest';
import { bucketNameProblem, bucketNameReasons } from '../../../main/contract/bucket-name.ts';
import { reasonEnglish } from '../../../main/contract/reasons.ts';

describe('the name of a new bucket', () => {
  test.each(['abc', 'a1-b.c2', '3papers', 'x'.repeat(63), 'a.b.c.d', '1.2.3'])('%s may be', (name) => {
    expect(bucketNameProblem(name)).toBeNull();
  });

  test.each([
    ['', 'too-short'],
    ['ab', 'too-short'],
    ['x'.repeat(64), 'too-long'],
    ['Papers', 'characters'],
    ['my_papers', 'characters'],
    ['grüße', 'characters'],
    ['-papers', 'edges'],
    ['papers-', 'edges'],
    ['.papers', 'edges'],
    ['pa..pers', 'dots'],
    ['192.168.5.4', 'address'],
    ['xn--papers', 'reserved'],
    ['sthree-x', 'reserved'],
    ['amzn-s3-demo-bucket', 'reserved'],
    ['papers-s3alias', 'reserved'],
    ['papers--ol-s3', 'reserved'],
    ['papers.mrap', 'reserved'],
    ['papers--x-s3', 'reserved'],
    ['papers--table-s3', 'reserved'],
  ] as const)('%s may not: %s', (name, problem) => {
    expect(bucketNameProblem(name)).toBe(problem);
    expect(reasonEnglish(bucketNameReasons[problem])).toMatch(/^\w/);
  });
});
