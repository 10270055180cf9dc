/** The list of what `ipmi-bt ipmitool` does not have, in the document that its errors name. */

import { expect, test } from 'vitest';

import { UNSUPPORTED_COMMANDS } from '../../src/cli/ipmitool/families.ts';
import {
  LEFT_OUT_OF_VERBOSE,
  UNSUPPORTED_OPTIONS,
  UNSUPPORTED_SUBCOMMANDS,
} from '../../src/cli/ipmitool/unsupported.ts';
import { readText } from '../support/source-code.ts';
import { PROCESS_LINES } from '../vm/ipmitool-lines.ts';

test('docs/ipmitool.md lists what is not supported, and says how much it is', () => {
  const all = [...UNSUPPORTED_OPTIONS, ...UNSUPPORTED_SUBCOMMANDS, ...UNSUPPORTED_COMMANDS];
  const text = [
    `${all.length} words of ipmitool 1.8.19 are not supported: they exit 1 and say so.`,
    '',
    ...all.map((words) => `- \`${words}\``),
    '',
    `${LEFT_OUT_OF_VERBOSE.length} kinds of lines that ipmitool prints with \`-vv\` and more are left out:`,
    '',
    ...LEFT_OUT_OF_VERBOSE.map((words) => `- ${words.replace(/^-v+/, '`$&`')}`),
    '',
  ].join('\n');

  expect(readText('docs/ipmitool.md').slice(0, text.length)).toBe(text);
});

test('docs/ipmitool.md says how many command lines the guest runs as processes', () => {
  expect(readText('docs/ipmitool.md')).toContain(
    `the ${PROCESS_LINES.length} lines of \`test/vm/command-lines.txt\``,
  );
});
