/** The same request as a command of the AWS CLI. In: an operation and the SDK's fields. Out: one line for a shell. Pure. */

/** @param body the file that the command would read, null where the request carries none. */
export function awsCliCommand(
  operation: 'put-object' | 'create-multipart-upload',
  input: Readonly<Record<string, unknown>>,
  body: string | null,
): string {
  const words = ['aws', 's3api', operation];
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    const option = `--${optionName(name)}`;
    if (typeof value === 'boolean') words.push(value ? option : `--no-${optionName(name)}`);
    else words.push(option, quoted(textOf(value)));
  }
  if (body !== null) words.push('--body', quoted(body));
  return words.join(' ');
}

/** As the AWS CLI names its options: words split where a capital follows a small letter, or begins a word after capitals. */
export function optionName(field: string): string {
  return field
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

/** For a POSIX shell: whatever is not plain stands in single quotes. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
