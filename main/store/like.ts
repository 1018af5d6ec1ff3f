/** A pattern for LIKE … ESCAPE '\\' that finds the text anywhere, whatever characters it holds. */
export function likePattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (found) => `\\${found}`)}%`;
}
