/**
 * Options of a simulated BMC, and their defaults.
 */

import type { Executed, SimResponse } from './command-record.ts';
import { aBoolean, aFunction, amount, anArray, integer } from '../option-table.ts';
import { checkOptionsOf, withMethods, wrongType } from '../option-table.ts';
import type { OptionTable } from '../option-table.ts';
import { guidBytes, nextGuid } from './guid.ts';
import type { SimFruOptions } from './fru.ts';
import type { SimNetworkOptions } from './network-options.ts';
import { SPEC } from './personality.ts';
import type { Personality } from './personality.ts';
import type { Satellite } from './satellites.ts';
import type { SimSdrOptions } from './sdrs.ts';
import type { SimSelOptions } from './sel.ts';

/** Options of {@link SimBmc}; the defaults make a BMC that answers at once. */
export interface SimOptions {
  /** Port of BT_CTRL; 0xce4. */
  readonly base?: number | undefined;
  /** Ports from one register to the next: 1, 4 or 16. */
  readonly spacing?: number | undefined;
  /** Where the time comes from; needed for delays. */
  readonly clock?: { now(): number } | undefined;
  /** Time from H2B_ATN to B2H_ATN: the same for all, or by command. */
  readonly responseMs?: (number | ((command: Executed) => number)) | undefined;
  /**
   * Answers instead of the built-in commands: completion code and response data, or `drop`, which
   * forgets the command. `undefined` leaves it to the built-in ones.
   */
  readonly answer?: (command: Executed) => readonly number[] | 'drop' | undefined;
  /** The five bytes of Get BT Interface Capabilities; 1, 255, 255, 10 s, 0 retries. */
  readonly capabilities?: readonly number[] | undefined;
  /** Device GUID and System GUID, as RFC 4122 text; each BMC of a process has its own. */
  readonly guid?: string | undefined;
  /** Returns the responses to a command in place of `honest`: none, several, late, or wrong. */
  readonly respond?:
    ((command: Executed, honest: SimResponse) => readonly SimResponse[]) | undefined;
  /**
   * B_BUSY is set from H2B_ATN to the response (default), as QEMU does. False: only H2B_ATN and
   * B2H_ATN tell, as with BMCs that set B_BUSY for the time of a copy.
   */
  readonly showsBusy?: boolean | undefined;
  /** The make of BMC it is: `SPEC` (default), `QEMU`, or one with quirks of your own. */
  readonly personality?: Personality | undefined;
  /** Throw at a host that breaks the protocol (default); false where faults make it break it. */
  readonly strict?: boolean | undefined;
  /**
   * Time that a restart takes after Cold Reset, Warm Reset or BMC_HWRST; all registers read 0xff
   * meanwhile. It begins half a second after the answer. Needs a clock; 0: no restart.
   */
  readonly restartMs?: number | undefined;
  /** BMC_HWRST may be written; else a host that writes it breaks the protocol. */
  readonly mayReset?: boolean | undefined;
  /** Habits of its LAN and users. */
  readonly network?: SimNetworkOptions | undefined;
  /** Controllers that Send Message reaches, on channel 0 unless they name another; none. */
  readonly satellites?: readonly Satellite[] | undefined;
  /** The SDR repository: its records, and how difficult it is to read. */
  readonly sdrs?: SimSdrOptions | undefined;
  /**
   * Records of device SDRs, whole; a BMC with some, and without `sdrs`, has no SDR repository.
   * Each is given at the logical unit of its sensor.
   */
  readonly deviceSdrs?: readonly (readonly number[])[] | undefined;
  /** Entries and quirks of its SEL. */
  readonly sel?: SimSelOptions | undefined;
  /** Bytes and quirks of its FRU. */
  readonly fru?: SimFruOptions | undefined;
}

/** The options with nothing left out. */
export interface CompleteOptions {
  readonly base: number;
  readonly spacing: number;
  readonly now: () => number;
  readonly responseMs: (command: Executed) => number;
  readonly answer: NonNullable<SimOptions['answer']>;
  readonly capabilities: readonly number[];
  /** As it is sent. */
  readonly guid: readonly number[];
  readonly respond: NonNullable<SimOptions['respond']>;
  readonly showsBusy: boolean;
  readonly strict: boolean;
  readonly restartMs: number;
  readonly mayReset: boolean;
  readonly satellites: readonly Satellite[];
  readonly personality: Personality;
  readonly network: SimNetworkOptions;
  /** Undefined for the usual ones, and none beside device SDRs. */
  readonly sdrs?: SimSdrOptions;
  readonly deviceSdrs: readonly (readonly number[])[];
  readonly sel: SimSelOptions;
  readonly fru: SimFruOptions;
}

/** The check of an option that is an object of options of its own. */
function optionsOf<Options extends object>(
  table: OptionTable<Options>,
  example: string,
): (name: string, value: unknown) => void {
  return (name, value) => {
    checkOptionsOf<Options>({ name, example }, value, table);
  };
}

