/** The events of a device, and the listeners to them. */

import { EventEmitter } from 'node:events';

import { aFunction, unknownName, wrongType } from '../option-table.ts';
import type { LossReason } from '../bmc/recovery.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';
import type { DeviceId } from '../ipmi/device-id.ts';

/** The events of a device, each with the arguments of its listeners. */
export interface DeviceEvents {
  /** The BMC does not answer. The device looks for it, and requests wait. */
  lost: [reason: LossReason];
  /** The BMC that was lost answers again; the requests that waited are sent. */
  ready: [];
  /** The BMC that answers again is another one, or has other firmware. */
  identity: [now: DeviceId, before: DeviceId];
  /**
   * SMS_ATN has risen: the BMC has an event, a message or a flag. The bit is read every 200 ms
   * while there is a listener; it is not cleared, and no event is read.
   */
  attention: [];
  /**
   * An event or a message of the BMC. It is read only while there is a listener. One that the BMC
   * was asked for before the last listener was removed is still told to the listeners of then.
   */
  event: [event: BmcEvent];
  /**
   * Listeners to `event` may be told nothing, for this reason: the BMC refuses a command without
   * which no events come (§22.1 to §22.8). Each reason is told once while there is a listener.
   */
  noEvents: [reason: string];
  /** The device was closed. */
  closed: [];
}

/** A listener to the event of that name. */
export type Listener<Name extends keyof DeviceEvents> = (...words: DeviceEvents[Name]) => void;

/** The names of the events, and `error`, which `events.once()` of Node listens for as well. */
const NAMES: Readonly<Record<keyof DeviceEvents | 'error', null>> = {
  ...{ lost: null, ready: null, identity: null, attention: null, event: null, noEvents: null },
  closed: null,
  // Never told: a device has no error that is not a rejection.
  error: null,
};

/** Throws a `TypeError` for a name that is no event's, or a listener that is no function. */
export function checkListener(name: unknown, listener: unknown): void {
  if (typeof name !== 'string') throw wrongType('the name of an event', 'a string', name);
  if (!Object.hasOwn(NAMES, name)) throw unknownName('a device has no event', name, NAMES);
  aFunction(`the listener to ${name}`, listener);
}

export class Listeners {
  readonly #events = new EventEmitter();

  add<Name extends keyof DeviceEvents>(name: Name, listener: Listener<Name>): void {
    this.#events.on(name, listener);
  }

  remove<Name extends keyof DeviceEvents>(name: Name, listener: Listener<Name>): void {
    this.#events.off(name, listener);
  }

  /** True when there is a listener to the event of that name. */
  has(name: keyof DeviceEvents): boolean {
    return this.#events.listenerCount(name) > 0;
  }

  /**
   * Returns what {@link tell} does, except that the listeners of now are called if none is left by
   * then: a word that was taken from the BMC on their account is lost otherwise.
   */
  audience<Name extends keyof DeviceEvents>(name: Name): (...words: DeviceEvents[Name]) => void {
    const present = this.#events.rawListeners(name) as Listener<Name>[];
    return (...words) => {
      queueMicrotask(() => {
        if (this.has(name)) this.#events.emit(name, ...words);
        else for (const listener of present) listener(...words);
      });
    };
  }

  /** Calls the listeners, later, so that one that throws does not interrupt the driver. */
  tell<Name extends keyof DeviceEvents>(name: Name, ...words: DeviceEvents[Name]): void {
    queueMicrotask(() => {
      this.#events.emit(name, ...words);
    });
  }
}
