/** Channels of the BMC: their list, and the access to them (IPMI 2.0 §22.15, §22.22..§22.24). */

import type { Clock } from '../clock.ts';
import {
  ASSIGNED_CHANNEL_MAX,
  GET_CHANNEL_ACCESS,
  GET_CHANNEL_CIPHER_SUITES,
  GET_CHANNEL_INFO,
  PRESENT_CHANNEL,
  SET_CHANNEL_ACCESS,
  SYSTEM_CHANNEL,
  cipherSuitesOf,
} from '../ipmi/channel.ts';
import type {
  AccessMode,
  ChannelAccess,
  ChannelInfo,
  ChannelMedium,
  ChannelMemory,
  ChannelProtocol,
  CipherSuite,
  SessionSupport,
} from '../ipmi/channel.ts';
import { PRIVILEGES } from '../ipmi/privilege.ts';
import type { Privilege } from '../ipmi/privilege.ts';
import { APPLY, applySteps, callOptions, differences, doubtsOf } from './apply.ts';
import type { ApplyOptions, ApplyResult, Shown, Step } from './apply.ts';
import { failureOf } from './caller.ts';
import type { Answer, CallOptions, Caller } from './caller.ts';
import { firstLanChannel } from './lan-channel.ts';
import { checkNotEmpty, integerOf, shape, truth, word } from './wanted.ts';
import { CALL, checkCalls } from './checked-calls.ts';

/** A channel. */
export interface ChannelDetails {
  readonly number: number;
  readonly medium: ChannelMedium | number;
  readonly protocol: ChannelProtocol | number;
  readonly sessionSupport: SessionSupport | number;
  readonly activeSessions: number;
  /** IANA enterprise number of the body that has defined the protocol; 7154 is IPMI's own. */
  readonly vendorId: number;
  /** Two bytes whose meaning depends on the channel. */
  readonly auxiliary: Uint8Array;
  /** The requests of this program come by it. */
  readonly isPresent: boolean;
}

/** Access to a channel: in force, and after the next power-up. */
export interface ChannelAccesses {
  readonly volatile: ChannelAccess;
  readonly nonVolatile: ChannelAccess;
}

/** Access to a channel as it is wanted; what is left out stays. */
export interface ChannelWanted {
  /** 0..11; the first LAN channel by default. */
  readonly channel?: number | undefined;
  readonly mode?: AccessMode | undefined;
  readonly userAuthentication?: boolean | undefined;
  readonly messageAuthentication?: boolean | undefined;
  readonly alerting?: boolean | undefined;
  readonly privilege?: Privilege | undefined;
  /** Which settings: those in force, those after a power-up, or both (the default). */
  readonly memory?: ChannelMemory | 'both' | undefined;
}

const WANTED = shape<ChannelWanted>({
  channel: integerOf(0, ASSIGNED_CHANNEL_MAX),
  mode: word(['disabled', 'pre-boot', 'always', 'shared']),
  userAuthentication: truth,
  messageAuthentication: truth,
  alerting: truth,
  privilege: word(PRIVILEGES.filter((name) => name !== undefined)),
  memory: word(['both', 'volatile', 'non-volatile']),
});

/** Returns the access, or throws an error that names what is wrong with it. */
export function checkChannel(wanted: unknown): ChannelWanted {
  const checked = WANTED(wanted, 'channel');
  checkNotEmpty('channel', checked, ['channel', 'memory']);
  return checked;
}

/** Blocks of 16 bytes that a list of cipher suites can have: the index has six bits. */
const SUITE_BLOCKS_MAX = 64;
const SUITE_BLOCK_BYTES = 16;

/** Commands of channels. */
export class Channels {
  static {
    checkCalls(this, (method) => `channel.${method}()`, {
      info: [undefined, CALL],
      list: [CALL],
      access: [undefined, CALL],
      cipherSuites: [undefined, CALL],
      apply: [undefined, APPLY],
    });
  }

  readonly #caller: Caller;
  readonly #clock: Clock;

  constructor(caller: Caller, clock: Clock) {
    this.#caller = caller;
    this.#clock = clock;
  }

