/** The S3 that a scenario runs against. In: the environment that the runner sets. Out: its address, its key, its end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPractice } from '../../../main/practice/index.ts';

export type StoreKind = 'practice' | 'radosgw';

export interface StoreUnderTest extends AsyncDisposable {
  readonly kind: StoreKind;
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Which store this run is about; without a word from the runner, the practice server. */
export const storeKind: StoreKind = process.env['CAIRN_TEST_STORE'] === 'radosgw' ? 'radosgw' : 'practice';

/** @param thawDelayMs how long the practice server takes to bring a version back from an archive. */
export async function openStore(thawDelayMs?: number): Promise<StoreUnderTest> {
  return storeKind === 'radosgw' ? runningRadosgw() : freshPractice(thawDelayMs);
}

async function freshPractice(thawDelayMs: number | undefined): Promise<StoreUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-practice-'));
  const started = await startPractice({ directory, ...(thawDelayMs === undefined ? {} : { thawDelayMs }) });
  if (!started.ok) throw new Error(`The practice server did not start: ${started.detail}`);
  const server = started.value;
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  return {
    kind: 'practice',
    endpoint,
    region,
    accessKeyId,
    secretAccessKey,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(directory, { recursive: true });
    },
  };
}

/** The runner starts and stops it: one for all scenarios of a run. */
function runningRadosgw(): StoreUnderTest {
  return {
    kind: 'radosgw',
    endpoint: fromRunner('CAIRN_RADOSGW_ENDPOINT'),
    region: fromRunner('CAIRN_RADOSGW_REGION'),
    accessKeyId: fromRunner('CAIRN_RADOSGW_ACCESS_KEY_ID'),
    secretAccessKey: fromRunner('CAIRN_RADOSGW_SECRET_ACCESS_KEY'),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function fromRunner(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`CAIRN_TEST_STORE=radosgw needs ${name}.`);
  return value;
}