const NETWORK_TABLE: OptionTable<SimNetworkOptions> = {
  hasSetInProgress: aBoolean,
  hasIpv6: aBoolean,
  settleMs: amount,
  readOnly: anArray,
  forgetful: anArray,
  canTestPasswords: aBoolean,
  tellsEnabled: aBoolean,
};

const BYTE = integer({ least: 0, most: 0xff });

function aRecord(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw wrongType(name, 'an object', value);
}

const SDR_TABLE: OptionTable<SimSdrOptions> = {
  records: anArray,
  changedAt: anArray,
  refuse: aFunction,
  ignoresCount: (name, value) => {
    if (value !== 'whole') BYTE(name, value);
  },
  readsPerReservation: amount,
  nextId: aFunction,
};

const SEL_TABLE: OptionTable<SimSelOptions> = {
  entries: anArray,
  capacity: amount,
  eraseMs: amount,
  utcOffsetMinutes: (name, value) => {
    if (value !== null) integer({ least: -1440, most: 0x07ff })(name, value);
  },
  readBytesMax: BYTE,
  refuses: BYTE,
  ignoresCount: aBoolean,
  readsNeedReservation: aBoolean,
  reserves: aBoolean,
  keepsReservation: aBoolean,
  hasAllocation: aBoolean,
  unreadable: aRecord,
  nextIds: aRecord,
};

const FRU_TABLE: OptionTable<SimFruOptions> = {
  bytes: (name, value) => {
    if (!(value instanceof Uint8Array)) throw wrongType(name, 'a Uint8Array', value);
  },
  sizeBytes: integer({ least: 0, most: 0xffff }),
  isByWords: aBoolean,
  readBytesMax: BYTE,
  refuses: BYTE,
};

/** Every option and its check. */
export const SIM_TABLE: OptionTable<SimOptions> = {
  base: integer({ least: 1, most: 0xfffd }),
  spacing: (name, value) => {
    if (value !== 1 && value !== 4 && value !== 16) throw wrongType(name, '1, 4 or 16', value);
  },
  clock: withMethods('a clock', 'now'),
  responseMs: (name, value) => {
    if (typeof value !== 'function') amount(name, value);
  },
  answer: aFunction,
  capabilities: anArray,
  respond: aFunction,
  showsBusy: aBoolean,
  personality: (name, value) => {
    if (typeof value !== 'object' || value === null) throw wrongType(name, 'a personality', value);
  },
  strict: aBoolean,
  restartMs: amount,
  guid: (name, value) => {
    if (typeof value !== 'string') throw wrongType(name, 'a GUID as text', value);
  },
  mayReset: aBoolean,
  network: optionsOf(NETWORK_TABLE, '{ settleMs: 2000 }'),
  satellites: anArray,
  sdrs: optionsOf(SDR_TABLE, '{ readsPerReservation: 3 }'),
  deviceSdrs: anArray,
  sel: optionsOf(SEL_TABLE, '{ capacity: 64 }'),
  fru: optionsOf(FRU_TABLE, '{ readBytesMax: 16 }'),
};

/** Completes the options; throws a `TypeError` for a delay without a clock and for a wrong GUID. */
export function complete(options: SimOptions): CompleteOptions {
  const call = { name: 'new SimBmc()', example: '{ base: 0xce4 }' };
  checkOptionsOf<SimOptions>(call, options, SIM_TABLE);
  const { clock, responseMs = 0 } = options;
  if (clock === undefined && responseMs !== 0) throw new TypeError('responseMs needs a clock');
  const isErasing = (options.sel?.eraseMs ?? 0) !== 0;
  if (clock === undefined && isErasing) throw new TypeError('sel.eraseMs needs a clock');
  return {
    base: options.base ?? 0xce4,
    spacing: options.spacing ?? 1,
    now: () => clock?.now() ?? 0,
    responseMs: typeof responseMs === 'number' ? () => responseMs : responseMs,
    answer: options.answer ?? (() => undefined),
    capabilities: options.capabilities ?? [1, 0xff, 0xff, 10, 0],
    guid: options.guid === undefined ? nextGuid() : guidBytes(options.guid),
    respond: options.respond ?? ((_, honest) => [honest]),
    showsBusy: options.showsBusy ?? true,
    strict: options.strict ?? true,
    restartMs: options.restartMs ?? 0,
    mayReset: options.mayReset ?? false,
    satellites: options.satellites ?? [],
    personality: options.personality ?? SPEC,
    ...(options.sdrs === undefined ? {} : { sdrs: options.sdrs }),
    deviceSdrs: options.deviceSdrs ?? [],
    sel: options.sel ?? {},
    fru: options.fru ?? {},
    network: options.network ?? {},
  };
}
