/**
 * Text in which nothing is hidden: what would move a cursor, end a line, turn text around or
 * cannot be seen is written as an escape, as in JSON. So that no name that a stranger chose can
 * look like a line of ours, in a log or on a terminal.
 */

/** Controls, formats, ends of lines and paragraphs, halves of characters. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

export function visible(text: string): string {
  return text.replaceAll(hidden, (character) =>
    Array.from({ length: character.length }, (_, index) => {
      return `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
    }).join(""),
  );
}
