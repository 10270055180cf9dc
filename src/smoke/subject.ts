/**
 * The interface under test and the machine around it. The checks reach hardware, kernel and other
 * processes through it alone, so that a simulated BMC on a simulated machine can take their place.
 */

import type { Clock } from '../clock.ts';
import type { Device } from '../device/device.ts';
import type { Discovery } from '../discover/discover.ts';
import type { Files } from '../files.ts';
import type { Requester } from '../ipmi/requester.ts';
import type { RegisterBlock } from '../port/register-block.ts';
import type { TraceSink } from '../bt/trace-port.ts';
import type { RecordSink } from '../trace/recorder.ts';
import type { Door } from '../registry/door.ts';

/** The way in which a device is opened. */
export interface OpenChoice {
  /** `lazy`: the BMC is asked nothing before the first request. Default `full`. */
  readonly bringUp?: 'full' | 'lazy';
  /** Use the interrupt line. Default false: polled. */
  readonly interrupt?: boolean;
  readonly trace?: TraceSink;
  /** Receives a recording of this device, besides that of the run. */
  readonly record?: RecordSink | undefined;
  /** Limit of opening, milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A further process with the same interface; in the simulator a further user of the same BMC. */
export interface Process extends Requester {
  /** Ends it, and resolves when it has left the interface. */
  close(): Promise<void>;
}

/** Something that is left, or not as before, although everything was closed. */
export interface Leftover {
  /** Says what is left, where, and what to do. */
  readonly text: string;
}

/** The interface under test. */
export interface Subject {
  readonly isSimulated: boolean;
  readonly clock: Clock;
  /** The machine's files: /proc, /sys, /dev. */
  readonly files: Files;
  /** The registers under test. Rejects with `DEVICE_ABSENT` when there is no interface. */
  block(): Promise<RegisterBlock>;
  /** All that firmware and kernel say of interfaces; reads files only. */
  discovery(): Discovery;
  /**
   * Takes the interface from the kernel's driver until {@link giveBack}, if `takeover` says so.
   * Rejects with `PORT_CLAIMED`, `PORT_DENIED`, `DEVICE_LOCKED` where it cannot be had.
   */
  take(takeover: boolean | 'force', signal: AbortSignal): Promise<void>;
  /** Undoes {@link take}; idempotent. Rejects when the kernel's driver does not come back. */
  giveBack(): Promise<void>;
  /** Opens a device from nothing. One at a time. */
  open(choice?: OpenChoice): Promise<Device>;
  /** Opens the door below a device: registers and machine, nothing asked. One at a time. */
  door(signal?: AbortSignal): Promise<Door>;
  /** Starts further processes that use the interface at the same time. */
  processes(count: number, signal: AbortSignal): Promise<readonly Process[]>;
  /** True when there is an interrupt line that can be used. */
  hasInterrupt(): boolean;
  /**
   * Interrupts of that line that the kernel has counted; undefined when it keeps no such count.
   */
  kernelInterrupts(): number | undefined;
  /** All that is not as it was before, once everything was closed and given back. */
  leftovers(): Promise<readonly Leftover[]>;
}
