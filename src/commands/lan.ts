/** The LAN configuration of the BMC, read and made as it is wanted (IPMI 2.0 chapter 23). */

import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import { SYSTEM_CHANNEL } from '../ipmi/channel.ts';
import { LAN, SET_LAN_PARAMETERS } from '../ipmi/lan.ts';
import type { LanParameter } from '../ipmi/lan.ts';
import { aBoolean, integer } from '../option-table.ts';
import { APPLY, applySteps, callOptions, differences, doubtsOf } from './apply.ts';
import type { ApplyOptions, ApplyResult, Change, Step } from './apply.ts';
import type { CallOptions, Caller } from './caller.ts';
import { firstLanChannel } from './lan-channel.ts';
import type { LanConfiguration } from './lan-configuration.ts';
import { itemsOf } from './lan-items.ts';
import type { Item } from './lan-items.ts';
import { readParameter } from './lan-parameter.ts';
import type { LanTarget } from './lan-parameter.ts';
import { readConfiguration } from './lan-read.ts';
import { DHCP_DECIDES, NO_HOST, checkLan, subnetTrouble } from './lan-wanted.ts';
import type { LanWanted } from './lan-wanted.ts';
import { holdSets } from './set-in-progress.ts';
import { CALL, CALL_TABLE, checkCalls } from './checked-calls.ts';
import type { Taken } from './checked-calls.ts';

/** Options of reading a LAN configuration. */
export interface LanGetOptions extends CallOptions {
  /** Reads the SNMP community string as well, which is a secret. */
  readonly secrets?: boolean | undefined;
}

/** A parameter of a channel, and of one of its sets. */
export interface ParameterPlace {
  readonly channel: number;
  /** Set selector, of a parameter that has sets; 0 by default. */
  readonly set?: number | undefined;
}

const GET: Taken<LanGetOptions> = {
  example: '{ secrets: true }',
  table: { ...CALL_TABLE, secrets: aBoolean },
};

const PLACE: Taken<ParameterPlace> = {
  example: '{ channel: 1 }',
  table: {
    channel: integer({ least: 0, most: SYSTEM_CHANNEL }),
    set: integer({ least: 0, most: 0xff }),
  },
};

/** Commands of the LAN configuration. */
export class Lan {
  static {
    checkCalls(this, (method) => `lan.${method}()`, {
      channel: [CALL],
      get: [undefined, GET],
      parameter: [undefined, PLACE, CALL],
      apply: [undefined, APPLY],
    });
  }

  readonly #caller: Caller;
  readonly #clock: Clock;

  constructor(caller: Caller, clock: Clock) {
    this.#caller = caller;
    this.#clock = clock;
  }

