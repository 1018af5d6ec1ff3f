/** Comparisons of disk and bucket that are due before a folder's first scan. In: folders. Out: each done once, and told. */
import { failure } from '../contract/errors.ts';
import type { Folder, FolderMatch } from '../contract/models.ts';
import { failed, type Result } from '../contract/result.ts';
import type { WriteTables } from '../store/index.ts';
import { adoptFolder } from './adopting.ts';
import type { Clients } from './clients.ts';
import type { OpenHome } from './home.ts';
import { ownDirectories } from './manage.ts';
import { NO_RING, type Ring } from './ring.ts';

export interface MatchesOptions {
  readonly tables: WriteTables;
  readonly clients: Clients;
  readonly forbidden: () => ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly ring: Ring;
}

export class Matches {
  readonly #options: MatchesOptions;
  readonly #waiting = new Map<string, ((result: Result<FolderMatch>) => void)[]>();

  constructor(options: MatchesOptions) {
    this.#options = options;
  }

  isDue(folder: Folder): boolean {
    return this.#options.tables.looks.matchDue(folder.id) !== null;
  }

  async run(folder: Folder): Promise<Result<FolderMatch>> {
    const { tables, clients, forbidden, signal, ring } = this.#options;
    const client = await clients.get(folder.connection);
    const result = client.ok
      ? await adoptFolder(folder, client.value, tables, { forbidden: forbidden(), signal, ring, now: () => new Date() })
      : client;
    if (result.ok) clients.noteAnswer(folder.connection);
    const waiting = this.#waiting.get(folder.id) ?? [];
    this.#waiting.delete(folder.id);
    for (const tell of waiting) tell(result);
    return result;
  }

  /** Makes a comparison due. Answers what it came to, once it was run. */
  request(folder: Folder): Promise<Result<FolderMatch>> {
    const { tables, signal } = this.#options;
    tables.now(() => {
      tables.looks.setMatchDue(folder.id, 'asked');
    });
    return new Promise((resolve) => {
      this.#waiting.set(folder.id, [...(this.#waiting.get(folder.id) ?? []), resolve]);
      signal.addEventListener('abort', () => {
        resolve(failed(failure('cancelled')));
      });
    });
  }
}

/** A comparison by a command that holds the home itself. */
export async function matchHere(
  home: OpenHome,
  clients: Clients,
  folder: Folder,
  signal: AbortSignal,
  ring: Ring = NO_RING,
): Promise<Result<FolderMatch>> {
  const client = await clients.get(folder.connection);
  if (!client.ok) return client;
  const forbidden = new Set(await ownDirectories(home));
  return adoptFolder(folder, client.value, home.tables, { forbidden, signal, ring, now: () => new Date() });
}
