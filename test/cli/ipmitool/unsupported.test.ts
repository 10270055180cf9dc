/** Command lines that this program cannot do as they are meant: nothing is sent for them. */

import { expect, test } from 'vitest';

import { UNSUPPORTED_COMMANDS } from '../../../src/cli/ipmitool/families.ts';
import { directBmc } from '../../support/direct-bmc.ts';
import { runOurs } from '../../support/ipmitool-ours.ts';

/** Lines for another machine, or another BMC of this one: done here, they would switch this off. */
const ELSEWHERE = [
  ...['-I lan', '-I lanplus', '-I lan -H host -U root', '-H host', '-H 10.0.0.1 -I open'],
  ...['-d 1', '-I usb'],
].map((options) => `${options} power off`);

/** Those that want what is not there. */
const WITHOUT = [
  ...['-S sdr.bin', '-O oem.bin', '-a', '-Y'].map((option) => `${option} power off`),
  ...['sel interpret 1 log.txt pps', 'fru upgEkey 0 key.bin', 'fru get 0'],
  ...UNSUPPORTED_COMMANDS.map((family) => `${family} power off`),
];

test.each([...ELSEWHERE, ...WITHOUT])('nothing is sent for %s', async (line) => {
  const { requester, clock } = directBmc();

  const { stdout, stderr, exit } = await runOurs(line.split(' '), { requester, clock });

  expect([stdout, exit, requester.asked]).toEqual(['', 1, []]);
  const device = 'Could not open device at /dev/ipmi1 or /dev/ipmi/1 or /dev/ipmidev/1';
  expect(stderr).toContain(line.startsWith('-d') ? device : ' is not supported; docs/ipmitool.md');
});
