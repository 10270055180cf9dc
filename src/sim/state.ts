/** The state of a simulated BMC: its facts, its parts, and the registers of its interface. */

import { SimChannels } from './channels.ts';
import { SimChassis } from './chassis.ts';
import type { SimReply } from './command-record.ts';
import { SimDcmi } from './dcmi.ts';
import { SimDeviceSdrs } from './device-sdrs.ts';
import { SimFru } from './fru.ts';
import type { SimFruOptions } from './fru.ts';
import { SimLan } from './lan.ts';
import type { SimNetworkOptions } from './network-options.ts';
import type { Satellite } from './satellites.ts';
import { SimSdrs } from './sdrs.ts';
import type { SimSdrOptions } from './sdrs.ts';
import { SimSel } from './sel.ts';
import type { SimSelOptions } from './sel.ts';
import { SimSensors } from './sensors.ts';
import { SimUsers } from './users.ts';
import { SimWatchdog } from './watchdog.ts';

/** The facts about a BMC that never change. */
export interface SimFacts {
  /** The five bytes of Get BT Interface Capabilities (§22.10). */
  readonly capabilities: readonly number[];
  /** Device GUID and System GUID, as they are sent (§20.8, §22.14). */
  readonly guid: readonly number[];
  /** Habits of its LAN and users; those of the specification by default. */
  readonly network?: SimNetworkOptions;
  /** The controllers that Send Message reaches. */
  readonly satellites?: readonly Satellite[];
  /** Slave address, which is that of the sensors it has; 0x20, the BMC's, by default. */
  readonly address?: number;
  /** Options of the SDR repository. */
  readonly sdrs?: SimSdrOptions;
  /** Records of device SDRs; a controller with some, and without `sdrs`, has no repository. */
  readonly deviceSdrs?: readonly (readonly number[])[];
  /** Options of the SEL. */
  readonly sel?: SimSelOptions | undefined;
  /** Options of the FRU. */
  readonly fru?: SimFruOptions;
}

/** The parts of a BMC. They know what of them survives a restart. */
export interface SimParts {
  readonly chassis: SimChassis;
  readonly dcmi: SimDcmi;
  readonly watchdog: SimWatchdog;
  readonly channels: SimChannels;
  readonly lan: SimLan;
  readonly users: SimUsers;
  readonly sel: SimSel;
  readonly fru: SimFru;
  readonly sdrs: SimSdrs;
  readonly deviceSdrs: SimDeviceSdrs;
  readonly sensors: SimSensors;
}

/** State that commands read and change. */
export interface SimState extends SimParts {
  readonly capabilities: SimFacts['capabilities'];
  readonly guid: SimFacts['guid'];
  readonly satellites: readonly Satellite[];
  /** BMC Global Enables (§22.1). */
  globalEnables: number;
  /** Message Flags (§22.4). */
  messageFlags: number;
  /** The replies to Get Message (§22.6), oldest first. */
  readonly messages: SimReply[];
  /** The replies to Read Event Message Buffer (§22.8), oldest first. */
  readonly events: SimReply[];
  /** When the command was taken. */
  nowMs: number;
  /** The logical unit that it was sent to. */
  lun: number;
}

/** The effects a command can have on the interface it came by. */
export interface SimEffects {
  /** Sets SMS_ATN, or withdraws it. */
  setSmsAttention(isDue: boolean): void;
  /** Disables interrupts and forgets a pending one. */
  dropInterrupts(): void;
  /** The BMC restarts in a moment. */
  restart(): void;
}

export type Handler = (data: Uint8Array, state: SimState, effects: SimEffects) => SimReply;

/** Handlers by network function and command. */
export type CommandTable = Readonly<Record<number, Readonly<Record<number, Handler>>>>;

/** Makes the parts of a BMC with these facts. */
export function partsOf({ network = {}, ...facts }: SimFacts): SimParts {
  const { deviceSdrs = [] } = facts;
  const sdrs = new SimSdrs(facts.sdrs);
  return {
    chassis: new SimChassis(),
    dcmi: new SimDcmi(),
    watchdog: new SimWatchdog(),
    channels: new SimChannels(),
    lan: new SimLan(network),
    users: new SimUsers(network),
    sel: new SimSel(facts.sel),
    fru: new SimFru(facts.fru),
    sdrs,
    deviceSdrs: new SimDeviceSdrs(deviceSdrs),
    sensors: new SimSensors([...sdrs.records, ...deviceSdrs], facts.address),
  };
}
