/** `-t`, `-b`, `-T` and `-B` of ipmitool: the controllers that requests reach. */

import { describe, expect, onTestFinished, test } from 'vitest';

import { UsageError } from '../../../src/cli/args.ts';
import { readCommandLine } from '../../../src/cli/ipmitool/command-line.ts';
import { runCommand } from '../../../src/cli/ipmitool/families.ts';
import { wayTo } from '../../../src/cli/ipmitool/way.ts';
import { open } from '../../../src/index.ts';
import { SimBmc } from '../../../src/sim/bmc.ts';
import type { Satellite, SatelliteRequest } from '../../../src/sim/bmc.ts';
import { VirtualClock } from '../../../src/sim/virtual-clock.ts';
import { inputOf } from '../../support/ipmitool-ours.ts';

/** A BMC with controllers at 0x2c on channel 0 and at 0x72 on 7, each with one behind it. */
async function rig() {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const at = (address: number, place: string, channel = 0): Satellite => ({
    ...{ address, channel },
    answer: (request) => {
      asked.push(`${place}: ${shownOf(request)}`);
      return [0x00, address, ...request.data];
    },
  });
  const satellites = [
    { ...at(0x2c, 'near'), satellites: [at(0x40, 'behind', 6)] },
    { ...at(0x72, 'near', 7), satellites: [at(0x42, 'behind')] },
  ];
  const sim = new SimBmc({ clock, satellites, responseMs: 1 });
  const device = await clock.until(open({ base: sim.base, port: sim, clock, bringUp: 'lazy' }));
  onTestFinished(() => clock.until(device.close()));
  const run = async (words: string, input = '') => {
    let [stdout, stderr] = ['', ''];
    const streams = {
      print: (text: string) => void (stdout += text),
      complain: (text: string) => void (stderr += `${text}\n`),
      ask: (question: string) => void (stderr += question),
    };
    const line = readCommandLine(words.split(' '), streams);
    if (line.kind === 'ended') return { stdout, stderr, exit: line.exit };
    const { choices } = line;
    const requester = wayTo(device, choices, { timeoutMs: 5000 });
    const state = { memory: { isExtended: false, running: new Set<string>() }, signal: undefined };
    const session = { ...streams, ...state, choices, requester, clock, input: inputOf(input) };
    const exit = await clock.until(runCommand(session, line.words));
    return { stdout, stderr, exit };
  };
  const sent = (): readonly number[] => sim.executed.map(({ cmd }) => cmd);
  return { run, asked, sent };
}

function shownOf({ netFn, lun, cmd, data }: SatelliteRequest): string {
  return [netFn, cmd, ...data].map((byte) => byte.toString(16)).join(' ') + ` on ${lun}`;
}

test.each([
  ['-t 0x2c raw 0x30 1 5', 'near: 30 1 5 on 0', ' 2c 05\n'],
  ['-l 2 -t 0x2c raw 0x30 1 5', 'near: 30 1 5 on 2', ' 2c 05\n'],
  ['-b 7 -t 0x72 raw 0x30 1 5', 'near: 30 1 5 on 0', ' 72 05\n'],
  ['-b 6 -t 0x40 -T 0x2c raw 0x30 1 5', 'behind: 30 1 5 on 0', ' 40 05\n'],
  ['raw 0x30 1 5 -b 6 -t 0x40 -T 0x2c -B 0', 'behind: 30 1 5 on 0', ' 40 05\n'],
  ['-t 0x42 -T 0x72 -B 7 raw 0x30 1 5', 'behind: 30 1 5 on 0', ' 42 05\n'],
])('%s', async (words, reached, stdout) => {
  const { run, asked } = await rig();

  expect(await run(words)).toEqual({ stdout, stderr: '', exit: 0 });
  expect(asked).toEqual([reached]);
});

test.each(['-t 0x20', '-t 0', '-m 0x2c -t 0x2c', '-b 7', '-B 7'])(
  'the BMC itself is asked with %s',
  async (options) => {
    const { run, asked, sent } = await rig();
    const { stdout, exit } = await run(`${options} raw 6 4`);

    expect({ stdout, exit }).toEqual({ stdout: ' 55 00\n', exit: 0 });
    expect(asked).toEqual([]);
    expect(sent().at(-1)).toBe(0x04);
  },
);

describe('a controller that cannot be reached is an answer that failed, sent once:', () => {
  test.each([
    ['-t 0x2e raw 0x30 1', 0, 'rsp=0xc3): Timeout'],
    ['-b 6 -t 0x40 -T 0x2e raw 0x30 1', 6, 'rsp=0xc3): Timeout'],
    ['-b 6 -t 0x44 -T 0x2c raw 0x30 1', 6, 'rsp=0xc3): Timeout'],
    ['-b 5 -t 0x2c raw 0x30 1', 5, 'rsp=0xff): Unspecified error'],
  ])('%s', async (words, channel, end) => {
    const { run, asked, sent } = await rig();
    const ended = await run(words);

    const name = `channel=0x${channel} netfn=0x30 lun=0x0 cmd=0x1`;
    expect(ended).toEqual({
      stdout: '',
      stderr: `Unable to send RAW command (${name} ${end}\n`,
      exit: 1,
    });
    expect(asked).toEqual([]);
    expect(sent().filter((cmd) => cmd === 0x34)).toHaveLength(1);
  });
});

test.each([
  ['-t 0x2d raw 0x30 1', /^address 0x2d is odd: .*; nothing was sent$/],
  ['-b 20 -t 0x2c raw 0x30 1', /^channel must be an integer from 0 to 15, not 20 .*-t and -b name/],
  ['-T 0x2d -t 0x40 raw 0x30 1', /^transit.address 0x2d is odd: /],
  ['-B 16 -T 0x2c -t 0x40 raw 0x30 1', /^transit.channel must be an integer from 0 to 15, not 16/],
])('%s is refused: no message can have it', async (words, message) => {
  const { run, sent } = await rig();
  const before = sent().length;
  const error: unknown = await run(words).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({ message: expect.stringMatching(message) as string });
  expect(sent()).toHaveLength(before);
});

test('lines of the shell change the controller, and keep the way', async () => {
  const { run, asked } = await rig();
  const lines = ['raw 0x30 1 1', 'set targetaddr 0x20', 'raw 6 4', 'set targetaddr 0x40'];
  const input = `${[...lines, 'raw 0x30 1 2'].join('\n')}\n`;
  const { stderr, exit } = await run('-b 6 -t 0x40 -T 0x2c shell', input);

  expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 });
  expect(asked).toEqual(['behind: 30 1 1 on 0', 'behind: 30 1 2 on 0']);
});
