/** What counts as a terminal session in Markdown, on which the README's own test relies. */

import { expect, test } from 'vitest';

import { sessionsIn } from './readme-blocks.ts';

const MARKDOWN = `
\`\`\`console hardware
# first --option
one
two

# second
# third
  three # not a prompt
\`\`\`

\`\`\`console
# somewhere else
\`\`\`

Text.

\`\`\`console hardware
# fourth
\`\`\`
`;

test('a command is followed by what it prints, up to the next prompt or the end', () => {
  expect(sessionsIn(MARKDOWN, 'console hardware')).toEqual([
    [
      { command: 'first --option', output: 'one\ntwo\n\n' },
      { command: 'second', output: '' },
      { command: 'third', output: '  three # not a prompt\n' },
    ],
    [{ command: 'fourth', output: '' }],
  ]);
});

test('blocks of another kind are left alone', () => {
  expect(sessionsIn(MARKDOWN, 'console')).toEqual([[{ command: 'somewhere else', output: '' }]]);
  expect(sessionsIn(MARKDOWN, 'sh')).toEqual([]);
});

test('output before the first prompt is a mistake', () => {
  const markdown = '```console\nout of nowhere\n# first\n```\n';

  expect(() => sessionsIn(markdown, 'console')).toThrow('begins without prompt:\nout of nowhere');
});
