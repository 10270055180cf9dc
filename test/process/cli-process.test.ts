/**
 * The command line's way out: late, interrupted, refused, its output closed; and what it tells on
 * standard error meanwhile.
 */

import { describe, expect, test } from 'vitest';

import { EXIT_CODES, IpmiError } from '../../src/errors.ts';
import { systemFiles } from '../../src/files.ts';
import { checkUnclaimed } from '../../src/kernel/port-owner.ts';
import { SIGNAL_EXITS } from '../../src/signals.ts';
import type { EndingSignal } from '../../src/signals.ts';
import { openPort } from '../../src/port/open-port.ts';
import { SIM_LINE, runCli, runWithoutPorts, startCli } from '../support/cli-run.ts';

/** Longer than any test: what ends in spite of it was made to end. */
const NEVER = ['--sim-delay', '3600000'];

const RING = 'out BT_CTRL    0x04 H2B_ATN';

/** Any bytes that stand out in a trace. */
const SECRET = ['0xde', '0xad', '0xbe', '0xef'];
const SECRET_SHOWN = 'de ad be ef';

/** The lines of a trace that carry frames, `SS` for the sequence number. */
function frameLines(stderr: string): readonly string[] {
  const lines = stderr.split('\n').filter((line) => /HOST2BMC|BMC2HOST/.test(line));
  return lines.map((line) =>
    line
      .replace(/^(out HOST2BMC {3}.. ..) ../, '$1 SS')
      .replace(/^(in {2}BMC2HOST {3}..) ../, '$1 SS'),
  );
}

/** The lines of a log; every line but the first has to be one. */
function logRecords(stderr: string): readonly unknown[] {
  const lines = stderr.slice(SIM_LINE.length).split('\n').slice(0, -1);
  return lines.map((line): unknown => JSON.parse(line));
}

describe('--timeout', () => {
  test('ends a command whose BMC does not answer, and says what that may mean', async () => {
    const { stdout, stderr, exit } = await runCli(
      ...['--sim', ...NEVER, '--timeout', '0.2', 'raw', '6', '1'],
    );

    expect({ stdout, exit }).toEqual({ stdout: '', exit: EXIT_CODES.REQUEST_TIMEOUT });
    expect(stderr.slice(SIM_LINE.length)).toMatch(
      /^ipmi-bt: REQUEST_TIMEOUT: netFn 0x6 cmd 0x1 lun 0: no reply within \d+ ms; .*\n$/,
    );
  });

  test('counts for bring-up, too', async () => {
    const { stdout, exit } = await runCli('--sim', ...NEVER, '--timeout', '0.2', 'info');

    expect({ stdout, exit }).toEqual({ stdout: '', exit: 75 });
  });
});

describe('a signal ends a command that waits', () => {
  test.each(Object.entries(SIGNAL_EXITS))(
    '%s: exit %i, and the signal told',
    async (name, exit) => {
      const signal = name as EndingSignal;
      const run = startCli('--sim', ...NEVER, '--trace', 'raw', '6', '1');
      await run.told(RING);

      run.kill(signal);

      const { stdout, stderr, exit: code } = await run.ended;
      expect({ stdout, code }).toEqual({ stdout: '', code: exit });
      expect(stderr).toMatch(
        new RegExp(`\nipmi-bt: REQUEST_ABORTED: netFn 0x6 cmd 0x1 lun 0: ended by ${name}\n$`),
      );
    },
  );

  test('during bring-up as well', async () => {
    const run = startCli('--sim', ...NEVER, '--trace', 'info');
    await run.told(RING);

    run.kill('SIGINT');

    expect(await run.ended).toMatchObject({ stdout: '', exit: 130 });
  });

  test('which --json tells like every failure', async () => {
    const run = startCli('--sim', ...NEVER, '--trace', '--json', 'raw', '6', '1');
    await run.told(RING);

    run.kill('SIGTERM');

    const { stdout, exit } = await run.ended;
    expect(exit).toBe(143);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'ipmi-bt/error',
      error: { code: 'REQUEST_ABORTED', outcome: 'unknown' },
    });
  });
});

describe('when nobody reads standard output', () => {
  test.each([
    [['--sim', 'raw', '6', '1'], SIM_LINE],
    [['--sim', '--json', 'info'], SIM_LINE],
    [['--help'], ''],
  ])('%j ends without a word', async (words, stderr) => {
    const run = startCli(...words);
    run.closeStdout();

    expect(await run.ended).toMatchObject({ stderr });
  });
});

