/**
 * Takes terminal sessions out of Markdown, so that what the documentation shows can be run. A
 * session is a fenced block; a line that begins with a prompt is a command, and the lines up to the
 * next one are what the terminal shows of it.
 */

/** A command of a session and the text it is shown to print. */
export interface SessionCommand {
  readonly command: string;
  readonly output: string;
}

const FENCE = /^```(.*)\n([^]*?)^```$/gm;

/** The prompt of a root shell. */
const PROMPT = '# ';

/** The sessions in blocks whose info string is `info`; throws where one begins without prompt. */
export function sessionsIn(markdown: string, info: string): SessionCommand[][] {
  const blocks = [...markdown.matchAll(FENCE)].filter(([, found = '']) => found.trim() === info);
  return blocks.map(([, , text = '']) => parseSession(text));
}

function parseSession(text: string): SessionCommand[] {
  if (!text.startsWith(PROMPT)) throw new Error(`a session that begins without prompt:\n${text}`);
  const [, ...parts] = text.split(/^# /m);
  return parts.map((part) => {
    const lineEnd = part.indexOf('\n');
    return { command: part.slice(0, lineEnd), output: part.slice(lineEnd + 1) };
  });
}
