import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from '../../support/paths.ts';

/** What Node has loaded of its own, once these of our files are. */
async function loadedBy(...files: readonly string[]): Promise<string> {
  const urls = files.map((file) => pathToFileURL(join(root, file)).href);
  const script = `for (const url of ${JSON.stringify(urls)}) await import(url);
    console.log(process.moduleLoadList.join('\\n'));`;
  return (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])).stdout;
}

/** The SDK and the practice server cannot be had without it. */
const HTTP = /^NativeModule https?$/m;

test('all that the command line is made of begins without HTTP; a client brings it', async () => {
  expect(await loadedBy('main/cli/run.ts')).not.toMatch(HTTP);
  expect(await loadedBy('main/s3/client.ts')).toMatch(HTTP);
});
