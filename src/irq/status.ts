/**
 * Status of the interrupt of an interface: its driver, its counts, the processes that wait for it,
 * and the way to get it. Only files are read.
 */

import type { Files } from '../files.ts';
import { driverOf } from '../kernel/bus-device.ts';
import type { BusDevice } from '../kernel/bus-device.ts';
import { findDevice } from '../kernel/port-owner.ts';
import { findOpeners } from '../kernel/users-of-ipmi-si.ts';
import { findUio, uioEvents } from './uio-device.ts';
import { findWay, interruptOf, tellWay } from './ways.ts';
import type { Interrupted, Way } from './ways.ts';

const INTERRUPTS = '/proc/interrupts';

/** The status. */
export interface IrqStatus {
  readonly device: BusDevice | undefined;
  /** Empty when none has the device. */
  readonly driver: string;
  /** Undefined when no source names one. */
  readonly irq: number | undefined;
  readonly uio: string | undefined;
  /** Interrupts that came by UIO since it was bound. */
  readonly events: number | undefined;
  /** The line of the interrupt, when a driver has requested it. */
  readonly line: InterruptLine | undefined;
  /** The processes that have the UIO device open, in words. */
  readonly openers: readonly string[];
  readonly way: Way;
  readonly verdict: string;
}

/** A line of /proc/interrupts. */
export interface InterruptLine {
  /** Interrupts since the host started, all processors together. */
  readonly count: number;
  /** The chip, and the drivers on that line, such as `IO-APIC 6-edge ipmi-bt`. */
  readonly text: string;
}

/** Reads the status. */
export function irqStatus(interrupted: Interrupted, files: Files): IrqStatus {
  const { base } = interrupted;
  const device = findDevice(base, files);
  const uio = findUio(base, files);
  const irq = interruptOf(interrupted, files);
  return {
    device,
    driver: device === undefined ? '' : driverOf(device, files),
    irq,
    uio,
    events: uio === undefined ? undefined : uioEvents(uio, files),
    line: irq === undefined ? undefined : findLine(irq, files),
    openers: uio === undefined ? [] : findOpeners([uio], files),
    way: findWay(interrupted, files),
    verdict: tellWay(interrupted, files),
  };
}

// `  6:   12    0   IO-APIC   6-edge      ipmi-bt`: a count for each processor that is on.
function findLine(irq: number, files: Files): InterruptLine | undefined {
  const [head = '', ...lines] = files.readText(INTERRUPTS)?.split('\n') ?? [];
  const processors = head.match(/\bCPU\d+/g)?.length ?? 0;
  const line = lines.find((one) => new RegExp(`^ *${irq}:`).test(one));
  if (line === undefined) return undefined;
  const [, ...words] = line.trim().split(/\s+/);
  const counts = words.slice(0, processors).map(Number);
  const count = counts.reduce((sum, one) => sum + one, 0);
  if (!Number.isSafeInteger(count)) return undefined;
  return { count, text: words.slice(processors).join(' ') };
}
