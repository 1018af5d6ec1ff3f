/** Answers about a folder at a time, as the engine gives them. In: its files then and now. Out: a directory, or a sum. */
import type { DirectoryThen, ThenDirectory, ThenFile, ThenSum } from '../../main/contract/history.ts';
import { addedUp, NO_SUM, sumOfFile } from '../../main/contract/then-sum.ts';

export function fileThen(path: string, facts: Partial<ThenFile> = {}): ThenFile {
  const savedAt = '2026-11-01T10:00:00.000Z';
  return { kind: 'file', path, mark: 'same', then: 1, now: 1, savedAt, versionId: 'v', ...facts };
}

function below(files: readonly ThenFile[], directory: string): readonly ThenFile[] {
  return files.filter(({ path }) => directory === '' || path.startsWith(`${directory}/`));
}

/** What all below a directory comes to. */
export function sumBelow(files: readonly ThenFile[], directory: string): ThenSum {
  return below(files, directory)
    .map(({ mark, path, then, now }) => sumOfFile(mark, path, then, now))
    .reduce(addedUp, NO_SUM);
}

/** @param isCounted whether the engine could count the directories within at once. */
export function directoryThen(
  files: readonly ThenFile[],
  directory: string,
  asOf: string,
  isCounted = true,
): DirectoryThen {
  const start = directory === '' ? 0 : directory.length + 1;
  const within = below(files, directory);
  const own = within.filter(({ path }) => !path.slice(start).includes('/'));
  const names = within.filter((file) => !own.includes(file)).map(({ path }) => path.slice(0, path.indexOf('/', start)));
  const directories = [...new Set(names)].map((path): ThenDirectory => {
    const sum = sumBelow(files, path);
    return { kind: 'directory', path, wasThere: sum.files > 0, sum: isCounted ? sum : null };
  });
  return { asOf, entries: [...directories, ...own], next: null };
}
