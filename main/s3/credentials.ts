/** Where a connection's endpoint and keys come from. In: a connection. Out: what the SDK's client needs, or why not. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { z } from 'zod';
import { failure } from '../contract/errors.ts';
import type { Connection } from '../contract/models.ts';
import { reason, type Reason } from '../contract/reasons.ts';
import { failed, success, type Result } from '../contract/result.ts';
import type { SignIn } from './sign-in.ts';

/** The file that a practice server keeps in its folder: where it listens and its random key. */
const practiceFile = z.object({
  endpoint: z.url(),
  region: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
});

export interface Access {
  /** Undefined: Amazon S3 itself. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly pathStyle: boolean;
  readonly credentials: AwsCredentialIdentityProvider;
}

/** Looks a connection's way in up. The keys themselves are fetched when the first request needs them. */
export async function accessOf(connection: Connection, signIn: SignIn): Promise<Result<Access>> {
  const source = connection.credentials;
  if (source.kind === 'practice') return practiceAccess(connection, source.directory);
  return success({
    endpoint: connection.endpoint ?? undefined,
    region: connection.region,
    pathStyle: connection.pathStyle,
    credentials: signIn.provide,
  });
}

async function practiceAccess(connection: Connection, directory: string): Promise<Result<Access>> {
  const path = join(directory, 'practice.json');
  let parsed: z.infer<typeof practiceFile>;
  try {
    parsed = practiceFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    return failed(failure('practice-missing', { path, connection: connection.name, reason: reasonOf(error) }));
  }
  return success({
    endpoint: parsed.endpoint,
    region: parsed.region,
    pathStyle: true,
    credentials: () => Promise.resolve({ accessKeyId: parsed.accessKeyId, secretAccessKey: parsed.secretAccessKey }),
  });
}

function reasonOf(error: unknown): string | Reason {
  if (error instanceof z.ZodError || error instanceof SyntaxError) return reason('no-practice-file');
  return error instanceof Error && 'code' in error ? String(error.code) : reason('unreadable');
}
