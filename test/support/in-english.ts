/**
 * What of a German text is still English. In: a text. Out: the words that are of English alone. Names of fields, of files
 * and of commands are of no language: what stands in backticks or quotes is left out.
 */

/** Small words that every English sentence has and no German one. */
const ENGLISH =
  /\b(the|and|or|not|of|is|are|were|it|its|this|that|these|those|with|without|from|has|have|had|which|who|there|they|their|them|cannot|be|been|by|as|no|nothing|only|other|another|until|again|too|than|your|you|to|on|if|file|files|folder|folders|bucket’s|store|sent|kept|key|keys)\b/gi;

const LEFT_OUT =
  /`[^`]*`|„[^“]*“|"[^"]*"|\{\w+\}|--[\w-]+|https?:\/\/\S+|[\w.-]*\/[\w./-]*|\b\w+(?:-\w+){2,}\b|\b[\w-]+(?:\.[\w-]+)+\b/g;

export function englishIn(text: string): readonly string[] {
  return text.replace(LEFT_OUT, ' ').match(ENGLISH) ?? [];
}
