/**
 * Faulty BMCs and faulty machines, one for each check: the fault that the check is there for. Most
 * are faulty from the beginning; some begin to be so when their check begins.
 */

import { IpmiError } from '../errors.ts';
import { SimIrqLine } from '../sim/irq-line.ts';
import type { VirtualClock } from '../sim/virtual-clock.ts';
import type { CheckId, Slug } from './events.ts';
import {
  afterCapabilities,
  answering,
  answeringThen,
  failing,
  hangsOnTorn,
} from './faulty-machines.ts';
import { isColdReset, isPlatformEvent, isSetEnables, lostEntry } from './faulty-machines.ts';
import { machineWith, mixedUp, slowPort } from './faulty-machines.ts';
import type { Stage } from './faulty-machines.ts';
import { simulatedHost } from './simulated-host.ts';
import { simulatedSubject } from './simulated.ts';

/** A fault, and what a run has to make of it. */
export interface Proof {
  readonly check: CheckId;
  /** The fault, as a sentence says it. */
  readonly fault: string;
  /** The check must find at least one of these; none when it cannot be done. */
  readonly slugs: readonly Slug[];
  /** Later checks that meet the fault as well. */
  readonly follows: readonly CheckId[];
  readonly stage: (clock: VirtualClock) => Stage;
}

/** The last two checks look at everything, and find what is broken for good. */
const END: readonly CheckId[] = ['not-wedged', 'teardown'];

/** The fault of each check, in the order of the checks. */
export const PROOFS: readonly Proof[] = [
  {
    check: 'firmware-agreement',
    fault: 'SMBIOS calls the I/O port a memory address',
    slugs: ['bt-firmware-disagrees'],
    follows: [],
    stage: (clock) => machineWith(clock, { files: simulatedHost({ smbiosBase: 0xce4 }) }),
  },
  {
    check: 'owner',
    fault: 'a kernel driver has the ports',
    slugs: [],
    follows: [],
    stage: (clock) =>
      machineWith(clock, {
        refusal: () => new IpmiError('PORT_CLAIMED', 'ipmi_si has the ports; use --takeover'),
      }),
  },
  {
    check: 'registers',
    fault: 'B_BUSY stays set',
    slugs: ['bt-busy-stuck'],
    follows: END,
    stage: failing('busy'),
  },
  {
    check: 'bring-up',
    fault: 'the BMC drops all requests',
    slugs: ['bt-bring-up'],
    follows: ['interrupt', 'attention', ...END],
    stage: failing('silent'),
  },
  {
    check: 'bring-up-race',
    fault: 'the BMC answers 0xD5 to what is asked while it starts',
    slugs: ['bt-forged-completion'],
    follows: ['abandon', 'share'],
    stage: answering(() => afterCapabilities([0xd5])),
  },
  {
    check: 'latency',
    fault: 'answers take two seconds',
    slugs: ['bt-slow', 'bt-late'],
    follows: [],
    stage: failing('late', { commands: 40, byMs: 2000 }),
  },
  {
    check: 'frames',
    fault: 'the BMC drops requests of more than 100 bytes',
    slugs: ['bt-frame-refused', 'bt-drops-requests'],
    follows: [],
    stage: answering(
      () =>
        ({ data }) =>
          data.length > 100 ? 'drop' : undefined,
    ),
  },
  {
    check: 'pace',
    fault: 'the BMC drops one of many requests',
    slugs: ['bt-pace'],
    follows: [],
    stage: failing('drop', { skip: 20 }),
  },
  {
    check: 'abandon',
    fault: 'the BMC gives each answer to the next request',
    slugs: ['bt-stale', 'bt-wrong-answer'],
    follows: ['share'],
    stage: answeringThen(mixedUp),
  },
  {
    check: 'share',
    fault: 'the BMC mixes up answers',
    slugs: ['bt-shared-wrong'],
    follows: [],
    stage: answeringThen(mixedUp),
  },
  {
    check: 'interrupt',
    fault: 'no interrupt arrives',
    slugs: ['bt-irq-dead'],
    follows: [],
    stage: (clock) => {
      const { bmc } = machineWith(clock);
      const faults = [{ kind: 'lost', fromMs: 0, forMs: Infinity }] as const;
      const newLine = (): SimIrqLine => new SimIrqLine({ bmc, clock, ownsMask: false, faults });
      return { subject: simulatedSubject({ files: simulatedHost(), bmc, clock, newLine }) };
    },
  },
  {
    check: 'attention',
    fault: 'SMS_ATN stays set without a flag',
    slugs: ['bt-attention-stuck'],
    follows: [],
    stage: failing('stickyAttention'),
  },
  {
    check: 'event-loop',
    fault: 'each register access takes half a millisecond',
    slugs: ['bt-slow-port'],
    follows: [],
    stage: (clock) => machineWith(clock, { wrap: (bmc) => slowPort(bmc, clock, 0.5) }),
  },
  {
    check: 'enables',
    fault: 'the BMC ignores Set BMC Global Enables',
    slugs: ['bt-enables-lost'],
    follows: [],
    stage: answeringThen(() => (command) => (isSetEnables(command) ? [0] : undefined)),
  },
  {
    check: 'platform-event',
    fault: 'the BMC takes an event and tells none',
    slugs: ['bt-event-lost'],
    follows: [],
    stage: answering(() => (command) => (isPlatformEvent(command) ? [0] : undefined)),
  },
  {
    check: 'sel-entry',
    fault: 'an entry of the SEL is not kept',
    slugs: ['bt-sel'],
    follows: [],
    stage: answering(() => lostEntry()),
  },
  {
    check: 'torn-frame',
    fault: 'the BMC is silent once a frame was torn',
    slugs: ['bt-torn-frame'],
    follows: ['reset', ...END],
    stage: (clock) => {
      const { bmc, subject } = machineWith(clock, { wrap: hangsOnTorn });
      return { bmc, subject };
    },
  },
  {
    check: 'reset',
    fault: 'the BMC refuses to be reset',
    slugs: ['bt-reset'],
    follows: [],
    stage: answering(() => (command) => (isColdReset(command) ? [0xd4] : undefined)),
  },
  {
    check: 'not-wedged',
    fault: 'the BMC wedges behind the other checks',
    slugs: ['bt-wedged'],
    follows: ['teardown'],
    stage: failing('silent'),
  },
  {
    check: 'teardown',
    fault: 'the kernel driver does not come back',
    slugs: ['bt-left-behind'],
    follows: [],
    stage: (clock) =>
      machineWith(clock, { left: () => [{ text: 'IPI0001:00 is not bound to ipmi_si' }] }),
  },
];
