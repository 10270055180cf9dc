/**
 * The state that all open files of a device share, and that stays when they are closed: the address
 * and the logical unit that requests are sent from, the maintenance mode, and the registrations.
 */

import { LUN_MAX } from '../../ipmi/commands.ts';
import { BMC_ADDRESS, SMS_LUN } from '../../ipmi/ipmb.ts';
import { CHANNELS } from './address.ts';
import { Registrations } from './registrations.ts';

/** The last of `IPMI_MAINTENANCE_MODE_AUTO`, `_OFF` and `_ON`. */
const MAINTENANCE_MODE_MAX = 2;

/** The requester of messages on a channel: its slave address and its logical unit. */
export interface Source {
  readonly address: number;
  readonly lun: number;
}

export class InterfaceState<Owner> {
  readonly registrations = new Registrations<Owner>();
  /** The channels with an IPMB behind them. */
  readonly ipmbChannels: ReadonlySet<number>;
  readonly #addresses = new Uint8Array(CHANNELS).fill(BMC_ADDRESS);
  readonly #luns = new Uint8Array(CHANNELS).fill(SMS_LUN);
  #maintenanceMode = 0;

  constructor(ipmbChannels: ReadonlySet<number>) {
    this.ipmbChannels = ipmbChannels;
  }

  /** Undefined for a channel that cannot be. */
  addressOf(channel: number): number | undefined {
    return this.#addresses[channel];
  }

  lunOf(channel: number): number | undefined {
    return this.#luns[channel];
  }

  sourceOf(channel: number): Source {
    return { address: this.addressOf(channel) ?? BMC_ADDRESS, lun: this.lunOf(channel) ?? SMS_LUN };
  }

  /** Takes the lowest byte; false for a channel that cannot be. */
  setAddress(channel: number, address: number): boolean {
    if (channel >= CHANNELS) return false;
    this.#addresses[channel] = address;
    return true;
  }

  /** Takes the lowest two bits; false for a channel that cannot be. */
  setLun(channel: number, lun: number): boolean {
    if (channel >= CHANNELS) return false;
    this.#luns[channel] = lun & LUN_MAX;
    return true;
  }

  /** It changes nothing else: the driver behind this device polls a BMC that is away by itself. */
  get maintenanceMode(): number {
    return this.#maintenanceMode;
  }

  /** False for a mode that there is not. */
  setMaintenanceMode(mode: number): boolean {
    if (mode < 0 || mode > MAINTENANCE_MODE_MAX) return false;
    this.#maintenanceMode = mode;
    return true;
  }
}
