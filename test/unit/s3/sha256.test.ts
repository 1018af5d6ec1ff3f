import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sha256 } from '../../../main/s3/sha256.ts';

const bytes = () => fc.uint8Array({ maxLength: 200 });

test('digests as Node does, with a secret and without', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(bytes(), { maxLength: 4 }),
      fc.oneof(fc.constant(undefined), fc.string({ minLength: 1 }), bytes()),
      async (pieces, secret) => {
        // A view into something larger, as the SDK's keys may be.
        const held = typeof secret === 'object' ? Buffer.concat([Buffer.from('other'), secret]).subarray(5) : secret;
        const node = held === undefined ? createHash('sha256') : createHmac('sha256', held);
        for (const piece of pieces) node.update(piece);
        const expected = node.digest('hex');
        const digest = new Sha256(held);
        for (let time = 0; time < 2; time += 1) {
          for (const piece of pieces) digest.update(piece);
          expect(Buffer.from(await digest.digest()).toString('hex')).toBe(expected);
          digest.reset();
        }
        if (held === undefined) return;
        const plain = typeof held === 'string' ? held : Uint8Array.from(held).buffer;
        const again = new Sha256(plain);
        for (const piece of pieces) again.update(piece);
        expect(Buffer.from(await again.digest()).toString('hex')).toBe(expected);
      },
    ),
  );
});
