/** The words for a kernel's log: they point at the lines, and say whose request was on the wire. */

import { expect, test } from 'vitest';

import { kernelStory } from '../../src/trace/kernel-story.ts';
import { kernelFields, kernelText } from '../../src/trace/kernel-text.ts';
import { logOf, raceLog } from '../support/kernel-logs.ts';

test('the race of 2018 is told line by line', () => {
  const text = kernelText(raceLog(), kernelStory(raceLog()));

  expect(text).toContain('150 lines, 118 of the BT state machine\n');
  expect(text).toContain(
    'Latency, from written to seen: first answer 1040.7 ms; the 6 others 9.9 to 122.2 ms, median 24.9 ms.',
  );
  expect(text).toContain(`Requests begun while another was on the wire: 2
1. 120.377028  Get Device GUID (netFn 0x06 cmd 0x08) was begun in WR_CONSUME.
   On the wire was Get BT Interface Capabilities (netFn 0x06 cmd 0x36), the state machine's own, begun at 120.376646, written by 120.376995.
   The answer at 120.377140, 112 us later, is forged: 0xd5 (Command not supported in present state) comes from the kernel, which had read nothing from the BMC.
2. 120.377164  Get Device ID (netFn 0x06 cmd 0x01) was begun in RD_WAIT.
`);
  expect(text).toContain('Linux 4.19 asks for the capabilities in bt_detect()');
  expect(text).toContain('  120.377252  ipmi_si IPI0001:00: Unable to get the device id: -5\n');
});

test('a log without a clash says so, and no more', () => {
  const log = logOf('0 BT: IDLE [ ]', '1 BT: XACTION [ ]', '2 BT: WR_BYTES [', '3 ipmi_si: x');

  expect(kernelText(log, kernelStory(log)))
    .toBe(`4 lines, 2 of the BT state machine; 1 of its lines cannot be read

Transactions: 1
  0.001000  a request that the log does not name: not written; the last line of it is XACTION
Latency: no transaction was answered.

Requests begun while another was on the wire: 0
`);
});

test('as JSON it has every time in microseconds', () => {
  const log = raceLog();

  expect(kernelFields(log, kernelStory(log))).toMatchObject({
    ...{ lines: 150, state_lines: 118, malformed_lines: 0 },
    clashes: [
      {
        ...{ at_us: 120_377_028, net_fn: 6, cmd: 8, state: 'WR_CONSUME' },
        ...{ forged_code: 0xd5, forged_at_us: 120_377_140 },
        on_wire: { origin: 'own', net_fn: 6, cmd: 0x36, latency_us: null },
      },
      { at_us: 120_377_164, net_fn: 6, cmd: 1, state: 'RD_WAIT' },
    ],
  });
});
