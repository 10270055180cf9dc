/**
 * Builds a BT interface behind the driver's contract: its registers, machine and interrupt. The
 * layers above know nothing else of BT.
 */

import type { BmcInterface, InterfaceEvents } from '../driver/machine.ts';
import { Interrupt } from '../driver/interrupt.ts';
import { PollPolicy } from '../driver/poll-policy.ts';
import type { IrqLine } from '../port/irq-line.ts';
import type { PortIo } from '../port/port.ts';
import type { BlockAddress } from '../port/register-block.ts';
import type { Setting } from '../share/settings.ts';
import { BtDrain } from './drain.ts';
import { BtMachine } from './machine.ts';
import type { MachineOptions } from './machine.ts';
import type { Quirk } from './quirks.ts';
import { BtRegisters } from './registers.ts';
import { TracePort } from './trace-port.ts';
import type { TraceSink } from './trace-port.ts';

/** Everything a BT interface is built from; complete, nothing has a default here. */
export interface BtInterfaceParts {
  readonly port: PortIo;
  readonly block: BlockAddress;
  readonly quirks: readonly Quirk[];
  /** Least time between two polls, milliseconds; 0 for no such limit. */
  readonly pollMs: number;
  /** The line that the interrupt arrives on; undefined where there is none. */
  readonly line: IrqLine | undefined;
  /** Receives every register access, a line each. */
  readonly trace: TraceSink | undefined;
  /** B2H_IRQ_EN, which other processes may need as well. */
  readonly enable?: Setting;
  /** Receives every change of the machine's state. */
  readonly onEdge?: MachineOptions['onEdge'];
}

/** A BT interface, and the registers that only tests of hardware use by themselves. */
export interface BtInterface extends BmcInterface {
  readonly machine: BtMachine;
  readonly registers: BtRegisters;
}

/** Builds a BT interface; touches no register. */
export function btInterface(parts: BtInterfaceParts, events: InterfaceEvents): BtInterface {
  const { block, quirks, pollMs, line, trace } = parts;
  const port = trace === undefined ? parts.port : new TracePort(parts.port, block, trace);
  const registers = new BtRegisters(port, block, parts.enable);
  const gate = {
    acknowledge: () => {
      registers.acknowledgeInterrupt();
    },
    restore: (isLast: boolean) => {
      registers.restoreInterrupt(isLast);
    },
  };
  const interrupt = line && new Interrupt({ line, gate, ...events });
  const { onAttention, onDropped } = events;
  const policy = new PollPolicy(pollMs);
  const { onEdge } = parts;
  const options = { quirks, policy, interrupt, onAttention, onDropped, onEdge };
  const machine = new BtMachine(registers, options);
  return {
    registers,
    machine,
    interrupt,
    hasCapabilities: true,
    drain: () => new BtDrain(registers, machine.isOnWire),
  };
}
