/** What is shown of a version, and of the file on disk; what is never read. */
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Folder } from '../../../main/contract/models.ts';
import type { Preview } from '../../../main/contract/preview.ts';
import { failed, success, type Result } from '../../../main/contract/result.ts';
import { failure } from '../../../main/contract/errors.ts';
import type { FolderHistory } from '../../../main/engine/history-ports.ts';
import { previewPresent, previewVersion } from '../../../main/engine/preview.ts';
import { openChecksum } from '../../../main/transfer/digest.ts';
import { codeOf, must, temporaryFolder } from '../store/support.ts';

const never = new AbortController().signal;
const KB = 1024;
const PNG = Buffer.concat([
  Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
  Buffer.from([0, 0, 0, 40, 0, 0, 0, 30]),
]);

interface Stored {
  readonly bytes: Buffer;
  readonly sha256?: string;
  readonly storageClass?: string;
  readonly restore?: string;
}

/** A history of one version; `asked` has each request. */
function stored({ bytes, sha256 = '', storageClass = '', restore }: Stored) {
  const asked: string[] = [];
  const client = {
    endpoint: 'http://store',
    send: (name: string, input: { Range?: string }) => {
      asked.push(input.Range === undefined ? name : `${name} ${input.Range}`);
      if (name === 'HeadObject') return Promise.resolve(success({ Restore: restore }));
      const end = Number(/-(\d+)$/.exec(input.Range ?? '')?.[1] ?? Infinity);
      const part = bytes.subarray(0, end + 1);
      return Promise.resolve(success({ Body: Readable.from([part]), ContentLength: part.length }));
    },
  };
  const entry = { path: 'a', key: 'p/a', size: bytes.length, versionId: 'v', receiptSeq: 1 };
  const known = { sha256: sha256 === '' ? null : sha256, storageClass: storageClass === '' ? null : storageClass };
  const history: unknown = {
    entryOf: () => Promise.resolve(success({ entry: { ...entry, ...known } })),
    secretOf: () => success({}),
    restorePorts: () => ({ client, bucket: 'b', openChecksum }),
  };
  const preview = (): Promise<Result<Preview>> => previewVersion(history as FolderHistory, 'a', 'v', never);
  return { asked, preview, history: history as { secretOf: () => Result<object> } };
}
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

test('a small text is read whole, and proved; of a large one the beginning is', async () => {
  const small = stored({ bytes: Buffer.from('Grüße\n'), sha256: sha256(Buffer.from('Grüße\n')) });
  expect(must(await small.preview())).toMatchObject({ kind: 'text', text: 'Grüße\n', shown: 8, proved: true });
  const large = stored({ bytes: Buffer.alloc(300 * KB, 'a') });
  expect(must(await large.preview())).toMatchObject({ kind: 'text', size: 300 * KB, shown: 256 * KB, proved: false });
  expect(large.asked).toEqual([`GetObject bytes=0-${String(256 * KB - 1)}`]);
});

test('bytes that are not those that were sent are not shown', async () => {
  expect(codeOf(await stored({ bytes: Buffer.from('b'), sha256: sha256(Buffer.from('a')) }).preview())).toBe('damaged');
});

test('a picture comes whole, unless it has too many bytes or pixels; what is neither says so', async () => {
  const whole = Buffer.concat([PNG, Buffer.alloc(400 * KB)]);
  const picture = must(await stored({ bytes: whole }).preview());
  expect(picture).toMatchObject({ kind: 'picture', type: 'image/png', width: 40, height: 30, size: whole.length });
  expect(picture.kind === 'picture' && Buffer.from(picture.bytes, 'base64').equals(whole)).toBe(true);
  const heavy = stored({ bytes: Buffer.concat([PNG, Buffer.alloc(8 * KB * KB)]) });
  expect(must(await heavy.preview())).toMatchObject({ kind: 'none', why: 'large' });
  expect(heavy.asked).toHaveLength(1);
  const bomb = Buffer.from(PNG);
  bomb.writeUInt32BE(2_000_000, 16);
  expect(must(await stored({ bytes: bomb }).preview())).toMatchObject({ kind: 'none', why: 'large' });
  expect(must(await stored({ bytes: Buffer.from([0, 1, 2]) }).preview())).toEqual({
    kind: 'none',
    why: 'binary',
    size: 3,
  });
});

test('an archive class is not read before it was brought back, and a customer key must be there', async () => {
  const archived = stored({ bytes: Buffer.from('a'), storageClass: 'DEEP_ARCHIVE', restore: 'ongoing-request="true"' });
  expect(codeOf(await archived.preview())).toBe('archived');
  expect(archived.asked).toEqual(['HeadObject']);
  const back = stored({ bytes: Buffer.from('a'), storageClass: 'GLACIER', restore: 'ongoing-request="false"' });
  expect(must(await back.preview())).toMatchObject({ text: 'a' });
  const locked = stored({ bytes: Buffer.from('a') });
  locked.history.secretOf = () => failed(failure('customer-key-missing', { md5: 'x' }));
  expect(codeOf(await locked.preview())).toBe('customer-key-missing');
  expect(locked.asked).toEqual([]);
});

test('the file on disk: no link is followed, and nothing outside of the folder is read', async () => {
  const root = temporaryFolder();
  const outside = temporaryFolder();
  writeFileSync(join(outside, 'secret'), 'secret');
  mkdirSync(join(root, 'd'));
  writeFileSync(join(root, 'd', 'a'), 'here');
  symlinkSync(join(outside, 'secret'), join(root, 'link'));
  symlinkSync(outside, join(root, 'way'));
  const preview = (path: string) => previewPresent({ path: root } as Folder, path);
  expect(must(await preview('d/a'))).toMatchObject({ kind: 'text', text: 'here', size: 4 });
  for (const path of ['link', 'way/secret', 'd', 'gone', 'no/where']) {
    expect(codeOf(await preview(path)), path).toBe('file-missing');
  }
  expect(codeOf(await preview('../secret'))).toBe('bad-input');
});
