/** What a device tells those who hold it, and who listens. */

import { EventEmitter } from 'node:events';

import type { LossReason } from '../bmc/recovery.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';
import type { DeviceId } from '../ipmi/device-id.ts';

/** What a device tells, and what it says with it. */
export interface DeviceEvents {
  /** The BMC does not answer. It is looked for, and requests wait. */
  lost: [reason: LossReason];
  /** The BMC that was lost answers again; the requests that waited are sent. */
  ready: [];
  /** The BMC that answers again is another, or has other firmware. */
  identity: [now: DeviceId, before: DeviceId];
  /**
   * SMS_ATN was seen to rise: the BMC has something to say. Looked at every 200 ms while somebody
   * listens; nothing is read or cleared for that.
   */
  attention: [];
  /** The BMC has an event or a message. Asked for only while somebody listens. */
  event: [event: BmcEvent];
  /** The device was closed. */
  closed: [];
}

/** Who is called at an event of that name, and with what. */
export type Listener<Name extends keyof DeviceEvents> = (...words: DeviceEvents[Name]) => void;

export class Listeners {
  readonly #events = new EventEmitter();

  add<Name extends keyof DeviceEvents>(name: Name, listener: Listener<Name>): void {
    this.#events.on(name, listener);
  }

  remove<Name extends keyof DeviceEvents>(name: Name, listener: Listener<Name>): void {
    this.#events.off(name, listener);
  }

  /** Whether anybody listens to events of that name. */
  has(name: keyof DeviceEvents): boolean {
    return this.#events.listenerCount(name) > 0;
  }

  /** Later, so that a listener's mistake is not ours. */
  tell<Name extends keyof DeviceEvents>(name: Name, ...words: DeviceEvents[Name]): void {
    queueMicrotask(() => {
      this.#events.emit(name, ...words);
    });
  }
}
