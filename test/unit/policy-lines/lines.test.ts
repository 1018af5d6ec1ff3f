import { expect, test } from 'vitest';
import type { ObjectKey, RelPath } from '../../../main/contract/names.ts';
import { parsePolicy } from '../../../main/contract/policy.ts';
import { explain } from '../../../main/policy/explain.ts';
import { requestLines } from '../../../main/policy/lines.ts';

test('each line of a request says what set it: base, rule, file, folder, or Cairn by itself', () => {
  const policy = parsePolicy({
    storageClass: 'STANDARD_IA',
    tags: { project: 'a b', year: '2026' },
    metadata: { origin: 'studio' },
    encryption: { mode: 'aws:kms', keyId: 'alias/photos' },
    rules: [{ match: ['raw/**'], set: { storageClass: 'GLACIER_IR', tags: { kind: 'raw', year: '2027' } } }],
  });
  if (!policy.ok) throw new Error(policy.failure.message);
  const made = explain(policy.value, {
    bucket: 'photos',
    key: '2026/raw/a.mp4' as ObjectKey,
    path: 'raw/a.mp4' as RelPath,
    size: 3,
    mtimeNs: 1_600_000_000_250_000_000n,
    mode: null,
    exactName: null,
    now: new Date('2030-01-01T00:00:00Z'),
    onePart: 16 * 1024 * 1024,
    customerKeyMd5: null,
    sendsContentMd5: false,
  });
  if (!made.ok) throw new Error(made.failure.message);
  const said = requestLines(made.value).map(({ name, value, by }) => `${name} ${value} ${String(by)}`);
  for (const line of [
    'Bucket photos folder',
    'Key 2026/raw/a.mp4 folder',
    'StorageClass GLACIER_IR 0',
    'ServerSideEncryption aws:kms base',
    'SSEKMSKeyId alias/photos base',
    'Tagging project=a b base',
    ' year=2027 0',
    ' kind=raw 0',
    'Metadata origin=studio base',
    ' mtime=1600000000.25 file',
    'ContentType video/mp4 auto',
    'ContentLength 3 file',
    'ChecksumAlgorithm CRC32 auto',
  ]) {
    expect(said).toContain(line);
  }
});