  /** The first LAN channel. As many transactions as its number says. */
  async channel(options: CallOptions = {}): Promise<number> {
    return await firstLanChannel(this.#caller, options);
  }

  /**
   * All that the BMC has: undefined for a parameter that it does not have. A transaction for each
   * parameter: 23 without IPv6; with it 8 more, one for each address that there may be, and four
   * for each router; besides those that find the first LAN channel where none is named.
   */
  async get(channel?: number, options: LanGetOptions = {}): Promise<LanConfiguration> {
    const { secrets = false, ...call } = options;
    const on = channel ?? (await this.channel(call));
    return await readConfiguration(this.#target(on, call), secrets);
  }

  /** One parameter; undefined if the BMC does not have it. One transaction. */
  async parameter<T>(
    parameter: LanParameter<T>,
    { channel, set = 0 }: ParameterPlace,
    options: CallOptions = {},
  ): Promise<T | undefined> {
    return await readParameter(this.#target(channel, options), parameter, set);
  }

  /**
   * Makes the configuration as it is wanted. Transactions: a read for each parameter that is named
   * (two more for cipher suites, one for an address without its source, and one each for the
   * address
   * and the netmask of a gateway that is named without them); if some differ, three for
   * Set In Progress, and a set and a read for each; besides those that find the channel.
   */
  async apply(wanted: LanWanted, options: ApplyOptions = {}): Promise<ApplyResult> {
    const checked = checkLan(wanted);
    const call = callOptions(options);
    const channel = checked.channel ?? (await this.channel(call));
    const target = this.#target(channel, call);
    const suites = checked.cipherSuites === undefined ? [] : await suitesOf(target, checked);
    const steps: Step[] = [];
    for (const item of itemsOf(checked, suites)) {
      const step = await stepOf(target, item);
      if (step.changes.length > 0) steps.push(step);
    }
    await refuseUnderDhcp(target, checked, steps);
    await refuseOutside(target, checked, steps);
    const setting = {
      ...{ caller: this.#caller, clock: this.#clock, options: call, command: SET_LAN_PARAMETERS },
      argsOf: (data: Uint8Array) => ({ channel, parameter: LAN.setInProgress.number, data }),
    };
    const hold = (sets: () => Promise<void>): Promise<void> => holdSets(setting, sets);
    return await applySteps(steps, { channel, clock: this.#clock, options, hold });
  }

  #target(channel: number, call: CallOptions): LanTarget {
    return { caller: this.#caller, channel, call };
  }
}

/** Compares a parameter. */
async function stepOf(target: LanTarget, item: Item): Promise<Step> {
  const { caller, channel, call } = target;
  const { parameter, set, show, merge } = item;
  const current = await readParameter(target, parameter, set);
  if (current === undefined) throw lacking(item);
  const to = merge(current);
  const args = { channel, parameter: parameter.number, data: to.data };
  const wanted = show(to.value);
  const changes = hidden(parameter, differences('lan', show(current), wanted));
  return {
    changes,
    send: () => caller.call(SET_LAN_PARAMETERS, args, call),
    verify: async () => {
      const now = await readParameter(target, parameter, set);
      if (now !== undefined) return doubtsOf(changes, differences('lan', show(now), wanted));
      const reason = 'the BMC does not tell it';
      return changes.map(({ path }) => ({ path, reason, isFinal: true }));
    },
  };
}

/** Changes without the values of a secret. */
function hidden(
  { isSecret = false }: LanParameter<unknown>,
  changes: readonly Change[],
): readonly Change[] {
  return isSecret ? changes.map(({ path }) => ({ path, from: null, to: null, isSecret })) : changes;
}

function lacking({ name: path, parameter, set }: Item): IpmiError {
  const { number, name } = parameter;
  const of = set === 0 ? '' : ` of set ${set}`;
  const text = `lan.${path}: the BMC does not have parameter ${number}${of} (${name})`;
  return new IpmiError('COMMAND_FAILED', `${text}; nothing was set`, { outcome: 'answered' });
}

/** The cipher suites of the BMC, by whose order their privileges are stored. */
async function suitesOf(target: LanTarget, wanted: LanWanted): Promise<readonly number[]> {
  const count = (await readParameter(target, LAN.suiteCount))?.count;
  const ids = (await readParameter(target, LAN.suites))?.ids ?? new Uint8Array();
  const suites = [...ids.subarray(0, count)];
  const missing = Object.keys(wanted.cipherSuites ?? {}).find((id) => !suites.includes(Number(id)));
  if (missing === undefined) return suites;
  const has = suites.length === 0 ? 'none' : suites.join(', ');
  const text = `lan.cipherSuites.${missing}: the BMC does not have this suite; it has ${has}`;
  throw new IpmiError('COMMAND_FAILED', `${text}; nothing was set`, { outcome: 'answered' });
}

/** A BMC that gets its address by DHCP would overwrite, or refuse, one that is set. */
async function refuseUnderDhcp(
  target: LanTarget,
  { ipv4 }: LanWanted,
  steps: readonly Step[],
): Promise<void> {
  const paths = DHCP_DECIDES.map((name) => `lan.ipv4.${name}`);
  const changed = steps.flatMap(({ changes }) => changes.map(({ path }) => path));
  const path = paths.find((one) => changed.includes(one));
  if (path === undefined || ipv4?.source !== undefined) return;
  const found = await readParameter(target, LAN.source);
  if (found?.source !== 'dhcp') return;
  const text = `${path}: the BMC gets it by DHCP; set lan.ipv4.source, too, such as "static"`;
  throw new IpmiError('COMMAND_FAILED', `${text}; nothing was set`, { outcome: 'answered' });
}

/** A gateway outside the subnet of the address that the BMC has, or is to have, is not reached. */
async function refuseOutside(
  target: LanTarget,
  { ipv4 = {} }: LanWanted,
  steps: readonly Step[],
): Promise<void> {
  const { source = 'static', address, netmask, gateway, backupGateway } = ipv4;
  const gateways = [gateway, backupGateway].filter((host) => host !== undefined);
  const isWhole = address !== undefined && netmask !== undefined;
  // The check of the wanted settings has seen a whole subnet; what is as wanted stays so.
  const isChanged = steps.some(({ changes }) => changes.some(({ path }) => SUBNET.includes(path)));
  if (source !== 'static' || isWhole || !isChanged || gateways.every(isNoHost)) return;
  const own = {
    address: address ?? (await readParameter(target, LAN.address)),
    netmask: netmask ?? (await readParameter(target, LAN.netmask)),
  };
  if (isNoHost(own.address) || isNoHost(own.netmask)) return;
  const subnet = `address ${own.address} and netmask ${own.netmask} that the BMC would have`;
  const trouble = subnetTrouble({ ...ipv4, ...own }, subnet);
  if (trouble === undefined) return;
  const text = `${trouble}; set lan.ipv4.address and netmask with it; nothing was set`;
  throw new IpmiError('COMMAND_FAILED', text, { outcome: 'answered' });
}

function isNoHost(host: string | undefined): boolean {
  return host === undefined || host === NO_HOST;
}

/** Settings that decide whether a gateway is in the subnet. */
const SUBNET = ['address', 'netmask', 'gateway', 'backupGateway'].map((name) => `lan.ipv4.${name}`);
