/** `ipmitool shell`: commands that are typed, or come through a pipe, in one session. */

import { lineWords } from './line-words.ts';
import type { Family, Session } from './session.ts';
import { COMMANDS } from './usage.ts';

const PROMPT = 'ipmitool> ';

/** The lines that end it, with success. */
const ENDS = ['exit', 'quit'];

/** Width of a screen that is none, characters: a longer line goes on in the next row. */
const COLUMNS = 80;
const TAB_COLUMNS = 8;

/** The family, with what runs a command; at the end of input, the last one has the exit code. */
export function shellWith(runCommand: Family): Family {
  return async (session) => {
    for (let exit = 0; ;) {
      const line = await nextLine(session);
      if (line === undefined) return exit;
      if (ENDS.includes(line)) return 0;
      if (line === 'help') {
        session.complain(COMMANDS);
        continue;
      }
      // Spaces and tabs part words, but in quotes.
      const words = lineWords(line.replaceAll('\t', ' '));
      if (words.length > 0) exit = await runCommand(session, words);
    }
  };
}

/** Reads a line; one that is not typed is printed behind the prompt, as readline does. */
async function nextLine(session: Session): Promise<string | undefined> {
  const { input } = session;
  if (!input.isTerminal) session.print(PROMPT);
  const line = await input.line(PROMPT);
  if (line === undefined) session.print('\n');
  else if (!input.isTerminal) session.print(`${echoed(line)}\n`);
  return line;
}

/** A line as readline draws it behind the prompt. */
function echoed(line: string): string {
  let drawn = PROMPT;
  for (const character of line) {
    const isTab = character === '\t';
    drawn += isTab ? ' '.repeat(TAB_COLUMNS - (drawn.length % TAB_COLUMNS)) : character;
  }
  return wrapped(drawn).slice(PROMPT.length);
}

/** The rows of a long line: the first character of each further row is drawn twice. */
function wrapped(drawn: string): string {
  const [first = '', ...rows] = drawn.match(new RegExp(`.{1,${COLUMNS}}`, 'gs')) ?? [];
  return [first, ...rows.map((row) => `${row.charAt(0)}\r${row}`)].join('');
}
