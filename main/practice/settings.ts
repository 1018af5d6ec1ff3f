/** The one file of settings in a practice folder: its key, port, region and bucket. Only its owner may read it. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './folders.ts';

/** What a client needs to know to use the practice server of a folder. */
export interface PracticeCredentials {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
}

const FILE = 'practice.json';
export const REGION = 'us-east-1';
export const DEFAULT_BUCKET = 'practice';

/** The address of a port on this computer. */
export function endpointOf(port: number): string {
  return `http://127.0.0.1:${String(port)}`;
}

/** A new random key pair in the shapes that S3's have. */
export function makeKey(): Pick<PracticeCredentials, 'accessKeyId' | 'secretAccessKey'> {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const name = Array.from(randomBytes(16), (byte) => letters[byte % 32] ?? '').join('');
  return { accessKeyId: `CPRX${name}`, secretAccessKey: randomBytes(30).toString('base64url') };
}

/** Reads the settings of a folder; null where there are none or they cannot be read. */
export function readPracticeCredentials(directory: string): PracticeCredentials | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(join(directory, FILE), 'utf8'));
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null) return null;
  const values = new Map<string, unknown>(Object.entries(parsed));
  const text = (name: string): string => {
    const value = values.get(name);
    return typeof value === 'string' ? value : '';
  };
  const settings = {
    endpoint: text('endpoint'),
    region: text('region'),
    accessKeyId: text('accessKeyId'),
    secretAccessKey: text('secretAccessKey'),
    bucket: text('bucket'),
  };
  return Object.values(settings).includes('') ? null : settings;
}

/** The port of an endpoint that `endpointOf` made. */
export function portOf(endpoint: string): number | undefined {
  const port = Number(/^http:\/\/127\.0\.0\.1:(\d{1,5})$/.exec(endpoint)?.[1]);
  return Number.isInteger(port) ? port : undefined;
}

/** Writes the settings atomically, readable by the owner alone. */
export async function writeSettings(directory: string, settings: PracticeCredentials): Promise<void> {
  const path = join(directory, FILE);
  const next = `${path}.next`;
  const handle = await open(next, 'w', 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(`${JSON.stringify(settings, undefined, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, path);
  await syncFolder(directory);
}
