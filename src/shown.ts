/**
 * Names as errors and JSON may show them. Those from elsewhere are of files, of words of a command
 * line, of other processes: on a terminal one could move the cursor, change its title, or look like
 * another line.
 */

/** Controls, separators of lines, what turns the direction of text, and what cannot be seen. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const UNSHOWN = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** The same, but for what parts the lines of a text. */
const UNSHOWN_IN_TEXT = new RegExp(`(?![\\n\\t])${UNSHOWN.source}`, 'g');

/** Longer than the path of a file can be (PATH_MAX). */
const CHARS_MAX = 4096;

/** The name if it can be shown as it is; otherwise in quotes, with `\u001b` for what cannot. */
export function shownName(name: string): string {
  const shown = name.slice(0, CHARS_MAX);
  const isPlain = shown.search(UNSHOWN) === -1 && shown.trim() === shown && shown !== '';
  return isPlain ? shown : `"${shown.replace(/["\\]/g, '\\$&').replace(UNSHOWN, escaped)}"`;
}

/** A text of one line without anything that a terminal obeys. */
export function shownLine(text: string): string {
  return text.replace(UNSHOWN, escaped);
}

/** A text of several lines without anything that a terminal obeys. */
export function shownText(text: string): string {
  return text.replace(UNSHOWN_IN_TEXT, escaped);
}

/** A name of this code as JSON has it: `waitedMaxMs` is `waited_max_ms`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The reason of a failed system call, without the path that Node appends to it as it is. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return shownName(String(error));
  const { message, syscall } = error as NodeJS.ErrnoException;
  const end = syscall === undefined ? -1 : message.indexOf(`, ${syscall}`);
  return shownText(end === -1 ? message : message.slice(0, end));
}

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
