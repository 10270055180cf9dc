/** `--bridge`: its forms, the commands that it is for, and the controller that answers. */

import { describe, expect, test } from 'vitest';

import { UsageError } from '../../src/cli/args.ts';
import { parseBridge } from '../../src/cli/bridge-option.ts';
import { PROGRAM } from '../../src/cli/whole-run.ts';
import { SIM_LINE, runCli } from '../support/cli-run.ts';
import { expectObjects } from '../support/json-output.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { thrownBy } from '../support/thrown-by.ts';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BRIDGED = ['--sim', '--bridge', '0:0x2c'];

test('it is a channel and an address, and those of a controller between', () => {
  expect(parseBridge('0:0x2c')).toEqual({ channel: 0, address: 0x2c });
  expect(parseBridge('7:114,0:0x2c')).toEqual({
    ...{ channel: 7, address: 0x72 },
    transit: { channel: 0, address: 0x2c },
  });
});

test.each([
  ['0x2c', /^--bridge is CHANNEL:ADDRESS of the controller, such as 0:0x2c/],
  ['0:0x2c:1', /^--bridge is CHANNEL:ADDRESS/],
  ['0:0x2c,0:0x2e,0:0x30', /^--bridge is CHANNEL:ADDRESS/],
  ['16:0x2c', /^--bridge: the channel is not a number from 0 to 15/],
  ['0:0x100', /^--bridge: the address is not a number from 0 to 254/],
  ['0:0x2d', /^--bridge: the address 0x2d is odd: a slave address is a byte with bit 0 clear/],
  ['0:0x2c,1:', /^--bridge: the address is not a number/],
])('%s is refused', (text, message) => {
  const error = thrownBy(() => parseBridge(text));

  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({ message: expect.stringMatching(message) as string });
});

test('the commands that take it are those of what a controller can have', () => {
  const families = PROGRAM.commands.filter(({ canBridge }) => canBridge === true);

  expect([...new Set(families.map(({ name }) => name.split(' ', 1).join('')))]).toEqual([
    ...['raw', 'exec', 'sensor', 'sdr', 'sel', 'fru', 'mc'],
  ]);
  expect(families.map(({ name }) => name)).not.toContain('mc reset');
});

test.each(['chassis status', 'info', 'mc reset cold --yes', 'lan print'])(
  '%s is refused with it, before anything is opened',
  async (words) => {
    const { stdout, stderr, exit } = await runCli(...BRIDGED, ...words.split(' '));

    expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
    expect(stderr).toMatch(/^ipmi-bt: --bridge does not go with .*, which is for the BMC itself: /);
  },
);

describe('the controller answers', () => {
  test('a raw command', async () => {
    const { stdout, stderr, exit } = await runCli(...BRIDGED, 'raw', '0x06', '0x01');

    expect({ stderr, exit }).toEqual({ stderr: SIM_LINE, exit: 0 });
    expect(stdout).toBe(' 20 01 02 35 02 9f 00 00 00 5a 00 01 02 03 04\n');
  });

  test('lines of exec, raw and typed, and refuses one that is for the BMC', async () => {
    const file = join(tempFolder(), 'lines');
    writeFileSync(file, 'raw 6 1\nsensor get "Inlet Temp"\n');
    const { stdout, exit } = await runCli(...BRIDGED, 'exec', file);

    expect(exit).toBe(0);
    expect(stdout).toContain(' 20 01 02 35 02 9f 00 00 00 5a 00');
    expect(stdout).toContain('Sensor ID                 : Inlet Temp (0x2c/0/0x08)\n');

    writeFileSync(file, 'raw 6 1\npower status\n');
    const refused = await runCli(...BRIDGED, 'exec', file);
    expect(refused.exit).toBe(64);
    expect(refused.stderr).toContain(':2: --bridge does not go with power status');
  });

  test('with its sensors, of which no file is kept', async () => {
    const folder = tempFolder();
    const words = ['--json', 'sensor', 'list', '--cache', folder];
    const { stdout, exit } = await runCli(...BRIDGED, ...words);

    expect(exit).toBe(0);
    expect(expectObjects(stdout, 'sensor')).toMatchObject([
      { key: '0x2c/0/0x08', name: 'Inlet Temp', status: 'ok', value: 40 },
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('or does not, and the error names it', async () => {
    const { stderr, exit } = await runCli('--sim', '--bridge', '0:0x42', 'mc', 'guid');

    expect(exit).toBe(1);
    expect(stderr).toContain('to the controller at 0x42 on channel 0: the BMC answered 0x83');
  });
});
