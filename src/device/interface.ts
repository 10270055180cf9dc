/**
 * The interface between a device and what it works over: the driver of an interface of this host,
 * or the socket of a server that has one.
 */

import type { BringUpOptions } from '../bmc/bring-up.ts';
import type { Identity } from '../bmc/identity.ts';
import type { SubmitOptions } from '../driver/driver.ts';
import type { Statistics } from '../driver/statistics.ts';
import type { Reply, Request } from '../ipmi/message.ts';
import type { AwaitedAnswer, ExpectedAnswer } from '../ipmi/requester.ts';
import type { Listeners } from './events.ts';
import type { Lifecycle } from './state.ts';

/** The BMC behind it, as far as it is known. */
export type KnownIdentity = Pick<Identity, 'capabilities' | 'deviceId' | 'learn'>;

/** The sides of a device that its interface changes: it enters `lost` and `ready`, and tells so. */
export interface DeviceSides {
  readonly lifecycle: Lifecycle;
  readonly listeners: Listeners;
}

/** Builds the interface of a device; asks nothing of it yet. */
export type NewInterface = (sides: DeviceSides) => DeviceInterface;

/** Everything that a device does with its interface. */
export interface DeviceInterface {
  readonly identity: KnownIdentity;
  readonly statistics: Statistics;

  /** True while {@link retire} has something to do. */
  readonly isServing: boolean;

  /** Brings the interface up; `lazy` only checks that it is there. */
  bringUp(mode: 'full' | 'lazy', options: BringUpOptions): Promise<void>;

  /** Checks for a lost BMC at once, because a caller waits. */
  hurry(): void;

  /** Sends a caller's request. */
  submit(request: Request, options: SubmitOptions): Promise<Reply>;

  /** Awaits the answer of a satellite controller. */
  expectAnswer(expected: ExpectedAnswer): AwaitedAnswer | Promise<AwaitedAnswer>;

  /** Resets the interface. Rejects with `DEVICE_LOCKED` or `REQUEST_ABORTED` when it could not. */
  reset(options: Pick<BringUpOptions, 'deadlineMs' | 'signal'>): Promise<void>;

  /** Starts or stops telling of the attention bit and of the BMC's events. */
  listen(wanted: { readonly attention: boolean; readonly event: boolean }): void;

  /** Settles callers' requests at once, then puts back what it has changed, in bounded time. */
  retire(): Promise<void>;

  /**
   * Settles every request and ends, for good; idempotent and synchronous, for exit handlers. May
   * throw when the hardware cannot be left quiet.
   */
  close(): void;
}