  /**
   * Medium, protocol and sessions of a channel (§22.24). Two transactions: the second one asks for
   * the channel that it comes by, and is not needed where that, 0x0e, is the one that is named.
   */
  async info(channel: number, options: CallOptions = {}): Promise<ChannelDetails> {
    const info = await this.#caller.call(GET_CHANNEL_INFO, { channel }, options);
    if (channel === PRESENT_CHANNEL) return detailsOf(info, info);
    const query = { channel: PRESENT_CHANNEL };
    return detailsOf(info, (await this.#caller.answer(GET_CHANNEL_INFO, query, options)).value);
  }

  /**
   * All channels that the BMC has, in order; one that it does not have is no error. Fourteen
   * transactions: channels 0..11, the one that the request comes by, and the system interface.
   */
  async list(options: CallOptions = {}): Promise<readonly ChannelDetails[]> {
    const assigned = Array.from({ length: ASSIGNED_CHANNEL_MAX + 1 }, (_, channel) => channel);
    const found = new Map<number, ChannelInfo>();
    let last: Answer<ChannelInfo> | undefined;
    for (const channel of [...assigned, SYSTEM_CHANNEL, PRESENT_CHANNEL]) {
      last = await this.#caller.answer(GET_CHANNEL_INFO, { channel }, options);
      const { value } = last;
      if (value !== undefined && !found.has(value.channel.number)) {
        found.set(value.channel.number, value);
      }
    }
    const present = last?.value;
    // A BMC without any channel does not know the command.
    if (found.size === 0) throw failureOf(GET_CHANNEL_INFO, last?.completionCode ?? 0);
    const all = [...found.values()].map((info) => detailsOf(info, present));
    return all.sort((one, other) => one.number - other.number);
  }

  /** Access to a channel (§22.23). Two transactions. */
  async access(channel: number, options: CallOptions = {}): Promise<ChannelAccesses> {
    return {
      volatile: await this.#access(channel, 'volatile', options),
      nonVolatile: await this.#access(channel, 'non-volatile', options),
    };
  }

  /** Cipher suites that a channel offers (§22.15): a transaction for each 16 bytes of them. */
  async cipherSuites(channel: number, options: CallOptions = {}): Promise<readonly CipherSuite[]> {
    const records: number[] = [];
    for (let index = 0; index < SUITE_BLOCKS_MAX; index += 1) {
      const list = { index, isBySuite: true, reserved: 0 };
      const query = { channel, payloadType: 0, list };
      const block = await this.#caller.call(GET_CHANNEL_CIPHER_SUITES, query, options);
      records.push(...block.records);
      if (block.records.length < SUITE_BLOCK_BYTES) break;
    }
    return cipherSuitesOf(Uint8Array.from(records));
  }

  /**
   * Makes the access to a channel as it is wanted. Transactions: one read for each memory, a set
   * and a read more for each that differs, and those that find the channel if none is named.
   */
  async apply(wanted: ChannelWanted, options: ApplyOptions = {}): Promise<ApplyResult> {
    const checked = checkChannel(wanted);
    const { memory = 'both' } = checked;
    const call = callOptions(options);
    const channel = checked.channel ?? (await firstLanChannel(this.#caller, call));
    // What holds after a power-up comes first: if that is refused, the channel is as it was.
    const memories = (['non-volatile', 'volatile'] as const).filter(
      (one) => memory === 'both' || memory === one,
    );
    const steps: Step[] = [];
    for (const one of memories) {
      const access = await this.#access(channel, one, call);
      const step = this.#step({ channel, memory: one, wanted: checked, call }, access);
      if (step.changes.length > 0) steps.push(step);
    }
    return await applySteps(steps, { channel, clock: this.#clock, options });
  }

  #step(plan: Plan, from: ChannelAccess): Step {
    const { channel, memory, call } = plan;
    const to = merged(from, plan.wanted);
    const path = `channel.${memory === 'volatile' ? 'volatile' : 'nonVolatile'}`;
    const changes = differences(path, shown(from), shown(to));
    const changesLimit = from.limit.privilege !== to.limit.privilege;
    const changesSettings = changes.length > (changesLimit ? 1 : 0);
    const data = {
      channel,
      settings: { ...to.settings, reserved: 0, memory: changesSettings ? memory : 'unchanged' },
      limit: { ...to.limit, reserved: 0, memory: changesLimit ? memory : 'unchanged' },
    } as const;
    return {
      changes,
      send: () => this.#caller.call(SET_CHANNEL_ACCESS, data, call),
      verify: async () => {
        const now = await this.#access(channel, memory, call);
        return doubtsOf(changes, differences(path, shown(now), shown(to)));
      },
    };
  }

  async #access(
    channel: number,
    memory: ChannelMemory,
    options: CallOptions,
  ): Promise<ChannelAccess> {
    const query = { channel, select: { memory, reserved: 0 } };
    return await this.#caller.call(GET_CHANNEL_ACCESS, query, options);
  }
}

/** One of the two sets of settings of a channel, and how it is wanted. */
interface Plan {
  readonly channel: number;
  readonly memory: ChannelMemory;
  readonly wanted: ChannelWanted;
  readonly call: CallOptions;
}

/** `present` is the channel that requests come by, if the BMC tells it. */
function detailsOf(info: ChannelInfo, present: ChannelInfo | undefined): ChannelDetails {
  const { channel, medium, protocol, sessions, vendorId, auxiliary } = info;
  return {
    number: channel.number,
    medium: medium.medium,
    protocol: protocol.protocol,
    sessionSupport: sessions.support,
    activeSessions: sessions.active,
    vendorId,
    auxiliary,
    isPresent: channel.number === present?.channel.number,
  };
}

function merged({ settings, limit }: ChannelAccess, wanted: ChannelWanted): ChannelAccess {
  const { userAuthentication, messageAuthentication } = wanted;
  return {
    settings: {
      ...settings,
      mode: wanted.mode ?? settings.mode,
      hasUserAuthentication: userAuthentication ?? settings.hasUserAuthentication,
      hasMessageAuthentication: messageAuthentication ?? settings.hasMessageAuthentication,
      hasAlerting: wanted.alerting ?? settings.hasAlerting,
    },
    limit: { ...limit, privilege: wanted.privilege ?? limit.privilege },
  };
}

function shown({ settings, limit }: ChannelAccess): Readonly<Record<string, Shown>> {
  return {
    mode: settings.mode,
    userAuthentication: settings.hasUserAuthentication,
    messageAuthentication: settings.hasMessageAuthentication,
    alerting: settings.hasAlerting,
    privilege: limit.privilege,
  };
}
