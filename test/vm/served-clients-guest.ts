/**
 * The guest of `serve-clients.test.ts`: one BMC of the test's own, which takes its time, goes away
 * and has events, and clients of the device file that is served before it. With
 * `IPMI_BT_LOAD=whole` (`npm run soak:serve-vm`) there are many more of all.
 */

import { EventfulBmc } from './eventful-bmc.ts';
import { guestProgram } from './compile.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { IS_WHOLE, load } from './load.ts';
import { baseOf } from './machine.ts';
import { stepsOf } from './steps.ts';
import { TroubledBmc } from './troubled-bmc.ts';

/** Times of an answer of the BMC, milliseconds. */
export const DELAYS = [0, 5, 10] as const;

export const CLIENTS = 8;

/** Requests of a client beside others, sends of a flood, commands one after the other. */
export const REQUESTS = load(500, 60);
export const FLOOD = load(10_000, 500);
export const MANY = load(20_000, 500);

/** Round trips of which the times are told. */
export const PACED = load(500, 50);

/** Events that a client takes: more than are kept for one that takes none. */
export const STORM = load(5000, 240);

/** Requests meanwhile: few, because each causes an event that the client has not counted on. */
export const BESIDE = 20;

/** Much, because other work may have the host. */
export const CLIENTS_GUEST_MS = IS_WHOLE ? 3_600_000 : 880_000;

/** A second byte of an echo that is this makes the BMC go away for so long. */
const AWAY = 255;
const ABSENT_MS = 20_000;

/** The states of a file in which its client is killed. */
export const STATES = ['open', 'sent', 'poll', 'listening'] as const;

const SERVE = [
  `ipmi-bt --base ${baseOf(0)} serve >> /tmp/served 2>&1 &`,
  'echo $! > /tmp/pid',
  'until [ -e /dev/ipmi0 ]; do kill -0 $! || exit 1; usleep 20000; done',
].join('\n');

const STOP = (signal = 'TERM'): string => {
  const gone = 'while [ -e /dev/ipmi0 ]; do usleep 20000; done';
  return `kill -${signal} $(cat /tmp/pid); ${gone}`;
};

const ECHO = 'ipmi-clients echo 1 3';

const STATUS = `ipmi-bt --base ${baseOf(0)} --json serve status`;

/** It goes away when it is told to; the second byte of an echo is the time that it takes. */
const TROUBLED = new TroubledBmc({
  plan: ({ netFn, data: [, delayMs = 0] }) => {
    if (netFn !== 0x30) return {};
    if (delayMs !== AWAY) return { delayMs };
    TROUBLED.comeIn(ABSENT_MS);
    return {};
  },
});

/** The same, with an event for each echo while a client listens. */
export const EVENTFUL = new EventfulBmc({ bmc: TROUBLED.bmc, every: 1, burst: 1 });

/** Boots it and runs all steps. */
export async function clientsGuest(): Promise<GuestResult> {
  return await bootGuest({
    bmc: TROUBLED,
    modules: ['cuse'],
    processors: 2,
    files: { ...(await guestProgram('ipmi-clients')), ...(await guestProgram('ipmi-killed')) },
    timeoutMs: CLIENTS_GUEST_MS,
    steps: stepsOf({
      load: 'modprobe cuse',
      serve: SERVE,
      ...Object.fromEntries(DELAYS.map((ms) => [`${ms} ms`, `ipmi-clients pace ${PACED} ${ms}`])),
      'status after that': STATUS,
      echo: `ipmi-clients wait 3000 > /tmp/ninth & ipmi-clients echo ${CLIENTS} ${REQUESTS}; wait`,
      ninth: 'cat /tmp/ninth',
      ...Object.fromEntries(STATES.map((state) => [`killed: ${state}`, killed(state)])),
      'killed in calls': 'ipmi-killed $(cat /tmp/pid) /dev/ipmi0',
      'after killed calls': ECHO,
      flood: `ipmi-clients flood ${FLOOD} & ipmi-clients pace ${PACED} > /tmp/beside; wait`,
      'beside the flood': 'cat /tmp/beside',
      many: `ipmi-clients pace ${MANY}`,
      memory: 'grep VmRSS /proc/$(cat /tmp/pid)/status',
      ...stormSteps(),
      // QEMU itself answers 0xd2 meanwhile.
      gone: `ipmi-clients pace 1 ${AWAY} > /dev/null; ${ECHO}`,
      back: `until ipmi-clients echo 1 1 | grep -q right=1; do sleep 1; done; ${ECHO}`,
      'server killed': `ipmi-clients wait 60000 & ${IN_POLL}; ${STOP('KILL')}; wait $!`,
      'served again': `${SERVE}\n${ECHO}`,
      'server stopped': `${STOP()}; ls /dev/ipmi0 2>&1; ls /run/ipmi-bt-serve`,
      log: 'cat /tmp/served',
    }),
  });
}

/** The number of poll(2), in which the client that was started last waits. */
const IN_POLL = "until grep -q '^7 ' /proc/$!/syscall; do usleep 10000; done";

/** Waits until the client that was started last has printed into that file. */
const HELD = (file: string): string => {
  return `until [ -s ${file} ]; do kill -0 $! || exit 1; usleep 20000; done`;
};

/** A client that is killed in that state, and one that comes after it. */
function killed(state: string): string {
  const hold = `ipmi-clients hold ${state} > /tmp/held & ${HELD('/tmp/held')}`;
  return `${hold}\nkill -KILL $!; wait $! 2> /dev/null; rm /tmp/held; ${ECHO}`;
}

/** One client takes the events, another one listens and takes none, and a third asks. */
function stormSteps(): Record<string, string> {
  const deaf = `ipmi-clients hold listening > /tmp/deaf & ${HELD('/tmp/deaf')}; echo $! > /tmp/deaf`;
  const beside = `ipmi-clients pace ${BESIDE} > /tmp/beside`;
  return {
    storm: `${deaf}\nipmi-clients storm ${STORM} & ${beside}; wait $!`,
    'beside the storm': 'cat /tmp/beside',
    'status of the storm': STATUS,
    'after the storm': `kill -KILL $(cat /tmp/deaf); ${ECHO}`,
  };
}