describe('--trace', () => {
  test('names the bits on standard error, and standard output stays as it is', async () => {
    const { stdout, stderr, exit } = await runCli('--sim', '--trace', 'raw', '6', '1');

    expect(exit).toBe(0);
    expect(stdout).toBe(' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04\n');
    expect(stderr.split('\n')).toEqual(
      expect.arrayContaining([RING, 'in  BT_CTRL    0x08 B2H_ATN', 'out BT_CTRL    0x40 H_BUSY']),
    );
  });

  test('counts payload bytes and does not show them', async () => {
    const { stderr } = await runCli('--sim', '--trace', 'raw', '0x30', '1', ...SECRET);

    expect(stderr).not.toContain(SECRET_SHOWN);
    expect(frameLines(stderr)).toEqual([
      'out HOST2BMC   07 c0 SS 01 (+4 bytes)',
      'in  BMC2HOST   0x08',
      'in  BMC2HOST   c4 SS 01 00 (+4 bytes)',
    ]);
  });
});

describe('--trace-payload', () => {
  test('shows the payload of a command that is known to hold no secret', async () => {
    const { stderr } = await runCli('--sim', '--trace-payload', 'raw', '6', '4', ...SECRET);

    expect(frameLines(stderr)).toEqual([
      `out HOST2BMC   07 18 SS 04 ${SECRET_SHOWN}`,
      'in  BMC2HOST   0x04',
      'in  BMC2HOST   1c SS 04 c7',
    ]);
  });

  test('does not show that of an OEM command, which may hold anything', async () => {
    const { stderr } = await runCli('--sim', '--trace-payload', 'raw', '0x30', '1', ...SECRET);

    expect(stderr).not.toContain(SECRET_SHOWN);
    expect(frameLines(stderr)).toEqual([
      'out HOST2BMC   07 c0 SS 01 (+4 bytes)',
      'in  BMC2HOST   0x08',
      'in  BMC2HOST   c4 SS 01 00 (+4 bytes)',
    ]);
  });

  test('=all shows the payload of every command', async () => {
    const { stderr } = await runCli('--sim', '--trace-payload=all', 'raw', '0x30', '1', ...SECRET);

    expect(frameLines(stderr)).toEqual([
      `out HOST2BMC   07 c0 SS 01 ${SECRET_SHOWN}`,
      'in  BMC2HOST   0x08',
      `in  BMC2HOST   c4 SS 01 00 ${SECRET_SHOWN}`,
    ]);
  });

  test('does not show those of Set User Password', async () => {
    const { stderr } = await runCli('--sim', '--trace-payload', 'raw', '6', '0x47', ...SECRET);

    expect(stderr).not.toContain(SECRET_SHOWN);
    expect(frameLines(stderr)).toEqual([
      'out HOST2BMC   07 18 SS 47 (+4 bytes)',
      'in  BMC2HOST   0x04',
      'in  BMC2HOST   1c SS 47 cc',
    ]);
  });
});

describe('--log-level debug', () => {
  test('writes one JSON object a line to standard error, the command in it', async () => {
    const { stdout, stderr } = await runCli(
      ...['--sim', '--log-level', 'debug', 'raw', '0x30', '1', ...SECRET],
    );

    expect(stdout).toBe(` ${SECRET_SHOWN}\n`);
    expect(logRecords(stderr)).toContainEqual(expect.objectContaining({ netFn: 0x30, cmd: 0x01 }));
  });

  test('tells of a command given up, and never its payload', async () => {
    const { stderr } = await runCli(
      ...['--sim', ...NEVER, '--timeout', '0.2', '--log-level', 'debug', '--json'],
      ...['raw', '6', '0x47', ...SECRET],
    );

    expect(logRecords(stderr)).toContainEqual(
      expect.objectContaining({ netFn: 6, cmd: 0x47, msg: 'orphan' }),
    );
    expect(stderr).not.toMatch(/de[ ,]?ad|222,173/);
  });
});

test('ports that are refused are an exit code and one line of advice', async () => {
  const refused = portError();
  const words = ['--base', '0xce4', 'raw', '6', '1'];

  // Real ports are not for tests, because a BMC in use may be behind them. A process that may have
  // them starts the command without the capability for them.
  const result = await (refused === undefined ? runWithoutPorts(words) : runCli(...words));

  expect(result.stdout).toBe('');
  const [, code = ''] = /^ipmi-bt: (PORT_[A-Z_]+): [^\n]+\n$/.exec(result.stderr) ?? [];
  expect(code).toMatch(/^PORT_(UNSUPPORTED|DENIED|LOCKED_DOWN|CLAIMED)$/);
  expect(result.exit).toBe(EXIT_CODES[code as keyof typeof EXIT_CODES]);
  if (refused !== undefined) expect(result.stderr).toBe(`ipmi-bt: ${refused.message}\n`);
});

/** Why this process may not have the ports; claims them for a moment and touches none. */
function portError(): IpmiError | undefined {
  const range = { base: 0xce4, count: 3 };
  try {
    openPort({ kind: 'auto', range, files: systemFiles }).port.close();
    checkUnclaimed([0xce4, 0xce5, 0xce6], systemFiles);
    return undefined;
  } catch (error) {
    if (error instanceof IpmiError) return error;
    throw error;
  }
}
