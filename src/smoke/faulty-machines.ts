/**
 * Simulated BMCs and machines with a fault, to prove the checks with: those that are faulty from
 * the beginning, and those that begin to be so when the check begins.
 */

import type { PortIo } from '../port/port.ts';
import { SimBmc } from '../sim/bmc.ts';
import type { Executed, SimOptions } from '../sim/bmc.ts';
import { SimIrqLine } from '../sim/irq-line.ts';
import { SIM_FRU } from '../sim/storage-data.ts';
import type { VirtualClock } from '../sim/virtual-clock.ts';
import { simulatedHost } from './simulated-host.ts';
import { simulatedSubject } from './simulated.ts';
import type { SimulatedParts } from './simulated.ts';
import type { Subject } from './subject.ts';

/** A machine with its fault. */
export interface Stage {
  readonly subject: Subject;
  /** Makes the fault begin; called when the check begins. */
  readonly begin?: () => void;
}

/** Makes the machine, on a clock of its own. */
type MakeStage = (clock: VirtualClock) => Stage;

const RESPONSE_MS = 10;

/** It may be reset, and is away for three seconds then. */
const RESETS = { restartMs: 3000, mayReset: true } as const;

const [EVENT, APP, STORAGE] = [0x04, 0x06, 0x0a];

/** Bits of BT_CTRL. */
const [CLR_WR_PTR, H2B_ATN] = [0x01, 0x04];

/** The parts of a machine that a proof changes. */
interface Parts extends Partial<Omit<SimulatedParts, 'bmc' | 'clock'>> {
  readonly sim?: SimOptions;
  readonly hasLine?: boolean;
  /** Stands between the driver and the BMC. */
  readonly wrap?: (bmc: SimBmc, clock: VirtualClock) => PortIo;
}

/** A machine that is sound but for what the parts change. */
export function machineWith(clock: VirtualClock, parts: Parts = {}) {
  const { sim, hasLine = true, wrap, ...others } = parts;
  const bmc = new SimBmc({ clock, responseMs: RESPONSE_MS, strict: false, ...RESETS, ...sim });
  const port = wrap?.(bmc, clock);
  const newLine = (): SimIrqLine => new SimIrqLine({ bmc, clock, ownsMask: false });
  const subject = simulatedSubject({
    ...{ files: simulatedHost(), bmc, clock },
    ...(hasLine ? { newLine } : {}),
    ...(port === undefined ? {} : { port }),
    ...others,
  });
  return { bmc, subject };
}

type Answer = NonNullable<SimOptions['answer']>;

/** A BMC that answers otherwise from the beginning. */
export function answering(answer: () => Answer): MakeStage {
  return (clock) => machineWith(clock, { sim: { answer: answer() } });
}

/** The same, once the check begins. */
export function answeringThen(answer: () => Answer): MakeStage {
  return (clock) => {
    const other = answer();
    let isBegun = false;
    const sim: SimOptions = { answer: (command) => (isBegun ? other(command) : undefined) };
    const begin = (): void => {
      isBegun = true;
    };
    return { ...machineWith(clock, { sim }), begin };
  };
}

/** A BMC that fails in a way that the simulator knows by name, once the check begins. */
export function failing(...fault: Parameters<SimBmc['fail']>): MakeStage {
  return (clock) => {
    const { bmc, subject } = machineWith(clock);
    const begin = (): void => {
      bmc.fail(...fault);
    };
    return { subject, begin };
  };
}

const isOf =
  (netFn: number, cmd: number) =>
  (command: Executed): boolean =>
    command.netFn === netFn && command.cmd === cmd;

const isFruRead = isOf(STORAGE, 0x11);
const isCapabilities = isOf(APP, 0x36);
export const isSetEnables = isOf(APP, 0x2e);
export const isColdReset = isOf(APP, 0x02);
export const isPlatformEvent = isOf(EVENT, 0x02);
const isAddEntry = isOf(STORAGE, 0x44);
const isGetEntry = isOf(STORAGE, 0x43);

/** Answers otherwise within 60 ms of every capabilities request but the first two. */
export function afterCapabilities(answer: readonly number[]): Answer {
  let [askedMs, times] = [-Infinity, 0];
  return (command) => {
    if (isCapabilities(command)) [askedMs, times] = [command.atMs, times + 1];
    const isSoon = times > 8 && command.atMs - askedMs < 60;
    return isSoon && isOf(APP, 0x08)(command) ? answer : undefined;
  };
}

/** Answers a FRU read that was made before with the bytes of the read before it. */
export function mixedUp(): Answer {
  const seen = new Set<number>();
  let before = 0;
  return (command) => {
    if (!isFruRead(command)) return undefined;
    const [, offset = 0, , count = 0] = command.data;
    const start = before;
    before = offset;
    if (!seen.has(offset)) {
      seen.add(offset);
      return undefined;
    }
    return [0, count, ...SIM_FRU.subarray(start, start + count)];
  };
}

/** Forgets an entry of the SEL as soon as it was added. */
export function lostEntry(): Answer {
  let isAdded = false;
  return (command) => {
    isAdded ||= isAddEntry(command);
    return isAdded && isGetEntry(command) ? [0xcb] : undefined;
  };
}

/** A way to a BMC that is silent once a frame was begun, and written anew without H2B_ATN. */
export function hangsOnTorn(bmc: SimBmc): PortIo {
  let bytes = 0;
  return {
    inb: (at) => bmc.inb(at),
    outb: (at, value) => {
      const isCtrl = at === bmc.base;
      if (isCtrl && (value & CLR_WR_PTR) !== 0 && bytes > 0) bmc.fail('silent');
      if (isCtrl && (value & (CLR_WR_PTR | H2B_ATN)) !== 0) bytes = 0;
      bmc.outb(at, value);
    },
    readBytes: (at, target, count) => {
      bmc.readBytes(at, target, count);
    },
    writeBytes: (at, source, count) => {
      bytes += count;
      bmc.writeBytes(at, source, count);
    },
    close: () => undefined,
  };
}

/** A way to the registers on which each access takes so long. */
export function slowPort(inner: PortIo, clock: VirtualClock, accessMs: number): PortIo {
  return {
    inb: (at) => {
      clock.skip(accessMs);
      return inner.inb(at);
    },
    outb: (at, value) => {
      clock.skip(accessMs);
      inner.outb(at, value);
    },
    readBytes: (at, target, count) => {
      clock.skip(accessMs * count);
      inner.readBytes(at, target, count);
    },
    writeBytes: (at, source, count) => {
      clock.skip(accessMs * count);
      inner.writeBytes(at, source, count);
    },
    close: () => undefined,
  };
}
