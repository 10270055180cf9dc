/**
 * The command line and its output: the built program, in a process of its own. Its JSON is in
 * cli/json.test.ts, and how it ends when things go wrong in process/cli-process.test.ts.
 */

import { describe, expect, test } from 'vitest';

import { SIM_LINE, runCli } from './support/cli-run.ts';
import type { CliResult } from './support/cli-run.ts';
import { readText } from './support/source-code.ts';

const SEE_HELP = '(see ipmi-bt --help)';

/** The commands whose mistakes are told with their help. */
const COMMANDS = ['raw', 'locate', 'info', 'claim', 'watch'];

const DEVICE_ID_LINE = ' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04\n';

/** The sim's OEM command that returns its data. */
const ECHO = ['raw', '0x30', '0x01'];

function sim(...words: readonly string[]): Promise<CliResult> {
  return runCli('--sim', ...words);
}

function counting(length: number): string[] {
  return Array.from({ length }, (_, index) => String(index % 256));
}

/** The refusal of a line with these words. */
function refusal(message: string, words: readonly string[]): CliResult {
  const command = words.find((word) => COMMANDS.includes(word));
  const see = command === undefined ? SEE_HELP : `(see ipmi-bt help ${command})`;
  return { stdout: '', stderr: `ipmi-bt: ${message} ${see}\n`, exit: 64 };
}

describe('raw prints a reply as ipmitool does:', () => {
  const SIXTEEN = ' 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n';

  test.each([
    [0, '\n'],
    [15, ' 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e\n'],
    [16, SIXTEEN],
    [17, `${SIXTEEN} 10\n`],
    [33, `${SIXTEEN} 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f\n 20\n`],
  ])('%d bytes', async (length, stdout) => {
    const result = await sim(...ECHO, ...counting(length));

    expect(result).toEqual({ stdout, stderr: SIM_LINE, exit: 0 });
  });
});

describe('raw tells a completion code as ipmitool does:', () => {
  test.each([
    [
      ['raw', '6', '1', '--lun', '1'],
      'netfn=0x6 lun=0x1 cmd=0x1 rsp=0xc2): Invalid command on LUN',
    ],
    [['raw', '6', '1', '0'], 'netfn=0x6 lun=0x0 cmd=0x1 rsp=0xc7): Request data length invalid'],
    [['raw', '0x3e', '255'], 'netfn=0x3e lun=0x0 cmd=0xff rsp=0xc1): Invalid command'],
  ])('%j', async (words, text) => {
    const stderr = `${SIM_LINE}Unable to send RAW command (channel=0x0 ${text}\n`;

    expect(await sim(...words)).toEqual({ stdout: '', stderr, exit: 1 });
  });
});

describe('a number is', () => {
  test.each(['1', '0x01', '0X1', '01'])('%j, which every tool reads alike', async (cmd) => {
    expect(await sim('raw', '6', cmd)).toEqual({
      stdout: DEVICE_ID_LINE,
      stderr: SIM_LINE,
      exit: 0,
    });
  });

  test.each(['0x100', '256', '', '1.5', '1e2'])('not %j', async (cmd) => {
    const message = `CMD is not a number from 0 to 255 (0xff)`;

    expect(await sim('raw', '6', cmd)).toEqual(refusal(message, ['raw']));
  });

  test.each(['08', '010'])('not %j, which the tools read differently', async (cmd) => {
    const reason = 'a leading 0 means octal to ipmitool and hex to ipmi-raw';
    const message = `CMD is ambiguous: ${reason}; write it in decimal or with 0x`;

    expect(await sim('raw', '6', cmd)).toEqual(refusal(message, ['raw']));
  });
});

