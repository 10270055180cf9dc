/**
 * A BMC of the test's own with an interrupt line: it answers one command late, so that there is
 * something to wait for, forgets on request that interrupts are wanted, as a restart makes it, and
 * interrupts for nothing.
 */

import { ExternBmc } from '../qemu/extern-bmc.ts';
import type { BmcReply } from '../qemu/extern-bmc.ts';
import { VmCommand } from '../qemu/vm-protocol.ts';
import type { BmcPeer } from './machine.ts';

const APP = 0x06;
const OEM = 0x30;

/** OEM commands; `interrupts.mjs` has the same numbers. */
const SLOW = 0x02;
const FORGET = 0x03;
const NOISE = 0x04;

const SLOW_MS = 300;
const NOISES = 20;

/** BMC Global Enables: interrupts for messages and for events; and after a restart. */
const INTERRUPTS = 0x03;
const AFTER_RESTART = 0x08;

export class InterruptingBmc implements BmcPeer {
  readonly bmc = new ExternBmc({
    plan: ({ netFn, cmd }) => (netFn === OEM && cmd === SLOW ? { delayMs: SLOW_MS } : {}),
  });

  /** BMC Global Enables as they are. */
  enables = AFTER_RESTART;

  constructor() {
    const { bmc } = this;
    bmc.handle(APP, 0x2e, ({ data }) => {
      this.#enable(data[0] ?? 0);
      return reply();
    });
    bmc.handle(APP, 0x2f, () => reply(this.enables));
    bmc.handle(OEM, SLOW, ({ data }) => reply(...data));
    bmc.handle(OEM, FORGET, () => {
      this.#enable(AFTER_RESTART);
      return reply();
    });
    bmc.handle(OEM, NOISE, () => {
      for (let index = 0; index < NOISES; index += 1) {
        bmc.sendCommand(VmCommand.ATTN_IRQ);
        bmc.sendCommand(VmCommand.NO_ATTN);
      }
      return reply();
    });
  }

  start(socketPath: string): Promise<void> {
    return this.bmc.start(socketPath);
  }

  close(): Promise<void> {
    return this.bmc.close();
  }

  #enable(enables: number): void {
    this.enables = enables;
    const isWanted = (enables & INTERRUPTS) !== 0;
    this.bmc.sendCommand(isWanted ? VmCommand.ENABLE_IRQ : VmCommand.DISABLE_IRQ);
  }
}

function reply(...data: readonly number[]): BmcReply {
  return { completionCode: 0, data: Uint8Array.from(data) };
}
