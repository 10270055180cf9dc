/** Serial over LAN: its configuration parameters (IPMI 2.0 §26.3, table 26-5). */

import { bits, choice, flag, mapped, range, rest, struct, u16, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { NetFn, SolCmd } from './commands.ts';
import { PARAMETER_CODES } from './parameter.ts';

/** Numbers of the parameters. */
export const SolParameter = {
  SET_IN_PROGRESS: 0,
  ENABLE: 1,
  AUTHENTICATION: 2,
  ACCUMULATE: 3,
  RETRY: 4,
  BIT_RATE: 5,
  VOLATILE_BIT_RATE: 6,
  PAYLOAD_CHANNEL: 7,
  PAYLOAD_PORT: 8,
} as const;

/** Parameter 1. */
export interface SolEnable extends Reserved {
  readonly isEnabled: boolean;
}

/** Parameter 2. */
export interface SolAuthentication extends Reserved {
  /** The least privilege with which it is opened. */
  readonly privilege: 'user' | 'operator' | 'administrator' | 'oem' | number;
  readonly forcesAuthentication: boolean;
  readonly forcesEncryption: boolean;
}

/** Parameter 3. */
export interface SolAccumulate {
  /** Time after which characters are sent, milliseconds; a multiple of 5. */
  readonly intervalMs: number;
  /** Number of characters that are sent at once. */
  readonly threshold: number;
}

/** Parameter 4. */
export interface SolRetry {
  readonly retries: { readonly count: number } & Reserved;
  /** Time between two, milliseconds; a multiple of 10. */
  readonly intervalMs: number;
}

/** Parameters 5 and 6: bits a second; `serial` is the rate of the serial channel. */
export interface SolBitRate extends Reserved {
  readonly rate: '9600' | '19200' | '38400' | '57600' | '115200' | 'serial' | number;
}

/** Parameter 7. */
export interface SolChannel extends Reserved {
  readonly number: number;
}

function unitsOf(ms: number): Field<number> {
  return mapped(
    u8,
    (units) => units * ms,
    (value) => value / ms,
  );
}

const NO_NAMES = [undefined, undefined, undefined, undefined, undefined] as const;
const BIT_RATES = ['9600', '19200', '38400', '57600', '115200'] as const;

export const SOL_ENABLE: Field<SolEnable> = bits({ isEnabled: flag(0) });
export const SOL_AUTHENTICATION: Field<SolAuthentication> = bits({
  privilege: choice(0, 4, [undefined, undefined, 'user', 'operator', 'administrator', 'oem']),
  forcesAuthentication: flag(6),
  forcesEncryption: flag(7),
});
export const SOL_ACCUMULATE: Field<SolAccumulate> = struct<SolAccumulate>({
  intervalMs: unitsOf(5),
  threshold: u8,
});
export const SOL_RETRY: Field<SolRetry> = struct<SolRetry>({
  retries: bits({ count: range(0, 3) }),
  intervalMs: unitsOf(10),
});
export const SOL_BIT_RATE: Field<SolBitRate> = bits({
  rate: choice(0, 4, ['serial', ...NO_NAMES, ...BIT_RATES]),
});
export const SOL_CHANNEL: Field<SolChannel> = bits({ number: range(0, 4) });
export const SOL_PORT: Field<number> = u16;

/** The request of Get SOL Configuration Parameters. */
export interface SolParameterRequest {
  readonly channel: { readonly number: number; readonly onlyRevision: boolean } & Reserved;
  readonly parameter: number;
  readonly set: number;
  readonly block: number;
}

/** A parameter, by its own layout. */
export interface SolParameterData {
  /** 0x11: the present format, and the oldest that it is compatible with. */
  readonly revision: number;
  readonly data: Uint8Array;
}

/** Get SOL Configuration Parameters (§26.3). */
export const GET_SOL_CONFIGURATION: Command<SolParameterRequest, SolParameterData> = {
  netFn: NetFn.TRANSPORT,
  cmd: SolCmd.GET_CONFIGURATION,
  section: '§26.3',
  codes: PARAMETER_CODES,
  request: struct<SolParameterRequest>({
    channel: bits({ number: range(0, 4), onlyRevision: flag(7) }),
    parameter: u8,
    set: u8,
    block: u8,
  }),
  response: struct<SolParameterData>({ revision: u8, data: rest }),
};