describe('a mistake on the command line is exit 64, one line, and nothing is opened:', () => {
  test.each([
    [['--spacing', '4', 'raw', '6', '1'], '--spacing needs --base'],
    [['--spacing', '4', 'locate'], '--spacing needs --base'],
    [['--sim', '--spacing', '4', 'info'], '--spacing needs --base'],
    [
      ['--sim', 'locate'],
      'locate lists the hardware of this machine, and cannot be used with --sim',
    ],
    [['raw', '6', '-1'], 'CMD is not a number from 0 to 255 (0xff)'],
    [
      ['locate', 'here'],
      'too many arguments: locate takes no arguments, and the options --explain, --probe-defaults',
    ],
    [
      ['--sim', '--port', 'native', 'raw', '6', '1'],
      '--sim and --port exclude each other: the simulated BMC has no ports',
    ],
    [
      ['--sim', '--takeover', 'info'],
      '--sim has nothing to take over: no driver has the simulated BMC',
    ],
    [['--sim', 'claim'], '--sim has nothing to take over: no driver has the simulated BMC'],
    [['--sim', '--force', 'info'], '--force needs --takeover or claim'],
    [['--sim-delay', '5', 'info'], '--sim-delay needs --sim'],
    [['--sim-events', '5', 'watch'], '--sim-events needs --sim'],
    [['--sim', 'raw', '7', '1'], 'NETFN is odd: requests have even ones, responses odd ones'],
    [['--sim', 'raw', '0x40', '1'], 'NETFN is not a number from 0 to 63 (0x3f)'],
    [['--sim', 'raw', '6', '1', '--lun', '4'], '--lun is not a number from 0 to 3 (0x3)'],
    [
      ['--sim', 'raw', '6'],
      "missing required argument 'cmd': raw takes <netfn> <cmd> [data...], and the options --lun <n>, --retries <n>",
    ],
    [['--sim', 'quarks'], "unknown command 'quarks'"],
    [['--sim', '--verbose', 'info'], "unknown option '--verbose'"],
    [
      ['--sim', 'raw', '6', '1', '--verbose'],
      'word 4, not counting raw, is an option that there is not',
    ],
    [['raw 6 0x47 2 hunter2'], 'the first word is not the name of a command'],
    [['--sim', '--spacing', '2', 'info'], "option '--spacing <n>' takes one of: 1, 4, 16"],
    [['--sim', 'infp'], "unknown command 'infp'; did you mean info?"],
    [['--sim', 'info', '--jsno'], "unknown option '--jsno'; did you mean --json?"],
    [['--sim', '--poll-ms', '1001', 'info'], '--poll-ms is not a number from 0 to 1000 (0x3e8)'],
    [['--sim', '--timeout', '0', 'info'], '--timeout is not a number of seconds above 0, to 86400'],
  ])('%j', async (words, message) => {
    expect(await runCli(...words)).toEqual(refusal(message, words));
  });

  test.each(['0', '0xfffe', '0x10000'])('--base %s', async (base) => {
    const { stdout, stderr, exit } = await runCli('--base', base, 'info');

    expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
    expect(stderr).toMatch(/^ipmi-bt: .*base.*\n$/);
  });

  test('no command at all, which prints the help', async () => {
    const { stdout, stderr, exit } = await runCli();

    expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
    expect(stderr).toMatch(/^Usage: ipmi-bt /);
    expect(stderr).toContain(`\nipmi-bt: no command is given ${SEE_HELP}\n`);
  });
});

describe('the longest request', () => {
  test('is 252 data bytes, of which a reply can bring 251 back', async () => {
    const { stdout, exit } = await sim(...ECHO, ...counting(252));

    expect(exit).toBe(0);
    expect(
      stdout
        .trim()
        .split(/\s+/)
        .map((text) => String(Number.parseInt(text, 16))),
    ).toEqual(counting(251));
  });

  test('has one byte less than one that is refused before anything is written', async () => {
    const { stdout, stderr, exit } = await sim('--trace', ...ECHO, ...counting(253));

    expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
    expect(stderr).toContain(
      'ipmi-bt: REQUEST_TOO_LONG: 253 data bytes; a BT frame takes at most 252',
    );
    expect(stderr).not.toMatch(/^out /m);
  });
});

test('info prints a table', async () => {
  const stdout = [
    'Device ID                 : 32',
    'Device Revision           : 1',
    'Firmware Revision         : 2.35',
    'IPMI Version              : 2.0',
    'Manufacturer ID           : 0',
    'Product ID                : 183 (0x00b7)',
    'Device Available          : yes',
    'Provides Device SDRs      : no',
    'Additional Device Support : Sensor Device, SDR Repository Device, SEL Device, ' +
      'FRU Inventory Device, IPMB Event Receiver, Chassis Device',
    'Aux Firmware Rev Info     : 0x01 0x02 0x03 0x04',
    'System GUID               : 0b0a0908-0706-0504-0302-0100efbeadde',
    'Device GUID               : 0b0a0908-0706-0504-0302-0100efbeadde',
    'Selftest                  : passed',
    'BT Outstanding Requests   : 1',
    'BT Input Buffer Size      : 255 bytes',
    'BT Output Buffer Size     : 255 bytes',
    'BT Response Time          : 10 seconds',
    'BT Recommended Retries    : 0',
    'BT Base Address           : 0x100',
    'Port Backend              : simulated BMC (--sim)',
    '',
  ].join('\n');

  const result = await sim('--base', '0x100', '--spacing', '4', 'info');

  expect(result).toEqual({ stdout, stderr: SIM_LINE, exit: 0 });
});

test('info prints what it knows when there is no time for the rest, and says so', async () => {
  const result = await sim('--sim-delay', '1000', '--timeout', '3.5', 'info');

  expect(result.exit).toBe(0);
  expect(result.stdout).toMatch(/^Device ID +: 32$/m);
  expect(result.stdout).not.toContain('GUID');
  expect(result.stderr).toMatch(
    /^ipmi-bt: warning: not known: .*System GUID, Device GUID: REQUEST_TIMEOUT: /m,
  );
});

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readText('package.json')) as { version: string };

  expect(await runCli('--version')).toEqual({ stdout: `${version}\n`, stderr: '', exit: 0 });
});

test.each([['--help'], ['raw', '--help'], ['info', '--help'], ['locate', '--help']])(
  'help is asked for and printed: %s %s',
  async (...words) => {
    const { stdout, stderr, exit } = await runCli(...words);

    expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 });
    expect(stdout).toMatch(/^Usage: ipmi-bt /);
  },
);

test.each([
  [['raw', '6', '1']],
  [['raw', '0x30', '0x02']],
  [['--json', 'raw', '6', '0x37']],
  [['info']],
  [['--json', 'info']],
  [['--help']],
])('two runs print the same: %j', async (words) => {
  const [first, second] = await Promise.all([sim(...words), sim(...words)]);

  expect(second).toEqual(first);
});
