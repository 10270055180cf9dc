/** The commands that the simulated BMC executes, one after the other. */

import { describe, expect, test } from 'vitest';

import { CommandProcessor, SIM_DEVICE_ID, SPEC_COMMANDS } from '../../src/sim/commands.ts';

const CAPABILITIES = [1, 64, 64, 10, 0];

function bench() {
  const log: string[] = [];
  const processor = new CommandProcessor(
    SPEC_COMMANDS,
    {
      setSmsAttention: (isDue) => log.push(`SMS_ATN ${isDue}`),
      dropInterrupts: () => log.push('drop'),
      restart: () => log.push('restart'),
    },
    { capabilities: CAPABILITIES, guid: [1, 2, 3], satellites: [] },
  );
  const run = (cmd: number, data: readonly number[] = [], lun = 0): readonly number[] =>
    processor.execute({ netFn: 6, lun, seq: 1, cmd, data: Uint8Array.from(data), atMs: 0 });
  return { log, processor, run };
}

describe('a command', () => {
  test.each([
    ['Get Device ID', 0x01, [], [0x00, ...SIM_DEVICE_ID]],
    ['Get Self Test Results', 0x04, [], [0x00, 0x55, 0x00]],
    ['Get Device GUID', 0x08, [], [0x00, 1, 2, 3]],
    ['Get System GUID', 0x37, [], [0x00, 1, 2, 3]],
    ['Get BT Interface Capabilities', 0x36, [], [0x00, ...CAPABILITIES]],
    ['one it does not know', 0x7f, [], [0xc1]],
    ['one with too much data', 0x01, [1], [0xc7]],
    ['one with too little data', 0x2e, [], [0xc7]],
    ['Get Message without a message', 0x33, [], [0x80]],
  ])('%s', (_, ...[cmd, data, reply]) => {
    expect(bench().run(cmd, data)).toEqual(reply);
  });

  test('of another LUN is none', () => {
    expect(bench().run(0x01, [], 1)).toEqual([0xc2]);
  });

  test('can restart the BMC', () => {
    const { log, run } = bench();

    expect([run(0x02, [1]), run(0x02), run(0x03)]).toEqual([[0xc7], [0x00], [0x00]]);
    expect(log).toEqual(['restart', 'restart']);
  });
});

describe('an event', () => {
  test('is lost until the event message buffer is enabled, then read once', () => {
    const { log, processor, run } = bench();
    expect(processor.addEvent([1, 2, 3])).toBe(false);
    run(0x2e, [0x04]);

    expect(processor.addEvent([1, 2, 3])).toBe(true);

    expect(log).toEqual(['SMS_ATN true']);
    expect([run(0x31), run(0x35), run(0x31), run(0x35)]).toEqual([
      [0x00, 0x02],
      [0x00, 1, 2, 3],
      [0x00, 0x00],
      [0x80],
    ]);
  });

  test('of many keeps the flag until the last is read; SMS_ATN rises once', () => {
    const { log, processor, run } = bench();
    run(0x2e, [0x04]);
    processor.addEvent([1]);
    processor.addEvent([2]);

    expect([run(0x35), run(0x31), run(0x35), run(0x31)]).toEqual([
      [0x00, 1],
      [0x00, 0x02],
      [0x00, 2],
      [0x00, 0x00],
    ]);
    expect(log).toEqual(['SMS_ATN true']);
  });
});

test('a message waits until it is read, or its flag is cleared', () => {
  const { processor, run } = bench();
  processor.addMessage([0, 7]);
  expect(run(0x31)).toEqual([0x00, 0x01]);

  expect([run(0x30, [0x01]), run(0x31), run(0x33)]).toEqual([[0x00], [0x00, 0x00], [0x00, 0, 7]]);
});

test('a reset restores the enables and forgets events and messages', () => {
  const { processor, run } = bench();
  run(0x2e, [0x04]);
  processor.addEvent([1]);
  processor.addMessage([2]);

  processor.reset();

  expect(processor.globalEnables).toBe(0x08);
  expect([run(0x31), run(0x33), run(0x35)]).toEqual([[0x00, 0x00], [0x80], [0x80]]);
});
