/**
 * The terminal sessions on hardware that README and the documents show, each run as root in a guest
 * of its own. QEMU's BMC stands for the reader's: what is shown is what it answers.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { codeBlocks, exchanges } from '../support/markdown.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';

const SESSIONS = codeBlocks('console hardware').map((block) => {
  const shown = exchanges(block, '#').map(({ command, stdout }, index) => {
    return { name: `${index}: ${command}`, command, stdout };
  });
  return { file: block.file, line: block.line, shown };
});

test('README shows a session on hardware', () => {
  const files = SESSIONS.filter(({ shown }) => shown.length > 0).map(({ file }) => file);

  expect(files).toContain('README.md');
});

describe.each(SESSIONS)('$file:$line', ({ shown }) => {
  let guest: GuestResult;

  beforeAll(async () => {
    guest = await bootGuest({ bmc: 'sim', modules: ['ipmi_bt_uio'], steps: shown });
  });

  test.each(shown)('$command', ({ name, stdout }) => {
    const step = guest.step(name);

    expect({ exitCode: step.exitCode, stdout: step.stdout }).toEqual({ exitCode: 0, stdout });
  });
});
