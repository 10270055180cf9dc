/** Quoting for the scripts of the shells. */

/** A word in single quotes, as bash and zsh read it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The head of a generated script; `comment` stands on lines of their own behind it. */
export function scriptHead(first: string, comment: readonly string[]): string {
  return [first, ...comment.map((line) => `# ${line}`), ''].join('\n');
}

/** The lines, each so many spaces further in. */
export function indented(lines: readonly string[], spaces: number): readonly string[] {
  return lines.map((line) => `${' '.repeat(spaces)}${line}`);
}
