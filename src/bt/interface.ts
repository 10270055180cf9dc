/**
 * BT behind the driver's contract: registers, machine and interrupt of one interface, put together.
 * This is all of BT that the layers above know.
 */

import type { BmcInterface, InterfaceEvents } from '../driver/machine.ts';
import { Interrupt } from '../driver/interrupt.ts';
import { PollPolicy } from '../driver/poll-policy.ts';
import type { IrqLine } from '../port/irq-line.ts';
import type { PortIo } from '../port/port.ts';
import type { BlockAddress } from '../port/register-block.ts';
import { BtDrain } from './drain.ts';
import { BtMachine } from './machine.ts';
import type { Quirk } from './quirks.ts';
import { BtRegisters } from './registers.ts';
import { TracePort } from './trace-port.ts';
import type { TraceSink } from './trace-port.ts';

/** Everything a BT interface is built from; complete, nothing has a default here. */
export interface BtInterfaceParts {
  readonly port: PortIo;
  readonly block: BlockAddress;
  readonly quirks: readonly Quirk[];
  /** Least milliseconds from one look at the registers to the next; 0 where there is none. */
  readonly pollMs: number;
  /** The line that the interrupt arrives on; undefined where there is none. */
  readonly line: IrqLine | undefined;
  /** Receives every register access, a line each. */
  readonly trace: TraceSink | undefined;
}

/** Puts a BT interface together; touches no register. */
export function btInterface(parts: BtInterfaceParts, events: InterfaceEvents): BmcInterface {
  const { block, quirks, pollMs, line, trace } = parts;
  const port = trace === undefined ? parts.port : new TracePort(parts.port, block, trace);
  const registers = new BtRegisters(port, block);
  const gate = {
    acknowledge: () => {
      registers.acknowledgeInterrupt();
    },
    restore: () => {
      registers.restoreInterrupt();
    },
  };
  const interrupt = line && new Interrupt({ line, gate, ...events });
  const { onAttention } = events;
  const policy = new PollPolicy(pollMs);
  const machine = new BtMachine(registers, { quirks, policy, interrupt, onAttention });
  return {
    machine,
    interrupt,
    hasCapabilities: true,
    drain: () => new BtDrain(registers, machine.isOnWire),
  };
}
