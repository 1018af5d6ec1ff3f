/**
 * The requests that signing in makes itself: for a role, a single sign-on, a newer token. In: what the SDK's providers
 * ask. Out: their answers, and of the last one how it ended, since the providers tell of a network that is down, of a
 * server that is busy and of a refusal with one and the same error.
 */
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { failure, type Failure } from '../contract/errors.ts';
import { reason as noAnswer, type Reason } from '../contract/reasons.ts';

/** As for the store itself, milliseconds. */
const CONNECT_TIMEOUT = 10_000;
const SILENCE_TIMEOUT = 60_000;

/** How a request ended: with a status, or with a reason for none. */
interface Ending {
  readonly server: string;
  readonly status: number | null;
  readonly reason: string | Reason;
}

export class Errands extends NodeHttpHandler {
  #last: Ending | null = null;

  constructor() {
    super({ connectionTimeout: CONNECT_TIMEOUT, socketTimeout: SILENCE_TIMEOUT });
  }

  /** Before the provider is asked: what it did before says nothing about what comes. */
  begin(): void {
    this.#last = null;
  }

  override async handle(...[request, options]: Parameters<NodeHttpHandler['handle']>) {
    const server = request.port === undefined ? request.hostname : `${request.hostname}:${String(request.port)}`;
    try {
      const answer = await super.handle(request, options);
      const status = answer.response.statusCode;
      this.#last = { server, status, reason: String(status) };
      return answer;
    } catch (error) {
      this.#last = { server, status: null, reason: reasonOf(error) };
      throw error;
    }
  }

  /** Why the provider failed, where its requests tell more of it than its error. */
  failureOf(connection: string, error: unknown): Failure | null {
    if (this.#last === null) return null;
    const { server, status, reason } = this.#last;
    if (status === null || status === 429 || status >= 500) {
      return failure('offline', { connection, endpoint: server, reason });
    }
    const name = error instanceof Error ? error.name : '';
    if (status !== 403 || name.startsWith('ExpiredToken')) return null;
    const answer = name === '' || name === 'CredentialsProviderError' ? String(status) : `${String(status)} ${name}`;
    return failure('credentials-missing', { connection, answer, status });
  }
}

function reasonOf(error: unknown): string | Reason {
  if (!(error instanceof Error)) return noAnswer('no-answer');
  return 'code' in error ? String(error.code) : error.name;
}
