/**
 * The one function that wires a simulated BMC, a virtual clock and the driver together. After the
 * test it closes the driver and checks what a finished host looks like: interface quiet, no
 * protocol violation, no timer left.
 */

import { expect, onTestFinished } from 'vitest';

import { askerOf } from '../../src/bmc/ask.ts';
import type { BmcAccess, BringUpOptions } from '../../src/bmc/bring-up.ts';
import { Driver } from '../../src/driver/driver.ts';
import type { SubmitOptions } from '../../src/driver/driver.ts';
import type { Reply, Request } from '../../src/ipmi/message.ts';
import type { Suspicion } from '../../src/driver/in-flight.ts';
import { Interrupt } from '../../src/driver/interrupt.ts';
import type { InterruptGate } from '../../src/driver/interrupt.ts';
import { limitsFor } from '../../src/driver/limits.ts';
import { BtMachine } from '../../src/bt/machine.ts';
import { PollPolicy } from '../../src/driver/poll-policy.ts';
import { BtRegisters } from '../../src/bt/registers.ts';
import type { BmcInterface } from '../../src/driver/machine.ts';
import { newStatistics } from '../../src/driver/statistics.ts';
import type { Statistics } from '../../src/driver/statistics.ts';
import { Arbiter } from '../../src/share/arbiter.ts';
import type { Clock } from '../../src/clock.ts';
import { DEFAULT_CAPABILITIES } from '../../src/ipmi/bt-capabilities.ts';
import { privateLock } from '../../src/share/lock.ts';
import type { Lock } from '../../src/share/lock.ts';
import { silentLog } from '../../src/log.ts';
import type { IrqLine } from '../../src/port/irq-line.ts';
import type { PortIo } from '../../src/port/port.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { SIM_TABLE } from '../../src/sim/options.ts';
import type { SimOptions } from '../../src/sim/options.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

export const GET_DEVICE_ID: Request = request(0x06, 0x01);

/** What {@link rig} can be told besides the simulator's own options. */
export interface RigOptions extends SimOptions {
  readonly queueMax?: number;
  readonly firstSeq?: number;
  /** Shared with another driver; this one is alone when absent. */
  readonly lock?: Lock;
  readonly lockTimeoutMs?: number;
  /** Least time from one look to the next; 0. */
  readonly pollMs?: number;
  /** Where the interrupt arrives, if there is one. */
  readonly line?: IrqLine;
  /** Looks for the BMC; without it, the BMC is there. */
  readonly onDoubt?: (doubt: Suspicion) => void;
  /** Puts something between the driver and the simulator. */
  readonly wrap?: (port: PortIo) => PortIo;
}

/** Wires a driver to a port: everything below it is real, everything beside it is quiet. */
export function wire(port: PortIo, clock: Clock, options: RigOptions = {}) {
  const { base = 0xce4, spacing = 1, line } = options;
  const statistics = newStatistics();
  const edges: string[] = [];
  const registers = new BtRegisters(port, { base, spacing });
  const interrupt =
    line && new Interrupt({ line, gate: gateOf(registers), warn: ignore, onLost: ignore });
  const machine = new BtMachine(registers, {
    interrupt,
    onAttention: () => {
      statistics.attentions += 1;
    },
    policy: new PollPolicy(options.pollMs ?? 0),
    onEdge: (from, to) => {
      edges.push(`${from} -> ${to}`);
    },
  });
  const hardware: Hardware = { machine, interrupt, hasCapabilities: true, base };
  return { edges, registers, ...drive(hardware, { clock, statistics }, options), machine };
}

/** An interface, as far as a driver is wired to it. */
export interface Hardware extends Omit<BmcInterface, 'drain'> {
  readonly base: number;
}

/** Parts beside the interface that its maker may need as well. */
interface Surroundings {
  readonly clock: Clock;
  readonly statistics: Statistics;
}

/** Wires a driver to an interface of whatever kind. */
export function drive(
  hardware: Hardware,
  { clock, statistics }: Surroundings,
  options: RigOptions = {},
) {
  const { queueMax = 256, firstSeq = 0 } = options;
  const { machine, interrupt, hasCapabilities, base } = hardware;
  const arbiter = new Arbiter(
    options.lock ?? privateLock({}, firstSeq),
    options.lockTimeoutMs ?? 30_000,
  );
  const driver: Driver = new Driver({
    machine,
    arbiter,
    clock,
    log: silentLog,
    statistics,
    limits: limitsFor(DEFAULT_CAPABILITIES),
    queueMax,
    interrupt,
    onDoubt: (doubt) => {
      if (doubt !== 'silence' && doubt !== 'restart') return;
      if (options.onDoubt === undefined) driver.trust(doubt);
      else options.onDoubt(doubt);
    },
  });
  const asker = askerOf(driver);
  const access: BmcAccess = { machine, driver, asker, arbiter, hasCapabilities, base };
  return { statistics, driver, access, interrupt };
}

/** The registers' side of an interrupt, as BT has it. */
export function gateOf(registers: BtRegisters): InterruptGate {
  return {
    acknowledge: () => {
      registers.acknowledgeInterrupt();
    },
    restore: () => {
      registers.restoreInterrupt(true);
    },
  };
}

/** Wires a driver to a simulated BMC, and looks after both when the test is over. */
export function rig(options: RigOptions = {}) {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, ...simOptionsOf(options) });
  const wired = wire(options.wrap?.(bmc) ?? bmc, clock, options);
  onTestFinished(() => {
    wired.driver.close();
    bmc.assertQuiet();
    expect(clock.pending).toBe(0);
  });
  return { clock, bmc, ...wired };
}

/** Returns the options of the simulated BMC among others. */
function simOptionsOf(options: RigOptions): SimOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name in SIM_TABLE));
}

/** A request for the driver. */
export function request(netFn: number, cmd: number, ...data: number[]): Request {
  return { netFn, cmd, lun: 0, data: Uint8Array.from(data) };
}

/** The simulator's OEM command that returns its data; not on the list of repeatable ones. */
export function echo(...data: number[]): Request {
  return request(0x30, 0x01, ...data);
}

/** Hands a caller's request to the driver. */
export function send(
  driver: Driver,
  message: Request,
  options: Partial<SubmitOptions> = {},
): Promise<Reply> {
  return driver.submit(message, { retries: 'safe', internal: false, ...options });
}

/** What became of a promise: its reply's data as an array, or the error's code and outcome. */
export async function outcomeOf(promise: Promise<Reply>): Promise<unknown> {
  try {
    const reply = await promise;
    return reply.completionCode === 0 ? [...reply.data] : { completionCode: reply.completionCode };
  } catch (error) {
    const { code, outcome } = error as { code?: string; outcome?: string };
    return code === undefined ? error : { code, outcome };
  }
}

/** Bring-up options with nothing special about them. */
export function bringUpOptions(clock: VirtualClock): BringUpOptions {
  return { clock, deadlineMs: clock.now() + 30_000, attemptMs: undefined, signal: undefined };
}

function ignore(): void {
  // There is no listener.
}
