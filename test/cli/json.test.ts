/** The output of `--json`, whole: programs rely on every field. */

import { describe, expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../support/cli-run.ts';

const RAW = { schema: 'ipmi-bt/raw', version: 1, net_fn: 6, cmd: 1 };
const NEVER = ['--timeout', '0.2', '--sim-delay', '3600000'];

interface Case {
  readonly name: string;
  readonly words: readonly string[];
  readonly exit: number;
  readonly object: object;
  readonly stderr?: string;
}

function failure(code: string, outcome: string, message: unknown): object {
  return { schema: 'ipmi-bt/error', version: 1, error: { code, outcome, message } };
}

const CASES: readonly Case[] = [
  {
    name: 'a reply',
    words: ['raw', '6', '1'],
    exit: 0,
    object: {
      ...RAW,
      lun: 0,
      completion_code: 0,
      completion_text: 'Command completed normally',
      data: [0x20, 1, 2, 0x35, 2, 0x9f, 0, 0, 0, 0xb7, 0, 1, 2, 3, 4],
    },
  },
  {
    name: 'a completion code',
    words: ['raw', '6', '1', '--lun', '1'],
    exit: 1,
    object: {
      ...RAW,
      lun: 1,
      completion_code: 0xc2,
      completion_text: 'Invalid command on LUN',
      data: [],
    },
  },
  {
    name: 'the identity of the BMC',
    words: ['info'],
    exit: 0,
    object: {
      schema: 'ipmi-bt/info',
      version: 1,
      base: 0xce4,
      port_backend: 'sim',
      device_id: 32,
      device_revision: 1,
      firmware_revision: '2.35',
      ipmi_version: '2.0',
      manufacturer_id: 0,
      product_id: 183,
      device_available: true,
      provides_device_sdrs: false,
      additional_device_support: 0x9f,
      aux_firmware: [1, 2, 3, 4],
      system_guid: '0b0a0908-0706-0504-0302-0100efbeadde',
      device_guid: '0b0a0908-0706-0504-0302-0100efbeadde',
      self_test: { result: 'passed', code: 0x55, detail: 0 },
      bt_capabilities: {
        outstanding_requests: 1,
        input_bytes: 255,
        output_bytes: 255,
        response_time_seconds: 10,
        retries: 0,
      },
    },
  },
  {
    name: 'trouble with the BMC',
    words: [...NEVER, 'raw', '6', '1'],
    exit: 75,
    object: failure(
      'REQUEST_TIMEOUT',
      'unknown',
      expect.stringMatching(/^REQUEST_TIMEOUT: netFn 0x6 cmd 0x1 lun 0: no reply within \d+ ms; /),
    ),
  },
  {
    name: 'a request no frame can carry',
    words: ['raw', '0x30', '1', ...Array<string>(253).fill('0')],
    exit: 64,
    // Refused before anything is opened.
    stderr: '',
    object: failure(
      'REQUEST_TOO_LONG',
      'not-sent',
      'REQUEST_TOO_LONG: 253 data bytes; a BT frame takes at most 252',
    ),
  },
];

describe('prints one object:', () => {
  test.each(CASES)('$name', async ({ words, exit, object, stderr = SIM_LINE }) => {
    const result = await runCli('--sim', '--json', ...words);

    expect(result).toMatchObject({ exit, stderr });
    expect(result.stdout).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(result.stdout)).toEqual(object);
  });
});

describe('prints a mistake on the command line as an object, too:', () => {
  test.each([
    [['--json', '--spacing', '4', 'info'], /^--spacing needs --base \(/],
    [
      ['--json', '--sim', 'raw', '6'],
      /^missing required argument 'cmd': raw takes .* \(see ipmi-bt help raw\)$/,
    ],
    [['--json', '--sim', 'raw', '6', 'x'], /^CMD is not a number from 0 to 255 \(0xff\) \(/],
    [['--json', 'quarks'], /^unknown command 'quarks' \(/],
    [['info', '--json', '--verbose'], /^unknown option '--verbose' \(/],
  ])('%j', async (words, message) => {
    const { stdout, stderr, exit } = await runCli(...words);

    expect({ stderr, exit }).toEqual({ stderr: '', exit: 64 });
    expect(stdout).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(stdout)).toEqual(
      failure('USAGE', 'not-sent', expect.stringMatching(message)),
    );
  });
});
