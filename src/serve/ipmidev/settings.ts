/** The ioctls that set or get something, each as a function of the caller's structure. */

import { LUN_MAX } from '../../ipmi/commands.ts';
import type { BrokerClient } from '../broker-client.ts';
import { Errno } from '../errno.ts';
import {
  decodeChannelValue,
  decodeCommandSpec,
  decodeInt,
  decodeTiming,
  encodeChannelValue,
  encodeInt,
  encodeTiming,
} from './abi.ts';
import type { ChannelValue, SettingIoctl, Timing } from './abi.ts';
import type { InterfaceState } from './interface.ts';

/** The things that an ioctl of an open file sets. */
export interface Settable<Owner> {
  readonly shared: InterfaceState<Owner>;
  /** The file itself. */
  readonly owner: Owner;
  /** Its user's permissions: only one that may do everything changes what all files share. */
  readonly client: Pick<BrokerClient, 'mayAll' | 'mayHear'>;
  timing: Timing;
  getsEvents: boolean;
}

/** The way of the structure: from the caller, to it, or both. */
type Way = 'in' | 'out' | 'both';

/** Returns what the caller gets, or an errno above 0; nothing is written then. */
type Effect = <Owner>(settable: Settable<Owner>, struct: Uint8Array) => Uint8Array | number;

export interface Setting {
  readonly way: Way;
  readonly run: Effect;
}

const NOTHING = new Uint8Array();

/** The address and the logical unit of the ioctls that name no channel. */
const DEFAULT_CHANNEL = 0;

export const SETTINGS: Readonly<Record<SettingIoctl, Setting>> = {
  registerCommand: { way: 'in', run: register },
  registerCommandOnChannels: { way: 'in', run: register },
  unregisterCommand: { way: 'in', run: unregister },
  unregisterCommandOnChannels: { way: 'in', run: unregister },
  setGetsEvents: {
    way: 'in',
    run: (settable, struct) => {
      // No error where the user may hear none: ipmitool asks for them always.
      settable.getsEvents = decodeInt(struct) !== 0;
      return NOTHING;
    },
  },
  setAddress: {
    way: 'in',
    run: (settable, struct) =>
      setAddress(settable, { channel: DEFAULT_CHANNEL, value: decodeInt(struct) }),
  },
  getAddress: {
    way: 'out',
    run: ({ shared }) => encodeInt(shared.sourceOf(DEFAULT_CHANNEL).address),
  },
  setLun: {
    way: 'in',
    run: (settable, struct) =>
      setLun(settable, { channel: DEFAULT_CHANNEL, value: decodeInt(struct) }),
  },
  getLun: { way: 'out', run: ({ shared }) => encodeInt(shared.sourceOf(DEFAULT_CHANNEL).lun) },
  setTiming: {
    way: 'in',
    run: (settable, struct) => {
      settable.timing = decodeTiming(struct);
      return NOTHING;
    },
  },
  getTiming: { way: 'out', run: ({ timing }) => encodeTiming(timing) },
  setChannelAddress: {
    way: 'in',
    run: (settable, struct) => setAddress(settable, decodeChannelValue(struct)),
  },
  getChannelAddress: {
    way: 'both',
    run: ({ shared }, struct) =>
      valueIn(struct, shared.addressOf(decodeChannelValue(struct).channel)),
  },
  setChannelLun: {
    way: 'in',
    run: (settable, struct) => setLun(settable, decodeChannelValue(struct)),
  },
  getChannelLun: {
    way: 'both',
    run: ({ shared }, struct) => valueIn(struct, shared.lunOf(decodeChannelValue(struct).channel)),
  },
  getMaintenanceMode: { way: 'out', run: ({ shared }) => encodeInt(shared.maintenanceMode) },
  setMaintenanceMode: {
    way: 'in',
    run: (settable, struct) => {
      const { shared } = settable;
      const mode = decodeInt(struct);
      const isSame = mode === shared.maintenanceMode;
      return change(settable, isSame, () => shared.setMaintenanceMode(mode));
    },
  },
};

function setAddress<Owner>(
  settable: Settable<Owner>,
  { channel, value }: ChannelValue,
): Uint8Array | number {
  const { shared } = settable;
  const isSame = shared.addressOf(channel) === (value & 0xff);
  return change(settable, isSame, () => shared.setAddress(channel, value));
}

function setLun<Owner>(
  settable: Settable<Owner>,
  { channel, value }: ChannelValue,
): Uint8Array | number {
  const { shared } = settable;
  const isSame = shared.lunOf(channel) === (value & LUN_MAX);
  return change(settable, isSame, () => shared.setLun(channel, value));
}

/** Sets what all files share. Programs set what is set already, such as the BMC's address. */
function change<Owner>(
  { client }: Settable<Owner>,
  isSame: boolean,
  set: () => boolean,
): Uint8Array | number {
  return client.mayAll || isSame ? done(set()) : Errno.EPERM;
}

function register<Owner>(
  { shared, owner, client }: Settable<Owner>,
  struct: Uint8Array,
): Uint8Array | number {
  if (!client.mayHear('message')) return Errno.EPERM;
  switch (shared.registrations.add(owner, decodeCommandSpec(struct))) {
    case 'added':
      return NOTHING;
    case 'taken':
      return Errno.EBUSY;
    case 'full':
      return Errno.ENOMEM;
  }
}

function unregister<Owner>(
  { shared, owner }: Settable<Owner>,
  struct: Uint8Array,
): Uint8Array | number {
  return shared.registrations.remove(owner, decodeCommandSpec(struct)) ? NOTHING : Errno.ENOENT;
}

function done(isDone: boolean): Uint8Array | number {
  return isDone ? NOTHING : Errno.EINVAL;
}

function valueIn(struct: Uint8Array, value: number | undefined): Uint8Array | number {
  return value === undefined ? Errno.EINVAL : encodeChannelValue(struct, value);
}
