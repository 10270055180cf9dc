/** The events of a device, and the listeners to them. */

import { EventEmitter } from 'node:events';

import type { LossReason } from '../bmc/recovery.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';
import type { DeviceId } from '../ipmi/device-id.ts';

/** The events of a device, and what is told with each. */
export interface DeviceEvents {
  /** The BMC does not answer. It is looked for, and requests wait. */
  lost: [reason: LossReason];
  /** The BMC that was lost answers again; the requests that waited are sent. */
  ready: [];
  /** The BMC that answers again is another, or has other firmware. */
  identity: [now: DeviceId, before: DeviceId];
  /**
   * SMS_ATN was seen to rise: the BMC has something to say. Looked at every 200 ms while there is a
   * listener; nothing is read or cleared for that.
   */
  attention: [];
  /** The BMC has an event or a message. Asked for only while there is a listener. */
  event: [event: BmcEvent];
  /** The device was closed. */
  closed: [];
}

/** A listener to events of that name. */
export type Listener<Name extends keyof DeviceEvents> = (...words: DeviceEvents[Name]) => void;

export class Listeners {
  readonly #events = new EventEmitter();

  add<Name extends keyof DeviceEvents>(name: Name, listener: Listener<Name>): void {
    this.#events.on(name, listener);
  }

  remove<Name extends keyof DeviceEvents>(name: Name, listener: Listener<Name>): void {
    this.#events.off(name, listener);
  }

  /** True when there is a listener to events of that name. */
  has(name: keyof DeviceEvents): boolean {
    return this.#events.listenerCount(name) > 0;
  }

  /** Calls the listeners, later, so that a listener's mistake is not ours. */
  tell<Name extends keyof DeviceEvents>(name: Name, ...words: DeviceEvents[Name]): void {
    queueMicrotask(() => {
      this.#events.emit(name, ...words);
    });
  }
}
