/**
 * A second interface behind the driver's contract, for tests: two registers and a handshake for
 * each byte, as KCS has them (IPMI 2.0 chapter 9), no sequence numbers and no capabilities. It is
 * built from what `driver/` offers, and from nothing of `bt/`.
 */

import type { BmcInterface, Drain, InterfaceEvents } from '../../src/driver/machine.ts';
import { PollPolicy } from '../../src/driver/poll-policy.ts';
import type { PortIo } from '../../src/port/port.ts';
import { ToyMachine } from './toy-machine.ts';
import { Phase, ToyRegisters, isReady } from './toy-registers.ts';

/** Everything a toy interface is built from. */
export interface ToyInterfaceParts {
  readonly port: PortIo;
  readonly base: number;
}

/** Puts a toy interface together; touches no register. */
export function toyInterface(
  { port, base }: ToyInterfaceParts,
  { onAttention }: Pick<InterfaceEvents, 'onAttention'>,
): BmcInterface {
  const registers = new ToyRegisters(port, base);
  return {
    machine: new ToyMachine(registers, new PollPolicy(0), onAttention),
    interrupt: undefined,
    hasCapabilities: false,
    drain: () => new ToyDrain(registers),
  };
}

/** Watches until the BMC is idle; ends what is half done, and takes no answer. */
class ToyDrain implements Drain {
  readonly #registers: ToyRegisters;
  reason = 'nothing was looked at';

  constructor(registers: ToyRegisters) {
    this.#registers = registers;
  }

  look(isOver: boolean): boolean {
    this.#registers.endTransfer(isOver);
    const status = this.#registers.status();
    this.reason = `the status register reads 0x${status.toString(16)}`;
    return isReady(status) && this.#registers.phase(status) === Phase.IDLE;
  }
}
