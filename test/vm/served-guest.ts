/**
 * The guest of `serve.test.ts`: one BMC of OpenIPMI's, all lines over the kernel's driver, and then
 * the same over the device file that `ipmi-bt serve` offers.
 */

import { guestProgram, guestProgramPair } from './compile.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { GUID_SENT } from './ipmi-sim-setup.ts';
import { IpmiSim } from './ipmi-sim.ts';
import { bindAll } from './peers.ts';
import { ipmiSimCommands, population } from './population.ts';
import { LIMITS, PROGRAMS, SERVED_LINES } from './served-lines.ts';
import { servedPeerFiles } from './served-peers.ts';
import { stepsOf } from './steps.ts';

const [SENSORS, BEHIND, ENTRIES] = [30, 3, 30];

export const SERVED_GUEST_MS = 580_000;

const USERS = ['user 1 true "" "none" user 10', 'user 2 true "operator1" "secret1" operator 10'];

/** Waits for the device file of a server that has been started. */
const UNTIL_SERVED = 'until [ -e /dev/ipmi0 ]; do kill -0 $! || exit 1; usleep 20000; done';

/** Boots it and runs all steps. */
export async function servedGuest(): Promise<GuestResult> {
  const commands = ipmiSimCommands(population(SENSORS, BEHIND), ENTRIES);
  return await bootGuest({
    bmc: [new IpmiSim({ commands, guid: GUID_SENT, users: USERS })],
    modules: ['cuse'],
    files: {
      ...(await servedPeerFiles()),
      ...(await guestProgramPair('ipmi-parity')),
      ...(await guestProgram('ipmi-epoll')),
    },
    timeoutMs: SERVED_GUEST_MS,
    steps: stepsOf({
      bind: bindAll(1),
      ...each('kernel'),
      unbind: 'rmmod ipmi_devintf ipmi_si',
      serve: `modprobe cuse; ipmi-bt serve > /tmp/served 2>&1 & ${UNTIL_SERVED}; echo $! > /tmp/pid`,
      ...each('served'),
      served: 'cat /tmp/served',
      end: 'kill $(cat /tmp/pid); while kill -0 $(cat /tmp/pid); do usleep 20000; done 2> /dev/null; ls /dev | grep -c ipmi',
    }),
  });
}

function each(whose: string): Record<string, string> {
  const steps = Object.entries({ ...SERVED_LINES, ...PROGRAMS, limits: LIMITS });
  return Object.fromEntries(steps.map(([name, line]) => [`${whose}: ${name}`, line]));
}
